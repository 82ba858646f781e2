/**
 * @file What holds of every mixer, whatever its kind and its numbers: the twelve invariants of the
 * operator.
 */
import { add, mul, neg, normal, type Tensor, tensor, transpose, vjp, zeros } from "@spm/core";
import {
  apply,
  type Factors,
  generalMixer,
  initialParameters,
  inverseMixer,
  logAbsDet,
  type MixerKind,
  toDense,
  toGeneral,
} from "@spm/mixer";
import { condition } from "@spm/mixer/analysis";
import { byName, inOrder } from "@spm/mixer/extend";
import { describe, expect, test } from "vitest";
import { kinds } from "./kinds.ts";
import {
  determinant,
  distance,
  explicitProduct,
  identity,
  numbers,
  rowsOf,
  scaled,
} from "./matrix.ts";
import { draw, factorsOf, float64, forAll, shifted, withDiagonals } from "./random-mixers.ts";

/** The layer as a function of its parameters, in their order. */
const withParameters = (factors: Factors, parameters: readonly Tensor[]): Factors => ({
  ...factors,
  parameters: byName(factors.mixer.parameterisation, parameters),
});
const parametersOf = ({ mixer, parameters }: Factors): Tensor[] =>
  inOrder(mixer.parameterisation, parameters);

/** Whether the identity is one of the kind's blocks. */
function canRest({ parameterisation }: MixerKind): boolean {
  const one = Float64Array.of(1, 0, 0, 1);
  const nearest = parameterisation.nearest(one, new Float64Array());
  return parameterisation.blocks(nearest, 0).blocks.every((v, k) => v === one[k]);
}

describe.each(kinds)("%s", (_, mixer) => {
  const { orthogonal, angle, determinant: sign } = mixer.parameterisation;

  test(
    "1. the columns of W are what the layer makes of the unit vectors: " +
      "the explicit product of its stages",
    () => {
      forAll((schedule, random) => {
        const w = withDiagonals(factorsOf(mixer, schedule, random), random);
        const bias = draw(random, schedule.n);
        const columns = add(apply({ ...w, bias }, identity(schedule.n)), neg(bias));
        const explicit = explicitProduct(toGeneral(w)).flat();
        expect(
          distance(
            transpose(columns),
            tensor(Float64Array.from(explicit), { shape: columns.shape }),
          ),
        ).toBeLessThan(1e-12);
        expect(distance(transpose(columns), toDense({ ...w, bias }))).toBeLessThan(1e-12);
      });
    },
  );

  if (orthogonal)
    test("2. it keeps lengths, WᵀW = I, det W = the product of its blocks', for odd n too", () => {
      forAll((schedule, random) => {
        const factors = factorsOf(mixer, schedule, random);
        const x = draw(random, schedule.n);
        expect(Math.hypot(...numbers(apply(factors, x)))).toBeCloseTo(
          Math.hypot(...numbers(x)),
          12,
        );
        const w = rowsOf(toDense(factors));
        for (const [i, a] of w.entries())
          for (const [j, b] of w.entries())
            expect(a.reduce((total, v, k) => total + v * b[k]!, 0)).toBeCloseTo(
              i === j ? 1 : 0,
              12,
            );
        const det = determinant(w);
        const expected = sign === "any" ? Math.sign(det) : sign ** schedule.first.length;
        expect(det).toBeCloseTo(expected, 11);
      });
    });

  test(
    "3. the condition of an orthogonal mixer is no larger than that of its diagonals; " +
      "measured and bound enclose it",
    () => {
      forAll((schedule, random) => {
        const spread = (d: Tensor) => {
          const sizes = numbers(d).map(Math.abs);
          return Math.max(...sizes) / Math.min(...sizes);
        };
        const factors = withDiagonals(factorsOf(mixer, schedule, random), random);
        const { bound, estimate } = condition(factors, { steps: 20 });
        if (orthogonal)
          expect(bound / (spread(factors.dIn) * spread(factors.dOut))).toBeCloseTo(1, 10);
        expect(estimate).toBeLessThanOrEqual(bound * (1 + 1e-9));
        expect(estimate).toBeGreaterThanOrEqual(1 - 1e-9);
      });
    },
  );

  test(
    "4. ln|det W| is the sum over diagonals, blocks and scales; " +
      "its gradient by a block is the inverse transpose",
    () => {
      forAll((schedule, random) => {
        const factors = factorsOf(mixer, schedule, random);
        const w = withDiagonals(factors, random);
        const [value] = numbers(logAbsDet(w));
        expect(value).toBeCloseTo(Math.log(Math.abs(determinant(rowsOf(toDense(w))))), 9);
        const { parameters, ...free } = toGeneral(factors);
        const ofBlocks = (blocks: Tensor) =>
          logAbsDet({ ...free, parameters: { ...parameters, blocks } });
        const one = tensor(new Float64Array([1]), { shape: [] });
        const gradient = numbers(vjp(ofBlocks, parameters.blocks).pullback(one)[0]);
        const m = numbers(parameters.blocks);
        for (let p = 0; p < m.length; p += 4) {
          const [a, b, c, d] = m.slice(p) as [number, number, number, number];
          const det = a * d - b * c;
          [d / det, -c / det, -b / det, a / det].forEach((v, k) => {
            expect(gradient[p + k]).toBeCloseTo(v, 9);
          });
        }
      });
    },
  );

  test("5. the inverse runs the stages backwards, and undoes the layer with its bias", () => {
    forAll((schedule, random) => {
      const factors = withDiagonals(factorsOf(mixer, schedule, random), random);
      const layer = { ...factors, bias: draw(random, schedule.n) };
      const x = draw(random, 3, schedule.n);
      expect(distance(apply(inverseMixer(layer), apply(layer, x)), x)).toBeLessThan(1e-9);
    });
  });

  test("6. running again, or walking back, gives the gradients that stored stages give", () => {
    forAll((schedule, random) => {
      const factors = withDiagonals(factorsOf(mixer, schedule, random), random);
      const x = draw(random, 5, schedule.n);
      const ct = draw(random, 5, schedule.n);
      const inputs = [x, factors.dIn, factors.dOut, ...parametersOf(factors)] as const;
      const gradients = (backward: "stored" | "recompute" | "reverse") => {
        const f = (x: Tensor, dIn: Tensor, dOut: Tensor, ...own: Tensor[]) =>
          apply(withParameters({ ...factors, dIn, dOut }, own), x, { backward });
        return vjp(f, ...inputs)
          .pullback(ct)
          .map((g): Tensor => g);
      };
      const stored = gradients("stored");
      for (const other of orthogonal ? (["recompute", "reverse"] as const) : ["recompute" as const])
        for (const [k, bar] of gradients(other).entries())
          for (const expected of stored.slice(k, k + 1))
            expect(distance(bar, expected)).toBeLessThan(1e-12);
    });
  });

  test("7. without a bias the layer is linear in x", () => {
    forAll((schedule, random) => {
      const factors = factorsOf(mixer, schedule, random);
      const [x, y] = [draw(random, schedule.n), draw(random, schedule.n)];
      const together = apply(factors, add(mul(1.7, x), mul(-0.6, y)));
      expect(
        distance(together, add(mul(1.7, apply(factors, x)), mul(-0.6, apply(factors, y)))),
      ).toBeLessThan(1e-12);
    });
  });

  if (angle !== undefined)
    test("8. θ + 2π changes nothing; θ + π on one pair negates its block", () => {
      forAll((schedule, random) => {
        const factors = factorsOf(mixer, schedule, random);
        const moved = (by: number | Tensor): Factors =>
          withParameters(
            factors,
            parametersOf(factors).map((angles) => add(angles, by)),
          );
        expect(distance(toDense(moved(2 * Math.PI)), toDense(factors))).toBeLessThan(1e-12);
        if (schedule.first.length === 0) return;
        const p = random.integer(schedule.first.length);
        const half = Float64Array.from(schedule.first, (_, k) => (k === p ? Math.PI : 0));
        const sign = Float64Array.from({ length: 4 * schedule.first.length }, (_, k) =>
          k >> 2 === p ? -1 : 1,
        );
        const { blocks } = toGeneral(factors).parameters;
        const negated = mul(blocks, tensor(sign, { shape: blocks.shape }));
        const turned = toGeneral(moved(tensor(half))).parameters.blocks;
        expect(distance(turned, negated)).toBeLessThan(1e-12);
      });
    });

  describe("9. gauge", () => {
    test("in free blocks a diagonal between two stages, and the outer ones, are absorbed", () => {
      forAll((schedule, random) => {
        const factors = toGeneral(factorsOf(mixer, schedule, random));
        const { dIn, dOut, ...inner } = withDiagonals(factors, random);
        const whole = { ...inner, dIn, dOut };
        const [first, last] = [0, schedule.stages - 1];
        const absorbed = scaled(
          scaled(inner, first, "columns", numbers(dIn)),
          last,
          "rows",
          numbers(dOut),
        );
        expect(distance(toDense(absorbed), toDense(whole))).toBeLessThan(1e-11);
        if (schedule.stages < 2) return;
        const lambda = numbers(shifted(random, schedule.n)).map((v) => (Math.abs(v) < 0.1 ? 1 : v));
        const reciprocal = lambda.map((v) => 1 / v);
        const regauged = scaled(scaled(whole, 0, "rows", lambda), 1, "columns", reciprocal);
        expect(distance(toDense(regauged), toDense(whole))).toBeLessThan(1e-11);
      });
    });

    test("D_in·α and D_out/α", () => {
      forAll((schedule, random) => {
        const factors = withDiagonals(factorsOf(mixer, schedule, random), random);
        const { dIn, dOut, ...inner } = factors;
        const other = { ...inner, dIn: mul(dIn, 3), dOut: mul(dOut, 1 / 3) };
        expect(distance(toDense(other), toDense(factors))).toBeLessThan(1e-12);
      });
    });
  });

  test("10. a cotangent on one output alone gives that row's gradients", () => {
    forAll((schedule, random) => {
      const factors = withDiagonals(factorsOf(mixer, schedule, random), random);
      const x = draw(random, schedule.n);
      const k = random.integer(schedule.n);
      const ct = tensor(Float64Array.from({ length: schedule.n }, (_, i) => (i === k ? 1 : 0)));
      const f = (x: Tensor, dOut: Tensor, bias: Tensor) => apply({ ...factors, dOut, bias }, x);
      const { pullback } = vjp(f, x, factors.dOut, zeros([schedule.n], float64));
      const [xBar, dOutBar, biasBar] = pullback(ct);
      const row = rowsOf(toDense(factors))[k]!;
      expect(distance(xBar, tensor(Float64Array.from(row)))).toBeLessThan(1e-12);
      numbers(dOutBar).forEach((v, i) => {
        if (i !== k) expect(v === 0).toBe(true);
      });
      expect(numbers(biasBar)).toEqual(numbers(ct));
    });
  });

  test("11. the gradients of a batch are the sums of its samples'", () => {
    forAll((schedule, random) => {
      const factors = factorsOf(mixer, schedule, random);
      const samples = Array.from({ length: 7 }, () => ({
        x: draw(random, schedule.n),
        ct: draw(random, schedule.n),
      }));
      const all = (list: Tensor[]) =>
        tensor(Float64Array.from(list.flatMap(numbers)), { shape: [7, schedule.n] });
      const gradients = (x: Tensor, ct: Tensor): Tensor[] =>
        vjp((...own: Tensor[]) => apply(withParameters(factors, own), x), ...parametersOf(factors))
          .pullback(ct)
          .map((g): Tensor => g);
      const [xs, cts] = [all(samples.map(({ x }) => x)), all(samples.map(({ ct }) => ct))];
      const singles = samples.map(({ x, ct }) => gradients(x, ct));
      for (const [k, batch] of gradients(xs, cts).entries())
        expect(
          distance(batch, singles.flatMap((own) => own.slice(k, k + 1)).reduce(add)),
        ).toBeLessThan(1e-12);
    });
  });

  test("12. identity settings, where there are any, return x bit by bit in both precisions", () => {
    forAll((schedule, random) => {
      for (const dtype of ["float32", "float64"] as const) {
        const x = normal(random, [6, schedule.n], 0, 1, { dtype });
        const still = { init: "identity", noise: 0, dtype } as const;
        const start = () => initialParameters(mixer, schedule, random, still);
        if (!canRest(mixer)) {
          expect(start).toThrow(/^initialParameters: expected .*, got "identity"$/);
          continue;
        }
        const factors: Factors = { mixer, schedule, parameters: start() };
        for (const same of [factors, toGeneral(factors)])
          expect(numbers(apply(same, x))).toEqual(numbers(x));
      }
    });
  });
});

test("each invariant is asked of the kinds that it is about", () => {
  const orthogonal = kinds.filter(([, mixer]) => mixer.parameterisation.orthogonal);
  const angled = kinds.filter(([, mixer]) => mixer.parameterisation.angle !== undefined);
  const resting = kinds.filter(([, mixer]) => canRest(mixer));
  for (const some of [orthogonal, angled, resting]) expect(some.length).toBeGreaterThan(1);
  expect(canRest(generalMixer)).toBe(true);
});
