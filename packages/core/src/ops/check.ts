/** @file What ops ask of their operands: axes, shapes that broadcast, dtypes. Each answer is the checked value. */
import type { DType } from "../array.ts";
import { DTypeError, ShapeError } from "../errors.ts";
import { type Shape, sameShape, showShape } from "../shape.ts";
import type { Spec } from "../tensor.ts";

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

/** @throws DTypeError unless all dtypes agree and are among `allowed` */
export function checkDTypes(
  op: string,
  inputs: readonly Spec[],
  allowed: readonly DType[] = ["float32", "float64"],
): DType {
  const dtype = inputs[0]!.dtype;
  for (const x of inputs)
    if (x.dtype !== dtype)
      throw new DTypeError(
        op,
        `one dtype for all operands`,
        `${dtype} and ${x.dtype}`,
        `cast one: cast(x, "${dtype}")`,
      );
  if (!allowed.includes(dtype))
    throw new DTypeError(op, allowed.join(" or "), dtype, `cast it: cast(x, "${allowed[0]}")`);
  return dtype;
}
