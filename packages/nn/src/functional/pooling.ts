/** @file Pooling: the largest or the mean of every window. */
import {
  argmax,
  expandDims,
  gather,
  mean,
  reshape,
  type Shape,
  squeeze,
  type Tensor,
} from "@spm/core";
import { ShapeError, showShape } from "@spm/core/extend";
import { checkSizes, type SlidingOptions, windows } from "./windows.ts";

type Size = number | Shape;

/** The windows as rows: [..., ...out, Πkernel]. Side by side unless a stride is given. */
function rowsOf(
  op: string,
  axes: number,
  x: Tensor,
  size: Size,
  options: SlidingOptions,
  value: number,
): Tensor {
  const kernel = checkSizes(op, "kernel sizes", size, axes, 1);
  const seen = windows(op, x, kernel, { stride: kernel, ...options }, value);
  return reshape(seen, [...seen.shape.slice(0, -axes), kernel.reduce((a, b) => a * b, 1)]);
}

function largest(op: string, axes: number, x: Tensor, size: Size, options: SlidingOptions): Tensor {
  const kernel = checkSizes(op, "kernel sizes", size, axes, 1);
  const padding = checkSizes(op, "paddings", options.padding ?? 0, axes, 0);
  if (padding.some((zeros, k) => 2 * zeros > kernel[k]!))
    throw new ShapeError(
      op,
      `paddings of at most half the window ${showShape(kernel)}`,
      showShape(padding),
    );
  const rows = rowsOf(op, axes, x, size, options, Number.NEGATIVE_INFINITY);
  return squeeze(gather(rows, expandDims(argmax(rows, { axis: -1 }), -1), -1), -1);
}

/**
 * The largest element of every window; the first of equal ones gets the cotangent. Padding never
 * wins.
 * @param x - [..., length]
 * @param size - of the window; windows lie side by side unless a stride is given
 * @returns [..., ⌊(length + 2 · padding − size) / stride⌋ + 1]
 * @throws ShapeError where the window does not fit, or may lie in the padding alone
 * @example maxPool1d(tensor([3, 1, 2, 4]), 2); // [3, 4]
 */
export const maxPool1d = (x: Tensor, size: Size, options: SlidingOptions = {}): Tensor =>
  largest("maxPool1d", 1, x, size, options);

/**
 * {@link maxPool1d} over the last two axes.
 * @example maxPool2d(ones([1, 1, 4, 4]), 2).shape; // [1, 1, 2, 2]
 */
export const maxPool2d = (x: Tensor, size: Size, options: SlidingOptions = {}): Tensor =>
  largest("maxPool2d", 2, x, size, options);

/** The mean of every window, padding counted as zeros; otherwise as {@link maxPool1d}. */
export const avgPool1d = (x: Tensor, size: Size, options: SlidingOptions = {}): Tensor =>
  mean(rowsOf("avgPool1d", 1, x, size, options, 0), { axis: -1 });

/** {@link avgPool1d} over the last two axes. */
export const avgPool2d = (x: Tensor, size: Size, options: SlidingOptions = {}): Tensor =>
  mean(rowsOf("avgPool2d", 2, x, size, options, 0), { axis: -1 });
