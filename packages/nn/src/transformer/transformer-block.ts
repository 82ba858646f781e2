/** @file A pre-norm transformer block. */
import { add, type Tensor } from "@spm/core";
import { Dropout } from "../dropout.ts";
import { Module } from "../module.ts";
import { type LayerNorm, type NormKind, normOf, type RmsNorm } from "../norms.ts";
import { type AttentionOptions, MultiHeadAttention } from "./attention.ts";
import { FeedForward, type FeedForwardOptions } from "./feed-forward.ts";
import type { KeyValueCache } from "./key-value-cache.ts";

/** How a block is built. */
export interface TransformerBlockOptions extends AttentionOptions, FeedForwardOptions {
  /** `layer` unless said. */
  readonly norm?: NormKind;
  /** Probability that an element of what a branch adds is dropped while training; 0 unless said. */
  readonly dropout?: number;
}

/**
 * x ← x + attention(norm₁(x)), then x ← x + feedForward(norm₂(x)) (pre-norm, Xiong et al. 2020).
 * x [batch, time, width] → the same shape.
 * @example
 * new TransformerBlock(256, {
 *   heads: 4,
 *   causal: true,
 *   activation: "swiglu",
 *   linear: "general",
 *   random: rng(1),
 * });
 */
export class TransformerBlock extends Module {
  readonly attentionNorm: LayerNorm | RmsNorm;
  readonly attention: MultiHeadAttention;
  readonly feedForwardNorm: LayerNorm | RmsNorm;
  readonly feedForward: FeedForward;
  readonly dropout: Dropout;

  constructor(width: number, options: TransformerBlockOptions) {
    super();
    const { norm = "layer", dropout = 0, random } = options;
    this.attentionNorm = normOf(norm, width);
    this.attention = new MultiHeadAttention(width, options);
    this.feedForwardNorm = normOf(norm, width);
    this.feedForward = new FeedForward(width, options);
    this.dropout = new Dropout(dropout, random.split(1)[0]!);
  }

  forward(x: Tensor, mask?: Tensor): Tensor {
    const normal = this.attentionNorm.forward(x);
    return this.#rest(
      x,
      mask ? this.attention.forward(normal, mask) : this.attention.forward(normal),
    );
  }

  /** The next tokens after those that the cache holds, as {@link MultiHeadAttention.extend}. */
  extend(x: Tensor, cache: KeyValueCache): Tensor {
    return this.#rest(x, this.attention.extend(this.attentionNorm.forward(x), cache));
  }

  #rest(x: Tensor, seen: Tensor): Tensor {
    const middle = add(x, this.dropout.forward(seen));
    return add(
      middle,
      this.dropout.forward(this.feedForward.forward(this.feedForwardNorm.forward(middle))),
    );
  }
}
