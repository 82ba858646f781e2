/**
 * @file Convolution (cross-correlation, as deep learning means it): a linear map of every window.
 * The transposed one spreads a linear map of every element over its window, and adds.
 */
import { add, pad, reshape, type Shape, slice, type Tensor, transpose } from "@spm/core";
import {
  checkOptions,
  checkTensors,
  type OptionNames,
  ShapeError,
  showShape,
  showValue,
  sizeOf,
} from "@spm/core/extend";
import { multiplyParts } from "./blockwise.ts";
import { ofChannels } from "./channels.ts";
import {
  addWindowsOp,
  checkSizes,
  type SlidingOptions,
  slidingOf,
  slidingOptions,
  spanOf,
  type WindowsOptions,
  windows,
  zipWith,
} from "./windows.ts";

/** Options of {@link conv1d} and {@link conv2d}. */
export interface ConvolveOptions extends Pick<WindowsOptions, "stride" | "padding" | "dilation"> {
  /**
   * The number of equal parts of the channels that see nothing of each other.
   * @defaultValue 1
   */
  readonly groups?: number;
}

/** Options of {@link convTranspose1d} and {@link convTranspose2d}. */
export interface TransposeOptions extends SlidingOptions {
  /** @defaultValue 1 */
  readonly groups?: number;
  /**
   * Elements more at the end, below the stride or the dilation: sizes that the stride of the plain
   * convolution maps to the same one.
   * @defaultValue 0
   */
  readonly outputPadding?: number | Shape;
}

/** The names of {@link ConvolveOptions}. */
export const convolveOptions: OptionNames<ConvolveOptions> = { ...slidingOptions, groups: true };
/** The names of {@link TransposeOptions}. */
export const transposeOptions: OptionNames<TransposeOptions> = {
  ...convolveOptions,
  outputPadding: true,
};

/** A linear map of rows [..., in] → [..., out]. */
type MapRows = (rows: Tensor) => Tensor;

/** x with channels, and a batch of one where it had none. */
function batchOf(op: string, x: Tensor, channels: number, axes: number): Tensor {
  const { length } = x.shape;
  if ((length !== axes + 2 && length !== axes + 1) || x.shape.at(-axes - 1) !== channels) {
    const space = axes === 1 ? "length" : "height, width";
    const expected = `x of shape [batch, ${channels}, ${space}] or [${channels}, ${space}]`;
    throw new ShapeError(op, expected, showShape(x.shape));
  }
  return length === axes + 2 ? x : reshape(x, [1, ...x.shape]);
}

const withoutBatch = (y: Tensor, x: Tensor): Tensor =>
  y.shape.length === x.shape.length ? y : reshape(y, y.shape.slice(1));

/** The axes [batch, channels, ...space, ...kernel] as [batch, ...space, channels, ...kernel]. */
const channelsBehind = (axes: number): number[] => [
  0,
  ...Array.from({ length: axes }, (_, k) => 2 + k),
  1,
  ...Array.from({ length: axes }, (_, k) => 2 + axes + k),
];

/**
 * y[b, :, p] = map(window at p); a window is laid out [in, ...kernel]. x [batch, in, ...space] →
 * [batch, out, ...space'], with or without the batch.
 */
export function convolve(
  op: string,
  x: Tensor,
  channels: number,
  kernel: Shape,
  { stride = 1, padding = 0, dilation = 1 }: ConvolveOptions,
  map: MapRows,
): Tensor {
  const axes = kernel.length;
  const batch = batchOf(op, x, channels, axes);
  const seen = windows(op, batch, kernel, { stride, padding, dilation });
  const space = seen.shape.slice(2, 2 + axes);
  const apart = transpose(seen, channelsBehind(axes));
  const [samples = 0] = batch.shape;
  const rows = reshape(apart, [samples, ...space, channels * sizeOf(kernel)]);
  return withoutBatch(transpose(map(rows), [0, axes + 1, ...space.map((_, k) => k + 1)]), x);
}

/**
 * The transpose of {@link convolve}: y gets map(x[b, :, p]), laid out [out, ...kernel], added into
 * the window at p. x [batch, in, ...space] → [batch, out, ...space'], with or without the batch.
 */
export function convolveTransposed(
  op: string,
  x: Tensor,
  [inChannels, outChannels]: readonly [number, number],
  kernel: Shape,
  options: TransposeOptions,
  map: MapRows,
): Tensor {
  const axes = kernel.length;
  const batch = batchOf(op, x, inChannels, axes);
  const space = batch.shape.slice(2);
  const { padding = 0, outputPadding = 0 } = options;
  const more = checkSizes(op, "output paddings", outputPadding, axes, 0);
  const sides = checkSizes(op, "paddings", padding, axes, 0);
  const sliding = slidingOf(op, kernel, options);
  const { stride, dilation } = sliding;
  const fits = (n: number, step: number, apart: number) => n < Math.max(step, apart);
  if (zipWith(fits, more, stride, dilation).includes(false))
    throw new ShapeError(op, "output paddings below the stride or the dilation", showShape(more));
  const spans = spanOf(sliding);
  const full = zipWith((n, step, span) => (n - 1) * step + span, space, stride, spans);
  const size = zipWith((n, end, side) => n + end - 2 * side, full, more, sides);
  if (space.includes(0) || size.some((n) => n < 1))
    throw new ShapeError(op, "an output of at least 1 element an axis", showShape(size));
  const rows = map(transpose(batch, channelsBehind(axes).slice(0, axes + 2)));
  const [samples = 0] = batch.shape;
  const apart = reshape(rows, [samples, ...space, outChannels, ...kernel]);
  const order = channelsBehind(axes);
  const seen = transpose(
    apart,
    order.map((_, k) => order.indexOf(k)),
  );
  const into = [samples, outChannels, ...full];
  const [sums] = addWindowsOp([seen], { ...sliding, into });
  const none = into.map(() => 0);
  const whole = pad(sums, none, [0, 0, ...more]);
  const ranges = zipWith((start, n) => ({ start, stop: start + n }), sides, size);
  return withoutBatch(slice(whole, [{}, {}, ...ranges]), x);
}

/**
 * The parts of a weight [n, m, ...kernel] in groups along n: [groups, n/groups, m · kernel].
 * @throws ShapeError for another rank, or a number of groups that does not divide n
 */
function groupsOf(op: string, weight: Tensor, axes: number, groups: number, of: string): Tensor {
  const [n = 0, m = 0, ...kernel] = weight.shape;
  if (weight.shape.length !== axes + 2)
    throw new ShapeError(
      op,
      `a weight [${of}, ...kernel] of rank ${axes + 2}`,
      showShape(weight.shape),
    );
  if (!Number.isSafeInteger(groups) || groups < 1 || n % groups !== 0)
    throw new ShapeError(op, `a number of groups that divides ${n} channels`, showValue(groups));
  return reshape(weight, [groups, n / groups, m * sizeOf(kernel)]);
}

function plain(
  op: string,
  axes: number,
  [x, weight, bias]: readonly [x: Tensor, weight: Tensor, bias: Tensor | null],
  options: ConvolveOptions,
): Tensor {
  checkTensors(op, x, weight, ...(bias === null ? [] : [bias]));
  checkOptions(op, options, convolveOptions);
  const { groups = 1 } = options;
  const parts = groupsOf(op, weight, axes, groups, "out, in / groups");
  const [, width = 0, ...kernel] = weight.shape;
  return convolve(op, x, groups * width, kernel, options, (rows) => {
    const y = multiplyParts(rows, parts);
    return bias === null ? y : add(y, bias);
  });
}

function transposed(
  op: string,
  axes: number,
  [x, weight, bias]: readonly [x: Tensor, weight: Tensor, bias: Tensor | null],
  options: TransposeOptions,
): Tensor {
  checkTensors(op, x, weight, ...(bias === null ? [] : [bias]));
  checkOptions(op, options, transposeOptions);
  const { groups = 1 } = options;
  const parts = transpose(groupsOf(op, weight, axes, groups, "in, out / groups"), [0, 2, 1]);
  const [inChannels = 0, width = 0, ...kernel] = weight.shape;
  const channels = [inChannels, groups * width] as const;
  const y = convolveTransposed(op, x, channels, kernel, options, (rows) =>
    multiplyParts(rows, parts),
  );
  return bias === null ? y : add(y, ofChannels(bias, axes));
}

/**
 * Convolution over one axis, y[b, o, p] = Σ W[o, c, k] · x[b, c, stride · p + dilation · k −
 * padding] + bias[o]; in groups the o-th part of the output sees the o-th part of the channels.
 * @param x - [batch, in, length] or [in, length]
 * @param weight - W, [out, in / groups, kernel]
 * @param bias - [out], or null
 * @returns [batch, out, ⌊(length + 2 · padding − dilation · (kernel − 1) − 1) / stride⌋ + 1], of
 * padding "same" of x's length. Cost 2 · in · kernel / groups FLOP an element
 * @throws ShapeError, DTypeError where operands do not fit
 * @example conv1d(ones([1, 2, 5]), ones([3, 2, 3]), null, { padding: 1 }).shape; // [1, 3, 5]
 */
export const conv1d = (
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvolveOptions = {},
): Tensor => plain("conv1d", 1, [x, weight, bias], options);

/**
 * Convolution over two axes, otherwise as {@link conv1d}.
 * @param x - [batch, in, height, width] or [in, height, width]
 * @param weight - W, [out, in / groups, kernel height, kernel width]
 * @param bias - [out], or null
 * @returns [batch, out, height', width']. Cost 2 · in · (size of the kernel) / groups FLOP an
 * element
 * @throws ShapeError, DTypeError where operands do not fit
 * @example conv2d(ones([1, 1, 4, 4]), ones([2, 1, 3, 3])).shape; // [1, 2, 2, 2]
 */
export const conv2d = (
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvolveOptions = {},
): Tensor => plain("conv2d", 2, [x, weight, bias], options);

/**
 * Transposed convolution over one axis: the vjp of {@link conv1d} by its x, with a bias, so that
 * each element of x adds its multiple of the kernel at stride · p − padding.
 * @param x - [batch, in, length] or [in, length]
 * @param weight - [in, out / groups, kernel]
 * @param bias - [out], or null
 * @returns [batch, out, (length − 1) · stride − 2 · padding + dilation · (kernel − 1) +
 * outputPadding + 1]. Cost 2 · out · kernel / groups FLOP an element of x
 * @throws ShapeError, DTypeError where operands do not fit
 * @example convTranspose1d(ones([2, 3]), ones([2, 1, 2]), null, { stride: 2 }).shape; // [1, 6]
 */
export const convTranspose1d = (
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: TransposeOptions = {},
): Tensor => transposed("convTranspose1d", 1, [x, weight, bias], options);

/**
 * Transposed convolution over two axes, otherwise as {@link convTranspose1d}.
 * @param x - [batch, in, height, width] or [in, height, width]
 * @param weight - [in, out / groups, kernel height, kernel width]
 * @param bias - [out], or null
 * @returns [batch, out, height', width']. Cost 2 · out · (size of the kernel) / groups FLOP an
 * element of x
 * @throws ShapeError, DTypeError where operands do not fit
 * @example convTranspose2d(ones([1, 2, 3, 3]), ones([2, 1, 2, 2])).shape; // [1, 1, 4, 4]
 */
export const convTranspose2d = (
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: TransposeOptions = {},
): Tensor => transposed("convTranspose2d", 2, [x, weight, bias], options);
