/** @file Places: of what is not 0, of values in sorted rows; distinct values; counts. */
import {
  add,
  expandDims,
  gather,
  greater,
  greaterEqual,
  lessEqual,
  logicalAnd,
  logicalNot,
  ones,
  reshape,
  scatterAdd,
  sub,
  type Tensor,
  take,
  tensor,
  where,
  zeros,
} from "@spm/core";
import {
  checkDTypes,
  checkOptions,
  checkTensors,
  DTypeError,
  numericDTypes,
  ShapeError,
  sameShape,
  showShape,
  sizeOf,
  stridesOf,
  ValueError,
} from "@spm/core/extend";
import { readable, sizeDepends } from "./host.ts";

/**
 * The coordinates of the elements that are not 0, in row-major order.
 * @param x - any dtype and shape, in CPU memory
 * @returns int32 [count, rank]
 * @throws BackendError on a device
 * @example nonzero(tensor([[1, 0], [0, 2]])); // [[0, 0], [1, 1]]
 */
export function nonzero(x: Tensor): Tensor {
  checkTensors("nonzero", x);
  const strides = stridesOf(x.shape);
  const numbers = readable("nonzero", x, sizeDepends);
  const places = [...numbers.keys()].filter((i) => numbers[i] !== 0);
  const coordinates = places.flatMap((place) =>
    strides.map((stride, k) => Math.floor(place / stride) % (x.shape[k] ?? 1)),
  );
  const shape = [places.length, strides.length];
  return tensor(Int32Array.from(coordinates), { shape, backend: x.backend });
}

/** Distinct values. */
export interface Unique {
  /** [count], ascending, of x's dtype; the first of equal elements gets the cotangent. */
  readonly values: Tensor;
  /** int32, x's shape: which of the values each element is. */
  readonly inverse: Tensor;
  /** int32 [count]: how often each occurs. */
  readonly counts: Tensor;
}

/**
 * The distinct elements in ascending order. NaN differs from everything, itself too, and comes
 * last.
 * @param x - any dtype, [...], in CPU memory
 * @returns values [count], inverse [...] and counts [count], see {@link Unique}. n log₂ n
 * comparisons
 * @throws BackendError on a device
 * @example unique(tensor([3, 1, 3])).values; // [1, 3]
 */
export function unique(x: Tensor): Unique {
  checkTensors("unique", x);
  const numbers = readable("unique", x, sizeDepends);
  const key = (i: number) => numbers[i] ?? 0;
  const nan = (i: number) => Number(Number.isNaN(key(i)));
  const order = Array.from(numbers, (_, i) => i).sort(
    (i, j) => nan(i) - nan(j) || (key(i) < key(j) ? -1 : key(i) > key(j) ? 1 : 0),
  );
  const [firsts, counts]: [number[], number[]] = [[], []];
  const inverse = new Int32Array(numbers.length);
  let last = Number.NaN;
  for (const i of order) {
    if (key(i) !== last) {
      firsts.push(i);
      counts.push(0);
    }
    last = key(i);
    inverse[i] = firsts.length - 1;
    counts[firsts.length - 1] = (counts[firsts.length - 1] ?? 0) + 1;
  }
  const integers = (values: ArrayLike<number>, shape: readonly number[]) =>
    tensor(Int32Array.from(values), { shape, backend: x.backend });
  return {
    values: take(reshape(x, [numbers.length]), integers(firsts, [firsts.length])),
    inverse: integers(inverse, x.shape),
    counts: integers(counts, [counts.length]),
  };
}

/** On which side of equal elements a value belongs. */
export interface SearchsortedOptions {
  /**
   * Behind equal elements instead of before them.
   * @defaultValue false
   */
  readonly right?: boolean;
}

/**
 * The positions at which values can be put into ascending rows that stay ascending, by bisection;
 * NaN belongs at the end.
 * @param sorted - [n], or [..., n]: a row for each row of values
 * @param values - of the same dtype, any shape for one row, else [..., m]
 * @param options - see {@link SearchsortedOptions}
 * @returns int32, the shape of the values, in [0, n]. log₂ n steps on all values at once, on any
 * backend
 * @throws ShapeError unless the leading axes agree; DTypeError unless the dtypes do; OptionError
 * for an unknown option
 * @example searchsorted(tensor([1, 3, 5]), tensor([3, 6])); // [1, 3]
 */
export function searchsorted(
  sorted: Tensor,
  values: Tensor,
  options: SearchsortedOptions = {},
): Tensor {
  checkOptions("searchsorted", options, { right: "boolean" });
  checkDTypes("searchsorted", [sorted, values], numericDTypes);
  const { shape } = values;
  if (sorted.shape.length === 1) {
    const row = searchRows(expandDims(sorted, 0), reshape(values, [1, sizeOf(shape)]), options);
    return reshape(row, shape);
  }
  if (sorted.shape.length === 0 || !sameShape(sorted.shape.slice(0, -1), shape.slice(0, -1)))
    throw new ShapeError(
      "searchsorted",
      "a row, or one for each row of values",
      `${showShape(sorted.shape)} and ${showShape(shape)}`,
    );
  return searchRows(sorted, values, options);
}

/** Bisection, largest step first: a step is taken while the element before its end is passed. */
function searchRows(
  sorted: Tensor,
  values: Tensor,
  { right = false }: SearchsortedOptions,
): Tensor {
  const [n = 0] = sorted.shape.slice(-1);
  let at = zeros(values.shape, { dtype: "int32", backend: values.backend });
  if (n === 0) return at;
  for (let step = 2 ** Math.floor(Math.log2(n)); step >= 1; step /= 2) {
    const next = add(at, step);
    const fits = lessEqual(next, n);
    const element = gather(sorted, sub(where(fits, next, n), 1), -1);
    const beyond = right ? greater(element, values) : greaterEqual(element, values);
    at = where(logicalAnd(logicalNot(beyond), fits), next, at);
  }
  return at;
}

/** Options of {@link bincount}. */
export interface BincountOptions {
  /** Floating, the shape of x: what each element counts; its derivative passes. */
  readonly weights?: Tensor;
  /**
   * The least number of counts.
   * @defaultValue 0
   */
  readonly minlength?: number;
}

/**
 * The numbers of times that 0, 1, 2, … occur.
 * @param x - int32 [n], not negative, in CPU memory
 * @param options - see {@link BincountOptions}
 * @returns [max(x) + 1, or minlength where that is more]: int32, or of the weights' dtype
 * @throws DTypeError unless x is int32; ShapeError unless it is a vector, as the weights are;
 * ValueError for a negative element or length; BackendError on a device, where scatterAdd counts
 * into a shape that is given; OptionError for an unknown option
 * @example bincount(tensor(Int32Array.of(0, 2, 2))); // [1, 0, 2]
 */
export function bincount(x: Tensor, options: BincountOptions = {}): Tensor {
  checkOptions("bincount", options, { weights: true, minlength: true });
  checkTensors("bincount", x);
  if (x.dtype !== "int32")
    throw new DTypeError("bincount", "int32", x.dtype, 'tensor(numbers, { dtype: "int32" })');
  const { minlength = 0, weights = ones(x.shape, { dtype: "int32", backend: x.backend }) } =
    options;
  if (x.shape.length !== 1 || !sameShape(weights.shape, x.shape))
    throw new ShapeError(
      "bincount",
      "a vector, and weights of its shape",
      `${showShape(x.shape)} and ${showShape(weights.shape)}`,
    );
  if (!Number.isSafeInteger(minlength) || minlength < 0)
    throw new ValueError("bincount", "minlength an integer ≥ 0", minlength);
  const help = "scatterAdd(weights, x, 0, [length]) counts into a length that is given";
  let length = minlength;
  for (const value of readable("bincount", x, help)) {
    if (value < 0) throw new ValueError("bincount", "integers ≥ 0", value);
    length = Math.max(length, value + 1);
  }
  return scatterAdd(weights, x, 0, [length]);
}
