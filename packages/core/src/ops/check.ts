/** @file Checks of operands: shapes and dtypes. Each returns the checked value. */
import type { DType } from "../array.ts";
import { DTypeError, ShapeError } from "../errors.ts";
import { type Shape, sameShape, showShape, sizeOf } from "../shape.ts";
import { kindOf, type Spec } from "../tensor.ts";

/** The most axes of a tensor, as in NumPy and PyTorch. */
export const MOST_AXES = 64;

/**
 * The shape itself, if every size is a non-negative integer.
 * @throws ShapeError otherwise
 */
export function checkShape(op: string, shape: Shape): Shape {
  const listed = Array.isArray(shape);
  if (listed && shape.length > MOST_AXES)
    throw new ShapeError(op, `at most ${MOST_AXES} axes`, shape.length);
  if (listed && shape.every((n) => Number.isSafeInteger(n) && n >= 0) && sizeOf(shape) <= 2 ** 32)
    return shape;
  const expected = "a shape of non-negative integers, at most 2^32 elements";
  const sizes: readonly unknown[] = listed ? shape : [];
  const shown = sizes.map((n) => (typeof n === "number" ? n : kindOf(n))).join(", ");
  throw new ShapeError(op, expected, listed ? `[${shown}]` : kindOf(shape));
}

/**
 * NumPy's broadcast of two shapes: aligned at the last axis, sizes equal or 1.
 * @param op - the op that asks, for the message
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

/** Every dtype. @example allDTypes // ["float32", "float64", "int32", "bool"] */
export const allDTypes: readonly DType[] = ["float32", "float64", "int32", "bool"];
/** The dtypes of numbers. @example numericDTypes // ["float32", "float64", "int32"] */
export const numericDTypes: readonly DType[] = ["float32", "float64", "int32"];
/** The dtypes with derivatives. @example floatingDTypes // ["float32", "float64"] */
export const floatingDTypes: readonly DType[] = ["float32", "float64"];

/**
 * The one dtype of all operands.
 * @param op - the op that asks, for the message
 * @param allowed - the dtypes that the op takes (default float32 and float64)
 * @throws DTypeError unless they agree and it is allowed
 * @example checkDTypes("add", [zeros([2]), zeros([1])]) // "float32"
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
