/** @file A pre-norm block of a decoder that attends to an encoder's tokens. */

import { add, type Tensor } from "@spm/core";
import { checkOptions, type OptionNames } from "@spm/core/extend";
import { describe, type ModuleKind, moduleKind } from "../description/module-kind.ts";
import { Dropout } from "../dropout.ts";
import { Module } from "../module.ts";
import { type LayerNorm, normOf, type RmsNorm } from "../norms.ts";
import { MultiHeadAttention } from "./attention.ts";
import { FeedForward } from "./feed-forward.ts";
import {
  blockFields,
  blockOptions,
  blockValues,
  partsOfBlock,
  type TransformerBlockOptions,
} from "./transformer-block.ts";

/** Options of {@link DecoderBlock}. */
export type DecoderBlockOptions = Omit<TransformerBlockOptions, "causal" | "rotary">;

const { causal: _, rotary: __, ...names } = blockOptions;
const decoderBlockOptions: OptionNames<DecoderBlockOptions> = names;

/**
 * A block of a decoder (Vaswani et al. 2017, pre-norm), x ← x + selfAttention(norm₁(x)), which is
 * causal, then x ← x + crossAttention(norm₂(x), memory), then x ← x + feedForward(norm₃(x)).
 * x [batch, time, width], memory [batch, source, width] → x's shape.
 * @throws ShapeError unless width is a multiple of heads; ValueError for unknown words
 * @example
 * const block = new DecoderBlock(8, { heads: 2, random: rng(1) });
 * block.forward(ones([1, 5, 8]), ones([1, 3, 8])).shape; // [1, 5, 8]
 */
export class DecoderBlock extends Module {
  readonly selfNorm: LayerNorm | RmsNorm;
  readonly selfAttention: MultiHeadAttention;
  readonly crossNorm: LayerNorm | RmsNorm;
  readonly crossAttention: MultiHeadAttention;
  readonly feedForwardNorm: LayerNorm | RmsNorm;
  readonly feedForward: FeedForward;
  readonly dropout: Dropout;

  constructor(width: number, options: DecoderBlockOptions) {
    super();
    checkOptions("DecoderBlock", options, decoderBlockOptions);
    const { norm, dropout, attention, feedForward } = partsOfBlock(options);
    this.selfNorm = normOf(norm, width);
    this.selfAttention = new MultiHeadAttention(width, { ...attention, causal: true });
    this.crossNorm = normOf(norm, width);
    this.crossAttention = new MultiHeadAttention(width, attention);
    this.feedForwardNorm = normOf(norm, width);
    this.feedForward = new FeedForward(width, feedForward);
    this.dropout = new Dropout(dropout, { random: options.random.split(1)[0]! });
    describe(this, blockValues(width, options));
  }

  override get pytorchNames(): Readonly<Record<string, readonly string[]>> {
    return {
      self_attn: ["selfAttention"],
      multihead_attn: ["crossAttention"],
      norm1: ["selfNorm"],
      norm2: ["crossNorm"],
      norm3: ["feedForwardNorm"],
      linear1: ["feedForward.up"],
      linear2: ["feedForward.down"],
    };
  }

  /**
   * @param x - [batch, time, width]
   * @param memory - what the encoder made of the source, [batch, source, width]
   * @param mask - where x attends to itself, [batch, heads, time, time], broadcasts
   * @param memoryMask - where it attends to the memory, [batch, heads, time, source], broadcasts
   */
  forward(x: Tensor, memory: Tensor, mask?: Tensor, memoryMask?: Tensor): Tensor {
    const seen = this.selfAttention.forward(this.selfNorm.forward(x), mask);
    const own = add(x, this.dropout.forward(seen));
    const read = this.crossAttention.forward(this.crossNorm.forward(own), memoryMask, memory);
    const both = add(own, this.dropout.forward(read));
    const made = this.feedForward.forward(this.feedForwardNorm.forward(both));
    return add(both, this.dropout.forward(made));
  }
}

/** The block in files. */
export const decoderBlockModule: ModuleKind = moduleKind(
  "DecoderBlock",
  DecoderBlock,
  blockFields,
  ({ width, ...options }, { random }) => new DecoderBlock(width, { ...options, random }),
);
