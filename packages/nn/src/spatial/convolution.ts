/** @file Convolutions: a linear map, of any structure, on every window, or into every window. */

import {
  add,
  type Parameter,
  parameter,
  reshape,
  type Shape,
  type Tensor,
  transpose,
  zeros,
} from "@spm/core";
import {
  checkOptions,
  checkTensors,
  type OptionNames,
  ShapeError,
  showValue,
  sizeOf,
} from "@spm/core/extend";
import { describe } from "../description/module-kind.ts";
import { ofChannels } from "../functional/channels.ts";
import {
  type ConvolveOptions,
  convolve,
  convolveOptions,
  convolveTransposed,
  type TransposeOptions,
  transposeOptions,
} from "../functional/convolution.ts";
import { checkSizes, paddingOf, type Sliding, slidingOf } from "../functional/windows.ts";
import type { LinearChoice } from "../linear-kinds.ts";
import { type LinearMap, type LinearOptions, linearOptions } from "../linear-map.ts";
import { Module } from "../module.ts";
import { checkSizes as checkChannels } from "../options.ts";
import { groupedMap } from "./grouped-map.ts";

/** Options of the layers besides those of the functions. */
interface KernelOptions extends LinearOptions {
  /** Size of the kernel, one for all axes or one for each. */
  readonly kernel: number | readonly number[];
  /**
   * The map of a window's values, in each group.
   * @defaultValue "dense"
   */
  readonly linear?: LinearChoice;
}

/** Options of {@link Conv1d} and {@link Conv2d}. */
export interface ConvolutionOptions extends KernelOptions, ConvolveOptions {}

/** Options of {@link ConvTranspose1d} and {@link ConvTranspose2d}. */
export interface ConvTransposeOptions extends KernelOptions, TransposeOptions {}

const kernelOptions: OptionNames<KernelOptions> = { ...linearOptions, kernel: true, linear: true };
const names: OptionNames<ConvolutionOptions> = { ...kernelOptions, ...convolveOptions };
const transposeNames: OptionNames<ConvTransposeOptions> = { ...kernelOptions, ...transposeOptions };

/** The kernel of a layer, its steps, and its groups. */
function slidingOfLayer(
  name: string,
  axes: number,
  channels: readonly [number, number],
  { kernel, groups = 1, ...steps }: KernelOptions & TransposeOptions,
): Sliding & { readonly groups: number } {
  checkChannels(name, "channels in, out", ...channels);
  if (!Number.isSafeInteger(groups) || groups < 1 || channels.some((n) => n % groups !== 0))
    throw new ShapeError(
      name,
      `a number of groups that divides ${channels.join(" and ")} channels`,
      showValue(groups),
    );
  return { ...slidingOf(name, checkSizes(name, "kernel sizes", kernel, axes, 1), steps), groups };
}

/** y[b, :, p] = map(window at p), over any number of axes; a window is laid out [in, ...kernel]. */
abstract class Convolution extends Module {
  readonly map: LinearMap;
  readonly inChannels: number;
  readonly kernel: Shape;
  readonly sliding: Omit<ConvolveOptions, "groups">;

  constructor(axes: number, inChannels: number, outChannels: number, options: ConvolutionOptions) {
    super();
    const { name } = new.target;
    checkOptions(name, options, names);
    const { padding = 0, linear = "dense", random, bias, gain } = options;
    const channels = [inChannels, outChannels] as const;
    const { groups, ...sliding } = slidingOfLayer(name, axes, channels, { ...options, padding: 0 });
    const { kernel, stride, dilation } = sliding;
    paddingOf(name, sliding, padding);
    describe(this, {
      ...{ inChannels, outChannels, kernel, stride, dilation, padding, groups },
    });
    this.inChannels = inChannels;
    this.kernel = kernel;
    this.sliding = { stride, dilation, padding };
    const maps = {
      random,
      ...(bias !== undefined && { bias }),
      ...(gain !== undefined && { gain }),
    };
    this.map = groupedMap(linear, inChannels * sizeOf(kernel), outChannels, groups, maps);
  }

  override get pytorchNames(): Readonly<Record<string, readonly string[]>> {
    return { weight: ["map.weight"], bias: ["map.bias"] };
  }

  forward(x: Tensor): Tensor {
    const { name } = this.constructor;
    checkTensors(name, x);
    return convolve(name, x, this.inChannels, this.kernel, this.sliding, (rows) =>
      this.map.forward(rows),
    );
  }
}

/**
 * y[b, :, window at p] += map(x[b, :, p]), over any number of axes, and a bias for each channel; a
 * window is laid out [out, ...kernel].
 */
abstract class ConvTranspose extends Module {
  readonly map: LinearMap;
  readonly bias: Parameter | null;
  readonly channels: readonly [inChannels: number, outChannels: number];
  readonly kernel: Shape;
  readonly sliding: Omit<TransposeOptions, "groups">;
  readonly #groups: number;

  constructor(
    axes: number,
    inChannels: number,
    outChannels: number,
    options: ConvTransposeOptions,
  ) {
    super();
    const { name } = new.target;
    checkOptions(name, options, transposeNames);
    const { padding = 0, outputPadding = 0, linear = "dense", random, bias = true } = options;
    this.channels = [inChannels, outChannels];
    const { groups, kernel, stride, dilation } = slidingOfLayer(name, axes, this.channels, options);
    this.kernel = kernel;
    this.sliding = {
      ...{ stride, dilation },
      padding: checkSizes(name, "paddings", padding, axes, 0),
      outputPadding: checkSizes(name, "output paddings", outputPadding, axes, 0),
    };
    describe(this, {
      ...{ inChannels, outChannels, kernel, ...this.sliding, groups, bias },
    });
    const maps = { random, bias: false, ...(options.gain !== undefined && { gain: options.gain }) };
    this.map = groupedMap(linear, inChannels, outChannels * sizeOf(kernel), groups, maps);
    this.bias = bias ? parameter(() => zeros([outChannels]), { decay: false }) : null;
    this.#groups = groups;
  }

  override get pytorchNames(): Readonly<Record<string, readonly string[]>> {
    return { weight: ["map.weight"] };
  }

  /** The weight [in, out / groups, ...kernel] as [groups, out · kernel / groups, in / groups]. */
  fromPytorch(name: string, value: Tensor): Tensor {
    const [inChannels = 0, ...others] = value.shape;
    if (name !== "weight" || inChannels % this.#groups !== 0) return value;
    const parts = reshape(value, [this.#groups, inChannels / this.#groups, sizeOf(others)]);
    return transpose(parts, [0, 2, 1]);
  }

  forward(x: Tensor): Tensor {
    const { name } = this.constructor;
    checkTensors(name, x);
    const { channels, kernel, sliding, bias } = this;
    const y = convolveTransposed(name, x, channels, kernel, sliding, (rows) =>
      this.map.forward(rows),
    );
    return bias === null ? y : add(y, ofChannels(bias, kernel.length));
  }
}

/**
 * Convolution over one axis (cross-correlation, as torch.nn.Conv1d), y[b, o, p] = Σ W[o, c, k]
 * x[b, c, stride · p + dilation · k − padding] + bias[o], as {@link conv1d}. x [batch, in, length]
 * or [in, length] → [batch, out, length']. A dense map's weight is W as [out, in · kernel], with
 * groups as [groups, out / groups, in · kernel / groups]; other kinds have a map for each group.
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
 * x [batch, in, height, width] or [in, height, width] → [batch, out, height', width'].
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

/**
 * Transposed convolution over one axis, as torch.nn.ConvTranspose1d and {@link convTranspose1d}:
 * the transposed map of {@link Conv1d}, with a bias that is 0 at first. x [batch, in, length] or
 * [in, length] → [batch, out, length']. A dense map's weight is [out · kernel, in], with groups
 * [groups, out · kernel / groups, in / groups]; other kinds have a map for each group.
 * @throws ShapeError for sizes out of range
 * @example
 * const layer = new ConvTranspose1d(4, 2, { kernel: 4, stride: 2, padding: 1, random: rng(1) });
 * layer.forward(ones([1, 4, 5])).shape; // [1, 2, 10]
 */
export class ConvTranspose1d extends ConvTranspose {
  constructor(inChannels: number, outChannels: number, options: ConvTransposeOptions) {
    super(1, inChannels, outChannels, options);
  }
}

/**
 * Transposed convolution over two axes, otherwise as {@link ConvTranspose1d}.
 * x [batch, in, height, width] or [in, height, width] → [batch, out, height', width'].
 * @throws ShapeError for sizes out of range
 * @example
 * const layer = new ConvTranspose2d(4, 2, { kernel: 2, stride: 2, random: rng(1) });
 * layer.forward(ones([1, 4, 3, 3])).shape; // [1, 2, 6, 6]
 */
export class ConvTranspose2d extends ConvTranspose {
  constructor(inChannels: number, outChannels: number, options: ConvTransposeOptions) {
    super(2, inChannels, outChannels, options);
  }
}
