/**
 * @file Order: positions of extremes, sorting, the k largest. Positions have no derivative; values
 * are gathered by them.
 */
import { ValueError } from "../errors.ts";
import { definePrimitive, type Op } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { checkAxis } from "./axes.ts";
import { frontAxis } from "./broadcast.ts";
import { allDTypes, checkDTypes, shapeOf } from "./check.ts";
import { gather } from "./gather.ts";
import { mapRows } from "./loops.ts";
import { checkOptions, type OptionNames } from "./options.ts";
import { bestOf, type ReduceOp, reduction } from "./reduction.ts";
import { slice } from "./slice.ts";

/**
 * The position of the best element of each slice over the axes: the first of equal ones. NaN wins.
 */
const position = (name: string, better: (a: number, b: number) => boolean): ReduceOp =>
  reduction({
    name,
    dtypes: allDTypes,
    result: "int32",
    fold: (v, start, end) => bestOf(better, v, start, end) - start,
  });

/**
 * The position of the largest element over axes, counted in row-major order: the first of equal
 * ones. NaN wins. Positions have no derivative.
 * @param x - [...]
 * @param options - an axis, several, or an object (default: all axes)
 * @returns int32 [...] without the axes, or with size 1 there (`keepdims`)
 * @throws ShapeError for no elements, or an axis out of range or given twice
 * @example argmax(tensor([[1, 5], [7, 2]]), 1); // [1, 0]
 */
export const argmax: ReduceOp = position("argmax", (a, b) => a > b);

/**
 * The position of the smallest element over axes, counted in row-major order: the first of equal
 * ones. NaN wins. Positions have no derivative.
 * @param x - [...]
 * @param options - an axis, several, or an object (default: all axes)
 * @returns int32 [...] without the axes, or with size 1 there (`keepdims`)
 * @throws ShapeError for no elements, or an axis out of range or given twice
 * @example argmin(tensor([[1, 5], [7, 2]]), 1); // [0, 1]
 */
export const argmin: ReduceOp = position("argmin", (a, b) => a < b);

/** The axis and the direction of an order. */
export interface SortOptions {
  /** @defaultValue -1, the last */
  readonly axis?: number;
  /** @defaultValue false */
  readonly descending?: boolean;
}
const sortNames: OptionNames<SortOptions> = { axis: true, descending: "boolean" };

/**
 * The primitive of {@link argsort}: [...] → int32 [...].
 * @example argsortOp([tensor([3, 1, 2])], { axis: 0, descending: true }); // [0, 2, 1]
 */
export const argsortOp: Op<[x: 1], [y: 1], Required<SortOptions>> = definePrimitive({
  name: "argsort",
  infer: ([x]) => {
    checkDTypes("argsort", [x], allDTypes);
    return [{ shape: x.shape, dtype: "int32" }];
  },
  forward: ([x], { axis, descending }) => [
    mapRows(x, axis, "int32", (row, out) => {
      // NaN is the largest
      const rank = (i: number) => (Number.isNaN(row[i]!) ? Infinity : row[i]!);
      const nan = (i: number) => Number(Number.isNaN(row[i]!));
      const compare = (i: number, j: number) =>
        rank(i) === rank(j) ? nan(i) - nan(j) : rank(i) < rank(j) ? -1 : 1;
      const order = Array.from({ length: row.length }, (_, i) => i);
      for (const [k, i] of order.sort(descending ? (i, j) => compare(j, i) : compare).entries())
        out[k] = i;
    }),
  ],
  vjp: () => [null],
  batch: frontAxis((order) => ({ ...order, axis: order.axis + 1 })),
});

/** The order of a tensor, its options checked; a number is the axis. */
function orderOf(op: string, x: Tensor, options: number | SortOptions = {}): Required<SortOptions> {
  const given: SortOptions = typeof options === "number" ? { axis: options } : options;
  checkOptions(op, given, sortNames);
  const { axis = -1, descending = false } = given;
  return { axis: checkAxis(op, axis, shapeOf(op, x).length), descending };
}

/**
 * The positions that sort a tensor along an axis: stable, NaN counts as the largest.
 * @param x - [...]
 * @param options - an axis or an object (default: the last axis, ascending)
 * @returns int32 [...]
 * @throws ShapeError for an axis out of range
 * @example argsort(tensor([3, 1, 2])); // [1, 2, 0]
 */
export const argsort = (x: Tensor, options?: number | SortOptions): Tensor =>
  argsortOp([x], orderOf("argsort", x, options))[0];

/**
 * The elements in order along an axis; each keeps its derivative. NaN counts as the largest.
 * @param x - [...]
 * @param options - an axis or an object (default: the last axis, ascending)
 * @returns [...]
 * @throws ShapeError for an axis out of range
 * @example sort(tensor([[3, 1], [2, 4]]), 0); // [[2, 1], [3, 4]]
 */
export function sort(x: Tensor, options?: number | SortOptions): Tensor {
  const order = orderOf("sort", x, options);
  return gather(x, argsortOp([x], order)[0], order.axis);
}

/**
 * The k largest elements along an axis, largest first, and their positions.
 * @param x - [..., n, ...]
 * @param axis - that of n (default: the last)
 * @returns `values` [..., k, ...] and `indices`, int32 of the same shape
 * @throws ValueError unless k is an integer with 0 ≤ k ≤ n; ShapeError for an axis out of range
 * @example topk(tensor([3, 1, 2]), 2).values; // [3, 2]
 */
export function topk(x: Tensor, k: number, axis = -1): { values: Tensor; indices: Tensor } {
  const at = checkAxis("topk", axis, shapeOf("topk", x).length);
  if (!Number.isInteger(k) || k < 0 || k > x.shape[at]!)
    throw new ValueError("topk", `k in [0, ${x.shape[at]}]`, k);
  const ranges = x.shape.map((_, i) => (i === at ? { stop: k } : {}));
  const indices = slice(argsort(x, { axis: at, descending: true }), ranges);
  return { values: gather(x, indices, at), indices };
}
