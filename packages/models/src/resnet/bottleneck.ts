/** @file The bottleneck block of a residual network. */

import { add, type Rng, relu, type Tensor } from "@spm/core";
import { checkOptions, type OptionNames } from "@spm/core/extend";
import { BatchNorm2d, Conv2d, type LinearChoice, Module } from "@spm/nn";
import {
  checkSizes,
  describe,
  fields,
  type ModuleKind,
  moduleKind,
  partKinds,
} from "@spm/nn/extend";

/** Options of {@link Bottleneck}. */
export interface BottleneckOptions {
  /** Channels between the 1×1 convolutions. */
  readonly width: number;
  /**
   * The step of the 3×3 convolution, and of the shortcut.
   * @defaultValue 1
   */
  readonly stride?: number;
  /**
   * The maps of the channels: those of the 1×1 convolutions.
   * @defaultValue "dense"
   */
  readonly linear?: LinearChoice;
  readonly random: Rng;
}

const names: OptionNames<BottleneckOptions> = {
  width: true,
  stride: true,
  linear: true,
  random: true,
};

/** A convolution without a bias, and the norm that has one. */
class NormedConvolution extends Module {
  readonly convolution: Conv2d;
  readonly norm: BatchNorm2d;

  constructor(convolution: Conv2d, channels: number) {
    super();
    this.convolution = convolution;
    this.norm = new BatchNorm2d(channels);
  }

  forward(x: Tensor): Tensor {
    return this.norm.forward(this.convolution.forward(x));
  }
}

/**
 * A bottleneck block (He et al. 2016), y = relu(shortcut(x) + f(x)), f a 1×1 convolution to `width`
 * channels, a 3×3 one with the stride, and a 1×1 one to the output's channels, each with batch norm
 * and a ReLU between them. The shortcut is the identity where the shapes agree, otherwise a 1×1
 * convolution with batch norm. x [batch, in, height, width] → [batch, out, height', width'].
 * @throws ShapeError for sizes below 1; ValueError for an unknown linear map
 * @example
 * const block = new Bottleneck(8, 16, { width: 4, stride: 2, linear: "general", random: rng(1) });
 * block.forward(normal(rng(2), [1, 8, 6, 6])).shape; // [1, 16, 3, 3]
 */
export class Bottleneck extends Module {
  readonly narrow: NormedConvolution;
  readonly spatial: NormedConvolution;
  readonly wide: NormedConvolution;
  readonly shortcut: NormedConvolution | null;

  constructor(inChannels: number, outChannels: number, options: BottleneckOptions) {
    super();
    checkOptions("Bottleneck", options, names);
    const { width, stride = 1, linear = "dense", random } = options;
    checkSizes("Bottleneck", "channels in, out, width", inChannels, outChannels, width);
    describe(this, { inChannels, outChannels, width, stride });
    const mixing = (from: number, to: number, step: number): NormedConvolution => {
      const given = { kernel: 1, stride: step, linear, bias: false, random };
      return new NormedConvolution(new Conv2d(from, to, given), to);
    };
    const window = { kernel: 3, stride, padding: 1, bias: false, random };
    this.narrow = mixing(inChannels, width, 1);
    this.spatial = new NormedConvolution(new Conv2d(width, width, window), width);
    this.wide = mixing(width, outChannels, 1);
    const same = stride === 1 && inChannels === outChannels;
    this.shortcut = same ? null : mixing(inChannels, outChannels, stride);
  }

  /** Those of torchvision.models.resnet. */
  override get pytorchNames(): Readonly<Record<string, readonly string[]>> {
    return {
      conv1: ["narrow.convolution"],
      bn1: ["narrow.norm"],
      conv2: ["spatial.convolution"],
      bn2: ["spatial.norm"],
      conv3: ["wide.convolution"],
      bn3: ["wide.norm"],
      "downsample.0": ["shortcut.convolution"],
      "downsample.1": ["shortcut.norm"],
    };
  }

  forward(x: Tensor): Tensor {
    const inner = relu(this.spatial.forward(relu(this.narrow.forward(x))));
    return relu(add(this.shortcut?.forward(x) ?? x, this.wide.forward(inner)));
  }
}

const { size } = fields;

/** {@link Bottleneck} in files. */
export const bottleneckModule: ModuleKind = moduleKind(
  "Bottleneck",
  Bottleneck,
  { inChannels: size, outChannels: size, width: size, stride: size },
  ({ inChannels, outChannels, ...options }, { random }) =>
    new Bottleneck(inChannels, outChannels, { ...options, random }),
);

partKinds(NormedConvolution);
