/** @file A pre-norm transformer block. */

import { add, type Tensor } from "@spm/core";
import { checkOptions, type OptionNames } from "@spm/core/extend";
import { type Field, flag, number, size, word } from "../description/fields.ts";
import {
  describe,
  type ModuleKind,
  moduleKind,
  type ValuesOf,
} from "../description/module-kind.ts";
import { Dropout } from "../dropout.ts";
import { Module } from "../module.ts";
import { type LayerNorm, type NormKind, normOf, type RmsNorm } from "../norms.ts";
import { type AttentionOptions, attentionOptions, MultiHeadAttention } from "./attention.ts";
import {
  FeedForward,
  type FeedForwardOptions,
  feedForwardOptions,
  hiddenWidth,
} from "./feed-forward.ts";
import type { KeyValueCache } from "./key-value-cache.ts";

/** Options of {@link TransformerBlock}. */
export interface TransformerBlockOptions extends AttentionOptions, FeedForwardOptions {
  /** @defaultValue "layer" */
  readonly norm?: NormKind;
  /**
   * The probability that an element of a branch's output is dropped in training.
   * @defaultValue 0
   */
  readonly dropout?: number;
}

/** Their names. */
export const blockOptions: OptionNames<TransformerBlockOptions> = {
  ...attentionOptions,
  ...feedForwardOptions,
  norm: true,
  dropout: true,
};

/** The options of each part of a block. */
export function partsOfBlock({ norm = "layer", dropout = 0, ...parts }: TransformerBlockOptions): {
  readonly norm: NormKind;
  readonly dropout: number;
  readonly attention: AttentionOptions;
  readonly feedForward: FeedForwardOptions;
} {
  const { activation: _, hidden: __, ...attention } = parts;
  const { heads: _h, causal: _c, rotary: _r, ...others } = parts;
  const { keyValueHeads: _k, attentionDropout: _d, ...feedForward } = others;
  return { norm, dropout, attention, feedForward };
}

/**
 * A transformer block, x ← x + attention(norm₁(x)), then x ← x + feedForward(norm₂(x)) (pre-norm,
 * Xiong et al. 2020). x [batch, time, width] → the same shape.
 * @throws ShapeError unless width is a multiple of heads; ValueError for unknown words
 * @example
 * const block = new TransformerBlock(8, { heads: 2, linear: "general", random: rng(1) });
 * block.forward(ones([1, 5, 8])).shape; // [1, 5, 8]
 */
export class TransformerBlock extends Module {
  readonly attentionNorm: LayerNorm | RmsNorm;
  readonly attention: MultiHeadAttention;
  readonly feedForwardNorm: LayerNorm | RmsNorm;
  readonly feedForward: FeedForward;
  readonly dropout: Dropout;

  constructor(width: number, options: TransformerBlockOptions) {
    super();
    checkOptions("TransformerBlock", options, blockOptions);
    const { norm, dropout, attention, feedForward } = partsOfBlock(options);
    this.attentionNorm = normOf(norm, width);
    this.attention = new MultiHeadAttention(width, attention);
    this.feedForwardNorm = normOf(norm, width);
    this.feedForward = new FeedForward(width, feedForward);
    this.dropout = new Dropout(dropout, { random: options.random.split(1)[0]! });
    const { causal = false, rotary = false } = attention;
    describe(this, { ...blockValues(width, options), causal, rotary });
  }

  override get pytorchNames(): Readonly<Record<string, readonly string[]>> {
    return {
      self_attn: ["attention"],
      norm1: ["attentionNorm"],
      norm2: ["feedForwardNorm"],
      linear1: ["feedForward.up"],
      linear2: ["feedForward.down"],
    };
  }

  forward(x: Tensor, mask?: Tensor): Tensor {
    const normal = this.attentionNorm.forward(x);
    return this.#rest(
      x,
      mask ? this.attention.forward(normal, mask) : this.attention.forward(normal),
    );
  }

  /** The output at the next tokens, as {@link MultiHeadAttention.extend}. */
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

/**
 * The fields of blocks in files.
 * @example blockFields.heads.expected; // "a whole number from 1 to 2147483647"
 */
export const blockFields = {
  width: size as Field<number>,
  heads: size as Field<number>,
  keyValueHeads: size as Field<number>,
  attentionDropout: number as Field<number>,
  activation: word("gelu", "swiglu") as Field<"gelu" | "swiglu">,
  hidden: size as Field<number>,
  norm: word("layer", "rms") as Field<NormKind>,
  dropout: number as Field<number>,
};

/**
 * Their values, with defaults written out.
 * @example blockValues(8, { heads: 2, random: rng(1) }).hidden; // 32
 */
export function blockValues(
  width: number,
  options: TransformerBlockOptions,
): ValuesOf<typeof blockFields> {
  const { heads, keyValueHeads = heads, attentionDropout = 0, activation = "gelu" } = options;
  const { hidden = hiddenWidth(width, activation), norm = "layer", dropout = 0 } = options;
  return { width, heads, keyValueHeads, attentionDropout, activation, hidden, norm, dropout };
}

/** The block in files. */
export const blockModule: ModuleKind = moduleKind(
  "TransformerBlock",
  TransformerBlock,
  { ...blockFields, causal: flag, rotary: flag },
  ({ width, ...options }, { random }) => new TransformerBlock(width, { ...options, random }),
);
