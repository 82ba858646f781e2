/** @file Diagonals, grids, products, masks, searches and scatters: edges, views, refusals. */
import { at, flip, grad, sum, type Tensor, tensor, transpose, zeros } from "@spm/core";
import { elements } from "@spm/core/extend";
import { describe, expect, test } from "vitest";
import * as n from "./index.ts";

const numbers = (x: Tensor): number[] => [...elements(x.ndarray())];
const integers = (...v: number[]): Tensor => tensor(v, { dtype: "int32" });
const empty = (...shape: number[]): Tensor => zeros(shape);
const matrix = tensor([
  [1, 2, 3],
  [4, 5, 6],
]);

describe("diagonals", () => {
  test("of views, far off, and of nothing", () => {
    expect(numbers(n.diagonal(transpose(matrix), { offset: -1 }))).toEqual([2, 6]);
    expect(numbers(n.diagonal(flip(matrix, 1)))).toEqual([3, 5]);
    expect(n.diagonal(matrix, { offset: 3 }).shape).toEqual([0]);
    expect(n.diagonal(matrix, { offset: -9 }).shape).toEqual([0]);
    expect(n.diagonal(empty(0, 3)).shape).toEqual([0]);
    expect(n.diag(empty(0), { diagonal: 2 }).shape).toEqual([2, 2]);
    expect(numbers(n.trace(empty(0, 0)))).toEqual([0]);
    expect(numbers(n.diag(integers(1, 2)))).toEqual([1, 0, 0, 2]);
  });

  test("and back", () => {
    for (const diagonal of [-2, 0, 3])
      expect(numbers(n.diag(n.diag(tensor([1, 2, 3]), { diagonal }), { diagonal }))).toEqual([
        1, 2, 3,
      ]);
  });
});

test("products of nothing and of scalars", () => {
  expect(n.kron(empty(0, 2), matrix).shape).toEqual([0, 6]);
  expect(numbers(n.kron(tensor(2), tensor(3)))).toEqual([6]);
  expect(numbers(n.tensordot(empty(2, 0), empty(0, 2), { axis: 1 }))).toEqual([0, 0, 0, 0]);
  expect(n.meshgrid([]).length).toBe(0);
  expect(n.meshgrid([empty(0), tensor([1, 2])]).map(({ shape }) => shape)).toEqual([
    [0, 2],
    [0, 2],
  ]);
  expect(n.meshgrid([tensor([1])], { indexing: "xy" })[0]?.shape).toEqual([1]);
});

test("running products and extremes: NaN, ties, nothing", () => {
  const x = tensor([3, 1, 4, 1, 5, 5, Number.NaN, 2]);
  expect(numbers(n.cummax(x, 0).indices)).toEqual([0, 0, 2, 2, 4, 5, 6, 6]);
  expect(numbers(n.cummin(x, 0).indices)).toEqual([0, 1, 1, 3, 3, 3, 6, 6]);
  expect(numbers(n.cummax(tensor([-Infinity, -Infinity]), -1).indices)).toEqual([0, 1]);
  expect(numbers(n.cummax(integers(-(2 ** 31), -(2 ** 31)), 0).values)).toEqual([
    -(2 ** 31),
    -(2 ** 31),
  ]);
  expect(n.cumprod(empty(2, 0), 1).shape).toEqual([2, 0]);
  expect(n.cummax(empty(0, 2), 0).values.shape).toEqual([0, 2]);
  expect(numbers(n.cumprod(integers(2, 3, 4), 0))).toEqual([2, 6, 24]);
});

describe("masks", () => {
  test("select from views, and nothing", () => {
    const mask = tensor([true, false]);
    expect(numbers(n.maskedSelect(transpose(matrix), mask))).toEqual([1, 2, 3]);
    expect(n.maskedSelect(matrix, tensor(false)).shape).toEqual([0]);
    expect(n.maskedSelect(empty(0), tensor(true)).shape).toEqual([0]);
    expect(numbers(n.maskedFill(matrix, tensor(true), 7))).toEqual([7, 7, 7, 7, 7, 7]);
  });

  test("what is filled has no derivative, what is selected has", () => {
    const mask = tensor([true, false, true]);
    const x = tensor([1, 2, 3]);
    expect(numbers(grad((t: Tensor) => sum(n.maskedFill(t, mask, 0)))(x))).toEqual([0, 1, 0]);
    expect(numbers(grad((t: Tensor) => sum(n.maskedSelect(t, mask)))(x))).toEqual([1, 0, 1]);
  });
});

describe("searches", () => {
  const row = tensor([1, 3, 3, 5]);
  test("positions with ties, NaN and infinities", () => {
    const values = tensor([0, 1, 3, 4, 9, Number.NaN, Infinity, -Infinity]);
    expect(numbers(n.searchsorted(row, values))).toEqual([0, 0, 1, 3, 4, 4, 4, 0]);
    expect(numbers(n.searchsorted(row, values, { right: true }))).toEqual([0, 1, 3, 3, 4, 4, 4, 0]);
    expect(numbers(n.searchsorted(empty(0), tensor([1, 2])))).toEqual([0, 0]);
    expect(n.searchsorted(row, empty(0, 2)).shape).toEqual([0, 2]);
    expect(n.searchsorted(row, tensor(3)).shape).toEqual([]);
  });

  test("distinct values, NaN each for itself", () => {
    const { values, inverse, counts } = n.unique(
      tensor([
        [3, Number.NaN],
        [-0, 0],
        [3, Number.NaN],
      ]),
    );
    expect(numbers(values)).toEqual([-0, 3, Number.NaN, Number.NaN]);
    expect(numbers(counts)).toEqual([2, 2, 1, 1]);
    expect(inverse.shape).toEqual([3, 2]);
    expect(numbers(inverse)).toEqual([1, 2, 0, 0, 1, 3]);
    expect(n.unique(empty(0)).values.shape).toEqual([0]);
  });

  test("coordinates and counts", () => {
    expect(numbers(n.nonzero(transpose(tensor([[0, 1, Number.NaN]]))))).toEqual([1, 0, 2, 0]);
    expect(n.nonzero(tensor(5)).shape).toEqual([1, 0]);
    expect(n.nonzero(empty(0, 3)).shape).toEqual([0, 2]);
    expect(n.bincount(integers()).shape).toEqual([0]);
    expect(numbers(n.bincount(integers(1), { minlength: 3 }))).toEqual([0, 1, 0]);
  });
});

describe("scatter", () => {
  const x = tensor([1, 5, 3]);
  const index = integers(0, 0, 1, -1);
  const src = tensor([4, 4, 5, 1]);
  test("the last set gets the cotangent", () => {
    expect(numbers(n.scatter(x, index, src, { axis: 0 }))).toEqual([4, 5, 1]);
    const slopes = grad((a: Tensor, b: Tensor) => sum(n.scatter(a, index, b, { axis: 0 })), [0, 1]);
    expect(slopes(x, src).map(numbers)).toEqual([
      [0, 0, 0],
      [0, 1, 1, 1],
    ]);
    expect(numbers(n.scatter(x, index, 7, { axis: -1 }))).toEqual([7, 7, 7]);
  });

  test("NaN is the largest, infinities stay, nothing changes nothing", () => {
    const max = (values: number[], own = [1, 5, 3]) =>
      numbers(n.scatter(tensor(own), integers(0, 0), tensor(values), { axis: 0, reduce: "max" }));
    expect(max([Number.NaN, 2])).toEqual([Number.NaN, 5, 3]);
    expect(max([-Infinity, Infinity])).toEqual([Infinity, 5, 3]);
    expect(max([2, 3], [Number.NaN, 5, -Infinity])).toEqual([Number.NaN, 5, -Infinity]);
    const none = { axis: 0, reduce: "mean" } as const;
    expect(numbers(n.scatter(x, integers(), empty(0), none))).toEqual([1, 5, 3]);
  });

  test("views and int32", () => {
    const y = n.scatter(flip(integers(1, 2, 3), 0), integers(1, 1), flip(integers(8, 9), 0), {
      axis: 0,
      reduce: "max",
    });
    expect(numbers(y)).toEqual([3, 9, 1]);
  });
});

describe("refusals", () => {
  const wrong = (options: object) => options as never;
  test.each<[() => unknown, string]>([
    [() => n.diag(empty(2, 2, 2)), "diag: expected a vector or a matrix, got [2, 2, 2]"],
    [() => n.diag(matrix, wrong({ offset: 1 })), 'diag: unknown option "offset"'],
    [() => n.diagonal(matrix, { axis1: 1 }), "diagonal: expected two different axes, got 1 and 1"],
    [() => n.diagonal(matrix, { offset: 0.5 }), "diagonal: expected an integer diagonal, got 0.5"],
    [() => n.trace(empty(2)), "trace: expected a matrix, got [2]"],
    [() => n.meshgrid([matrix]), "meshgrid: expected vectors, got [2, 3]"],
    [
      () => n.tensordot(matrix, matrix, { axis: 1 }),
      "tensordot: expected pairs of axes of one size",
    ],
    [() => n.tensordot(matrix, matrix, { axis: 3 }), "tensordot: expected a number of axes in"],
    [
      () =>
        n.tensordot(matrix, matrix, {
          axis: [
            [0, 0],
            [0, 1],
          ],
        }),
      "tensordot: expected each axis",
    ],
    [() => n.cumprod(tensor(1), 0), "cumprod: expected no axis for a scalar, got 0"],
    [() => n.cummax(tensor([true]), 0), "cummax: expected float32 or float64 or int32, got bool"],
    [() => n.maskedSelect(matrix, matrix), "maskedSelect: expected a bool mask, got float32"],
    [() => n.searchsorted(matrix, empty(3, 2)), "searchsorted: expected a row, or one for each"],
    [() => n.bincount(integers(-1)), "bincount: expected integers ≥ 0, got -1"],
    [() => n.bincount(integers(1), { minlength: -1 }), "bincount: expected minlength"],
    [
      () => n.scatter(matrix, integers(0), tensor([1]), { axis: 0 }),
      "scatter: expected an index of shape [1], within [2, 3] but for axis 0, got [1]",
    ],
    [
      () => n.scatter(tensor([1]), integers(1), tensor([1]), { axis: 0 }),
      "scatter: expected indices in [-1, 1), got 1",
    ],
    [
      () => n.scatter(matrix, integers(0), tensor([1]), wrong({ dim: 0 })),
      'scatter: unknown option "dim"; help: axis',
    ],
    [
      () => n.einsum("ij,jk->ik", empty(2, 3), empty(2, 3)),
      'einsum: expected operands and a result that fit "ij,jk->ik", got float32[2, 3] and',
    ],
    [
      () => n.einsum("ij,ij->i", empty(2, 3), empty(2, 2)),
      'einsum: expected operands and a result that fit "ij,ij->i", got float32[2, 3] and',
    ],
    [
      () => n.einsum("...i...->i", empty(2, 3)),
      'einsum: expected operands and a result that fit "...i...->i", got float32[2, 3]',
    ],
    [
      () => n.einsum("i->i->i", empty(2)),
      'einsum: expected operands and a result that fit "i->i->i", got float32[2]',
    ],
    [
      () => n.segmentSum(empty(2, 3), integers(0, 1, 1), 2),
      "segmentSum: expected ids of shape [2], got [3]",
    ],
    [
      () => n.segmentSum(empty(2, 3), integers(0, 1), -1),
      "segmentSum: expected a shape of non-negative integers, at most 2^32 elements, got [-1, 3]",
    ],
    [
      () => n.indexAdd(empty(4, 3), integers(1), empty(1, 2)),
      "indexAdd: expected slices of [4, 3], got [1, 2]",
    ],
    [
      () => n.tile(empty(2), [-1]),
      "tile: expected a shape of non-negative integers, at most 2^32 elements, got [-1]",
    ],
    [
      () => n.repeat(empty(2), [1, 2, 3], 0),
      "repeat: expected 2 numbers, one for each slice, got 3",
    ],
    [
      () => n.segmentSum(empty(2), integers(0, 2), 2),
      "segmentSum: expected indices in [-2, 2), got 2",
    ],
    [() => n.roll(empty(2), 0.5), "roll: expected an integer for each axis, got [0.5] for [0]"],
    [
      () => n.roll(empty(2, 2), [1, 1], 0),
      "roll: expected an integer for each axis, got [1,1] for [0]",
    ],
    [() => n.repeat(empty(2), -1), "repeat: expected integers ≥ 0, got [-1,-1]"],
    [() => n.irfft(matrix), "irfft: expected pairs [..., m, 2], m ≥ 1, got [2, 3]"],
    [() => n.fft(at(matrix, {}, { stop: 2 }, null)), "fft: expected pairs [..., n, 2], n ≥ 1"],
  ])("%s", (run, message) => expect(run).toThrow(message));
});
