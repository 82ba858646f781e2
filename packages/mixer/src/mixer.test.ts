/** @file The fused mixer of every kind: derivatives, leading axes, sizes 0 and 1, refusals. */
import {
  grad,
  gradcheck,
  gradgradcheck,
  hvp,
  jvp,
  mul,
  normal,
  ones,
  rng,
  type Shape,
  square,
  sum,
  type Tensor,
  tensor,
  vjp,
  zeros,
} from "@spm/core";
import { type Each, elements } from "@spm/core/extend";
import { describe, expect, test } from "vitest";
import { composedMixer, type MixerPlaces } from "./composed.ts";
import type { BackwardMode } from "./forward-backward.ts";
import { generalMixer, type MixerKind } from "./mixer.ts";
import { mixers } from "./mixers.ts";
import { rotationMixer } from "./parameterisation/rotation.ts";
import { brick, butterfly, randomMatching, shuffle } from "./patterns.ts";
import { fromPairs, type Schedule } from "./schedule.ts";

/** x, dIn, dOut, bias, then the parameters. */
type Operands = Each<MixerPlaces, Tensor>;

const float64 = { dtype: "float64" } as const;
const numbers = (x: Tensor): number[] => Array.from(elements(x.ndarray()));
const kinds: [name: string, mixer: MixerKind][] = Object.entries(mixers);
const orthogonal = kinds.filter(([, { parameterisation }]) => parameterisation.orthogonal);
const others = kinds.filter(([, { parameterisation }]) => !parameterisation.orthogonal);

/** Every input of a mixer in → n → out, with leading axes on x. */
function inputsOf(
  { parameterisation }: MixerKind,
  schedule: Schedule,
  fan: { in: number; out: number },
  lead: readonly number[],
): Operands {
  const random = rng(schedule.n + 100 * schedule.stages);
  const draw = (shape: Shape) => normal(random, shape, 0, 1, float64);
  const x = draw([...lead, fan.in]);
  const parameters = parameterisation.shapes(schedule).map(draw);
  return [x, draw([fan.in]), draw([fan.out]), draw([fan.out]), ...parameters];
}

const fused =
  (mixer: MixerKind, schedule: Schedule, backward: BackwardMode) =>
  (...[x, dIn, dOut, bias, ...parameters]: Operands): Tensor =>
    mixer.run(x, parameters, { schedule, backward, dIn, dOut, bias });

const composed =
  ({ parameterisation }: MixerKind, schedule: Schedule) =>
  (...inputs: Operands): Tensor =>
    composedMixer(schedule, parameterisation, inputs);

const modesOf = ({ parameterisation }: MixerKind): BackwardMode[] =>
  parameterisation.orthogonal ? ["reverse", "stored", "recompute"] : ["stored", "recompute"];
const modes = kinds.flatMap(([name, mixer]) =>
  modesOf(mixer).map((backward) => ({ name, backward, mixer })),
);

describe.each(modes)("$name, $backward", ({ mixer, backward }) => {
  test.each([
    ["a butterfly", butterfly(4), { in: 4, out: 4 }, [3]],
    ["an odd shuffle with rows and columns cut off", shuffle(5), { in: 4, out: 3 }, [2, 2]],
    ["more rows than a group holds", brick(3, 2), { in: 3, out: 3 }, [5]],
    ["one vector", butterfly(2), { in: 2, out: 2 }, []],
    ["one coordinate", butterfly(1), { in: 1, out: 1 }, [2]],
  ] as const)("first and second derivatives: %s", (_, schedule, fan, lead) => {
    const inputs = inputsOf(mixer, schedule, fan, lead);
    const f = fused(mixer, schedule, backward);
    gradcheck<Operands>(f, inputs);
    gradgradcheck<Operands>(f, inputs);
  });

  test("jvp and hvp agree with those of the composed operator", () => {
    const schedule = shuffle(5);
    const inputs = inputsOf(mixer, schedule, { in: 5, out: 4 }, [2]);
    const random = rng(9);
    const tangents = inputs.map((x) => normal(random, x.shape, 0, 1, float64));
    const [f, g] = [fused(mixer, schedule, backward), composed(mixer, schedule)];
    const ours = numbers(jvp<Operands>(f, inputs, tangents).tangent);
    const theirs = numbers(jvp<Operands>(g, inputs, tangents).tangent);
    expect(ours).toHaveLength(theirs.length);
    for (const [i, v] of theirs.entries()) expect(ours[i]).toBeCloseTo(v, 10);
    const loss =
      (h: typeof f) =>
      (...xs: Operands) =>
        sum(square(h(...xs)));
    const products = [f, g].map((h) => hvp<Operands>(loss(h), inputs, tangents).flatMap(numbers));
    const [product = [], expected = []] = products;
    expect(product).toHaveLength(expected.length);
    for (const [i, v] of expected.entries())
      expect(Math.abs((product[i] ?? Number.NaN) - v)).toBeLessThan(1e-9 * (1 + Math.abs(v)));
  });

  test("a third derivative: through the vjp of the vjp of the vjp", () => {
    const schedule = butterfly(2);
    const [x, dIn, dOut, bias, ...parameters] = inputsOf(mixer, schedule, { in: 2, out: 2 }, []);
    for (const [k, own] of parameters.entries()) {
      const cube = (p: Tensor) => {
        const y = fused(mixer, schedule, backward)(x, dIn, dOut, bias, ...parameters.with(k, p));
        return sum(mul(y, mul(y, y)));
      };
      const second = (p: Tensor) => sum(square(grad(cube)(p)));
      gradcheck(grad(second), [own], { tolerance: 1e-4 }); // relative to values in the hundreds
    }
  });

  test("no rows at all", () => {
    const schedule = shuffle(3);
    const inputs = inputsOf(mixer, schedule, { in: 3, out: 2 }, [0]);
    const { value, pullback } = vjp<Operands>(fused(mixer, schedule, backward), ...inputs);
    expect(value.shape).toEqual([0, 2]);
    const grads = pullback(zeros([0, 2], float64));
    expect(grads.map(({ shape }) => shape)).toEqual(inputs.map(({ shape }) => shape));
    expect(grads.flatMap(numbers).every((v) => v === 0)).toBe(true);
  });
});

describe.each(orthogonal)("%s, walking back", (_, mixer) => {
  test.each([
    ["a butterfly", butterfly(8), { in: 8, out: 8 }, [6]],
    ["two passes", butterfly(8, 6), { in: 8, out: 5 }, [2, 3]],
    ["an odd shuffle", shuffle(7, 9), { in: 6, out: 7 }, [5]],
    ["a brick", brick(6), { in: 6, out: 6 }, [4]],
    ["random matchings", randomMatching(9, 5, rng(2)), { in: 9, out: 9 }, [3]],
    ["a stage without pairs", fromPairs(3, [[[2, 0]], [], [[0, 1]]]), { in: 3, out: 3 }, [2]],
  ] as const)("%s: the gradients of stored stages and of a rerun", (_, schedule, fan, lead) => {
    const inputs = inputsOf(mixer, schedule, fan, lead);
    const ct = normal(rng(5), [...lead, fan.out], 0, 1, float64);
    const gradients = (backward: BackwardMode) =>
      vjp<Operands>(fused(mixer, schedule, backward), ...inputs)
        .pullback(ct)
        .flatMap(numbers);
    const reverse = gradients("reverse");
    for (const other of [gradients("stored"), gradients("recompute")]) {
      expect(reverse).toHaveLength(other.length);
      for (const [i, v] of other.entries())
        expect(Math.abs((reverse[i] ?? Number.NaN) - v)).toBeLessThan(1e-12);
    }
  });

  test("is what it does unless told otherwise", () => {
    const schedule = butterfly(4);
    const [x, , , , ...parameters] = inputsOf(mixer, schedule, { in: 4, out: 4 }, [3]);
    const [unsaid, reverse] = [{ schedule }, { schedule, backward: "reverse" } as const].map(
      (options) => numbers(grad((x: Tensor) => sum(square(mixer.run(x, parameters, options))))(x)),
    );
    expect(unsaid).toEqual(reverse);
  });
});

test.each(others)("%s can't walk back, and runs again unless told otherwise", (name, mixer) => {
  const schedule = shuffle(5);
  const [x, , , , ...parameters] = inputsOf(mixer, schedule, { in: 5, out: 5 }, [3]);
  expect(() => mixer.run(x, parameters, { schedule, backward: "reverse" })).toThrow(
    `${name}: expected backward "stored" or "recompute", got reverse`,
  );
  const [unsaid, recompute] = [{ schedule }, { schedule, backward: "recompute" } as const].map(
    (options) => numbers(grad((x: Tensor) => sum(square(mixer.run(x, parameters, options))))(x)),
  );
  expect(unsaid).toEqual(recompute);
});

test.each(kinds)(
  "%s: coordinates beyond the input get no gradient, and beyond the output no say: a corner",
  (_, mixer) => {
    const schedule = butterfly(8);
    const [x, , , , ...parameters] = inputsOf(mixer, schedule, { in: 8, out: 8 }, [2]);
    const padded = mul(x, tensor(Float64Array.of(1, 1, 1, 0, 0, 0, 0, 0)));
    const corner = tensor(
      Float64Array.from([0, 1].flatMap((r) => numbers(x).slice(8 * r, 8 * r + 3))),
      { shape: [2, 3] },
    );
    const whole = numbers(mixer.run(padded, parameters, { schedule }));
    const part = numbers(mixer.run(corner, parameters, { schedule, dOut: ones([5], float64) }));
    expect(part).toEqual([...whole.slice(0, 5), ...whole.slice(8, 13)]);
  },
);

test.each(kinds)("%s called with its parameters is the mixer run with their list", (_, mixer) => {
  const call = mixer as unknown as (...operands: readonly unknown[]) => Tensor;
  const schedule = shuffle(5);
  const [x, dIn, dOut, bias, ...parameters] = inputsOf(mixer, schedule, { in: 5, out: 4 }, [3]);
  const options = { schedule, dIn, dOut, bias };
  expect(numbers(call(x, ...parameters, options))).toEqual(
    numbers(mixer.run(x, parameters, options)),
  );
});

test("a user's own pairs", () => {
  const schedule = fromPairs(3, [[[2, 0]]]);
  const [x, angles] = [tensor(Float64Array.of(1, 10, 100)), tensor(Float64Array.of(Math.PI / 2))];
  const y = numbers(rotationMixer(x, angles, { schedule }));
  expect(y.map((v) => Math.round(v * 1e9) / 1e9)).toEqual([100, 10, -1]); // (z₂, z₀) ← (−z₀, z₂)
});

test("refuses what does not fit", () => {
  const schedule = shuffle(5, 2);
  const [x, angles] = [zeros([2, 5]), zeros([4])];
  const [blocks, unpairedScales] = [zeros([4, 4]), zeros([2])];
  expect(() =>
    rotationMixer(zeros([2, 6]), angles, { schedule }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: rotation: expected x of shape [..., in ≤ 5], got [2, 6]]`,
  );
  expect(() => rotationMixer(tensor(1), angles, { schedule })).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: rotation: expected x of shape [..., in ≤ 5], got []]`,
  );
  expect(() => rotationMixer(x, zeros([5]), { schedule })).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: rotation: expected angles of shape [4], got [5]]`,
  );
  expect(() => rotationMixer(x, zeros([4, 1]), { schedule })).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: rotation: expected angles of shape [4], got [4, 1]]`,
  );
  expect(() =>
    rotationMixer(x, angles, { schedule, dIn: zeros([4]) }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: rotation: expected dIn of shape [5], got [4]]`,
  );
  expect(() =>
    rotationMixer(x, angles, { schedule, dOut: zeros([6]) }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: rotation: expected dOut of shape [out ≤ 5], got [6]]`,
  );
  expect(() =>
    rotationMixer(x, angles, { schedule, dOut: zeros([5]), bias: zeros([4]) }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: rotation: expected bias of shape [5], got [4]]`,
  );
  expect(() =>
    generalMixer(x, zeros([16]), unpairedScales, { schedule }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: general: expected blocks of shape [4, 4], got [16]]`,
  );
  expect(() =>
    generalMixer(x, blocks, zeros([3]), { schedule }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: general: expected unpairedScales of shape [2], got [3]]`,
  );
  expect(() =>
    generalMixer(x, blocks, unpairedScales, { schedule, backward: "reverse" }),
  ).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: general: expected backward "stored" or "recompute", got reverse
    help: blocks that are not orthogonal are too ill-conditioned to walk back]
  `);
  expect(() =>
    rotationMixer(x, zeros([4], float64), { schedule }),
  ).toThrowErrorMatchingInlineSnapshot(`
    [DTypeError: rotation: expected one dtype for all operands, got float32 and float64
    help: cast one: cast(x, "float32")]
  `);
  expect(() =>
    rotationMixer(zeros([5], { dtype: "int32" }), zeros([4], { dtype: "int32" }), { schedule }),
  ).toThrowErrorMatchingInlineSnapshot(`
    [DTypeError: rotation: expected float32 or float64, got int32
    help: cast it: cast(x, "float32")]
  `);
});

test.each(kinds)("%s refuses each parameter of another shape, by its name", (name, mixer) => {
  const schedule = shuffle(5, 2);
  const { parameters, shapes } = mixer.parameterisation;
  const fitting = shapes(schedule).map((shape) => zeros(shape));
  for (const [k, parameter] of parameters.entries()) {
    const [length = 0, ...each] = fitting[k]?.shape ?? [];
    const longer = fitting.with(k, zeros([length + 1, ...each]));
    expect(() => mixer.run(zeros([2, 5]), longer, { schedule })).toThrow(
      `${name}: expected ${parameter.name} of shape [${[length, ...each].join(", ")}], got`,
    );
  }
});

const angled = kinds.flatMap(([name, mixer]) => {
  const { angle } = mixer.parameterisation;
  return angle === undefined ? [] : [{ name, mixer, angle }];
});

describe.each(angled)("$name", ({ name, mixer, angle }) => {
  test.each([Number.NaN, Number.POSITIVE_INFINITY])("refuses an angle of %d", (bad) => {
    const angles = tensor([0, 0, bad, 0]);
    expect(() => mixer.run(zeros([5]), [angles], { schedule: shuffle(5, 2) })).toThrow(
      `${name}: expected finite ${angle}, got ${bad} for pair 2\nhelp: did training diverge?`,
    );
  });
});
