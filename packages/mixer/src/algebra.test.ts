/**
 * @file Transpose, inverse, determinant, condition, composition: derivatives, rectangles, and
 * singular blocks by name.
 */
import { add, gradcheck, mul, normal, rng, type Tensor, tensor } from "@spm/core";
import { elements } from "@spm/core/extend";
import { describe, expect, test } from "vitest";
import {
  applyInverse,
  applyTranspose,
  inverseMixer,
  logAbsDet,
  toDense,
  transposed,
} from "./algebra.ts";
import { compose } from "./compose.ts";
import { condition, singularValues } from "./condition.ts";
import { flops, parameterCount } from "./cost.ts";
import { apply, type Factors, inFeatures, outFeatures, toGeneral } from "./factors.ts";
import { initialParameters } from "./initialise.ts";
import { type Diagonals, generalMixer, type MixerKind } from "./mixer.ts";
import { mixers } from "./mixers.ts";
import { byName, inOrder, mapParameters, type Names } from "./parameterisation/define.ts";
import { rotationMixer } from "./parameterisation/rotation.ts";
import { brick, butterfly, shuffle } from "./patterns.ts";
import type { Schedule } from "./schedule.ts";

/** With everything that can stand around the stages. */
type Whole<N extends Names = Names> = Factors<N> & Required<Diagonals>;

const float64 = { dtype: "float64" } as const;
const random = rng(11);
const draw = (...shape: number[]): Tensor => normal(random, shape, 0, 1, float64);
const kinds: [name: string, mixer: MixerKind][] = Object.entries(mixers);

/** Near a start of the kind, so that nothing is singular. */
function make<const N extends Names>(mixer: MixerKind<N>, schedule: Schedule): Whole<N> {
  const { n } = schedule;
  const near = (x: Tensor) => add(x, mul(0.1, draw(...x.shape)));
  const start = initialParameters(mixer, schedule, random, float64);
  const [dIn, dOut] = [add(1, mul(0.2, draw(n))), add(1, mul(0.2, draw(n)))];
  const parameters = mapParameters(mixer.parameterisation, start, near);
  return { mixer, schedule, parameters, dIn, dOut, bias: draw(n) };
}
const numbers = (x: Tensor): number[] => Array.from(elements(x.ndarray()));
const close = (a: Tensor, b: Tensor, tolerance = 1e-11): void => {
  expect(a.shape).toEqual(b.shape);
  const other = numbers(b);
  for (const [i, v] of numbers(a).entries())
    expect(Math.abs(v - (other[i] ?? Number.NaN))).toBeLessThan(tolerance);
};
const bareOut = <N extends Names>({ dOut: _, ...rest }: Whole<N>): Factors<N> => rest;
const bareIn = <N extends Names>({ dIn: _, ...rest }: Whole<N>): Factors<N> => rest;

describe.each(kinds)("%s", (name, mixer) => {
  const { orthogonal, scaleRows, parameters: layouts } = mixer.parameterisation;

  test("the transpose of the whole and of a corner", () => {
    const factors = make(mixer, shuffle(7));
    const [w, back] = [toDense(factors).ndarray(), toDense(transposed(factors)).ndarray()];
    for (let i = 0; i < 7; i++)
      for (let j = 0; j < 7; j++) expect(back.get(j, i)).toBeCloseTo(w.get(i, j), 12);
    const { bias: _bias, ...rest } = factors;
    const corner: Factors = { ...rest, dIn: draw(5), dOut: draw(3) };
    expect([inFeatures(corner), outFeatures(corner)]).toEqual([5, 3]);
    const [x, y] = [draw(5), draw(3)];
    const inner = (a: Tensor, b: Tensor) => {
      const other = numbers(b);
      return numbers(a).reduce((total, v, i) => total + v * (other[i] ?? Number.NaN), 0);
    };
    // ⟨Wx, y⟩ = ⟨x, Wᵀy⟩
    expect(inner(apply(corner, x), y)).toBeCloseTo(inner(x, applyTranspose(corner, y)), 12);
  });

  test("a bias that cuts rows off counts as an output width, though W leaves it out", () => {
    const { dOut: _dOut, ...rest } = make(mixer, butterfly(4));
    const cut: Factors = { ...rest, bias: draw(3) };
    expect(toDense(cut).shape).toEqual([3, 4]);
    expect(toDense(transposed(cut)).shape).toEqual([4, 3]);
  });

  test("solve undoes mix on many rows at once", () => {
    const factors = make(mixer, butterfly(8, 5));
    const x = draw(2, 3, 8);
    close(applyInverse(factors, apply(factors, x)), x, 1e-9);
    close(apply(factors, applyInverse(factors, x)), x, 1e-9);
  });

  test("the inverse is of the kind where the kind has it, and of free blocks otherwise", () => {
    const factors = make(mixer, shuffle(5));
    const x = draw(2, 5);
    close(apply(inverseMixer(factors), apply(factors, x)), x, 1e-9);
    const own = orthogonal || mixer.parameterisation.inverse !== undefined;
    expect(inverseMixer(factors).mixer).toBe(own ? mixer : generalMixer);
  });

  test("in free blocks it is the same matrix, and has the same determinant", () => {
    const factors = make(mixer, shuffle(7));
    expect(toGeneral(factors).mixer).toBe(generalMixer);
    close(toDense(toGeneral(factors)), toDense(factors));
    close(logAbsDet(toGeneral(factors)), logAbsDet(factors));
  });

  test("all of it is differentiable by every parameter", () => {
    const { dIn, dOut, bias, schedule, parameters } = make(mixer, shuffle(3));
    const y = draw(2, 3);
    const of = (f: (factors: Factors) => Tensor) =>
      gradcheck<[Tensor, Tensor, Tensor, ...Tensor[]]>(
        (dIn, dOut, bias, ...list) =>
          f({
            mixer,
            schedule,
            parameters: byName(mixer.parameterisation, list),
            ...{ dIn, dOut, bias },
          }),
        [dIn, dOut, bias, ...inOrder(mixer.parameterisation, parameters)],
      );
    of(toDense);
    of((factors) => applyTranspose(factors, y));
    of((factors) => applyInverse(factors, y));
    of(logAbsDet);
  });

  test("composition is the product of the matrices, and carries the biases", () => {
    const [first, second] = [make(mixer, shuffle(5)), make(mixer, brick(5, 3))];
    const [a, b] = scaleRows === undefined ? [bareOut(first), bareIn(second)] : [first, second];
    const both = compose(b, a);
    const x = draw(4, 5);
    close(apply(both, x), apply(b, apply(a, x)));
    expect(both.schedule.stages).toBe(a.schedule.stages + b.schedule.stages);
    if (scaleRows !== undefined) return;
    for (const [later, earlier] of [
      [bareIn(second), first],
      [second, bareOut(first)],
    ] as const)
      expect(() => compose(later, earlier)).toThrow(
        `compose: expected no diagonal between ${name} mixers, got one`,
      );
  });

  test("two of different kinds are no one mixer", () => {
    for (const [other, otherMixer] of kinds.filter(([, kind]) => kind !== mixer)) {
      const second = make(otherMixer, shuffle(5));
      expect(() => compose(second, make(mixer, shuffle(5)))).toThrow(
        `compose: expected two mixers of one kind, got ${name} and ${other}`,
      );
    }
  });

  test("what it costs: its parameters, and the numbers around them", () => {
    const schedule = shuffle(7);
    const [pairs, unpaired] = [schedule.first.length, schedule.unpaired.length];
    const sizes = layouts.map(
      ({ per, each }) => (per === "pair" ? pairs : unpaired) * each.reduce((a, b) => a * b, 1),
    );
    const own = sizes.reduce((a, b) => a + b, 0);
    expect(parameterCount(mixer, schedule, { diagonals: false, bias: false })).toBe(own);
    expect(parameterCount(mixer, schedule, { inFeatures: 5, outFeatures: 6 })).toBe(
      own + 5 + 6 + 6,
    );
    const scaled = orthogonal ? 0 : unpaired;
    const bare = { diagonals: false, bias: false };
    const of = (mode: "stored" | "recompute") =>
      flops(mixer, schedule, { ...bare, backward: mode });
    const forward = 6 * pairs + scaled;
    expect(of("stored")).toEqual({ forward, backward: 14 * pairs + 3 * scaled });
    expect(of("recompute")).toEqual({ forward, backward: 20 * pairs + 4 * scaled });
  });
});

describe.each(kinds.filter(([, { parameterisation }]) => parameterisation.orthogonal))(
  "%s",
  (_, mixer) => {
    test("bare, ln|det| is 0 and the condition 1", () => {
      const { dIn: _i, dOut: _o, ...bare } = make(mixer, butterfly(4));
      expect(numbers(logAbsDet(bare))).toEqual([0]);
      expect(condition(bare).bound).toBeCloseTo(1, 12);
    });
  },
);

test("singular blocks, unpairedScales and diagonals are named", () => {
  const free = make(generalMixer, shuffle(5, 2));
  const withBlock = (p: number, block: number[]): Factors => {
    const blocks = numbers(free.parameters.blocks);
    blocks.splice(4 * p, 4, ...block);
    const other = tensor(Float64Array.from(blocks), { shape: [4, 4] });
    return { ...free, parameters: { ...free.parameters, blocks: other } };
  };
  const zeroScale = { ...free.parameters, unpairedScales: tensor(Float64Array.of(1, 0)) };
  expect(() => inverseMixer(withBlock(3, [1, 2, 2, 4]))).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: inverseMixer: expected invertible blocks, got determinant 0 in pair (0, 1) of stage 1]`,
  );
  expect(() => logAbsDet(withBlock(0, [0.1, 0.3, 0.2, 0.6]))).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: logAbsDet: expected invertible blocks, got determinant 0 in pair (0, 2) of stage 0]`,
  );
  expect(() =>
    applyInverse(withBlock(1, [0, 0, 0, 0]), draw(5)),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: applyInverse: expected invertible blocks, got determinant 0 in pair (1, 3) of stage 0]`,
  );
  expect(() => condition(withBlock(2, [1, Number.NaN, 0, 1]))).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: condition: expected invertible blocks, got determinant NaN in pair (4, 2) of stage 1]`,
  );
  expect(() => inverseMixer({ ...free, parameters: zeroScale })).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: inverseMixer: expected unpairedScales other than 0, got 0 at coordinate 3 of stage 1]`,
  );
  const zeroOut = { ...free, dOut: tensor(Float64Array.of(1, 2, 0, 1, 1)) };
  expect(() => inverseMixer(zeroOut)).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: inverseMixer: expected dOut without zeros, got 0 at 2]`,
  );
  expect(() => inverseMixer({ ...free, dIn: draw(4) })).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: inverseMixer: expected a square W of the schedule's width, [5, 5], got [5, 4]]`,
  );
  const fine = withBlock(3, [1, 2, 2, 4 + 1e-9]);
  expect(numbers(logAbsDet(fine)).every(Number.isFinite)).toBe(true);
});

test("composition refuses what has no place", () => {
  const turned = make(rotationMixer, shuffle(5));
  expect(() => compose(turned, turned)).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: compose: expected no diagonal between rotation mixers, got one
    help: use toGeneral()]
  `);
  const free: Factors = make(generalMixer, shuffle(5));
  expect(() => compose<Names>(turned, free)).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: compose: expected two mixers of one kind, got general and rotation
    help: use toGeneral()]
  `);
  const narrow = make(rotationMixer, shuffle(4));
  expect(() => compose(turned, narrow)).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: compose: expected 4 outputs into 4 inputs, got 4 into 5]`,
  );
  const cut = { ...turned, dOut: draw(3), bias: draw(3) };
  expect(() => compose(turned, cut)).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: compose: expected 5 outputs into 5 inputs, got 3 into 5]`,
  );
});

test("the condition names the block that stretches most, and finds that of a diagonal", () => {
  const schedule = butterfly(2);
  const blocks = tensor(Float64Array.of(3, 0, 0, 0.5), { shape: [1, 4] });
  const parameters = { blocks, unpairedScales: tensor(new Float64Array()) };
  const { bound, estimate, worst } = condition({ mixer: generalMixer, schedule, parameters });
  expect(bound).toBeCloseTo(6, 12);
  expect(estimate).toBeCloseTo(6, 9);
  expect(worst).toEqual({ stage: 0, pair: [0, 1], condition: 6, determinant: 1.5 });
});

test("singular values of 2 × 2", () => {
  expect(singularValues(0, -3, 2, 0)).toEqual([3, 2]);
  expect(singularValues(1, 1, 1, 1)).toEqual([2, 0]);
  const [high, low] = singularValues(1, 2, 3, 4);
  const [det, norm] = [high * low, high ** 2 + low ** 2]; // |det|, ‖·‖²
  expect([det, norm].map((v) => Math.round(v * 1e9) / 1e9)).toEqual([2, 30]);
});

test("what a mixer costs, at n = 4096 and L = 12", () => {
  const schedule = butterfly(4096);
  const bare = { diagonals: false, bias: false };
  for (const [, mixer] of kinds) {
    const { orthogonal, angle } = mixer.parameterisation;
    if (angle !== undefined) {
      expect(parameterCount(mixer, schedule, { bias: false })).toBe(32_768); // dense: 16.78 million
      const backward = (147_456 * 16) / 6;
      expect(flops(mixer, schedule, { ...bare, backward: "reverse" })).toEqual({
        forward: 147_456,
        backward,
      });
    }
    if (!orthogonal)
      expect(flops(mixer, schedule, { ...bare, backward: "recompute" }).backward).toBe(
        (147_456 * 20) / 6,
      );
  }
  expect(parameterCount(generalMixer, schedule, { bias: false })).toBe(106_496);
  const [forward, backward] = [6 * 3 + 3 + 9, 14 * 3 + 9 + 21];
  expect(flops(generalMixer, shuffle(3), { backward: "stored" })).toEqual({ forward, backward });
  expect(parameterCount(generalMixer, shuffle(3))).toBe(4 * 3 + 3 + 9);
});
