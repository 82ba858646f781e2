/**
 * @file Order: where extremes are, sorting, the k largest. Positions have no derivative; values are
 * gathered by them.
 */

import { ValueError } from "../errors.ts";
import { definePrimitive, type Op } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { allDTypes, checkAxis, checkDTypes } from "./check.ts";
import { gather } from "./gather.ts";
import { mapRows } from "./loops.ts";
import { type ReduceOp, reduction } from "./reduce.ts";
import { slice } from "./slice.ts";

/**
 * Where the best element of each slice over the axes is: the first of equal ones; NaN is the best.
 */
const position = (name: string, better: (a: number, b: number) => boolean): ReduceOp =>
  reduction({
    name,
    dtypes: allDTypes,
    result: "int32",
    fold: (v, start, end) => {
      let best = start;
      for (let i = start + 1; i < end; i++)
        if (better(v[i]!, v[best]!) || (Number.isNaN(v[i]!) && !Number.isNaN(v[best]!))) best = i;
      return best - start;
    },
  });

/**
 * Where the largest element over the axes is, counted in row-major order: the first of equal ones,
 * as int32. NaN wins.
 */
export const argmax: ReduceOp = position("argmax", (a, b) => a > b);

/**
 * Where the smallest element over the axes is, counted in row-major order: the first of equal ones,
 * as int32. NaN wins.
 */
export const argmin: ReduceOp = position("argmin", (a, b) => a < b);

/** Along which axis (the last unless said), and in which direction (ascending unless said). */
export interface SortOptions {
  readonly axis?: number;
  readonly descending?: boolean;
}

/** The primitive of {@link argsort}. */
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
});

/** The positions that sort a tensor along an axis, as int32: stable, NaN counts as the largest. */
export const argsort = (x: Tensor, { axis = -1, descending = false }: SortOptions = {}): Tensor =>
  argsortOp([x], { axis: checkAxis("argsort", axis, x.shape.length), descending })[0];

/**
 * The elements in order along an axis; each keeps its derivative.
 * @example sort(tensor([3, 1, 2])) // [1, 2, 3]
 */
export const sort = (x: Tensor, options: SortOptions = {}): Tensor =>
  gather(x, argsort(x, options), options.axis ?? -1);

/**
 * The k largest elements along an axis, largest first, and where they are.
 * @throws ValueError unless 0 ≤ k ≤ the size of the axis
 * @example topk(logits, 5).indices // [..., 5]
 */
export function topk(x: Tensor, k: number, axis = -1): { values: Tensor; indices: Tensor } {
  const at = checkAxis("topk", axis, x.shape.length);
  if (!Number.isInteger(k) || k < 0 || k > x.shape[at]!)
    throw new ValueError("topk", `k in [0, ${x.shape[at]}]`, k);
  const ranges = x.shape.map((_, i) => (i === at ? { stop: k } : {}));
  const indices = slice(argsort(x, { axis: at, descending: true }), ranges);
  return { values: gather(x, indices, at), indices };
}
