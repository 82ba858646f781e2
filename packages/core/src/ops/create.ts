/**
 * @file New tensors: from numbers, arrays and rules. Nothing here is differentiable; everything is
 * checked before it is made.
 */
import {
  type DType,
  dtypeOf,
  elements,
  isFloating,
  type NdArray,
  type TypedArray,
  wrap,
  zerosArray,
} from "../array.ts";
import { type Backend, reference } from "../backend.ts";
import { DTypeError, ShapeError, ValueError } from "../errors.ts";
import { fromArray } from "../primitive.ts";
import { type Shape, showShape, sizeOf } from "../shape.ts";
import { Parameter, Tensor } from "../tensor.ts";
import { checkShape } from "./check.ts";

/** Numbers or booleans nested as deep as the rank. */
export type Nested = number | boolean | readonly Nested[];

/** What a tensor may be made from. */
export type Data = Nested | TypedArray | NdArray;

/** What a new tensor is made of. */
export interface CreateOptions {
  /** float32 unless said. */
  readonly dtype?: DType;
  /** The current backend unless said. */
  readonly backend?: Backend;
}

/**
 * A number that fits its dtype.
 * @throws ValueError for one that an integer dtype would change without a word
 */
export function checkNumber(op: string, value: number, dtype: DType): number {
  const fits =
    isFloating(dtype) || (dtype === "bool" ? value === 0 || value === 1 : (value | 0) === value);
  if (fits) return value;
  const range = dtype === "bool" ? "0 or 1 for bool" : "32-bit integers for int32";
  throw new ValueError(op, range, value, "take another dtype");
}

/** A new tensor of the numbers `at(i)`, in row-major order. */
function create(
  op: string,
  shape: Shape,
  at: (i: number) => number,
  options: CreateOptions,
): Tensor {
  const { dtype = "float32", backend } = options;
  const array = zerosArray(dtype, checkShape(op, shape));
  for (let i = 0; i < array.data.length; i++) array.data[i] = checkNumber(op, at(i), dtype);
  return fromArray(array, backend);
}

/**
 * A tensor from nested arrays, a typed array or an NdArray; the data is copied.
 * @param options - `shape` (row-major; the data's own unless said) and `dtype` (float32 for plain
 * numbers, bool for booleans, the typed array's own otherwise)
 * @throws ShapeError when the data is ragged or does not fill the shape; ValueError for a number
 * that the dtype cannot hold
 * @example tensor([[1, 2], [3, 4]]); tensor(new Float64Array(6), { shape: [2, 3] });
 */
export function tensor(
  data: Data,
  options: CreateOptions & { readonly shape?: Shape } = {},
): Tensor {
  const { numbers, ...own } = read(data);
  const { dtype = own.dtype, backend } = options;
  const shape = checkShape("tensor", options.shape ?? own.shape);
  if (sizeOf(shape) !== numbers.length)
    throw new ShapeError(
      "tensor",
      `${sizeOf(shape)} elements for shape ${showShape(shape)}`,
      numbers.length,
    );
  const ready =
    ArrayBuffer.isView(numbers) && dtypeOf({ data: numbers }) === dtype && dtype !== "bool";
  if (ready) return fromArray(wrap((numbers as TypedArray).slice(), shape), backend);
  return create("tensor", shape, (i) => numbers[i]!, { ...options, dtype });
}

/** The data as a list, with the shape and dtype that it suggests. */
function read(data: Data): { numbers: ArrayLike<number>; shape: Shape; dtype: DType } {
  if (ArrayBuffer.isView(data))
    return { dtype: dtypeOf({ data }), numbers: data, shape: [data.length] };
  if (typeof data === "object" && data !== null && "stride" in data) {
    const { shape, stride, offset } = data;
    return {
      dtype: dtypeOf(data),
      numbers: elements(wrap(data.data, shape, stride, offset)),
      shape,
    };
  }
  const shape: number[] = [];
  for (let level: Nested | undefined = data; Array.isArray(level); level = level[0])
    shape.push(level.length);
  const numbers = flatten(data, shape);
  const booleans = numbers.length > 0 && numbers.every((v) => typeof v === "boolean");
  return { numbers: numbers.map(Number), shape, dtype: booleans ? "bool" : "float32" };
}

/** The numbers of nested arrays. @throws ShapeError when they are ragged or hold something else */
function flatten(data: unknown, shape: Shape, depth = 0): (number | boolean)[] {
  const got = Array.isArray(data) ? `an array of ${data.length}` : typeof data;
  if (depth === shape.length) {
    if (typeof data === "number" || typeof data === "boolean") return [data];
    throw new ShapeError("tensor", `numbers at depth ${depth} (not ragged)`, got);
  }
  if (Array.isArray(data) && data.length === shape[depth])
    return data.flatMap((item) => flatten(item, shape, depth + 1));
  throw new ShapeError("tensor", `arrays of ${shape[depth]} at depth ${depth} (not ragged)`, got);
}

/**
 * A scalar in CPU memory, which fits beside tensors of any backend.
 * @throws ValueError for a number that its integer dtype can't hold
 */
export function scalar(value: number, dtype: DType = "float32"): Tensor {
  const array = zerosArray(dtype, []);
  array.data[0] = checkNumber("scalar", value, dtype);
  return fromArray(array, reference);
}

/** Every element `value`. */
export function full(shape: Shape, value: number, options: CreateOptions = {}): Tensor {
  const { dtype = "float32", backend } = options;
  const array = zerosArray(dtype, checkShape("full", shape));
  array.data.fill(checkNumber("full", value, dtype));
  return fromArray(array, backend);
}

/** Zeros. */
export const zeros = (shape: Shape, options: CreateOptions = {}): Tensor => full(shape, 0, options);

/** Ones. */
export const ones = (shape: Shape, options: CreateOptions = {}): Tensor => full(shape, 1, options);

/** Where {@link arange} starts (0 unless said), and in which steps it goes on (1 unless said). */
export interface ArangeOptions extends CreateOptions {
  readonly start?: number;
  readonly step?: number;
}

/**
 * start, start + step, … up to stop, which is left out.
 * @throws ValueError for a step of 0 or a number that is not finite
 * @example arange(3); // [0, 1, 2]
 */
export function arange(
  stop: number,
  { start = 0, step = 1, ...options }: ArangeOptions = {},
): Tensor {
  if (step === 0 || ![start, stop, step].every(Number.isFinite))
    throw new ValueError(
      "arange",
      "finite numbers and a step other than 0",
      `${start}, ${stop}, ${step}`,
    );
  return create(
    "arange",
    [Math.max(0, Math.ceil((stop - start) / step))],
    (i) => start + i * step,
    options,
  );
}

/**
 * `count` numbers from start to stop, both included, evenly spaced.
 * @throws ValueError unless count is an integer ≥ 1
 */
export function linspace(
  start: number,
  stop: number,
  count: number,
  options: CreateOptions = {},
): Tensor {
  if (!Number.isInteger(count) || count < 1) throw new ValueError("linspace", "a count ≥ 1", count);
  const share = (i: number) => (count === 1 ? 0 : i / (count - 1));
  return create("linspace", [count], (i) => start * (1 - share(i)) + stop * share(i), options);
}

/** Ones on the diagonal of [rows, columns], zeros elsewhere. */
export const eye = (rows: number, columns: number = rows, options: CreateOptions = {}): Tensor =>
  create("eye", [rows, columns], (i) => Number(Math.floor(i / columns) === i % columns), options);

/**
 * The same values on another backend, as a tensor without history.
 * @example const onDevice = await to(x, device);
 */
export async function to(x: Tensor, backend: Backend): Promise<Tensor> {
  return fromArray(wrap(await x.data(), x.shape.slice()), backend);
}

/**
 * A leaf that an optimizer may replace, holding a copy of the value.
 * @param options - `decay`: whether weight decay applies (true unless said)
 * @throws DTypeError unless it is float32 or float64
 * @example const w = parameter(tensor([[1, 2], [3, 4]]));
 */
export function parameter(
  value: Tensor | Data,
  { decay = true }: { decay?: boolean } = {},
): Parameter {
  const source = value instanceof Tensor ? value : tensor(value);
  if (isFloating(source.dtype)) return new Parameter(source, decay);
  throw new DTypeError("parameter", "float32 or float64", source.dtype);
}
