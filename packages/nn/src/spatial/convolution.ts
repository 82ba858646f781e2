/** @file Convolutions: a linear map, of any structure, on every window. */
import { reshape, type Shape, type Tensor, transpose } from "@spm/core";
import { ShapeError, showShape, sizeOf } from "@spm/core/extend";
import { checkSizes, type SlidingOptions, windows } from "../functional/windows.ts";
import { type LinearChoice, linear } from "../linear-kinds.ts";
import type { LinearMap, LinearOptions } from "../linear-map.ts";
import { Module } from "../module.ts";
import { checkSizes as checkChannels } from "../options.ts";

/** How a convolution is built. */
export interface ConvolutionOptions extends LinearOptions {
  /** Size of the kernel, one for all axes or one for each. */
  readonly kernel: number | readonly number[];
  /** 1 unless said. */
  readonly stride?: number | readonly number[];
  /** Zeros on either side; 0 unless said. */
  readonly padding?: number | readonly number[];
  /** The map from a window's values to the channels out; dense unless said. */
  readonly linear?: LinearChoice;
}

/**
 * What both have in common: y[b, :, p] = map(window at p), a window laid out as [in, ...kernel].
 */
abstract class Convolution extends Module {
  readonly map: LinearMap;
  readonly channelsIn: number;
  readonly kernel: Shape;
  readonly sliding: SlidingOptions;

  constructor(axes: number, channelsIn: number, channelsOut: number, options: ConvolutionOptions) {
    super();
    const {
      kernel,
      stride = 1,
      padding = 0,
      linear: choice = "dense",
      random,
      bias = true,
      gain,
    } = options;
    const { name } = new.target;
    checkChannels(name, "channels in, out", channelsIn, channelsOut);
    this.channelsIn = channelsIn;
    this.kernel = checkSizes(name, "kernel sizes", kernel, axes, 1);
    this.sliding = {
      stride: checkSizes(name, "strides", stride, axes, 1),
      padding: checkSizes(name, "paddings", padding, axes, 0),
    };
    const scale = gain === undefined ? {} : { gain };
    this.map = linear(choice, channelsIn * sizeOf(this.kernel), channelsOut, {
      random,
      bias,
      ...scale,
    });
  }

  forward(x: Tensor): Tensor {
    const axes = this.kernel.length;
    if (x.shape.length !== axes + 2 || x.shape[1] !== this.channelsIn)
      throw new ShapeError(
        this.constructor.name,
        `x of shape [batch, ${this.channelsIn}, ${["length", "height, width"][axes - 1]}]`,
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
 * Convolution (cross-correlation, as torch.nn.Conv1d): y[b, o, p] = Σ W[o, c, k] x[b, c, stride ·
 * p + k − padding] + bias[o]. x [batch, in, length] → [batch, out, ⌊(length + 2 · padding − kernel)
 * / stride⌋ + 1]; the dense map's weight is W as [out, in · kernel].
 * @throws ShapeError for sizes out of range, or a kernel that does not fit
 * @example new Conv1d(16, 32, { kernel: 3, padding: 1, linear: "rotation", random: rng(1) });
 */
export class Conv1d extends Convolution {
  constructor(channelsIn: number, channelsOut: number, options: ConvolutionOptions) {
    super(1, channelsIn, channelsOut, options);
  }
}

/**
 * The same over two axes. x [batch, in, height, width] → [batch, out, height', width']; the dense
 * map's weight is torch's [out, in, kernel, kernel] as [out, in · kernel²].
 * @throws ShapeError for sizes out of range, or a kernel that does not fit
 * @example new Conv2d(1, 8, { kernel: 5, stride: 2, random: rng(1) });
 */
export class Conv2d extends Convolution {
  constructor(channelsIn: number, channelsOut: number, options: ConvolutionOptions) {
    super(2, channelsIn, channelsOut, options);
  }
}
