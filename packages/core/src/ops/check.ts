/** @file Checks of operands: shapes and dtypes. Each returns the checked value. */
import type { DType } from "../array.ts";
import { DTypeError, ShapeError, SpmError, TapeError } from "../errors.ts";
import { type Shape, sameShape, showShape, sizeOf } from "../shape.ts";
import { kindOf, type Spec, Tensor } from "../tensor.ts";

export { kindOf };

/** The most axes of a tensor, as in NumPy and PyTorch. @example MOST_AXES // 64 */
export const MOST_AXES = 64;

/**
 * The shape of an operand [...].
 * @throws DTypeError for anything but a tensor
 * @example shapeOf("flip", ones([2, 3])); // [2, 3]
 */
export function shapeOf(op: string, x: Tensor): Shape {
  if (!(x instanceof Tensor)) checkTensors(op, x);
  return x.shape;
}

/**
 * The list itself, of axes, sizes, tensors, …
 * @throws ShapeError for anything but an array
 * @example checkList("concat", [x, y], "tensors");
 */
export function checkList<T extends readonly unknown[]>(op: string, list: T, of: string): T {
  if (Array.isArray(list)) return list;
  const isModel = typeof Object(list).parameters === "function";
  const help = isModel ? "model.parameters()" : "in brackets: [a, b]";
  throw new ShapeError(op, `an array of ${of}`, kindOf(list), help);
}

/**
 * The result of f; an error of an op inside of it is thrown in the name of `op`.
 * @example inNameOf("half", () => div(ones([2]), 2)); // [0.5, 0.5]
 */
export function inNameOf<T>(op: string, f: () => T): T {
  try {
    return f();
  } catch (error) {
    if (error instanceof SpmError) error.message = error.message.replace(/^[\w ]+:/, `${op}:`);
    throw error;
  }
}

/**
 * The function itself.
 * @throws TapeError for anything else
 * @example checkFunction("grad", tanh);
 */
export function checkFunction<F extends (...args: never[]) => unknown>(op: string, f: F): F {
  if (typeof f === "function") return f;
  throw new TapeError(op, "a function", kindOf(f));
}

/**
 * The operands of an op, if all are tensors.
 * @throws DTypeError for the first that is none
 * @example checkTensors("matmul", x, w);
 */
export function checkTensors(op: string, ...operands: readonly unknown[]): void {
  for (let k = 0; k < operands.length; k++) {
    if (operands[k] instanceof Tensor) continue;
    const expected = operands.length > 1 ? `a tensor as operand ${k}` : "a tensor";
    throw new DTypeError(op, expected, kindOf(operands[k]), "make it one: tensor(value)");
  }
}

/**
 * The shape itself, if every size is a non-negative integer.
 * @throws ShapeError otherwise
 * @example checkShape("zeros", [2, 3]); // [2, 3]
 */
export function checkShape(op: string, shape: Shape): Shape {
  const listed = Array.isArray(shape);
  if (listed && shape.length > MOST_AXES)
    throw new ShapeError(op, `at most ${MOST_AXES} axes`, shape.length);
  if (listed && shape.every((n) => Number.isSafeInteger(n) && n >= 0) && sizeOf(shape) <= 2 ** 32)
    return shape;
  const expected = "a shape of non-negative integers, at most 2^32 elements";
  if (listed) throw new ShapeError(op, expected, shape.map(kindOf));
  throw new ShapeError(op, expected, kindOf(shape), "in brackets: [2, 3]");
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
  if (inputs.length === 0) throw new DTypeError(op, "at least one operand", "none");
  const dtype = inputs[0]?.dtype;
  if (dtype !== undefined && allowed.includes(dtype) && inputs.every((x) => x?.dtype === dtype))
    return dtype;
  checkTensors(op, ...inputs);
  const other = inputs.find((x) => x.dtype !== dtype)?.dtype;
  if (other !== undefined) {
    const help = `cast one: cast(x, "${dtype}")`;
    throw new DTypeError(op, "one dtype for all operands", `${dtype} and ${other}`, help);
  }
  throw new DTypeError(op, allowed.join(" or "), dtype, `cast it: cast(x, "${allowed[0]}")`);
}
