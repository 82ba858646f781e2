/**
 * @file Transpose, inverse, determinant, condition, composition: derivatives, rectangles, and
 * singular blocks by name.
 */
import { add, elements, gradcheck, mul, normal, rng, type Tensor, tensor } from "@spm/core";
import { describe, expect, test } from "vitest";
import { applyTranspose, inverse, logAbsDet, solve, toDense, transposed } from "./algebra.ts";
import { compose } from "./compose.ts";
import { condition, singularValues } from "./condition.ts";
import { flops, parameterCount } from "./cost.ts";
import {
  type Factors,
  fanIn,
  fanOut,
  type GeneralFactors,
  mix,
  type RotationFactors,
  toGeneral,
} from "./factors.ts";
import { brick, butterfly, type Schedule, shuffle } from "./schedule.ts";

const float64 = { dtype: "float64" } as const;
const random = rng(11);
const draw = (...shape: number[]): Tensor => normal(random, shape, 0, 1, float64);
const around = (n: number) => ({
  dIn: add(1, mul(0.2, draw(n))),
  dOut: add(1, mul(0.2, draw(n))),
  bias: draw(n),
});
type Surroundings = ReturnType<typeof around>;
/** Angles, or blocks and scales. */
type Stages = [angles: Tensor] | [blocks: Tensor, scales: Tensor];
type Operands = [dIn: Tensor, dOut: Tensor, bias: Tensor, ...stages: Stages];
const rotationOf = (schedule: Schedule): RotationFactors & Surroundings => ({
  kind: "rotation",
  schedule,
  angles: draw(schedule.first.length),
  ...around(schedule.n),
});
function generalOf(schedule: Schedule): GeneralFactors & Surroundings {
  const rotation = rotationOf(schedule);
  const { blocks, scales } = toGeneral(rotation);
  const { dIn, dOut, bias } = rotation;
  return {
    kind: "general",
    schedule,
    dIn,
    dOut,
    bias,
    blocks: add(blocks, mul(0.1, draw(schedule.first.length, 4))),
    scales: mul(1.3, scales),
  };
}
const numbers = (x: Tensor): number[] => Array.from(elements(x.ndarray()));
const close = (a: Tensor, b: Tensor, tolerance = 1e-11): void => {
  expect(a.shape).toEqual(b.shape);
  const other = numbers(b);
  for (const [i, v] of numbers(a).entries())
    expect(Math.abs(v - other[i]!)).toBeLessThan(tolerance);
};
const makers = [
  ["rotation", rotationOf],
  ["general", generalOf],
] as const;

describe.each(makers)("%s", (_, make) => {
  test("the transpose of the whole and of a corner", () => {
    const factors = make(shuffle(7));
    const [w, back] = [toDense(factors).ndarray(), toDense(transposed(factors)).ndarray()];
    for (let i = 0; i < 7; i++)
      for (let j = 0; j < 7; j++) expect(back.get(j, i)).toBeCloseTo(w.get(i, j), 12);
    const { bias: _bias, ...rest } = factors;
    const corner: Factors = { ...rest, dIn: draw(5), dOut: draw(3) };
    expect([fanIn(corner), fanOut(corner)]).toEqual([5, 3]);
    const [x, y] = [draw(5), draw(3)];
    const inner = (a: Tensor, b: Tensor) =>
      numbers(a).reduce((total, v, i) => total + v * numbers(b)[i]!, 0);
    // ⟨Wx, y⟩ = ⟨x, Wᵀy⟩
    expect(inner(mix(corner, x), y)).toBeCloseTo(inner(x, applyTranspose(corner, y)), 12);
  });

  test("a bias that cuts rows off counts as an output width, though W leaves it out", () => {
    const { dOut: _dOut, ...rest } = make(butterfly(4));
    const cut: Factors = { ...rest, bias: draw(3) };
    expect(toDense(cut).shape).toEqual([3, 4]);
    expect(toDense(transposed(cut)).shape).toEqual([4, 3]);
  });

  test("solve undoes mix on many rows at once", () => {
    const factors = make(butterfly(8, 5));
    const x = draw(2, 3, 8);
    close(solve(factors, mix(factors, x)), x, 1e-9);
    close(mix(factors, solve(factors, x)), x, 1e-9);
  });

  test("all of it is differentiable by every parameter", () => {
    const factors = make(shuffle(3));
    const y = draw(2, 3);
    const { schedule, dIn, dOut, bias } = factors;
    const own: Stages =
      factors.kind === "rotation" ? [factors.angles] : [factors.blocks, factors.scales];
    const rebuilt = (...[dIn, dOut, bias, ...stages]: Operands): Factors => {
      const ends = { schedule, dIn, dOut, bias };
      if (stages.length === 1) return { kind: "rotation", angles: stages[0], ...ends };
      return { kind: "general", blocks: stages[0], scales: stages[1], ...ends };
    };
    const inputs: Operands = [dIn, dOut, bias, ...own];
    gradcheck((...xs: Operands) => toDense(rebuilt(...xs)), inputs);
    gradcheck((...xs: Operands) => applyTranspose(rebuilt(...xs), y), inputs);
    gradcheck((...xs: Operands) => solve(rebuilt(...xs), y), inputs);
    gradcheck((...xs: Operands) => logAbsDet(rebuilt(...xs)), inputs);
  });

  test("composition is the product of the matrices, and carries the biases", () => {
    const first = { ...make(shuffle(5)) };
    const second = { ...make(brick(5, 3)) };
    const [a, b] = first.kind === "rotation" ? [bareOut(first), bareIn(second)] : [first, second];
    const both = compose(b, a);
    const x = draw(4, 5);
    close(mix(both, x), mix(b, mix(a, x)));
    expect(both.schedule.stages).toBe(a.schedule.stages + b.schedule.stages);
  });
});

const bareOut = ({ dOut: _, ...rest }: Factors): Factors => rest;
const bareIn = ({ dIn: _, ...rest }: Factors): Factors => rest;

test("ln|det| of a bare rotation is 0", () => {
  const { dIn: _i, dOut: _o, ...bare } = rotationOf(butterfly(4));
  expect(numbers(logAbsDet(bare))).toEqual([0]);
});

test("singular blocks, scales and diagonals are named", () => {
  const free = generalOf(shuffle(5, 2));
  const withBlock = (p: number, block: number[]): Factors => {
    const blocks = numbers(free.blocks);
    blocks.splice(4 * p, 4, ...block);
    return { ...free, blocks: tensor(Float64Array.from(blocks), { shape: [4, 4] }) };
  };
  expect(() => inverse(withBlock(3, [1, 2, 2, 4]))).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: inverse: expected invertible blocks, got determinant 0 in pair (0, 1) of stage 1]`,
  );
  expect(() => logAbsDet(withBlock(0, [0.1, 0.3, 0.2, 0.6]))).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: logAbsDet: expected invertible blocks, got determinant 0 in pair (0, 2) of stage 0]`,
  );
  expect(() => solve(withBlock(1, [0, 0, 0, 0]), draw(5))).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: solve: expected invertible blocks, got determinant 0 in pair (1, 3) of stage 0]`,
  );
  expect(() => condition(withBlock(2, [1, Number.NaN, 0, 1]))).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: condition: expected invertible blocks, got determinant NaN in pair (4, 2) of stage 1]`,
  );
  expect(() =>
    inverse({ ...free, scales: tensor(Float64Array.of(1, 0)) }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: inverse: expected scales other than 0, got 0 at coordinate 3 of stage 1]`,
  );
  expect(() =>
    inverse({ ...free, dOut: tensor(Float64Array.of(1, 2, 0, 1, 1)) }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: inverse: expected dOut without zeros, got 0 at 2]`,
  );
  expect(() => inverse({ ...free, dIn: draw(4) })).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: inverse: expected a square W of the schedule's width, [5, 5], got [5, 4]]`,
  );
  const fine = withBlock(3, [1, 2, 2, 4 + 1e-9]);
  expect(numbers(logAbsDet(fine)).every(Number.isFinite)).toBe(true);
});

test("composition refuses what has no place", () => {
  const turned = rotationOf(shuffle(5));
  expect(() => compose(turned, turned)).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: compose: expected no diagonal between rotations, got one
    help: use toGeneral()]
  `);
  expect(() => compose<Factors>(turned, generalOf(shuffle(5)))).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: compose: expected two mixers of one kind, got general and rotation
    help: use toGeneral()]
  `);
  expect(() => compose(turned, rotationOf(shuffle(4)))).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: compose: expected 4 outputs into 4 inputs, got 4 into 5]`,
  );
  expect(() =>
    compose(turned, { ...turned, dOut: draw(3), bias: draw(3) }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: compose: expected 5 outputs into 5 inputs, got 3 into 5]`,
  );
});

test(
  "the condition names the block that stretches most, " +
    "and its power iteration finds the condition of a diagonal",
  () => {
    const schedule = butterfly(2);
    const blocks = tensor(Float64Array.of(3, 0, 0, 0.5), { shape: [1, 4] });
    const stretched: Factors = {
      kind: "general",
      schedule,
      blocks,
      scales: tensor(new Float64Array()),
    };
    const { bound, estimate, worst } = condition(stretched);
    expect(bound).toBeCloseTo(6, 12);
    expect(estimate).toBeCloseTo(6, 9);
    expect(worst).toEqual({ stage: 0, pair: [0, 1], condition: 6, determinant: 1.5 });
  },
);

test("singular values of 2 × 2", () => {
  expect(singularValues(0, -3, 2, 0)).toEqual([3, 2]);
  expect(singularValues(1, 1, 1, 1)).toEqual([2, 0]);
  const [high, low] = singularValues(1, 2, 3, 4);
  // |det|, ‖·‖²
  expect([high * low, high ** 2 + low ** 2].map((v) => Math.round(v * 1e9) / 1e9)).toEqual([2, 30]);
});

test("what a mixer costs, at n = 4096 and L = 12", () => {
  const schedule = butterfly(4096);
  // dense: 16.78 million
  expect(parameterCount("rotation", schedule, { bias: false })).toBe(32_768);
  expect(parameterCount("general", schedule, { bias: false })).toBe(106_496);
  const bare = { diagonals: false, bias: false };
  expect(flops("rotation", schedule, "reverse", bare)).toEqual({
    forward: 147_456,
    backward: (147_456 * 16) / 6,
  });
  expect(flops("general", schedule, "recompute", bare).backward).toBe((147_456 * 20) / 6);
  expect(flops("general", shuffle(3), "stored")).toEqual({
    forward: 6 * 3 + 3 + 9,
    backward: 14 * 3 + 9 + 21,
  });
  expect(parameterCount("general", shuffle(3))).toBe(4 * 3 + 3 + 9);
});
