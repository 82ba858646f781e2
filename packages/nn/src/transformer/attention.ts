/** @file Multi-head attention, with linear maps of any structure. */

import { reshape, type Shape, type Tensor, transpose } from "@spm/core";
import {
  checkOptions,
  checkRandom,
  checkTensors,
  type OptionNames,
  ShapeError,
  showShape,
  sizeOf,
  ValueError,
} from "@spm/core/extend";
import { flag, number, size } from "../description/fields.ts";
import { describe, type ModuleKind, moduleKind } from "../description/module-kind.ts";
import { Dropout } from "../dropout.ts";
import { scaledDotProductAttention } from "../functional/index.ts";
import { type LinearChoice, linear } from "../linear-kinds.ts";
import { type LinearMap, type LinearOptions, linearOptions } from "../linear-map.ts";
import { Module } from "../module.ts";
import { checkSizes } from "../options.ts";
import type { KeyValueCache } from "./key-value-cache.ts";
import { rotary } from "./positions.ts";

/** Options of {@link MultiHeadAttention}; `gain` scales the output projection. */
export interface AttentionOptions extends LinearOptions {
  readonly heads: number;
  /**
   * Heads of keys and values, each for heads / keyValueHeads queries (Ainslie et al. 2023).
   * @defaultValue heads
   */
  readonly keyValueHeads?: number;
  /**
   * Probability that a weight of the softmax is dropped in training.
   * @defaultValue 0
   */
  readonly attentionDropout?: number;
  /**
   * The four projections.
   * @defaultValue "dense"
   */
  readonly linear?: LinearChoice;
  /**
   * Whether a token attends only to itself and those before it.
   * @defaultValue false
   */
  readonly causal?: boolean;
  /**
   * Whether queries and keys are rotated by their position (see {@link rotary}).
   * @defaultValue false
   */
  readonly rotary?: boolean;
}

/** Their names. */
export const attentionOptions: OptionNames<AttentionOptions> = {
  ...linearOptions,
  heads: true,
  keyValueHeads: true,
  attentionDropout: true,
  linear: true,
  causal: "boolean",
  rotary: "boolean",
};

/**
 * Multi-head attention, y = O · concat over heads of softmax(q kᵀ / √d + mask) v, with q = Q x, k =
 * K c, v = V c and d = width / heads (Vaswani et al. 2017). x [batch, time, width] → the same
 * shape; with fewer heads of keys and values K and V are width → d · keyValueHeads. 4 · width ·
 * time² FLOP a sequence besides the projections.
 * @throws ShapeError unless width is a multiple of heads (an even one with rotary positions), and
 * heads of keyValueHeads; ValueError for a probability out of range
 * @example
 * const attention = new MultiHeadAttention(8, { heads: 2, causal: true, random: rng(1) });
 * attention.forward(ones([1, 5, 8])).shape; // [1, 5, 8]
 */
export class MultiHeadAttention extends Module {
  readonly query: LinearMap;
  readonly key: LinearMap;
  readonly value: LinearMap;
  readonly output: LinearMap;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly causal: boolean;
  /** null where no weight is ever dropped. */
  readonly dropout: Dropout | null;
  readonly #rotary: boolean;

  constructor(width: number, options: AttentionOptions) {
    super();
    checkOptions("MultiHeadAttention", options, attentionOptions);
    const {
      heads,
      keyValueHeads = heads,
      attentionDropout = 0,
      linear: choice = "dense",
      causal = false,
      rotary: turns = false,
      gain,
      random,
      bias = true,
    } = options;
    checkSizes("MultiHeadAttention", "heads", heads, keyValueHeads);
    if (heads % keyValueHeads !== 0)
      throw new ShapeError(
        "MultiHeadAttention",
        `heads that are a multiple of the ${keyValueHeads} of keys and values`,
        heads,
      );
    const multiple = turns ? 2 * heads : heads;
    if (width % multiple !== 0)
      throw new ShapeError(
        "MultiHeadAttention",
        `a width that is a multiple of ${multiple}`,
        width,
      );
    const narrow = (width / heads) * keyValueHeads;
    const map = (outFeatures: number, scale: { gain?: number } = {}): LinearMap =>
      linear(choice, width, outFeatures, { random, bias, ...scale });
    describe(this, { width, heads, keyValueHeads, attentionDropout, causal, rotary: turns });
    this.query = map(width);
    this.key = map(narrow);
    this.value = map(narrow);
    this.output = map(width, gain === undefined ? {} : { gain });
    this.heads = heads;
    this.keyValueHeads = keyValueHeads;
    this.causal = causal;
    this.dropout =
      attentionDropout === 0
        ? null
        : new Dropout(attentionDropout, {
            random: checkRandom("MultiHeadAttention", random).split(1)[0]!,
          });
    this.#rotary = turns;
  }

  override get pytorchNames(): Readonly<Record<string, readonly string[]>> {
    const projections = (of: string): string[] =>
      ["query", "key", "value"].map((map) => `${map}.${of}`);
    return {
      in_proj_weight: projections("weight"),
      in_proj_bias: projections("bias"),
      out_proj: ["output"],
    };
  }

  /**
   * @param x - [batch, time, width]
   * @param mask - broadcasts to [batch, heads, time, source]: bool, true where a token attends, or
   * floating, added to the scores
   * @param context - c, the tokens that are attended to, [batch, source, width] (default x)
   */
  forward(x: Tensor, mask?: Tensor, context: Tensor = x): Tensor {
    checkTensors("MultiHeadAttention", x, context);
    return this.#attend(x, context, mask);
  }

  /**
   * The output at the next tokens of a sequence, [batch, t, width], after those in the cache: the
   * last rows of `forward`.
   */
  extend(x: Tensor, cache: KeyValueCache): Tensor {
    if (!this.causal)
      throw new ValueError("extend", "causal attention", "one that sees later tokens");
    return this.#attend(x, x, undefined, cache);
  }

  /** FLOP of scores and weighted sums; causal attention counts as if it were not. */
  override flops([
    x = [1, 1, this.query.inFeatures],
    ,
    context = x,
  ]: readonly Shape[] = []): number {
    return 4 * sizeOf(x) * context[1]!;
  }

  #attend(x: Tensor, context: Tensor, mask?: Tensor, cache?: KeyValueCache): Tensor {
    const width = this.query.inFeatures;
    for (const t of [x, context])
      if (t.shape.length !== 3)
        throw new ShapeError(
          "MultiHeadAttention",
          `tokens [batch, time, ${width}]`,
          showShape(t.shape),
        );
    const offset = cache?.length ?? 0;
    const turn = (t: Tensor): Tensor => (this.#rotary ? rotary(t, { offset }) : t);
    const query = turn(splitHeads(this.query.forward(x), this.heads));
    let [keys, values] = [
      turn(splitHeads(this.key.forward(context), this.keyValueHeads)),
      splitHeads(this.value.forward(context), this.keyValueHeads),
    ];
    if (cache !== undefined) ({ keys, values } = cache.append(keys, values));
    const seen = scaledDotProductAttention(query, keys, values, {
      causal: this.causal,
      groupedQueries: this.keyValueHeads < this.heads,
      ...(this.dropout !== null &&
        this.training && { dropout: this.dropout.probability, random: this.dropout.random }),
      ...(mask && { mask }),
    });
    const [batch, , time] = seen.shape as [number, number, number];
    return this.output.forward(reshape(transpose(seen, [0, 2, 1, 3]), [batch, time, width]));
  }
}

/** [batch, time, width] → [batch, heads, time, width / heads] */
function splitHeads(x: Tensor, heads: number): Tensor {
  const [batch, time, width] = x.shape as [number, number, number];
  return transpose(reshape(x, [batch, time, heads, width / heads]), [0, 2, 1, 3]);
}

const attentionFields = {
  width: size,
  heads: size,
  keyValueHeads: size,
  attentionDropout: number,
  causal: flag,
  rotary: flag,
};

/** Attention in files. */
export const attentionModule: ModuleKind = moduleKind(
  "MultiHeadAttention",
  MultiHeadAttention,
  attentionFields,
  ({ width, ...options }, { random }) => new MultiHeadAttention(width, { ...options, random }),
);
