/** @file Deep LayerNorm networks of the theory of neural collapse: a ResNet and a transformer. */

import { at, mean, type Tensor } from "@spm/core";
import {
  checkOptions,
  checkTensors,
  type OptionNames,
  ShapeError,
  showShape,
} from "@spm/core/extend";
import { Embedding, LearnedPositions, type LinearMap, Module } from "@spm/nn";
import {
  checkChoice,
  checkSizes,
  describe,
  fields,
  type ModuleKind,
  moduleKind,
} from "@spm/nn/extend";
import {
  AttentionBlock,
  blockOptions,
  plainMap,
  ResidualBlock,
  type ResidualBlockOptions,
  unitNorm,
} from "./blocks.ts";

/** Options of {@link LayerNormResNet}. */
export interface LayerNormResNetOptions extends ResidualBlockOptions {
  /**
   * Numbers of a sample, which a dense map embeds.
   * @defaultValue none: samples have the width already, and there is no such map
   */
  readonly features?: number;
  readonly width: number;
  /** Blocks, L. */
  readonly depth: number;
  readonly classes: number;
}
const resNetNames: OptionNames<LayerNormResNetOptions> = {
  ...blockOptions,
  features: true,
  width: true,
  depth: true,
  classes: true,
};

/**
 * A ResNet whose features have norm 1 after each of its L blocks (our form of that of Súkeník,
 * Lampert and Mondelli 2025, whose exact block is not known here): h₀ = N(W₀ x), then a
 * {@link ResidualBlock} each, logits W h_L, no biases. x [..., features] → [..., classes];
 * `embed` gives h_L [..., width]. `linear` decides the maps of the blocks.
 * @throws ShapeError for sizes below 1 or other features
 * @example
 * const sizes = { features: 784, width: 64, depth: 5, classes: 10 };
 * const model = new LayerNormResNet({ ...sizes, maps: 2, random: rng(1) });
 * model.forward(normal(rng(2), [3, 784])).shape; // [3, 10]
 */
export class LayerNormResNet extends Module {
  /** W₀, or null. */
  readonly first: LinearMap | null;
  readonly blocks: readonly ResidualBlock[];
  /** W [classes, width] */
  readonly head: LinearMap;

  constructor(options: LayerNormResNetOptions) {
    super();
    checkOptions("LayerNormResNet", options, resNetNames);
    const { features, width, depth, classes, ...block } = options;
    const { random } = block;
    checkSizes("LayerNormResNet", "width, depth and classes", width, depth, classes);
    const { maps = 1, residual = true } = block;
    describe(this, { features: features ?? null, width, depth, classes, maps, residual });
    this.first = features === undefined ? null : plainMap("dense", features, width, random);
    this.blocks = Array.from({ length: depth }, () => new ResidualBlock(width, block));
    this.head = plainMap("dense", width, classes, random);
  }

  /** h_L, the features before the head, of norm 1 and mean 0: x [..., features] → [..., width]. */
  embed(x: Tensor): Tensor {
    const start = unitNorm(this.first?.forward(x) ?? x);
    return this.blocks.reduce((h, block) => block.forward(h), start);
  }

  forward(x: Tensor): Tensor {
    return this.head.forward(this.embed(x));
  }
}

/** Options of {@link LayerNormTransformer}. */
export interface LayerNormTransformerOptions extends Omit<ResidualBlockOptions, "residual"> {
  /** Number of different tokens. */
  readonly vocabulary: number;
  /** Length of the longest sequence. */
  readonly context: number;
  readonly width: number;
  /** Pairs of blocks, L. */
  readonly depth: number;
  readonly classes: number;
  /**
   * The vector of a sequence that the head reads: N of the mean of its tokens, or its last token.
   * @defaultValue "mean"
   */
  readonly reads?: "mean" | "last";
}
const { residual: _, ...transformerBlockOptions } = blockOptions;
const transformerNames: OptionNames<LayerNormTransformerOptions> = {
  ...transformerBlockOptions,
  vocabulary: true,
  context: true,
  width: true,
  depth: true,
  classes: true,
  reads: true,
};

/**
 * A transformer whose tokens have norm 1 after each block, our form of that of Súkeník, Lampert and
 * Mondelli (2025): h₀ = N(E[token] + P[position]), then an {@link AttentionBlock} and a
 * {@link ResidualBlock}, L times, logits W h, no biases. tokens [batch, time], int32 →
 * [batch, classes]; `embed` gives h [batch, width].
 * @throws ShapeError for sizes below 1 or a sequence longer than the context; ValueError for an
 * unknown word
 * @example
 * const sizes = { vocabulary: 50, context: 4, width: 8, depth: 2, classes: 3 };
 * const model = new LayerNormTransformer({ ...sizes, random: rng(1) });
 * model.forward(tensor([[1, 2, 3]], { dtype: "int32" })).shape; // [1, 3]
 */
export class LayerNormTransformer extends Module {
  /** E [vocabulary, width] */
  readonly embedding: Embedding;
  /** P [context, width] */
  readonly positions: LearnedPositions;
  readonly blocks: readonly (readonly [AttentionBlock, ResidualBlock])[];
  /** W [classes, width] */
  readonly head: LinearMap;
  readonly #reads: "mean" | "last";

  constructor(options: LayerNormTransformerOptions) {
    super();
    checkOptions("LayerNormTransformer", options, transformerNames);
    const { vocabulary, context, width, depth, classes, reads = "mean", maps, ...rest } = options;
    const { random } = rest;
    checkSizes("LayerNormTransformer", "depth and classes", depth, classes);
    checkChoice("LayerNormTransformer", ["mean", "last"], reads);
    describe(this, { vocabulary, context, width, depth, classes, reads, maps: maps ?? 1 });
    this.embedding = new Embedding(vocabulary, width, { random, deviation: 0.02 });
    this.positions = new LearnedPositions(context, width, { random });
    const ofBlock = { ...rest, ...(maps && { maps }) };
    this.blocks = Array.from(
      { length: depth },
      () => [new AttentionBlock(width, rest), new ResidualBlock(width, ofBlock)] as const,
    );
    this.head = plainMap("dense", width, classes, random);
    this.#reads = reads;
  }

  /** h, the features before the head, of norm 1 and mean 0: tokens → [batch, width]. */
  embed(tokens: Tensor): Tensor {
    checkTensors("LayerNormTransformer", tokens);
    if (tokens.shape.length !== 2)
      throw new ShapeError("LayerNormTransformer", "tokens [batch, time]", showShape(tokens.shape));
    const start = unitNorm(this.positions.forward(this.embedding.forward(tokens)));
    const h = this.blocks.flat().reduce((h, block) => block.forward(h), start);
    return this.#reads === "last" ? at(h, {}, -1) : unitNorm(mean(h, 1));
  }

  forward(tokens: Tensor): Tensor {
    return this.head.forward(this.embed(tokens));
  }
}

const { flag, nullable, size, word } = fields;
const sizes = { width: size, depth: size, classes: size, maps: word<1 | 2>(1, 2) };

/** The networks in files. */
export const layerNormNetModules: readonly ModuleKind[] = [
  moduleKind(
    "LayerNormResNet",
    LayerNormResNet,
    { ...sizes, features: nullable(size), residual: flag },
    ({ features, ...options }, { random }) =>
      new LayerNormResNet({ ...options, ...(features !== null && { features }), random }),
  ),
  moduleKind(
    "LayerNormTransformer",
    LayerNormTransformer,
    { ...sizes, vocabulary: size, context: size, reads: word("mean", "last") },
    (options, { random }) => new LayerNormTransformer({ ...options, random }),
  ),
];
