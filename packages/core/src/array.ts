/**
 * @file Arrays: numbers in a typed array, seen through scijs `ndarray`. The element at (i, j, …) is
 * data[offset + i · stride₀ + j · stride₁ + …], so that views cost nothing. No other file imports
 * ndarray; it checks neither bounds nor dtypes, so that is done here.
 *
 * `#ndarray` and `#ndarray-ops` (package.json) are these two libraries. They compile strings, which
 * a content security policy (CSP) may forbid: under the condition `csp` they are loops compiled
 * ahead of time, up to 12 axes.
 */

import type { NdArray as AnyNdArray } from "ndarray";
import makeNdArray from "#ndarray";
import loops from "#ndarray-ops";
import { BackendError, DTypeError, ShapeError } from "./errors.ts";
import { type Shape, showShape, sizeOf, stridesOf } from "./shape.ts";

/**
 * Element types: `float32` is the default, `float64` for checks, `int32` for indices, `bool` is a
 * byte of 0 or 1.
 */
export type DType = "float32" | "float64" | "int32" | "bool";

/** The typed arrays behind the dtypes, in their order. */
export type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array;

/**
 * Typed array + shape + stride + offset: transposes, slices and broadcasts are views of the same
 * data.
 */
export type NdArray = AnyNdArray<TypedArray>;

const types = { float32: Float32Array, float64: Float64Array, int32: Int32Array, bool: Uint8Array };

/**
 * A zeroed typed array of a dtype.
 * @param size - the number of elements
 * @throws DTypeError for an unknown dtype; BackendError when there is no memory for it
 * @example allocate("float32", 2); // Float32Array [0, 0]
 */
export function allocate(dtype: DType, size: number): TypedArray {
  try {
    return new types[dtype](size);
  } catch {
    if (!Object.hasOwn(types, dtype))
      throw new DTypeError("array", `a dtype of ${Object.keys(types).join(", ")}`, `"${dtype}"`);
    throw new BackendError("allocate", "memory to be left", `${size} elements of ${dtype}`);
  }
}

/** A zeroed array [...shape]. @example zerosArray("float32", [2, 3]).stride; // [3, 1] */
export const zerosArray = (dtype: DType, shape: Shape): NdArray =>
  wrap(allocate(dtype, sizeOf(shape)), shape);

/** Whether a dtype has derivatives. @example isFloating("int32"); // false */
export const isFloating = (dtype: DType): dtype is "float32" | "float64" =>
  dtype === "float32" || dtype === "float64";

type ArrayClass = new (data: TypedArray, ...shapeStrideOffset: number[]) => NdArray;

/**
 * ndarray's own classes, by dtype and rank. The function that it exports looks them up by a string,
 * which takes three times as long as making the array.
 */
const classes: Record<DType, ArrayClass[]> = { float32: [], float64: [], int32: [], bool: [] };

/**
 * A view [...shape] of `data`.
 * @param stride - the distance of neighbours along each axis (default: row-major)
 * @param offset - the place of the first element (default 0)
 * @throws ShapeError when it would read outside of `data`
 * @example wrap(Float32Array.of(1, 2, 3, 4), [2, 2]).get(1, 0); // 3
 */
export function wrap(
  data: TypedArray,
  shape: Shape,
  stride: Shape = stridesOf(shape),
  offset = 0,
): NdArray {
  let [low, high] = [offset, offset];
  for (let k = 0; k < shape.length; k++) {
    const reach = (shape[k]! - 1) * stride[k]!;
    if (reach < 0) low += reach;
    else high += reach;
  }
  if (sizeOf(shape) > 0 && (low < 0 || high >= data.length)) {
    const expected = `${showShape(shape)} within ${data.length} elements`;
    throw new ShapeError("array", expected, `elements ${low} to ${high}`);
  }
  const ofType = classes[dtypeOf({ data })];
  const OfRank = ofType[shape.length];
  if (OfRank !== undefined && shape.length === 2)
    // a third of the time without the spreads
    return new OfRank(data, shape[0]!, shape[1]!, stride[0]!, stride[1]!, offset);
  if (OfRank !== undefined) return new OfRank(data, ...shape, ...stride, offset);
  const made = makeNdArray(data, shape as number[], stride as number[], offset) as NdArray;
  ofType[shape.length] = made.constructor as ArrayClass;
  return made;
}

/**
 * The dtype of an array.
 * @throws DTypeError for a typed array without one
 * @example dtypeOf({ data: new Int32Array(2) }); // "int32"
 */
export function dtypeOf({ data }: { readonly data: unknown }): DType {
  // one by one: an eighth of the time that a loop over the classes takes
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Float64Array) return "float64";
  if (data instanceof Int32Array) return "int32";
  if (data instanceof Uint8Array) return "bool";
  const got = data instanceof Object ? data.constructor.name : typeof data;
  throw new DTypeError("array", "Float32Array, Float64Array, Int32Array or Uint8Array", got);
}

/**
 * Whether the elements of an array [...] lie in row-major order without gaps.
 * @example isContiguous(zerosArray("float32", [2, 3]).transpose(1, 0)); // false
 */
export function isContiguous({ shape, stride }: NdArray): boolean {
  let step = 1;
  for (let k = shape.length - 1; k >= 0; step *= shape[k--]!)
    if (shape[k] !== 1 && stride[k] !== step) return false;
  return true;
}

/**
 * The elements of an array [...] in row-major order, read-only: a copy only if the view is not
 * contiguous.
 * @example elements(wrap(Float32Array.of(1, 2), [2], [-1], 1)); // [2, 1]
 */
export function elements(array: NdArray): TypedArray {
  const { data, shape, offset } = array;
  if (isContiguous(array))
    return sizeOf(shape) === data.length ? data : data.subarray(offset, offset + sizeOf(shape));
  const out = zerosArray(dtypeOf(array), shape);
  copyInto(out, array);
  return out.data;
}

/** Writes `from` into a view of the same shape, to which the caller has the only reference. */
export function copyInto(view: NdArray, from: NdArray): void {
  if (sizeOf(view.shape) > 0) loops.assign(view, from);
}

/**
 * Adds `from` [...] to a view of the same shape, to which the caller has the only reference. An
 * element that the view repeats, by a stride of 0, gets the sum of all that is meant for it.
 * @example
 * const total = zerosArray("float32", [1]);
 * addInto(wrap(total.data, [2], [0]), wrap(Float32Array.of(3, 4), [2])); // total is [7]
 */
export function addInto(view: NdArray, from: NdArray): void {
  if (sizeOf(view.shape) > 0) loops.addeq(view, from);
}

/**
 * An element-wise loop that writes `out`, `f(out, a, b)`: the calling convention of ndarray-ops.
 */
export type Loop2 = (out: NdArray, a: NdArray, b: NdArray) => void;

/** The compiled loops of ndarray-ops that the ops use. @example compiledLoops.add; */
export const compiledLoops: Readonly<Record<"add" | "sub" | "mul" | "div", Loop2>> = loops;
