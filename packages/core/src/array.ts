/** @file The memory: typed arrays seen through scijs `ndarray`. Nothing else imports it, and every check it lacks is made here. */

import type { NdArray as AnyNdArray } from "ndarray";
import makeNdArray from "ndarray";
import loops from "ndarray-ops";
import { DTypeError, ShapeError } from "./errors.ts";
import { type Shape, sameShape, showShape, sizeOf, stridesOf } from "./shape.ts";

/** Element types: `float32` is the default, `float64` for checks, `int32` for indices, `bool` is a byte of 0 or 1. */
export type DType = "float32" | "float64" | "int32" | "bool";

/** The typed array behind each dtype. */
export interface TypedArrays {
  float32: Float32Array;
  float64: Float64Array;
  int32: Int32Array;
  bool: Uint8Array;
}
export type TypedArray = TypedArrays[DType];

/** Typed array + shape + stride + offset: transposes, slices and broadcasts are views of the same data. */
export type NdArray = AnyNdArray<TypedArray>;

const constructors = { float32: Float32Array, float64: Float64Array, int32: Int32Array, bool: Uint8Array } as const;

/** A zeroed typed array of a dtype. */
export function allocate(dtype: DType, size: number): TypedArray {
  return new constructors[dtype](size);
}

/** A zeroed array. */
export const zerosArray = (dtype: DType, shape: Shape): NdArray => wrap(allocate(dtype, sizeOf(shape)), shape);

/** A view of `data`; row-major unless strides are given. @throws ShapeError when it would read outside of `data` */
export function wrap(
  data: TypedArray,
  shape: Shape,
  stride: readonly number[] = stridesOf(shape),
  offset = 0,
): NdArray {
  let low = offset;
  let high = offset;
  for (let k = 0; k < shape.length; k++) {
    const reach = (shape[k]! - 1) * stride[k]!;
    if (reach < 0) low += reach;
    else high += reach;
  }
  if (sizeOf(shape) > 0 && (low < 0 || high >= data.length))
    throw new ShapeError("array", `${showShape(shape)} within ${data.length} elements`, `elements ${low} to ${high}`);
  return makeNdArray(data, shape as number[], stride as number[], offset) as NdArray;
}

/** The dtype of an array. @throws DTypeError for a typed array that no dtype stands for */
export function dtypeOf(array: { readonly data: unknown }): DType {
  const data = array.data;
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Float64Array) return "float64";
  if (data instanceof Int32Array) return "int32";
  if (data instanceof Uint8Array) return "bool";
  const got = data instanceof Object ? data.constructor.name : typeof data;
  throw new DTypeError("array", "Float32Array, Float64Array, Int32Array or Uint8Array", got);
}

/** Whether the elements lie in row-major order without gaps. */
export function isContiguous({ shape, stride }: NdArray): boolean {
  let step = 1;
  for (let k = shape.length - 1; k >= 0; k--) {
    const n = shape[k]!;
    if (n !== 1 && stride[k] !== step) return false;
    step *= n;
  }
  return true;
}

/** The elements in row-major order; a copy only where the view is not contiguous. Read-only for the caller. */
export function elements(array: NdArray): TypedArray {
  const size = sizeOf(array.shape);
  if (!isContiguous(array)) return copy(array).data;
  if (size === array.data.length) return array.data;
  return array.data.subarray(array.offset, array.offset + size);
}

/** A row-major copy, cast to `dtype`: truncated towards zero for int32, `≠ 0` for bool. */
export function copy(array: NdArray, dtype: DType = dtypeOf(array)): NdArray {
  const out = zerosArray(dtype, array.shape);
  if (dtype === "bool") return mapArray((v) => (v !== 0 ? 1 : 0), array, "bool");
  loops.assign(out, array);
  return out;
}

/** Writes `from` into a view of the same shape that the caller alone holds. */
export function copyInto(view: NdArray, from: NdArray): void {
  if (sizeOf(view.shape) > 0) loops.assign(view, from);
}

/** A stride-0 view of a larger shape. @throws ShapeError when the shape does not broadcast to it */
export function broadcastArray(array: NdArray, shape: Shape): NdArray {
  if (sameShape(array.shape, shape)) return array;
  const lead = shape.length - array.shape.length;
  const stride = shape.map((n, k) => {
    const own = k < lead ? 1 : array.shape[k - lead];
    if (own !== n && own !== 1)
      throw new ShapeError("broadcastTo", `a shape that broadcasts to ${showShape(shape)}`, showShape(array.shape));
    return own === n && k >= lead ? array.stride[k - lead]! : 0;
  });
  if (lead < 0)
    throw new ShapeError("broadcastTo", `a shape that broadcasts to ${showShape(shape)}`, showShape(array.shape));
  return wrap(array.data, shape, stride, array.offset);
}

/**
 * The sum of an array down to a shape that broadcasts to it: the transpose of {@link broadcastArray}, as `+=` through a
 * stride-0 view. Accumulated in float64, cast at the end.
 */
export function sumArrayTo(array: NdArray, shape: Shape): NdArray {
  const total = zerosArray("float64", shape);
  if (sizeOf(array.shape) > 0) loops.addeq(broadcastArray(total, array.shape), array);
  const dtype = dtypeOf(array);
  return dtype === "float64" ? total : copy(total, dtype);
}

/** An element-wise loop that writes `out`: `f(out, a, b)`, the calling convention of ndarray-ops. */
export type Loop2 = (out: NdArray, a: NdArray, b: NdArray) => void;

/** The compiled loops of ndarray-ops that the ops use. */
export const addLoop: Loop2 = loops.add;
export const subLoop: Loop2 = loops.sub;
export const mulLoop: Loop2 = loops.mul;
export const divLoop: Loop2 = loops.div;

/** `out[i] = f(a[i])`, as a new row-major array. */
export function mapArray(f: (a: number) => number, a: NdArray, dtype: DType = dtypeOf(a)): NdArray {
  const out = zerosArray(dtype, a.shape);
  const from = elements(a);
  const to = out.data;
  for (let i = 0; i < to.length; i++) to[i] = f(from[i]!);
  return out;
}

/** A {@link Loop2} from a function of two numbers; the operands may be views, `out` is row-major. */
export const zipLoop = (f: (a: number, b: number) => number): Loop2 => {
  return (out, a, b) => {
    const [x, y] = [a.data, b.data];
    const to = out.data;
    let at = 0;
    forEachRow(out.shape, [a, b], (width, [i, j], [di, dj]) => {
      for (let k = 0, p = i!, q = j!; k < width; k++, p += di!, q += dj!) to[at++] = f(x[p]!, y[q]!);
    });
  };
};

/**
 * Calls `row(width, starts, steps)` for each innermost row of `shape` in row-major order: where the row starts in each
 * array's data and how far its elements lie apart. Every array has this shape.
 */
export function forEachRow(
  shape: Shape,
  arrays: readonly NdArray[],
  row: (width: number, starts: readonly number[], steps: readonly number[]) => void,
): void {
  if (sizeOf(shape) === 0) return;
  const last = shape.length - 1;
  const width = last < 0 ? 1 : shape[last]!;
  const steps = arrays.map((a) => (last < 0 ? 0 : a.stride[last]!));
  const starts = arrays.map((a) => a.offset);
  const index = new Array<number>(Math.max(last, 0)).fill(0);
  for (;;) {
    row(width, starts, steps);
    let axis = last - 1;
    for (; axis >= 0; axis--) {
      index[axis]! += 1;
      const wrapped = index[axis] === shape[axis];
      for (let k = 0; k < arrays.length; k++) {
        const stride = arrays[k]!.stride[axis]!;
        starts[k]! += wrapped ? stride * (1 - shape[axis]!) : stride;
      }
      if (!wrapped) break;
      index[axis] = 0;
    }
    if (axis < 0) return;
  }
}
