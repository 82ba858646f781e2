/** @file What holds of every mixer, whatever its numbers: the twelve invariants of the operator. */
import { add, each, mul, neg, normal, type Tensor, tensor, transpose, vjp, zeros } from "@spm/core";
import { condition, type Factors, inverse, logAbsDet, mix, toDense, toGeneral } from "@spm/mixer";
import { describe, expect, test } from "vitest";
import { determinant, distance, explicitProduct, identity, numbers, rowsOf, scaled } from "./matrix.ts";
import { draw, float64, forAll, generalOf, rotationOf, shifted, withDiagonals } from "./random-mixers.ts";

test("1. the columns of W are what the layer makes of the unit vectors: the explicit product of its stages", () => {
  forAll((schedule, random) => {
    for (const factors of [rotationOf(schedule, random), generalOf(schedule, random)]) {
      const w = withDiagonals(factors, random);
      const bias = draw(random, schedule.n);
      const columns = add(mix({ ...w, bias }, identity(schedule.n)), neg(bias));
      const explicit = explicitProduct(toGeneral(w)).flat();
      expect(distance(transpose(columns), tensor(Float64Array.from(explicit), { shape: columns.shape }))).toBeLessThan(
        1e-12,
      );
      expect(distance(transpose(columns), toDense({ ...w, bias }))).toBeLessThan(1e-12);
    }
  });
});

test("2. a rotation keeps lengths, WᵀW = I and det W = +1, for odd n too", () => {
  forAll((schedule, random) => {
    const factors = rotationOf(schedule, random);
    const x = draw(random, schedule.n);
    expect(Math.hypot(...numbers(mix(factors, x)))).toBeCloseTo(Math.hypot(...numbers(x)), 12);
    const w = rowsOf(toDense(factors));
    for (const [i, a] of w.entries())
      for (const [j, b] of w.entries())
        expect(a.reduce((total, v, k) => total + v * b[k]!, 0)).toBeCloseTo(i === j ? 1 : 0, 12);
    expect(determinant(w)).toBeCloseTo(1, 11);
  });
});

test("3. the condition of a rotation is no larger than that of its diagonals; measured and bound enclose it", () => {
  forAll((schedule, random) => {
    const turned = withDiagonals(rotationOf(schedule, random), random);
    const spread = (d: Tensor) => {
      const sizes = numbers(d).map(Math.abs);
      return Math.max(...sizes) / Math.min(...sizes);
    };
    const { bound, estimate } = condition(turned, 20);
    expect(bound / (spread(turned.dIn) * spread(turned.dOut))).toBeCloseTo(1, 10);
    expect(estimate).toBeLessThanOrEqual(bound * (1 + 1e-9));
    const free = condition(withDiagonals(generalOf(schedule, random), random), 20);
    expect(free.estimate).toBeLessThanOrEqual(free.bound * (1 + 1e-9));
    expect(free.estimate).toBeGreaterThanOrEqual(1 - 1e-9);
  });
});

test("4. ln|det W| is the sum over diagonals, blocks and scales; its gradient by a block is the inverse transpose", () => {
  forAll((schedule, random) => {
    for (const factors of [rotationOf(schedule, random), generalOf(schedule, random)]) {
      const w = withDiagonals(factors, random);
      const [value] = numbers(logAbsDet(w));
      expect(value).toBeCloseTo(Math.log(Math.abs(determinant(rowsOf(toDense(w))))), 9);
    }
    const free = generalOf(schedule, random);
    const ofBlocks = (blocks: Tensor) => logAbsDet({ ...free, blocks });
    const gradient = numbers(vjp(ofBlocks, free.blocks).pullback(tensor(new Float64Array([1]), { shape: [] }))[0]);
    const m = numbers(free.blocks);
    for (let p = 0; p < m.length; p += 4) {
      const [a, b, c, d] = m.slice(p) as [number, number, number, number];
      const det = a * d - b * c;
      [d / det, -c / det, -b / det, a / det].forEach((v, k) => {
        expect(gradient[p + k]).toBeCloseTo(v, 9);
      });
    }
  });
});

test("5. the inverse runs the stages backwards, and undoes the layer with its bias", () => {
  forAll((schedule, random) => {
    for (const factors of [rotationOf(schedule, random), generalOf(schedule, random)]) {
      const layer = { ...withDiagonals(factors, random), bias: draw(random, schedule.n) };
      const x = draw(random, 3, schedule.n);
      expect(distance(mix(inverse(layer), mix(layer, x)), x)).toBeLessThan(1e-9);
    }
  });
});

test("6. walking back gives the gradients that stored stages give", () => {
  forAll((schedule, random) => {
    const { angles, dIn, dOut } = withDiagonals(rotationOf(schedule, random), random);
    const x = draw(random, 5, schedule.n);
    const ct = draw(random, 5, schedule.n);
    const [stored, ...others] = each(["stored", "recompute", "reverse"] as const, (backward) => {
      const f = (x: Tensor, angles: Tensor, dIn: Tensor, dOut: Tensor) =>
        mix({ kind: "rotation", schedule, angles, dIn, dOut }, x, backward);
      return vjp(f, x, angles, dIn, dOut).pullback(ct);
    });
    for (const [xBar, anglesBar, dInBar, dOutBar] of others) {
      expect(distance(xBar, stored[0])).toBeLessThan(1e-12);
      expect(distance(anglesBar, stored[1])).toBeLessThan(1e-12);
      expect(distance(dInBar, stored[2])).toBeLessThan(1e-12);
      expect(distance(dOutBar, stored[3])).toBeLessThan(1e-12);
    }
  });
});

test("7. without a bias the layer is linear in x", () => {
  forAll((schedule, random) => {
    for (const factors of [rotationOf(schedule, random), generalOf(schedule, random)]) {
      const [x, y] = [draw(random, schedule.n), draw(random, schedule.n)];
      const together = mix(factors, add(mul(1.7, x), mul(-0.6, y)));
      expect(distance(together, add(mul(1.7, mix(factors, x)), mul(-0.6, mix(factors, y))))).toBeLessThan(1e-12);
    }
  });
});

test("8. θ + 2π changes nothing; θ + π on one pair negates its block", () => {
  forAll((schedule, random) => {
    const factors = rotationOf(schedule, random);
    const full = add(factors.angles, 2 * Math.PI);
    expect(distance(toDense({ ...factors, angles: full }), toDense(factors))).toBeLessThan(1e-12);
    if (schedule.first.length === 0) return;
    const p = random.integer(schedule.first.length);
    const half = add(factors.angles, tensor(Float64Array.from(schedule.first, (_, k) => (k === p ? Math.PI : 0))));
    const sign = Float64Array.from({ length: 4 * schedule.first.length }, (_, k) => (k >> 2 === p ? -1 : 1));
    const { blocks } = toGeneral(factors);
    const negated = mul(blocks, tensor(sign, { shape: blocks.shape }));
    expect(distance(toGeneral({ ...factors, angles: half }).blocks, negated)).toBeLessThan(1e-12);
  });
});

describe("9. gauge", () => {
  test("general: a diagonal between two stages, and the outer ones, are absorbed exactly", () => {
    forAll((schedule, random) => {
      const { dIn, dOut, ...inner } = withDiagonals(generalOf(schedule, random), random);
      const whole = { ...inner, dIn, dOut };
      const [first, last] = [0, schedule.stages - 1];
      const absorbed = scaled(scaled(inner, first, "columns", numbers(dIn)), last, "rows", numbers(dOut));
      expect(distance(toDense(absorbed), toDense(whole))).toBeLessThan(1e-11);
      if (schedule.stages < 2) return;
      const lambda = numbers(shifted(random, schedule.n)).map((v) => (Math.abs(v) < 0.1 ? 1 : v));
      const reciprocal = lambda.map((v) => 1 / v);
      const regauged = scaled(scaled(whole, 0, "rows", lambda), 1, "columns", reciprocal);
      expect(distance(toDense(regauged), toDense(whole))).toBeLessThan(1e-11);
    });
  });

  test("rotation: D_in·α and D_out/α", () => {
    forAll((schedule, random) => {
      const { dIn, dOut, ...inner } = withDiagonals(rotationOf(schedule, random), random);
      const other = { ...inner, dIn: mul(dIn, 3), dOut: mul(dOut, 1 / 3) };
      expect(distance(toDense(other), toDense({ ...inner, dIn, dOut }))).toBeLessThan(1e-12);
    });
  });
});

test("10. a cotangent on one output alone gives that row's gradients", () => {
  forAll((schedule, random) => {
    for (const factors of [rotationOf(schedule, random), generalOf(schedule, random)]) {
      const { dOut: d, ...rest } = withDiagonals(factors, random);
      const x = draw(random, schedule.n);
      const k = random.integer(schedule.n);
      const ct = tensor(Float64Array.from({ length: schedule.n }, (_, i) => (i === k ? 1 : 0)));
      const f = (x: Tensor, dOut: Tensor, bias: Tensor) => mix({ ...rest, dOut, bias } as Factors, x);
      const [xBar, dOutBar, biasBar] = vjp(f, x, d, zeros([schedule.n], float64)).pullback(ct);
      const row = rowsOf(toDense({ ...rest, dOut: d } as Factors))[k]!;
      expect(distance(xBar, tensor(Float64Array.from(row)))).toBeLessThan(1e-12);
      numbers(dOutBar).forEach((v, i) => {
        if (i !== k) expect(v === 0).toBe(true);
      });
      expect(numbers(biasBar)).toEqual(numbers(ct));
    }
  });
});

test("11. the gradients of a batch are the sums of its samples'", () => {
  forAll((schedule, random) => {
    const { angles } = rotationOf(schedule, random);
    const { blocks } = generalOf(schedule, random);
    const ones = tensor(new Float64Array(schedule.leftovers.length).fill(1));
    const cases = [
      { at: angles, f: (x: Tensor) => (angles: Tensor) => mix({ kind: "rotation", schedule, angles }, x) },
      {
        at: blocks,
        f: (x: Tensor) => (blocks: Tensor) => mix({ kind: "general", schedule, blocks, scales: ones }, x),
      },
    ];
    const rows = Array.from({ length: 7 }, () => draw(random, schedule.n));
    const samples = rows.map((x) => ({ x, ct: draw(random, schedule.n) }));
    const all = (list: Tensor[]) => tensor(Float64Array.from(list.flatMap(numbers)), { shape: [7, schedule.n] });
    for (const { at, f } of cases) {
      const [batch] = vjp(f(all(rows)), at).pullback(all(samples.map(({ ct }) => ct)));
      const singles = samples.map(({ x, ct }) => vjp(f(x), at).pullback(ct)[0]);
      expect(distance(batch, singles.reduce(add))).toBeLessThan(1e-12);
    }
  });
});

test("12. identity settings return x bit by bit, in float32 and float64", () => {
  forAll((schedule, random) => {
    for (const dtype of ["float32", "float64"] as const) {
      const x = normal(random, [6, schedule.n], 0, 1, { dtype });
      const rotation: Factors = { kind: "rotation", schedule, angles: zeros([schedule.first.length], { dtype }) };
      for (const factors of [rotation, toGeneral(rotation)]) expect(numbers(mix(factors, x))).toEqual(numbers(x));
    }
  });
});
