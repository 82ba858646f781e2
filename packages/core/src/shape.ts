/** @file Pure arithmetic on shapes and axes: sizes, strides, broadcasting. No data is touched here. */
import { ShapeError } from "./errors.ts";

/** Sizes of the axes, outermost first; `[]` is a scalar. */
export type Shape = readonly number[];

/** Number of elements, Π shape. @example sizeOf([2, 3]) // 6 */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const n of shape) size *= n;
  return size;
}

/** The shape as messages print it. @example showShape([2, 3]) // "[2, 3]" */
export const showShape = (shape: Shape): string => `[${shape.join(", ")}]`;

/** Whether two shapes are equal. */
export function sameShape(a: Shape, b: Shape): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Row-major strides of a shape, in elements. @example stridesOf([2, 3]) // [3, 1] */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis]!;
  }
  return strides;
}

/** The shape itself, once every size is known to be a non-negative integer. @throws ShapeError otherwise */
export function checkShape(op: string, shape: Shape): Shape {
  if (!Array.isArray(shape) || !shape.every((n) => Number.isSafeInteger(n) && n >= 0))
    throw new ShapeError(op, "a shape of non-negative integers", JSON.stringify(shape));
  return shape;
}

/**
 * NumPy's broadcast of two shapes: aligned at the last axis, sizes equal or 1.
 * @throws ShapeError when they don't fit
 * @example broadcastShapes("add", [3, 1], [5]) // [3, 5]
 */
export function broadcastShapes(op: string, a: Shape, b: Shape): Shape {
  if (sameShape(a, b)) return a;
  const rank = Math.max(a.length, b.length);
  const shape = new Array<number>(rank);
  for (let k = 1; k <= rank; k++) {
    const m = a[a.length - k] ?? 1;
    const n = b[b.length - k] ?? 1;
    if (m !== n && m !== 1 && n !== 1)
      throw new ShapeError(
        op,
        "shapes that broadcast (sizes equal or 1 from the last axis)",
        `${showShape(a)} and ${showShape(b)}`,
      );
    shape[rank - k] = m === 1 ? n : m;
  }
  return shape;
}

/** An axis counted from the front; negative ones count from the back. @throws ShapeError when −rank ≤ axis < rank fails */
export function checkAxis(op: string, axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank)
    throw new ShapeError(op, rank === 0 ? "no axis for a scalar" : `an axis in [${-rank}, ${rank})`, axis);
  return axis < 0 ? axis + rank : axis;
}

/** Axes, ascending and distinct; none given means all. @throws ShapeError for one out of range or given twice */
export function checkAxes(op: string, axis: number | readonly number[] | undefined, rank: number): number[] {
  if (axis === undefined) return Array.from({ length: rank }, (_, i) => i);
  const axes = (typeof axis === "number" ? [axis] : [...axis]).map((a) => checkAxis(op, a, rank)).sort((a, b) => a - b);
  if (new Set(axes).size !== axes.length) throw new ShapeError(op, "each axis once", `[${String(axis)}]`);
  return axes;
}

/** The shape after a reduction over `axes`: they become 1, or vanish. */
export function reducedShape(shape: Shape, axes: readonly number[], keepdims: boolean): number[] {
  return keepdims ? shape.map((n, i) => (axes.includes(i) ? 1 : n)) : shape.filter((_, i) => !axes.includes(i));
}
