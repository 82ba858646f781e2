/** @file What ops ask of their operands: shapes, axes, dtypes. Each answer is the checked value. */
import type { DType } from "../array.ts";
import { DTypeError, ShapeError } from "../errors.ts";
import { type Shape, sameShape, showShape, sizeOf } from "../shape.ts";
import type { Spec } from "../tensor.ts";

/**
 * The shape itself, once every size is known to be a non-negative integer.
 * @throws ShapeError otherwise
 */
export function checkShape(op: string, shape: Shape): Shape {
  if (
    !Array.isArray(shape) ||
    !shape.every((n) => Number.isSafeInteger(n) && n >= 0) ||
    sizeOf(shape) > 2 ** 32
  )
    throw new ShapeError(
      op,
      "a shape of non-negative integers, at most 2^32 elements",
      JSON.stringify(shape),
    );
  return shape;
}

/**
 * NumPy's broadcast of two shapes: aligned at the last axis, sizes equal or 1.
 * @throws ShapeError when they don't fit
 * @example broadcastShapes("add", [3, 1], [5]) // [3, 5]
 */
export function broadcastShapes(op: string, a: Shape, b: Shape): Shape {
  if (b.length === 0 || sameShape(a, b)) return a;
  const [long, short] = a.length < b.length ? [b, a] : [a, b];
  const shape = long.slice();
  for (let k = 0, lead = long.length - short.length; k < short.length; k++) {
    const [m, n] = [long[lead + k]!, short[k]!];
    if (m === 1) shape[lead + k] = n;
    else if (m !== n && n !== 1) {
      const got = `${showShape(a)} and ${showShape(b)}`;
      throw new ShapeError(op, "shapes that broadcast (sizes equal or 1 from the last axis)", got);
    }
  }
  return shape;
}

/**
 * An axis counted from the front; negative ones count from the back.
 * @throws ShapeError when −rank ≤ axis < rank fails
 */
export function checkAxis(op: string, axis: number, rank: number): number {
  if (Number.isInteger(axis) && axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  throw new ShapeError(
    op,
    rank === 0 ? "no axis for a scalar" : `an axis in [${-rank}, ${rank})`,
    axis,
  );
}

/**
 * Axes, ascending and distinct; none given means all.
 * @throws ShapeError for one out of range or given twice
 */
export function checkAxes(op: string, axis: number | Shape | undefined, rank: number): number[] {
  if (axis === undefined) return Array.from({ length: rank }, (_, k) => k);
  const axes = [axis].flat().map((a: number) => checkAxis(op, a, rank));
  if (new Set(axes).size !== axes.length) throw new ShapeError(op, "each axis once", `[${axis}]`);
  return axes.sort((a, b) => a - b);
}

/** The shape after a reduction over `axes`: they become 1, or vanish. */
export const reducedShape = (shape: Shape, axes: Shape, keepdims: boolean): number[] =>
  keepdims
    ? shape.map((n, k) => (axes.includes(k) ? 1 : n))
    : shape.filter((_, k) => !axes.includes(k));

/** Every dtype. */
export const allDTypes: readonly DType[] = ["float32", "float64", "int32", "bool"];
/** The dtypes of numbers. */
export const numericDTypes: readonly DType[] = ["float32", "float64", "int32"];
/** The dtypes with derivatives. */
export const floatingDTypes: readonly DType[] = ["float32", "float64"];

/**
 * The dtype of all operands.
 * @throws DTypeError unless they agree and it is among `allowed` (floating unless said)
 */
export function checkDTypes(
  op: string,
  inputs: readonly Spec[],
  allowed: readonly DType[] = floatingDTypes,
): DType {
  const [first, ...rest] = inputs;
  if (first === undefined) throw new DTypeError(op, "at least one operand", "none");
  const { dtype } = first;
  const other = rest.find((x) => x.dtype !== dtype)?.dtype;
  if (other !== undefined)
    throw new DTypeError(
      op,
      "one dtype for all operands",
      `${dtype} and ${other}`,
      `cast one: cast(x, "${dtype}")`,
    );
  if (allowed.includes(dtype)) return dtype;
  throw new DTypeError(op, allowed.join(" or "), dtype, `cast it: cast(x, "${allowed[0]}")`);
}
