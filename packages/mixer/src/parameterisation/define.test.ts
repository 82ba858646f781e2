/** @file A parameterisation of one's own, from what it must say alone: the rest follows. */
import {
  add,
  cos,
  div,
  gradcheck,
  gradgradcheck,
  mul,
  neg,
  normal,
  ones,
  rng,
  type Shape,
  sin,
  square,
  stack,
  sub,
  type Tensor,
  tensor,
  vjp,
  zeros,
} from "@spm/core";
import { type Each, elements } from "@spm/core/extend";
import { describe, expect, test } from "vitest";
import { applyInverse, inverseMixer, logAbsDet, toDense, transposed } from "../algebra.ts";
import { checkParameterisation } from "../check-parameterisation.ts";
import { composedMixer, type MixerPlaces } from "../composed.ts";
import { flops, parameterCount } from "../cost.ts";
import { apply, type Factors } from "../factors.ts";
import type { BackwardMode } from "../forward-backward.ts";
import { fromDense } from "../from-dense/from-dense.ts";
import { initialParameters } from "../initialise.ts";
import { defineMixer, generalMixer, type Mixer, type MixerKind } from "../mixer.ts";
import { butterfly, shuffle } from "../patterns.ts";
import { perSampleMixer } from "../per-sample.ts";
import type { Schedule } from "../schedule.ts";
import { defineParameterisation, type Parameterisation } from "./define.ts";
import { rotationMixer } from "./rotation.ts";

const float64 = { dtype: "float64" } as const;
const random = rng(31);
const draw = (shape: Shape): Tensor => normal(random, shape, 0, 1, float64);
const numbers = (x: Tensor): number[] => Array.from(elements(x.ndarray()));

function close(a: Tensor, b: Tensor, tolerance = 1e-12): void {
  expect(a.shape).toEqual(b.shape);
  const other = numbers(b);
  for (const [i, v] of numbers(a).entries())
    expect(Math.abs(v - (other[i] ?? Number.NaN))).toBeLessThan(tolerance);
}

/** ρ R(θ): what it must say, and nothing more. */
const scaledRotation: Parameterisation<["angles", "radii"]> = defineParameterisation({
  name: "scaled-rotation",
  description: "rotations of pairs, each with a radius",
  parameters: [
    { name: "angles", per: "pair", each: [] },
    { name: "radii", per: "pair", each: [] },
  ],
  compose: ({ angles, radii }, unpaired) => {
    const [c, s] = [mul(radii, cos(angles)), mul(radii, sin(angles))];
    const unpairedScales = ones([unpaired], { dtype: angles.dtype, backend: angles.backend });
    return { blocks: stack([c, neg(s), s, c], -1), unpairedScales };
  },
  orthogonal: false,
  determinant: 1,
  transpose: ({ angles, radii }) => ({ angles: neg(angles), radii }),
  nearest: (blocks) => {
    const [angles, radii] = [0, 0].map(() => new Float64Array(blocks.length / 4));
    for (let p = 0; p < blocks.length / 4; p++) {
      const [a = 0, b = 0, c = 0, d = 0] = blocks.subarray(4 * p, 4 * p + 4);
      angles?.fill(Math.atan2(c - b, a + d), p, p + 1);
      radii?.fill(Math.hypot(a + d, c - b) / 2, p, p + 1);
    }
    return { angles: angles ?? new Float64Array(), radii: radii ?? new Float64Array() };
  },
  initial: ({ first }, random) => ({
    angles: Float64Array.from(first, () => Math.PI * (2 * random.uniform() - 1)),
    radii: new Float64Array(first.length).fill(1),
  }),
});
const scaledMixer: Mixer<["angles", "radii"]> = defineMixer(scaledRotation);

/** Rotations by t = tan θ/2 (Cayley): orthogonal, and no angle among the parameters. */
const cayley: Parameterisation<["tangents"]> = defineParameterisation({
  name: "cayley",
  description: "rotations of pairs by the tangents of half their angles",
  parameters: [{ name: "tangents", per: "pair", each: [] }],
  compose: ({ tangents: t }, unpaired) => {
    const size = add(1, square(t));
    const [c, s] = [div(sub(1, square(t)), size), div(mul(2, t), size)];
    const unpairedScales = ones([unpaired], { dtype: t.dtype, backend: t.backend });
    return { blocks: stack([c, neg(s), s, c], -1), unpairedScales };
  },
  orthogonal: true,
  determinant: 1,
  transpose: ({ tangents }) => ({ tangents: neg(tangents) }),
  nearest: (blocks) => ({
    tangents: Float64Array.from({ length: blocks.length / 4 }, (_, p) => {
      const [a = 0, b = 0, c = 0, d = 0] = blocks.subarray(4 * p, 4 * p + 4);
      return Math.tan(Math.atan2(c - b, a + d) / 2);
    }),
  }),
  initial: ({ first }, random) => ({ tangents: Float64Array.from(first, () => random.normal()) }),
});
const cayleyMixer: Mixer<["tangents"]> = defineMixer(cayley);

/** x, dIn, dOut, bias, then the parameters. */
type Operands = Each<MixerPlaces, Tensor>;

function inputsOf(
  { parameterisation }: MixerKind,
  schedule: Schedule,
  [inFeatures, outFeatures]: readonly [number, number],
  lead: readonly number[],
): Operands {
  const diagonals = [draw([inFeatures]), draw([outFeatures]), draw([outFeatures])] as const;
  return [
    draw([...lead, inFeatures]),
    ...diagonals,
    ...parameterisation.shapes(schedule).map(draw),
  ];
}

const fused =
  (mixer: MixerKind, schedule: Schedule, backward: BackwardMode) =>
  (...[x, dIn, dOut, bias, ...parameters]: Operands): Tensor =>
    mixer.run(x, parameters, { schedule, backward, dIn, dOut, bias });

const own: [name: string, mixer: MixerKind, modes: readonly BackwardMode[]][] = [
  ["scaled rotations", scaledMixer, ["stored", "recompute"]],
  ["Cayley's rotations", cayleyMixer, ["reverse", "stored", "recompute"]],
];

describe.each(own)("%s, of which nothing but the composition is known", (_, mixer, modes) => {
  const cases = [
    ["a butterfly", butterfly(4), [4, 4], [3]],
    ["an odd shuffle with rows and columns cut off", shuffle(5), [4, 3], [2, 2]],
    ["one coordinate", butterfly(1), [1, 1], [2]],
  ] as const;

  test.each(cases)("forward is the composed operator: %s", (_, schedule, fan, lead) => {
    const inputs = inputsOf(mixer, schedule, fan, lead);
    const expected = composedMixer(schedule, mixer.parameterisation, inputs);
    for (const backward of modes) close(fused(mixer, schedule, backward)(...inputs), expected);
  });

  describe.each(modes)("%s", (backward) => {
    test.each(cases)("first and second derivatives: %s", (_, schedule, fan, lead) => {
      const inputs = inputsOf(mixer, schedule, fan, lead);
      gradcheck<Operands>(fused(mixer, schedule, backward), inputs);
      gradgradcheck<Operands>(fused(mixer, schedule, backward), inputs);
    });

    test("the gradients of the composed operator", () => {
      const schedule = shuffle(7);
      const inputs = inputsOf(mixer, schedule, [7, 6], [5]);
      const ct = draw([5, 6]);
      const composed = (...xs: Operands) => composedMixer(schedule, mixer.parameterisation, xs);
      const theirs = vjp<Operands>(composed, ...inputs).pullback(ct);
      const ours = vjp<Operands>(fused(mixer, schedule, backward), ...inputs).pullback(ct);
      for (const [k, g] of ours.entries()) close(g, theirs[k] ?? zeros([]));
    });
  });

  test("in float32, too", () => {
    const schedule = shuffle(5);
    const parameters = mixer.parameterisation.shapes(schedule).map((s) => normal(random, s));
    const x = normal(random, [3, 5]);
    const [single, double] = ([parameters, parameters.map(wide)] as const).map((list, k) =>
      mixer.run(k === 0 ? x : wide(x), list, { schedule }),
    );
    expect(single?.dtype).toBe("float32");
    expect(numbers(single ?? x)).toEqual(numbers(double ?? x).map(Math.fround));
  });
});

const wide = (x: Tensor): Tensor => tensor(Float64Array.from(numbers(x)), { shape: x.shape });

/** Numbers near a start, of any kind. */
function factorsOf<const N extends readonly string[]>(
  mixer: MixerKind<N>,
  schedule: Schedule,
): Factors<N> & Required<Pick<Factors, "dIn" | "dOut" | "bias">> {
  const { n } = schedule;
  const diagonals = [0, 1].map(() => add(1.5, mul(0.2, draw([n]))));
  const parameters = initialParameters(mixer, schedule, random, float64);
  const [dIn = ones([n]), dOut = ones([n])] = diagonals;
  return { mixer, schedule, parameters, dIn, dOut, bias: draw([n]) };
}

test.each(own)("%s are right by themselves", (_, mixer) => {
  expect(checkParameterisation(mixer).derivatives).toBeLessThan(1e-6);
});

describe("what follows from a definition", () => {
  test("its call, with a tensor for each parameter", () => {
    const schedule = butterfly(4);
    const { dIn, dOut, bias, parameters, mixer } = factorsOf(scaledMixer, schedule);
    const x = draw([2, 4]);
    const doubled = { ...parameters, radii: mul(2, parameters.radii) };
    const operands = { schedule, dIn, dOut, bias };
    const y = scaledMixer(x, doubled.angles, doubled.radii, operands);
    close(y, apply({ mixer, parameters: doubled, ...operands }, x));
    const single = apply({ mixer, parameters, ...operands }, x);
    close(sub(y, bias), mul(4, sub(single, bias))); // in two stages
  });

  test("the transpose, and the determinant", () => {
    for (const mixer of [scaledMixer, cayleyMixer]) {
      const { bias: _, ...factors } = factorsOf<readonly string[]>(mixer, shuffle(5));
      const [w, back] = [toDense(factors), toDense(transposed(factors))].map((x) => x.ndarray());
      for (let i = 0; i < 5; i++)
        for (let j = 0; j < 5; j++) expect(back?.get(j, i)).toBeCloseTo(w?.get(i, j) ?? 0, 12);
    }
    const { dIn: _i, dOut: _o, bias: _b, ...bare } = factorsOf(scaledMixer, butterfly(4));
    const radii = tensor(Float64Array.of(2, 3, 5, 7));
    const parameters = { ...bare.parameters, radii };
    const [determinant] = numbers(logAbsDet({ ...bare, parameters }));
    expect(determinant).toBeCloseTo(2 * Math.log(2 * 3 * 5 * 7), 12); // a block's is ρ²
  });

  test("without an inverse of its kind it is undone by free blocks, unless orthogonal", () => {
    const scaled = factorsOf(scaledMixer, shuffle(5));
    const turned = factorsOf(cayleyMixer, shuffle(5));
    const x = draw([3, 5]);
    expect(inverseMixer(scaled).mixer).toBe(generalMixer);
    expect(inverseMixer(turned).mixer).toBe(cayleyMixer);
    close(applyInverse(scaled, apply(scaled, x)), x, 1e-9);
    close(applyInverse(turned, apply(turned, x)), x, 1e-9);
  });

  test("with them it is of its kind", () => {
    const invertible = defineMixer(
      defineParameterisation({
        ...scaledRotation,
        inverse: ({ angles, radii }) => ({ angles: neg(angles), radii: div(1, radii) }),
      }),
    );
    const factors = factorsOf(invertible, shuffle(5));
    const x = draw([3, 5]);
    expect(inverseMixer(factors).mixer).toBe(invertible);
    close(applyInverse(factors, apply(factors, x)), x, 1e-9);
  });

  test("each sample's own gradients, by name", () => {
    const factors = factorsOf(scaledMixer, butterfly(4));
    const [x, ct] = [draw([3, 4]), draw([3, 4])];
    const { angles, radii } = perSampleMixer(factors, x, ct);
    expect([angles.shape, radii.shape]).toEqual([
      [3, 4],
      [3, 4],
    ]);
    const by = (angles: Tensor, radii: Tensor) =>
      apply({ ...factors, parameters: { angles, radii } }, x);
    const { parameters } = factors;
    const whole = vjp(by, parameters.angles, parameters.radii).pullback(ct);
    for (const [k, each] of [angles, radii].entries()) close(rowSums(each), whole[k] ?? zeros([]));
  });

  test("from a matrix: its nearest blocks, no further where it can't improve", () => {
    const schedule = butterfly(8);
    const turned = toDense(factorsOf(rotationMixer, schedule));
    const { factors, error } = fromDense(turned, { mixer: cayleyMixer, schedule, sweeps: 0 });
    expect(factors.mixer).toBe(cayleyMixer);
    expect(error).toBeLessThan(1e-12);
    const w = draw([8, 8]);
    const [before = 0, after] = [0, 5].map(
      (sweeps) => fromDense(w, { mixer: cayleyMixer, schedule, sweeps }).error,
    );
    expect(after).toBeLessThanOrEqual(before + 1e-12); // diagonals alone are fitted
  });

  test("what it costs", () => {
    const schedule = butterfly(8);
    const bare = { diagonals: false, bias: false };
    expect(parameterCount(scaledMixer, schedule, bare)).toBe(2 * 12);
    expect(parameterCount(cayleyMixer, schedule, bare)).toBe(12);
    expect(flops(cayleyMixer, schedule, { ...bare, backward: "reverse" })).toEqual({
      forward: 72,
      backward: 240,
    });
    expect(flops(rotationMixer, schedule, { ...bare, backward: "reverse" }).backward).toBe(192);
  });
});

const rowSums = (x: Tensor): Tensor => {
  const [rows = 0, columns = 0] = x.shape;
  const all = numbers(x);
  const sumOf = (j: number) =>
    Array.from({ length: rows }, (_, i) => all[columns * i + j] ?? 0).reduce((a, b) => a + b, 0);
  return tensor(Float64Array.from({ length: columns }, (_, j) => sumOf(j)));
};

describe("refuses", () => {
  const schedule = butterfly(4);
  const x = zeros([4]);
  const four = zeros([4]);
  const call = scaledMixer as unknown as (...operands: readonly unknown[]) => Tensor;

  test("too few parameters, or too many", () => {
    expect(() => call(x, four, { schedule })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: scaled-rotation: expected the parameters angles, radii, got 1 of them]`,
    );
    expect(() => call(x, four, four, four, { schedule })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: scaled-rotation: expected the parameters angles, radii, got 3 of them]`,
    );
    expect(() => call(x, { schedule })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: scaled-rotation: expected the parameters angles, radii, got 0 of them]`,
    );
    expect(() => scaledMixer.run(x, [four], { schedule })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: scaled-rotation: expected the parameters angles, radii, got 1 of them]`,
    );
  });

  test("options left out, without a schedule, or elsewhere", () => {
    expect(() => call(x, four, four)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: scaled-rotation: expected x, angles, radii, then options with a schedule, got no schedule at the end]`,
    );
    expect(() => call(x, four, four, { backward: "stored" })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: scaled-rotation: expected x, angles, radii, then options with a schedule, got no schedule at the end]`,
    );
    expect(() => call(x, { schedule }, four, four)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: scaled-rotation: expected x, angles, radii, then options with a schedule, got no schedule at the end]`,
    );
    expect(() => call(x)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: scaled-rotation: expected x, angles, radii, then options with a schedule, got no schedule at the end]`,
    );
  });

  test("what is no tensor", () => {
    expect(() => call(x, [1, 2, 3, 4], four, { schedule })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: scaled-rotation: expected x, angles, radii, then options with a schedule, got no tensor as angles]`,
    );
    expect(() => call(x, four, 3, { schedule })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: scaled-rotation: expected x, angles, radii, then options with a schedule, got no tensor as radii]`,
    );
    expect(() => call([1, 2, 3, 4], four, four, { schedule })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: scaled-rotation: expected x, angles, radii, then options with a schedule, got no tensor as x]`,
    );
  });

  test("a parameter of another shape, and walking back what is not orthogonal", () => {
    expect(() => scaledMixer(x, four, zeros([3]), { schedule })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: scaled-rotation: expected radii of shape [4], got [3]]`,
    );
    expect(() =>
      scaledMixer(x, four, four, { schedule, backward: "reverse" }),
    ).toThrowErrorMatchingInlineSnapshot(`
      [ValueError: scaled-rotation: expected backward "stored" or "recompute", got reverse
      help: blocks that are not orthogonal are too ill-conditioned to walk back]
    `);
  });

  test("factors that lack a parameter", () => {
    const { radii: _, ...parameters } = { angles: four, radii: four };
    const factors = { mixer: scaledMixer as MixerKind, schedule, parameters };
    expect(() => apply(factors, x)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: scaled-rotation: expected the parameters angles, radii, got 1 of them]`,
    );
  });
});
