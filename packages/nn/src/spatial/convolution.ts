/** @file Convolutions: a linear map, of any structure, on every window. */
import { reshape, type Shape, type Tensor, transpose } from "@spm/core";
import {
  checkOptions,
  checkTensors,
  type OptionNames,
  ShapeError,
  showShape,
  sizeOf,
} from "@spm/core/extend";
import { checkSizes, type SlidingOptions, windows } from "../functional/windows.ts";
import { type LinearChoice, linear } from "../linear-kinds.ts";
import { type LinearMap, type LinearOptions, linearOptions } from "../linear-map.ts";
import { Module } from "../module.ts";
import { checkSizes as checkChannels } from "../options.ts";

/** Options of {@link Conv1d} and {@link Conv2d}. */
export interface ConvolutionOptions extends LinearOptions {
  /** Size of the kernel, one for all axes or one for each. */
  readonly kernel: number | readonly number[];
  /** @defaultValue 1 */
  readonly stride?: number | readonly number[];
  /**
   * Zeros on either side.
   * @defaultValue 0
   */
  readonly padding?: number | readonly number[];
  /**
   * The map from a window's values to the output channels.
   * @defaultValue "dense"
   */
  readonly linear?: LinearChoice;
}

const names: OptionNames<ConvolutionOptions> = {
  ...linearOptions,
  kernel: true,
  stride: true,
  padding: true,
  linear: true,
};

/** y[b, :, p] = map(window at p), over any number of axes; a window is laid out [in, ...kernel]. */
abstract class Convolution extends Module {
  readonly map: LinearMap;
  readonly inChannels: number;
  readonly kernel: Shape;
  readonly sliding: SlidingOptions;

  constructor(axes: number, inChannels: number, outChannels: number, options: ConvolutionOptions) {
    super();
    const { name } = new.target;
    checkOptions(name, options, names);
    const {
      kernel,
      stride = 1,
      padding = 0,
      linear: choice = "dense",
      random,
      bias = true,
      gain,
    } = options;
    checkChannels(name, "channels in, out", inChannels, outChannels);
    this.inChannels = inChannels;
    this.kernel = checkSizes(name, "kernel sizes", kernel, axes, 1);
    this.sliding = {
      stride: checkSizes(name, "strides", stride, axes, 1),
      padding: checkSizes(name, "paddings", padding, axes, 0),
    };
    const scale = gain === undefined ? {} : { gain };
    this.map = linear(choice, inChannels * sizeOf(this.kernel), outChannels, {
      random,
      bias,
      ...scale,
    });
  }

  forward(x: Tensor): Tensor {
    checkTensors(this.constructor.name, x);
    const axes = this.kernel.length;
    if (x.shape.length !== axes + 2 || x.shape[1] !== this.inChannels)
      throw new ShapeError(
        this.constructor.name,
        `x of shape [batch, ${this.inChannels}, ${["length", "height, width"][axes - 1]}]`,
        showShape(x.shape),
      );
    // [batch, in, ...out, ...kernel]
    const seen = windows(this.constructor.name, x, this.kernel, this.sliding);
    const space = this.kernel.map((_, k) => 2 + k);
    const order = [0, ...space, 1, ...space.map((k) => axes + k)];
    const rows = reshape(transpose(seen, order), [
      x.shape[0]!,
      ...space.map((k) => seen.shape[k]!),
      -1,
    ]);
    return transpose(this.map.forward(rows), [0, axes + 1, ...space.map((k) => k - 1)]);
  }
}

/**
 * Convolution over one axis (cross-correlation, as torch.nn.Conv1d), y[b, o, p] = Σ W[o, c, k]
 * x[b, c, stride · p + k − padding] + bias[o]. x [batch, in, length] → [batch, out,
 * ⌊(length + 2 · padding − kernel) / stride⌋ + 1]. A dense map's weight is W as [out, in · kernel].
 * @throws ShapeError for sizes out of range, or a kernel that does not fit
 * @example
 * const layer = new Conv1d(2, 4, { kernel: 3, padding: 1, linear: "rotation", random: rng(1) });
 * layer.forward(ones([1, 2, 5])).shape; // [1, 4, 5]
 */
export class Conv1d extends Convolution {
  constructor(inChannels: number, outChannels: number, options: ConvolutionOptions) {
    super(1, inChannels, outChannels, options);
  }
}

/**
 * Convolution over two axes (cross-correlation, as torch.nn.Conv2d), otherwise as {@link Conv1d}.
 * x [batch, in, height, width] → [batch, out, height', width']. A dense map's weight is torch's
 * [out, in, kernel, kernel] as [out, in · kernel²].
 * @throws ShapeError for sizes out of range, or a kernel that does not fit
 * @example
 * const layer = new Conv2d(1, 8, { kernel: 5, stride: 2, random: rng(1) });
 * layer.forward(ones([1, 1, 9, 9])).shape; // [1, 8, 3, 3]
 */
export class Conv2d extends Convolution {
  constructor(inChannels: number, outChannels: number, options: ConvolutionOptions) {
    super(2, inChannels, outChannels, options);
  }
}
