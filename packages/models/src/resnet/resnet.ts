/** @file A residual network of bottleneck blocks on images. */

import { type Rng, relu, reshape, type Tensor } from "@spm/core";
import {
  checkList,
  checkOptions,
  checkTensors,
  type OptionNames,
  ShapeError,
  showShape,
} from "@spm/core/extend";
import {
  adaptiveAvgPool2d,
  BatchNorm2d,
  Conv2d,
  Linear,
  type LinearChoice,
  Module,
  maxPool2d,
} from "@spm/nn";
import {
  checkChoice,
  checkSizes,
  describe,
  fields,
  type ModuleKind,
  moduleKind,
} from "@spm/nn/extend";
import { Bottleneck } from "./bottleneck.ts";

/** Options of {@link ResNet}. */
export interface ResNetOptions {
  /** Channels of the images. */
  readonly channels: number;
  /** Channels of the stem, and between the 1×1 convolutions of the first stage. */
  readonly width: number;
  /** The number of blocks of each stage; every stage after the first halves the image. */
  readonly blocks: readonly number[];
  readonly classes: number;
  /**
   * Channels behind a block for each one inside of it.
   * @defaultValue 4
   */
  readonly expansion?: number;
  /**
   * `small`: a 3×3 convolution. `large`: a 7×7 one of stride 2 and a max pooling, which leave a
   * sixteenth of the pixels.
   * @defaultValue "small"
   */
  readonly stem?: "small" | "large";
  /**
   * The maps of the channels: those of all 1×1 convolutions.
   * @defaultValue "dense"
   */
  readonly linear?: LinearChoice;
  readonly random: Rng;
}

const names: OptionNames<ResNetOptions> = {
  channels: true,
  width: true,
  blocks: true,
  classes: true,
  expansion: true,
  stem: true,
  linear: true,
  random: true,
};

/**
 * A residual network (He et al. 2016): a stem, stages of {@link Bottleneck} blocks, of which stage
 * s has 2ˢ · width channels inside and `expansion` times as many outside, the mean of each channel,
 * and a dense head. `linear` decides every 1×1 convolution. x [batch, channels, height, width] →
 * logits [batch, classes]. With `stem: "large"`, width 64, blocks [3, 4, 6, 3] it is ResNet-50.
 * @throws ShapeError for sizes below 1, and for images of other channels; ValueError for unknown
 * words
 * @example
 * const sizes = { channels: 3, width: 8, blocks: [1, 1], classes: 10 };
 * const model = new ResNet({ ...sizes, linear: "rotation", random: rng(1) });
 * model.forward(normal(rng(2), [2, 3, 8, 8])).shape; // [2, 10]
 */
export class ResNet extends Module {
  readonly stem: Conv2d;
  readonly stemNorm: BatchNorm2d;
  readonly stages: readonly (readonly Bottleneck[])[];
  readonly head: Linear;
  readonly #pooled: boolean;

  constructor(options: ResNetOptions) {
    super();
    checkOptions("ResNet", options, names);
    const { channels, width, blocks, classes, random } = options;
    const { expansion = 4, stem = "small", linear = "dense" } = options;
    checkSizes(
      "ResNet",
      "channels, width, classes, expansion",
      channels,
      width,
      classes,
      expansion,
    );
    const counts = checkList("ResNet", blocks, "numbers of blocks");
    if (counts.length === 0) throw new ShapeError("ResNet", "at least one stage", "none");
    checkSizes("ResNet", "blocks of a stage", ...blocks);
    checkChoice("ResNet", ["small", "large"], stem);
    const window =
      stem === "large" ? { kernel: 7, stride: 2, padding: 3 } : { kernel: 3, padding: 1 };
    describe(this, { channels, width, blocks, classes, expansion, stem });
    this.stem = new Conv2d(channels, width, { ...window, bias: false, random });
    this.stemNorm = new BatchNorm2d(width);
    this.#pooled = stem === "large";
    let inChannels = width;
    this.stages = blocks.map((count, stage) =>
      Array.from({ length: count }, (_, k) => {
        const inner = width * 2 ** stage;
        const stride = stage > 0 && k === 0 ? 2 : 1;
        const given = { width: inner, stride, linear, random };
        const block = new Bottleneck(inChannels, inner * expansion, given);
        inChannels = inner * expansion;
        return block;
      }),
    );
    this.head = new Linear(inChannels, classes, { random });
  }

  /** Those of torchvision.models.ResNet. */
  override get pytorchNames(): Readonly<Record<string, readonly string[]>> {
    const stages = this.stages.map((_, k) => [`layer${k + 1}`, [`stages.${k}`]] as const);
    return { conv1: ["stem"], bn1: ["stemNorm"], fc: ["head"], ...Object.fromEntries(stages) };
  }

  forward(x: Tensor): Tensor {
    checkTensors("ResNet", x);
    const { inChannels } = this.stem;
    if (x.shape.length !== 4 || x.shape[1] !== inChannels)
      throw new ShapeError(
        "ResNet",
        `x of shape [batch, ${inChannels}, height, width]`,
        showShape(x.shape),
      );
    const start = relu(this.stemNorm.forward(this.stem.forward(x)));
    const first = this.#pooled ? maxPool2d(start, 3, { stride: 2, padding: 1 }) : start;
    const features = this.stages.flat().reduce((h, block) => block.forward(h), first);
    return this.head.forward(reshape(adaptiveAvgPool2d(features, 1), features.shape.slice(0, 2)));
  }
}

const { list, size, word } = fields;

/** {@link ResNet} in files. */
export const resNetModule: ModuleKind = moduleKind(
  "ResNet",
  ResNet,
  {
    ...{ channels: size, width: size, blocks: list(size), classes: size, expansion: size },
    stem: word("small", "large"),
  },
  (options, { random }) => new ResNet({ ...options, random }),
);
