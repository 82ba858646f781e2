/** @file Convolutions: a linear map, of any structure, on every window. */
import { reshape, stack, type Tensor, transpose } from "@spm/core";
import { type LinearChoice, linear } from "../factory.ts";
import type { LinearOptions } from "../linear.ts";
import type { LinearMap } from "../linear-map.ts";
import { Module } from "../module.ts";
import { type Sliding, sizes, windows } from "./windows.ts";

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

/** What both have in common: y[b, :, p] = map(window at p), a window laid out as [in, ...kernel]. */
abstract class Convolution extends Module {
  readonly map: LinearMap;
  readonly sliding: Sliding;

  constructor(name: string, axes: number, fanIn: number, fanOut: number, options: ConvolutionOptions) {
    super();
    const { kernel, stride = 1, padding = 0, linear: choice = "dense", random, bias = true, gain } = options;
    this.sliding = {
      kernel: sizes(name, "kernel sizes", kernel, axes, 1),
      stride: sizes(name, "strides", stride, axes, 1),
      padding: sizes(name, "paddings", padding, axes, 0),
    };
    const taps = this.sliding.kernel.reduce((a, b) => a * b, 1);
    this.map = linear(choice, fanIn * taps, fanOut, { random, bias, ...(gain !== undefined && { gain }) });
  }

  forward(x: Tensor): Tensor {
    const taps = stack(windows(this.constructor.name, x, this.sliding), 2); // [batch, in, taps, ...out]
    const [batch, channels, count, ...out] = taps.shape as [number, number, number, ...number[]];
    const rows = transpose(reshape(taps, [batch, channels * count, -1]), [0, 2, 1]);
    const y = transpose(this.map.forward(rows), [0, 2, 1]);
    return reshape(y, [batch, this.map.fanOut, ...out]);
  }
}

/**
 * Convolution (cross-correlation, as torch.nn.Conv1d): y[b, o, p] = Σ W[o, c, k] x[b, c, stride · p + k − padding] + bias[o].
 * x [batch, in, length] → [batch, out, ⌊(length + 2 · padding − kernel) / stride⌋ + 1]; the dense map's weight is W as [out, in · kernel].
 * @throws ShapeError for sizes out of range, or a kernel that does not fit
 * @example new Conv1d(16, 32, { kernel: 3, padding: 1, linear: "rotation", random: rng(1) });
 */
export class Conv1d extends Convolution {
  constructor(channelsIn: number, channelsOut: number, options: ConvolutionOptions) {
    super("Conv1d", 1, channelsIn, channelsOut, options);
  }
}

/**
 * The same over two axes. x [batch, in, height, width] → [batch, out, height', width']; the dense map's weight is torch's
 * [out, in, kernel, kernel] as [out, in · kernel²].
 * @throws ShapeError for sizes out of range, or a kernel that does not fit
 * @example new Conv2d(1, 8, { kernel: 5, stride: 2, random: rng(1) });
 */
export class Conv2d extends Convolution {
  constructor(channelsIn: number, channelsOut: number, options: ConvolutionOptions) {
    super("Conv2d", 2, channelsIn, channelsOut, options);
  }
}
