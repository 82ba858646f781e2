/**
 * @file Maps that are not square: what each form is, entry by entry, and that folding is the
 * transpose of stacking.
 */
import { gradcheck, normal, rng, type Tensor, tensor } from "@spm/core";
import { elements } from "@spm/core/extend";
import { describe, expect, test } from "vitest";
import { toDense } from "./algebra.ts";
import type { Factors } from "./factors.ts";
import type { MixerKind } from "./mixer.ts";
import { mixers } from "./mixers.ts";
import { byName } from "./parameterisation/define.ts";
import { rotationMixer } from "./parameterisation/rotation.ts";
import { shuffle } from "./patterns.ts";
import { applyTiled, planTiling, type Tiling } from "./rectangular.ts";

const float64 = { dtype: "float64" } as const;
const random = rng(4);
const draw = (...shape: readonly number[]): Tensor => normal(random, shape, 0, 1, float64);
const numbers = (x: Tensor): number[] => Array.from(elements(x.ndarray()));
const shapeOf = ({ form, count, schedule, dIn, dOut }: Tiling) => ({
  form,
  count,
  n: schedule.n,
  dIn,
  dOut,
});

function drawFactors({ schedule, dIn, dOut }: Tiling, outFeatures: number) {
  const parameters = { angles: draw(schedule.first.length) };
  const diagonals = { dIn: draw(...dIn), dOut: draw(...dOut), bias: draw(outFeatures) };
  return { mixer: rotationMixer, schedule, parameters, ...diagonals };
}

/** The rows and columns of W by unit vectors, without the bias. */
function denseOf(
  tiling: Tiling,
  factors: ReturnType<typeof drawFactors>,
  inFeatures: number,
): number[][] {
  const { bias: _, ...linear } = factors;
  const column = (j: number) => {
    const unit = tensor(Float64Array.from({ length: inFeatures }, (_, i) => (i === j ? 1 : 0)));
    return numbers(applyTiled(tiling, linear, unit));
  };
  const columns = Array.from({ length: inFeatures }, (_, j) => column(j));
  return columns[0]!.map((_, i) => columns.map((c) => c[i]!));
}

test("how many operators of which width", () => {
  expect(shapeOf(planTiling(784, 256))).toEqual({
    form: "one",
    count: 1,
    n: 1024,
    dIn: [784],
    dOut: [256],
  });
  expect(shapeOf(planTiling(784, 256, { rectangular: "split" }))).toEqual({
    form: "fold",
    count: 4,
    n: 1024,
    dIn: [784],
    dOut: [4, 256],
  });
  expect(shapeOf(planTiling(256, 1024, { rectangular: "split" }))).toEqual({
    form: "stack",
    count: 4,
    n: 1024,
    dIn: [4, 256],
    dOut: [1024],
  });
  expect(shapeOf(planTiling(5, 5, { rectangular: "split" }))).toEqual({
    form: "one",
    count: 1,
    n: 8,
    dIn: [5],
    dOut: [5],
  });
  expect(shapeOf(planTiling(3, 8, { rectangular: "split", schedule: shuffle(3) }))).toEqual({
    form: "stack",
    count: 3,
    n: 9,
    dIn: [3, 3],
    dOut: [8],
  });
  expect(planTiling(784, 256).schedule.stages).toBe(10);
  expect(planTiling(784, 256, { rectangular: "split" }).schedule.stages).toBe(8);
});

test("pad: the corner of the n × n product", () => {
  const tiling = planTiling(3, 5, { schedule: shuffle(6) });
  const factors = drawFactors(tiling, 5);
  const { dIn: _i, dOut: _o, bias: _b, ...bare } = factors;
  const square = toDense(bare).ndarray();
  denseOf(tiling, factors, 3).forEach((row, i) => {
    row.forEach((v, j) => {
      expect(v).toBeCloseTo(
        numbers(factors.dOut)[i]! * square.get(i, j) * numbers(factors.dIn)[j]!,
        12,
      );
    });
  });
});

/** The operators of a split map one by one, from the pairs of the first copy. */
function parts(
  tiling: Tiling,
  { parameters, dIn, dOut }: ReturnType<typeof drawFactors>,
): number[][][] {
  const base = shuffle(tiling.schedule.n / tiling.count);
  const { count, form } = tiling;
  const [inFeatures, outFeatures] = [dIn.shape.at(-1)!, dOut.shape.at(-1)!];
  return Array.from({ length: count }, (_, c) => {
    const own: number[] = [];
    for (let l = 0; l < base.stages; l++) {
      const size = base.starts[l + 1]! - base.starts[l]!;
      const at = count * base.starts[l]! + c * size;
      own.push(...numbers(parameters.angles).slice(at, at + size));
    }
    const angles = tensor(Float64Array.from(own));
    const bare: Factors = { mixer: rotationMixer, schedule: base, parameters: { angles } };
    const w = toDense(bare).ndarray();
    const rows = form === "stack" ? Math.min(base.n, outFeatures - c * base.n) : outFeatures;
    const columns = form === "fold" ? Math.min(base.n, inFeatures - c * base.n) : inFeatures;
    const left = (i: number) =>
      numbers(dOut)[form === "fold" ? c * outFeatures + i : c * base.n + i]!;
    const right = (j: number) =>
      numbers(dIn)[form === "stack" ? c * inFeatures + j : c * base.n + j]!;
    return Array.from({ length: rows }, (_, i) =>
      Array.from({ length: columns }, (_, j) => left(i) * w.get(i, j) * right(j)),
    );
  });
}

test("stack: independent operators on one input, one below another, the top rows", () => {
  const tiling = planTiling(3, 10, { rectangular: "split", schedule: shuffle(4) });
  const factors = drawFactors(tiling, 10);
  const expected = parts(tiling, factors).flat();
  expect(expected).toHaveLength(10);
  denseOf(tiling, factors, 3).forEach((row, i) => {
    row.forEach((v, j) => {
      expect(v).toBeCloseTo(expected[i]![j]!, 12);
    });
  });
});

test("fold: each operator on its part of the input, their sum times q^(−1/2)", () => {
  const tiling = planTiling(10, 3, { rectangular: "split", schedule: shuffle(4) });
  const factors = drawFactors(tiling, 3);
  const [a, b, c] = parts(tiling, factors) as [number[][], number[][], number[][]];
  denseOf(tiling, factors, 10).forEach((row, i) => {
    const expected = [...a[i]!, ...b[i]!, ...c[i]!].map((v) => v / Math.sqrt(3));
    row.forEach((v, j) => {
      expect(v).toBeCloseTo(expected[j]!, 12);
    });
  });
});

const kinds: [name: string, mixer: MixerKind][] = Object.entries(mixers);

describe.each(kinds)("%s", (_, mixer) => {
  test.each([
    ["pad", 5, 3],
    ["pad", 2, 5],
    ["split", 5, 2],
    ["split", 2, 5],
    ["split", 3, 3],
  ] as const)(
    "derivatives: %s, %i → %i, with leading axes",
    (rectangular, inFeatures, outFeatures) => {
      const tiling = planTiling(inFeatures, outFeatures, { rectangular });
      const { schedule } = tiling;
      const { parameterisation } = mixer;
      const own = parameterisation.shapes(schedule).map((shape) => draw(...shape));
      const f = (x: Tensor, dIn: Tensor, dOut: Tensor, bias: Tensor, ...list: Tensor[]) => {
        const parameters = byName(parameterisation, list);
        return applyTiled(tiling, { mixer, schedule, parameters, dIn, dOut, bias }, x);
      };
      const diagonals = [draw(...tiling.dIn), draw(...tiling.dOut), draw(outFeatures)] as const;
      const x = draw(2, 3, inFeatures);
      expect(f(x, ...diagonals, ...own).shape).toEqual([2, 3, outFeatures]);
      gradcheck<[Tensor, Tensor, Tensor, Tensor, ...Tensor[]]>(f, [x, ...diagonals, ...own]);
    },
  );
});

test("refuses sizes and schedules that can't hold the map", () => {
  expect(() => planTiling(0, 3)).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: mixer: expected sizes in, out ≥ 1, got 0 and 3]`,
  );
  expect(() => planTiling(3, 9, { schedule: shuffle(8) })).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: mixer: expected a schedule of width n ≥ 9, got 8]`,
  );
  expect(() =>
    planTiling(3, 9, { rectangular: "split", schedule: shuffle(2) }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: mixer: expected a schedule of width n ≥ 3, got 2]`,
  );
});
