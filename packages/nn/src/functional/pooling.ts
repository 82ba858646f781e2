/** @file Pooling: the largest or the mean of every window. */
import {
  argmax,
  equal,
  expandDims,
  gather,
  mean,
  ones,
  reshape,
  type Shape,
  squeeze,
  type Tensor,
  where,
} from "@spm/core";
import { checkOptions, checkTensors, ShapeError, showShape } from "@spm/core/extend";
import { checkSizes, type SlidingOptions, slidingOptions, windows } from "./windows.ts";

/** The size of a window, along each axis or along all. */
export type Size = number | Shape;

/** The windows as rows, [..., ...out, Πkernel]; the stride is by default the kernel's size. */
function rowsOf(
  op: string,
  axes: number,
  x: Tensor,
  size: Size,
  options: SlidingOptions,
  value: number,
): Tensor {
  checkOptions(op, options, slidingOptions);
  const kernel = checkSizes(op, "kernel sizes", size, axes, 1);
  const seen = windows(op, x, kernel, { stride: kernel, ...options, value });
  return reshape(seen, [...seen.shape.slice(0, -axes), kernel.reduce((a, b) => a * b, 1)]);
}

function largest(op: string, axes: number, x: Tensor, size: Size, options: SlidingOptions): Tensor {
  checkOptions(op, options, slidingOptions);
  const kernel = checkSizes(op, "kernel sizes", size, axes, 1);
  const padding = checkSizes(op, "paddings", options.padding ?? 0, axes, 0);
  if (padding.some((zeros, k) => 2 * zeros > kernel[k]!))
    throw new ShapeError(
      op,
      `paddings of at most half the window ${showShape(kernel)}`,
      showShape(padding),
    );
  const rows = rowsOf(op, axes, x, size, options, Number.NEGATIVE_INFINITY);
  const pick = (places: Tensor) => gather(rows, expandDims(places, -1), -1);
  const places = argmax(rows, { axis: -1 });
  const picked = pick(places);
  if (padding.every((n) => n === 0)) return squeeze(picked, -1);
  // a window of nothing but −∞ has its first element, not the padding before that
  const space = ones(x.shape.slice(-axes), { backend: x.backend });
  const inside = argmax(rowsOf(op, axes, space, size, options, 0), { axis: -1 });
  return squeeze(pick(where(equal(squeeze(picked, -1), -Infinity), inside, places)), -1);
}

/**
 * The largest element of every window; the first of equal ones gets the cotangent. Padding is
 * less than anything, also than −∞.
 * @param x - [..., length]
 * @param size - of the window, and the default stride
 * @returns [..., ⌊(length + 2 · padding − size) / stride⌋ + 1]
 * @throws ShapeError where the window does not fit, or may lie in the padding alone
 * @example maxPool1d(tensor([3, 1, 2, 4]), 2); // [3, 4]
 */
export const maxPool1d = (x: Tensor, size: Size, options: SlidingOptions = {}): Tensor => {
  checkTensors("maxPool1d", x);
  return largest("maxPool1d", 1, x, size, options);
};

/**
 * The largest element of every window over the last two axes, otherwise as {@link maxPool1d}.
 * @param x - [..., height, width]
 * @param size - of the window, one number or [height, width], and the default stride
 * @returns [..., height', width']
 * @throws ShapeError where the window does not fit, or may lie in the padding alone
 * @example maxPool2d(ones([1, 1, 4, 4]), 2).shape; // [1, 1, 2, 2]
 */
export const maxPool2d = (x: Tensor, size: Size, options: SlidingOptions = {}): Tensor => {
  checkTensors("maxPool2d", x);
  return largest("maxPool2d", 2, x, size, options);
};

/**
 * The mean of every window; padding counts as zeros.
 * @param x - [..., length]
 * @param size - of the window, and the default stride
 * @returns [..., ⌊(length + 2 · padding − size) / stride⌋ + 1]
 * @throws ShapeError where the window does not fit
 * @example avgPool1d(tensor([3, 1, 2, 4]), 2); // [2, 3]
 */
export const avgPool1d = (x: Tensor, size: Size, options: SlidingOptions = {}): Tensor => {
  checkTensors("avgPool1d", x);
  return mean(rowsOf("avgPool1d", 1, x, size, options, 0), { axis: -1 });
};

/**
 * The mean of every window over the last two axes, otherwise as {@link avgPool1d}.
 * @param x - [..., height, width]
 * @param size - of the window, one number or [height, width], and the default stride
 * @returns [..., height', width']
 * @throws ShapeError where the window does not fit
 * @example avgPool2d(ones([1, 1, 4, 4]), 2).shape; // [1, 1, 2, 2]
 */
export const avgPool2d = (x: Tensor, size: Size, options: SlidingOptions = {}): Tensor => {
  checkTensors("avgPool2d", x);
  return mean(rowsOf("avgPool2d", 2, x, size, options, 0), { axis: -1 });
};
