/** @file Pooling: the largest or the mean of every window. */
import {
  argmax,
  div,
  equal,
  expandDims,
  gather,
  mean,
  ones,
  reshape,
  type Shape,
  squeeze,
  sum,
  type Tensor,
  tensor,
  where,
} from "@spm/core";
import {
  checkOptions,
  checkTensors,
  type OptionNames,
  ShapeError,
  showShape,
  sizeOf,
} from "@spm/core/extend";
import {
  checkSizes,
  type PlacedWindows,
  placeWindows,
  type SlidingOptions,
  slidingOptions,
  spanOf,
  windows,
  zipWith,
} from "./windows.ts";

/** The size of a window, along each axis or along all. */
export type Size = number | Shape;

/** Options of pooling. */
export interface PoolOptions extends SlidingOptions {
  /**
   * Whether a last window may begin before the end, in x or the padding before it, and reach
   * beyond; what it has there counts as padding of max pooling, and not at all of the mean.
   * @defaultValue false
   */
  readonly ceilMode?: boolean;
}

/** Options of {@link avgPool1d} and {@link avgPool2d}. */
export interface AvgPoolOptions extends PoolOptions {
  /**
   * Whether the mean counts zeros of the padding.
   * @defaultValue true
   */
  readonly countIncludePad?: boolean;
}

/** The names of {@link PoolOptions}. */
export const poolOptions: OptionNames<PoolOptions> = { ...slidingOptions, ceilMode: "boolean" };
/** The names of {@link AvgPoolOptions}. */
export const avgPoolOptions: OptionNames<AvgPoolOptions> = {
  ...poolOptions,
  countIncludePad: "boolean",
};

/** Windows over the last axes, and what makes rows of them. */
interface Pool {
  readonly placed: PlacedWindows;
  /** The windows of x [..., ...space] as rows, [..., ...out, Πkernel]. */
  rows(x: Tensor, value: number): Tensor;
}

function poolOf(op: string, axes: number, x: Tensor, size: Size, options: PoolOptions): Pool {
  const kernel = checkSizes(op, "kernel sizes", size, axes, 1);
  const given = { stride: kernel, ...options };
  if (x.shape.length < axes)
    throw new ShapeError(op, `at least ${axes} axes to slide over`, showShape(x.shape));
  return {
    placed: placeWindows(op, x.shape.slice(-axes), kernel, given),
    rows: (x, value) => {
      const seen = windows(op, x, kernel, { ...given, value });
      return reshape(seen, [...seen.shape.slice(0, -axes), sizeOf(kernel)]);
    },
  };
}

/** @throws ShapeError where a window may lie in the padding alone */
function checkPadding(op: string, { before, ...sliding }: PlacedWindows): void {
  const spans = spanOf(sliding);
  if (zipWith((zeros, span) => 2 * zeros > span, before, spans).includes(true))
    throw new ShapeError(
      op,
      `paddings of at most half the window ${showShape(spans)}`,
      showShape(before),
    );
}

function largest(op: string, axes: number, x: Tensor, size: Size, options: PoolOptions): Tensor {
  checkTensors(op, x);
  checkOptions(op, options, poolOptions);
  const { placed, rows } = poolOf(op, axes, x, size, options);
  checkPadding(op, placed);
  const all = rows(x, Number.NEGATIVE_INFINITY);
  const pick = (places: Tensor) => gather(all, expandDims(places, -1), -1);
  const places = argmax(all, { axis: -1 });
  const picked = pick(places);
  if ([...placed.before, ...placed.after].every((n) => n === 0)) return squeeze(picked, -1);
  // a window of nothing but −∞ has its first element, not the padding before that
  const space = ones(x.shape.slice(-axes), { backend: x.backend });
  const inside = argmax(rows(space, 0), { axis: -1 });
  return squeeze(pick(where(equal(squeeze(picked, -1), -Infinity), inside, places)), -1);
}

/** The numbers of elements of windows that count, along each axis; padded: zeros, too. */
const countsOf = (placed: PlacedWindows, space: Shape, padded: boolean): number[][] =>
  zipWith(
    (n, before, after, padding, size, step, apart) => {
      const [low, high] = padded ? [-before, n + padding] : [0, n];
      const count = Math.floor((before + n + after - apart * (size - 1) - 1) / step) + 1;
      return Array.from({ length: count }, (_, i) => {
        const places = Array.from({ length: size }, (_, t) => i * step - before + t * apart);
        return places.filter((place) => low <= place && place < high).length;
      });
    },
    space,
    placed.before,
    placed.after,
    placed.padding,
    placed.kernel,
    placed.stride,
    placed.dilation,
  );

function average(op: string, axes: number, x: Tensor, size: Size, options: AvgPoolOptions): Tensor {
  checkTensors(op, x);
  checkOptions(op, options, avgPoolOptions);
  const { countIncludePad = true, ...given } = options;
  const { placed, rows } = poolOf(op, axes, x, size, given);
  if (!countIncludePad) checkPadding(op, placed);
  const all = rows(x, 0);
  const counts = countsOf(placed, x.shape.slice(-axes), countIncludePad).reduce(
    (outer, inner) => outer.flatMap((a) => inner.map((b) => a * b)),
    [1],
  );
  if (counts.every((count) => count === all.shape.at(-1))) return mean(all, { axis: -1 });
  const shape = all.shape.slice(-axes - 1, -1);
  const { dtype, backend } = x;
  return div(
    sum(all, -1),
    tensor(counts, { shape, backend, ...(dtype === "float64" && { dtype }) }),
  );
}

/**
 * The largest element of every window; the first of equal ones gets the cotangent. Padding is
 * less than anything, also than −∞.
 * @param x - [..., length]
 * @param size - of the window, and the default stride
 * @returns [..., ⌊(length + 2 · padding − dilation · (size − 1) − 1) / stride⌋ + 1], of
 * `ceilMode` rounded up
 * @throws ShapeError where the window does not fit, or may lie in the padding alone
 * @example maxPool1d(tensor([3, 1, 2, 4]), 2); // [3, 4]
 */
export const maxPool1d = (x: Tensor, size: Size, options: PoolOptions = {}): Tensor =>
  largest("maxPool1d", 1, x, size, options);

/**
 * The largest element of every window over the last two axes, otherwise as {@link maxPool1d}.
 * @param x - [..., height, width]
 * @param size - of the window, one number or [height, width], and the default stride
 * @returns [..., height', width']
 * @throws ShapeError where the window does not fit, or may lie in the padding alone
 * @example maxPool2d(ones([1, 1, 4, 4]), 2).shape; // [1, 1, 2, 2]
 */
export const maxPool2d = (x: Tensor, size: Size, options: PoolOptions = {}): Tensor =>
  largest("maxPool2d", 2, x, size, options);

/**
 * The mean of every window; padding counts as zeros, or not at all.
 * @param x - [..., length]
 * @param size - of the window, and the default stride
 * @returns [..., ⌊(length + 2 · padding − dilation · (size − 1) − 1) / stride⌋ + 1], of
 * `ceilMode` rounded up
 * @throws ShapeError where the window does not fit
 * @example avgPool1d(tensor([3, 1, 2, 4]), 2); // [2, 3]
 */
export const avgPool1d = (x: Tensor, size: Size, options: AvgPoolOptions = {}): Tensor =>
  average("avgPool1d", 1, x, size, options);

/**
 * The mean of every window over the last two axes, otherwise as {@link avgPool1d}.
 * @param x - [..., height, width]
 * @param size - of the window, one number or [height, width], and the default stride
 * @returns [..., height', width']
 * @throws ShapeError where the window does not fit
 * @example avgPool2d(ones([1, 1, 4, 4]), 2).shape; // [1, 1, 2, 2]
 */
export const avgPool2d = (x: Tensor, size: Size, options: AvgPoolOptions = {}): Tensor =>
  average("avgPool2d", 2, x, size, options);
