/**
 * @file New tensors: from numbers, arrays and rules. None of these is differentiable; each checks
 * everything before it allocates.
 */

import {
  allocate,
  type DType,
  dtypeOf,
  elements,
  isFloating,
  type NdArray,
  type TypedArray,
  wrap,
  zerosArray,
} from "../array.ts";
import { type Backend, current, reference } from "../backend.ts";
import { ShapeError, ValueError } from "../errors.ts";
import { fromArray } from "../primitive.ts";
import { type Shape, showShape, sizeOf } from "../shape.ts";
import { kindOf, Tensor } from "../tensor.ts";
import { checkShape, MOST_AXES, shapeOf } from "./check.ts";
import { checkBackend } from "./check-backend.ts";
import { checkOptions, type OptionNames } from "./options.ts";

/** Numbers or booleans, nested as deep as the rank. */
export type Nested = number | boolean | readonly Nested[];

/** The sources of a tensor. */
export type Data = Nested | TypedArray | NdArray;

/** The dtype and place of a new tensor. */
export interface CreateOptions {
  /** @defaultValue "float32" */
  readonly dtype?: DType;
  /** @defaultValue the current backend */
  readonly backend?: Backend;
}
const createNames: OptionNames<CreateOptions> = { dtype: true, backend: true };

/**
 * The number itself, if its dtype can hold it.
 * @throws ValueError for a number that an integer dtype would change
 */
export function checkNumber(op: string, value: number, dtype: DType): number {
  if (typeof value !== "number") throw new ValueError(op, "a number", kindOf(value));
  const fits =
    isFloating(dtype) || (dtype === "bool" ? value === 0 || value === 1 : (value | 0) === value);
  if (fits) return value;
  const range = dtype === "bool" ? "0 or 1 for bool" : "32-bit integers for int32";
  throw new ValueError(op, range, value, "take another dtype");
}

/** A new tensor [...shape] of the numbers `at(i)`, in row-major order. */
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

/** {@link CreateOptions}, and the shape. */
export interface TensorOptions extends CreateOptions {
  /**
   * float32 for numbers, bool for booleans, that of a typed array.
   * @defaultValue the data's own
   */
  readonly dtype?: DType;
  /**
   * The shape that the data fills in row-major order.
   * @defaultValue the data's own
   */
  readonly shape?: Shape;
}
const tensorNames: OptionNames<TensorOptions> = { ...createNames, shape: true };

/**
 * A tensor from a number, nested arrays, a typed array or an NdArray; the data is copied.
 * @returns [...shape]: [] of a number, [m, n] of m lists of n numbers
 * @throws ShapeError when the data is ragged or does not fill the shape; ValueError for a number
 * that the dtype cannot hold
 * @example tensor([[1, 2], [3, 4]]); // [[1, 2], [3, 4]]
 * @example tensor(new Float64Array(6), { shape: [2, 3] });
 */
export function tensor(data: Data, options: TensorOptions = {}): Tensor {
  checkOptions("tensor", options, tensorNames);
  const { numbers, ...own } = read(data);
  const { dtype = own.dtype, backend } = options;
  const shape = checkShape("tensor", options.shape ?? own.shape);
  if (sizeOf(shape) !== numbers.length) {
    const expected = `${sizeOf(shape)} elements for shape ${showShape(shape)}`;
    throw new ShapeError("tensor", expected, numbers.length);
  }
  if (ArrayBuffer.isView(numbers) && dtypeOf({ data: numbers }) === dtype && dtype !== "bool") {
    const array = numbers as TypedArray;
    // a device copies what it takes in
    const own = (backend ?? current.value).arrayOf ? array.slice() : array;
    return fromArray(wrap(own, shape), backend);
  }
  return create("tensor", shape, (i) => numbers[i]!, { ...options, dtype });
}

/** The data as a list, with its own shape and dtype. */
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
  // an array inside of itself has no end
  for (let level: unknown = data; Array.isArray(level) && shape.length <= MOST_AXES; ) {
    shape.push(level.length);
    level = level[0];
  }
  const numbers = allocate("float64", sizeOf(checkShape("tensor", shape)));
  let [count, booleans] = [0, 0];
  eachNumber(data, shape, (value) => {
    numbers[count++] = Number(value);
    if (typeof value === "boolean") booleans++;
  });
  return { numbers, shape, dtype: count > 0 && booleans === count ? "bool" : "float32" };
}

/** Visits the numbers of nested arrays. @throws ShapeError when they are ragged or of others */
function eachNumber(
  data: unknown,
  shape: Shape,
  visit: (value: number | boolean) => void,
  depth = 0,
): void {
  if (depth === shape.length) {
    if (typeof data === "number" || typeof data === "boolean") visit(data);
    else {
      const later =
        (data as unknown) instanceof Promise ? "wait for it: tensor(await x.data())" : undefined;
      const help = data instanceof Tensor ? "stack(tensors), concat(tensors)" : later;
      const expected = `numbers at depth ${depth} (not ragged)`;
      throw new ShapeError("tensor", expected, kindOf(data), help);
    }
  } else if (Array.isArray(data) && data.length === shape[depth])
    for (const item of data) eachNumber(item, shape, visit, depth + 1);
  else {
    const expected = `arrays of ${shape[depth]} at depth ${depth} (not ragged)`;
    throw new ShapeError("tensor", expected, kindOf(data));
  }
}

/**
 * A scalar [] in CPU memory, which may be mixed with tensors of any backend.
 * @throws ValueError for a number that its integer dtype can't hold
 */
export function scalar(value: number, dtype: DType = "float32"): Tensor {
  const array = zerosArray(dtype, []);
  array.data[0] = checkNumber("scalar", value, dtype);
  return fromArray(array, reference);
}

function filled(op: string, shape: Shape, value: number, options: CreateOptions = {}): Tensor {
  checkShape(op, shape);
  checkOptions(op, options, createNames);
  const { dtype = "float32", backend } = options;
  const array = zerosArray(dtype, shape);
  array.data.fill(checkNumber(op, value, dtype));
  return fromArray(array, backend);
}

/**
 * A tensor whose every element is `value`.
 * @returns [...shape]
 * @throws ShapeError for a shape that is none; ValueError for a value that the dtype can't hold
 * @example full([2, 2], 7); // [[7, 7], [7, 7]]
 */
export const full = (shape: Shape, value: number, options?: CreateOptions): Tensor =>
  filled("full", shape, value, options);

/**
 * A tensor of zeros.
 * @returns [...shape]
 * @throws ShapeError for a shape that is none
 * @example zeros([2]); // [0, 0]
 */
export const zeros = (shape: Shape, options?: CreateOptions): Tensor =>
  filled("zeros", shape, 0, options);

/**
 * A tensor of ones.
 * @returns [...shape]
 * @throws ShapeError for a shape that is none
 * @example ones([2]); // [1, 1]
 */
export const ones = (shape: Shape, options?: CreateOptions): Tensor =>
  filled("ones", shape, 1, options);

/** {@link CreateOptions}, and the first number and the distance of {@link arange}. */
export interface ArangeOptions extends CreateOptions {
  /** @defaultValue 0 */
  readonly start?: number;
  /** @defaultValue 1 */
  readonly step?: number;
}
const arangeNames: OptionNames<ArangeOptions> = { ...createNames, start: true, step: true };

/**
 * start, start + step, … up to stop, which is excluded.
 * @returns [n] with n = ⌈(stop − start) / step⌉, at least 0
 * @throws ValueError for a step of 0 or a number that is not finite
 * @example arange(3); // [0, 1, 2]
 */
export function arange(stop: number, options: ArangeOptions = {}): Tensor {
  if (typeof options === "number")
    throw new ValueError("arange", "stop, then options", options, "arange(stop, { start, step })");
  checkOptions("arange", options, arangeNames);
  const { start = 0, step = 1 } = options;
  const numbers = [start, stop, step];
  if (step === 0 || !numbers.every(Number.isFinite))
    throw new ValueError("arange", "finite numbers and a step other than 0", numbers.join(", "));
  const count = Math.max(0, Math.ceil((stop - start) / step));
  return create("arange", [count], (i) => start + i * step, options);
}

/**
 * `count` numbers from start to stop, both included, evenly spaced.
 * @returns [count]
 * @throws ValueError unless count is an integer ≥ 1
 * @example linspace(0, 1, 3); // [0, 0.5, 1]
 */
export function linspace(
  start: number,
  stop: number,
  count: number,
  options: CreateOptions = {},
): Tensor {
  checkOptions("linspace", options, createNames);
  if (!Number.isInteger(count) || count < 1)
    throw new ValueError("linspace", "a count ≥ 1", String(count));
  if (![start, stop].every(Number.isFinite))
    throw new ValueError("linspace", "a finite start and stop", `${start} and ${stop}`);
  const share = (i: number) => (count === 1 ? 0 : i / (count - 1));
  return create("linspace", [count], (i) => start * (1 - share(i)) + stop * share(i), options);
}

/**
 * Ones on the diagonal, zeros elsewhere.
 * @param columns - default: as many as rows
 * @returns [rows, columns]
 * @throws ShapeError for sizes that are none
 * @example eye(2); // [[1, 0], [0, 1]]
 */
export function eye(rows: number, columns: number = rows, options: CreateOptions = {}): Tensor {
  checkOptions("eye", options, createNames);
  const at = (i: number) => Number(Math.floor(i / columns) === i % columns);
  return create("eye", [rows, columns], at, options);
}

/**
 * The same values on another backend, [...] → [...], without history: no derivative passes.
 * @throws BackendError for anything but a backend, such as the promise of one
 * @example const onDevice = await to(x, device);
 */
export async function to(x: Tensor, backend: Backend): Promise<Tensor> {
  shapeOf("to", x);
  checkBackend("to", backend);
  return fromArray(wrap(await x.data(), x.shape.slice()), backend);
}
