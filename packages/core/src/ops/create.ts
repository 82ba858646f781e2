/** @file New tensors: from numbers, arrays and rules. Nothing here is differentiable; everything is checked before it is made. */

import { allocate, copyArray, type DType, dtypeOf, type NdArray, type TypedArray, wrap } from "../array.ts";
import { type Backend, currentBackend, reference } from "../backend.ts";
import { DTypeError, ShapeError, ValueError } from "../errors.ts";
import { fromArray } from "../primitive.ts";
import { type Shape, showShape, sizeOf } from "../shape.ts";
import { Parameter, Tensor } from "../tensor.ts";
import { checkShape } from "./check.ts";

/** Numbers or booleans nested as deep as the rank. */
export type Nested = number | boolean | readonly Nested[];

/** How a new tensor is made. */
export interface CreateOptions {
  /** Row-major; the data's own shape unless said. */
  readonly shape?: Shape;
  /** float32 for plain numbers, bool for booleans, the typed array's own otherwise. */
  readonly dtype?: DType;
  readonly backend?: Backend;
}

/**
 * A tensor from nested arrays, a typed array or an NdArray; the data is copied.
 * @throws ShapeError when the data is ragged or does not fill the shape; ValueError for a number that the dtype cannot hold
 * @example tensor([[1, 2], [3, 4]]); tensor(new Float64Array(6), { shape: [2, 3] });
 */
export function tensor(data: Nested | TypedArray | NdArray, options: CreateOptions = {}): Tensor {
  const source = toArray(data);
  const shape = checkShape("tensor", options.shape ?? source.shape);
  if (sizeOf(shape) !== sizeOf(source.shape))
    throw new ShapeError("tensor", `${sizeOf(shape)} elements for shape ${showShape(shape)}`, sizeOf(source.shape));
  const dtype = options.dtype ?? source.dtype;
  checkRange(source.array, dtype);
  return fromArray(wrap(copyArray(source.array, dtype).data, shape.slice()), options.backend ?? currentBackend());
}

/** The data as an array of float64 or of its own type, with the shape and dtype that it suggests. */
function toArray(data: Nested | TypedArray | NdArray): { array: NdArray; shape: Shape; dtype: DType } {
  if (ArrayBuffer.isView(data))
    return { array: wrap(data, [data.length]), shape: [data.length], dtype: dtypeOf({ data }) };
  if (typeof data === "object" && "stride" in data) return { array: data, shape: data.shape, dtype: dtypeOf(data) };
  const shape: number[] = [];
  for (let level: Nested | undefined = data; Array.isArray(level); level = level[0]) shape.push(level.length);
  const numbers: number[] = [];
  const booleans = flatten(data, shape, 0, numbers);
  return { array: wrap(Float64Array.from(numbers), shape), shape, dtype: booleans ? "bool" : "float32" };
}

/** Appends the numbers of one level; true when all of them are booleans. */
function flatten(data: Nested, shape: Shape, depth: number, into: number[]): boolean {
  if (depth === shape.length) {
    if (typeof data !== "number" && typeof data !== "boolean")
      throw new ShapeError(
        "tensor",
        `numbers at depth ${depth} (not ragged)`,
        Array.isArray(data) ? "an array" : typeof data,
      );
    into.push(Number(data));
    return typeof data === "boolean";
  }
  if (!Array.isArray(data) || data.length !== shape[depth])
    throw new ShapeError(
      "tensor",
      `${shape[depth]} items in every array at depth ${depth} (not ragged)`,
      Array.isArray(data) ? data.length : typeof data,
    );
  let booleans = data.length > 0;
  for (const item of data as readonly Nested[]) booleans = flatten(item, shape, depth + 1, into) && booleans;
  return booleans;
}

/** @throws ValueError for a value that an integer dtype would change without a word */
function checkRange(array: NdArray, dtype: DType): void {
  if (dtype !== "int32" && dtype !== "bool") return;
  if (dtypeOf(array) === dtype && dtype === "int32") return;
  const fits = dtype === "bool" ? (v: number) => v === 0 || v === 1 : (v: number) => (v | 0) === v;
  const bad = array.data.find((v) => !fits(v));
  if (bad !== undefined)
    throw new ValueError(
      "tensor",
      dtype === "bool" ? "0 or 1 for bool" : "32-bit integers for int32",
      bad,
      'pass { dtype: "float32" }',
    );
}

/** A scalar in CPU memory, which fits beside tensors of any backend. */
export function scalar(value: number, dtype: DType = "float32"): Tensor {
  const data = allocate(dtype, 1);
  data[0] = value;
  if (dtype === "int32" && data[0] !== value)
    throw new ValueError("scalar", "a 32-bit integer beside an int32 tensor", value);
  return fromArray(wrap(data, []), reference);
}

/** Every element `value`. */
export function full(shape: Shape, value: number, options: Omit<CreateOptions, "shape"> = {}): Tensor {
  const data = allocate(options.dtype ?? "float32", sizeOf(checkShape("full", shape)));
  return fromArray(wrap(data.fill(value), shape.slice()), options.backend ?? currentBackend());
}

/** Zeros. */
export const zeros = (shape: Shape, options: Omit<CreateOptions, "shape"> = {}): Tensor => full(shape, 0, options);

/** Ones. */
export const ones = (shape: Shape, options: Omit<CreateOptions, "shape"> = {}): Tensor => full(shape, 1, options);

/**
 * A leaf that an optimizer may replace, holding a copy of the value.
 * @param decay - whether weight decay applies (true unless said)
 * @example const w = parameter(tensor([[1, 2], [3, 4]]));
 */
export function parameter(value: Tensor | Nested | TypedArray, options: { decay?: boolean } = {}): Parameter {
  const source = value instanceof Tensor ? value : tensor(value);
  if (source.dtype !== "float32" && source.dtype !== "float64")
    throw new DTypeError("parameter", "float32 or float64", source.dtype);
  return new Parameter(source, options.decay ?? true);
}
