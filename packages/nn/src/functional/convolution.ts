/**
 * @file Convolution (cross-correlation, as deep learning means it): a matrix product with the
 * windows.
 */
import { add, matmul, reshape, type Tensor, transpose } from "@spm/core";
import { checkOptions, checkTensors, ShapeError, showShape, sizeOf } from "@spm/core/extend";
import { type SlidingOptions, slidingOptions, windows } from "./windows.ts";

function convolve(
  op: string,
  axes: number,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  options: SlidingOptions,
): Tensor {
  checkOptions(op, options, slidingOptions);
  const [outChannels, inChannels, ...kernel] = weight.shape as [number, number, ...number[]];
  if (weight.shape.length !== axes + 2)
    throw new ShapeError(
      op,
      `a weight [out, in, ...kernel] of rank ${axes + 2}`,
      showShape(weight.shape),
    );
  if (x.shape.length !== axes + 2 || x.shape[1] !== inChannels)
    throw new ShapeError(
      op,
      `x [batch, ${inChannels}, ...space] of rank ${axes + 2}`,
      showShape(x.shape),
    );
  const seen = windows(op, x, kernel, options); // [batch, in, ...out, ...kernel]
  const [batch, , ...rest] = seen.shape as [number, number, ...number[]];
  const out = rest.slice(0, axes);
  const order = [0, ...out.map((_, k) => 2 + k), 1, ...kernel.map((_, k) => 2 + axes + k)];
  const taps = inChannels * sizeOf(kernel);
  const rows = reshape(transpose(seen, order), [batch * sizeOf(out), taps]);
  const product = matmul(rows, transpose(reshape(weight, [outChannels, taps])));
  const y = reshape(bias === null ? product : add(product, bias), [batch, ...out, outChannels]);
  return transpose(y, [0, axes + 1, ...out.map((_, k) => 1 + k)]);
}

/**
 * Convolution over one axis, y[b, o, p] = Σ W[o, c, k] · x[b, c, stride · p + k − padding] +
 * bias[o].
 * @param x - [batch, in, length]
 * @param weight - W, [out, in, kernel]
 * @param bias - [out], or null
 * @returns [batch, out, ⌊(length + 2 · padding − kernel) / stride⌋ + 1]. Cost 2 · in · kernel FLOP
 * an element
 * @throws ShapeError, DTypeError where operands do not fit
 * @example conv1d(ones([1, 2, 5]), ones([3, 2, 3]), null, { padding: 1 }).shape; // [1, 3, 5]
 */
export const conv1d = (
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: SlidingOptions = {},
): Tensor => {
  checkTensors("conv1d", x, weight);
  return convolve("conv1d", 1, x, weight, bias, options);
};

/**
 * Convolution over two axes, otherwise as {@link conv1d}.
 * @param x - [batch, in, height, width]
 * @param weight - W, [out, in, kernel height, kernel width]
 * @param bias - [out], or null
 * @returns [batch, out, height', width']. Cost 2 · in · (size of the kernel) FLOP an element
 * @throws ShapeError, DTypeError where operands do not fit
 * @example conv2d(ones([1, 1, 4, 4]), ones([2, 1, 3, 3])).shape; // [1, 2, 2, 2]
 */
export const conv2d = (
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: SlidingOptions = {},
): Tensor => {
  checkTensors("conv2d", x, weight);
  return convolve("conv2d", 2, x, weight, bias, options);
};
