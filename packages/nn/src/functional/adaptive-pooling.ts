/**
 * @file Adaptive pooling: windows of as equal sizes as n elements allow, as many as were asked for,
 * along one axis after another.
 */
import {
  argmax,
  div,
  expandDims,
  gather,
  type Shape,
  squeeze,
  sum,
  type Tensor,
  take,
  tensor,
  where,
} from "@spm/core";
import { checkTensors, ShapeError, showShape } from "@spm/core/extend";
import type { Size } from "./pooling.ts";
import { checkSizes } from "./windows.ts";

/** The windows along an axis: [⌊i n / count⌋, ⌈(i + 1) n / count⌉) for each i. */
const rangesOf = (n: number, count: number): readonly (readonly [from: number, to: number])[] =>
  Array.from({ length: count }, (_, i) => [
    Math.floor((i * n) / count),
    Math.ceil(((i + 1) * n) / count),
  ]);

/** The windows [..., count, width, ...] reduced along the axis after that of `count`. */
type ReduceWindows = (
  windows: Tensor,
  axis: number,
  ranges: readonly (readonly [from: number, to: number])[],
) => Tensor;

/** The windows along each of the last axes, from the last one on, and what is left of each. */
function adaptive(op: string, axes: number, x: Tensor, size: Size, reduce: ReduceWindows): Tensor {
  checkTensors(op, x);
  const counts = checkSizes(op, "sizes", size, axes, 1);
  const space: Shape = x.shape.slice(-axes);
  if (x.shape.length < axes || space.includes(0))
    throw new ShapeError(op, `x of at least ${axes} axes with elements`, showShape(x.shape));
  return counts.reduceRight((y, count, k) => {
    const axis = y.shape.length - axes + k;
    const [n = 0] = y.shape.slice(axis);
    const ranges = rangesOf(n, count);
    const width = ranges.reduce((most, [from, to]) => Math.max(most, to - from), 0);
    // a shorter window repeats its last element
    const places = ranges.flatMap(([from, to]) =>
      Array.from({ length: width }, (_, t) => Math.min(from + t, to - 1)),
    );
    const index = tensor(Int32Array.from(places), { shape: [count, width], backend: x.backend });
    return reduce(take(y, index, axis), axis + 1, ranges);
  }, x);
}

const largest: ReduceWindows = (windows, axis) => {
  const places = expandDims(argmax(windows, { axis }), axis);
  return squeeze(gather(windows, places, axis), axis);
};

const average: ReduceWindows = (windows, axis, ranges) => {
  const [count, width] = windows.shape.slice(axis - 1, axis + 1) as [number, number];
  const behind = windows.shape.slice(axis + 1).map(() => 1);
  const { dtype, backend } = windows;
  const sizes = ranges.map(([from, to]) => to - from);
  const divisor = tensor(Float64Array.from(sizes), {
    shape: [count, ...behind],
    dtype: dtype === "float64" ? dtype : "float32",
    backend,
  });
  if (sizes.every((n) => n === width)) return div(sum(windows, axis), width);
  const own = tensor(
    sizes.flatMap((n) => Array.from({ length: width }, (_, t) => t < n)),
    { shape: [count, width, ...behind], backend },
  );
  return div(sum(where(own, windows, 0), axis), divisor);
};

/**
 * The largest element of each of `size` windows, as torch.nn.functional.adaptive_max_pool1d; window
 * i of n elements is [⌊i n / size⌋, ⌈(i + 1) n / size⌉).
 * @param x - [..., length]
 * @param size - their number
 * @returns [..., size]
 * @throws ShapeError for no elements, or a size that is no integer ≥ 1
 * @example adaptiveMaxPool1d(tensor([3, 1, 2]), 2); // [3, 2]
 */
export const adaptiveMaxPool1d = (x: Tensor, size: Size): Tensor =>
  adaptive("adaptiveMaxPool1d", 1, x, size, largest);

/**
 * The largest element of each window over two axes, otherwise as {@link adaptiveMaxPool1d}.
 * @param x - [..., height, width]
 * @param size - their number along each axis
 * @returns [..., height', width']
 * @throws ShapeError for no elements, or a size that is no integer ≥ 1
 * @example adaptiveMaxPool2d(ones([1, 5, 7]), [2, 3]).shape; // [1, 2, 3]
 */
export const adaptiveMaxPool2d = (x: Tensor, size: Size): Tensor =>
  adaptive("adaptiveMaxPool2d", 2, x, size, largest);

/**
 * The mean of each of `size` windows, otherwise as {@link adaptiveMaxPool1d}.
 * @param x - [..., length]
 * @param size - their number
 * @returns [..., size]
 * @throws ShapeError for no elements, or a size that is no integer ≥ 1
 * @example adaptiveAvgPool1d(tensor([3, 1, 2]), 2); // [2, 1.5]
 */
export const adaptiveAvgPool1d = (x: Tensor, size: Size): Tensor =>
  adaptive("adaptiveAvgPool1d", 1, x, size, average);

/**
 * The mean of each window over two axes, otherwise as {@link adaptiveAvgPool1d}; of size 1 the mean
 * of each channel.
 * @param x - [..., height, width]
 * @param size - their number along each axis
 * @returns [..., height', width']
 * @throws ShapeError for no elements, or a size that is no integer ≥ 1
 * @example adaptiveAvgPool2d(ones([1, 5, 7]), 1).shape; // [1, 1, 1]
 */
export const adaptiveAvgPool2d = (x: Tensor, size: Size): Tensor =>
  adaptive("adaptiveAvgPool2d", 2, x, size, average);
