/** @file Arrays as rows along one axis, for kernels that work row by row. */
import type { NdArray, TypedArray } from "@spm/core";
import { allocate, dtypeOf, elements, sizeOf, wrap } from "@spm/core/extend";

/** All axes, the given one last. */
const withLast = ({ shape }: NdArray, axis: number): number[] =>
  [...shape.keys()].filter((k) => k !== axis).concat(axis);

/** The elements with an axis brought to the end: row r is `[r · width, (r + 1) · width)`. */
export const rowsOf = (x: NdArray, axis: number): TypedArray =>
  elements(x.transpose(...withLast(x, axis)));

/** An array like x, written by `fill` as rows along an axis. */
export function fromRows(
  x: NdArray,
  axis: number,
  fill: (rows: TypedArray, width: number) => void,
): NdArray {
  const order = withLast(x, axis);
  const data = allocate(dtypeOf(x), sizeOf(x.shape));
  fill(data, x.shape[axis]!);
  const moved = wrap(
    data,
    order.map((k) => x.shape[k]!),
  );
  return moved.transpose(...order.map((_, k) => order.indexOf(k)));
}

/** The largest of v[from … to), NaN if one is, and ln Σ e^(v − it). */
export function logSumOf(
  v: ArrayLike<number>,
  from: number,
  to: number,
): { top: number; logSum: number } {
  let top = Number.NEGATIVE_INFINITY;
  for (let i = from; i < to; i++) top = Math.max(top, v[i]!);
  let sum = 0;
  for (let i = from; i < to; i++) sum += Math.exp(v[i]! - top);
  return { top, logSum: Math.log(sum) };
}

/** ⟨a, b⟩ of rows that begin at i and j. */
export function dotRows(a: TypedArray, i: number, b: TypedArray, j: number, width: number): number {
  let sum = 0;
  for (let c = 0; c < width; c++) sum += a[i + c]! * b[j + c]!;
  return sum;
}
