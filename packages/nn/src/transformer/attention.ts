/** @file Multi-head attention, with linear maps of any structure. */
import { reshape, type Shape, type Tensor, transpose } from "@spm/core";
import { ShapeError, showShape, sizeOf, ValueError } from "@spm/core/extend";
import { scaledDotProductAttention } from "../functional/index.ts";
import { type LinearChoice, linear } from "../linear-kinds.ts";
import type { LinearMap, LinearOptions } from "../linear-map.ts";
import { Module } from "../module.ts";
import { checkSizes } from "../options.ts";
import type { KeyValueCache } from "./key-value-cache.ts";
import { rotary } from "./positions.ts";

/** How attention is built. */
export interface AttentionOptions extends LinearOptions {
  readonly heads: number;
  /** The four projections; dense unless said. */
  readonly linear?: LinearChoice;
  /** Whether a token sees only itself and those before it; false unless said. */
  readonly causal?: boolean;
  /** Whether queries and keys turn with their position (see {@link rotary}); false unless said. */
  readonly rotary?: boolean;
}

/**
 * y = O · concat over heads of softmax(q kᵀ / √d + mask) v, with q = Q x, k = K c, v = V c and d =
 * width / heads (Vaswani et al. 2017). x [batch, time, width] → the same shape. Beside the
 * projections 4 · width · time² FLOP a sequence. `gain` scales the output projection.
 * @throws ShapeError unless width is a multiple of heads (an even one with rotary positions)
 * @example
 * new MultiHeadAttention(256, { heads: 4, causal: true, linear: "rotation", random: rng(1) });
 */
export class MultiHeadAttention extends Module {
  readonly query: LinearMap;
  readonly key: LinearMap;
  readonly value: LinearMap;
  readonly output: LinearMap;
  readonly heads: number;
  readonly causal: boolean;
  readonly #rotary: boolean;

  constructor(width: number, options: AttentionOptions) {
    super();
    const {
      heads,
      linear: choice = "dense",
      causal = false,
      rotary: turns = false,
      gain,
      random,
      bias = true,
    } = options;
    checkSizes("MultiHeadAttention", "heads", heads);
    const multiple = turns ? 2 * heads : heads;
    if (width % multiple !== 0)
      throw new ShapeError(
        "MultiHeadAttention",
        `a width that is a multiple of ${multiple}`,
        width,
      );
    const map = (scale: { gain?: number } = {}): LinearMap =>
      linear(choice, width, width, { random, bias, ...scale });
    this.query = map();
    this.key = map();
    this.value = map();
    this.output = map(gain === undefined ? {} : { gain });
    this.heads = heads;
    this.causal = causal;
    this.#rotary = turns;
  }

  /**
   * @param x - [batch, time, width]
   * @param mask - bool, broadcasts to [batch, heads, time, source]; true where a token may look
   * @param context - what is looked at, [batch, source, width]; x itself unless given
   */
  forward(x: Tensor, mask?: Tensor, context: Tensor = x): Tensor {
    return this.#attend(x, context, mask);
  }

  /**
   * The next tokens of a sequence, [batch, t, width], after those that the cache holds; equal to
   * the last rows of `forward`.
   */
  extend(x: Tensor, cache: KeyValueCache): Tensor {
    if (!this.causal)
      throw new ValueError("extend", "causal attention", "one that sees later tokens");
    return this.#attend(x, x, undefined, cache);
  }

  /** Of scores and weighted sums; a causal one counts as if it saw everything. */
  override flops([x = [1, 1, this.query.fanIn], , context = x]: readonly Shape[] = []): number {
    return 4 * sizeOf(x) * context[1]!;
  }

  #attend(x: Tensor, context: Tensor, mask?: Tensor, cache?: KeyValueCache): Tensor {
    const width = this.query.fanIn;
    for (const t of [x, context])
      if (t.shape.length !== 3)
        throw new ShapeError(
          "MultiHeadAttention",
          `tokens [batch, time, ${width}]`,
          showShape(t.shape),
        );
    const offset = cache?.length ?? 0;
    const turn = (t: Tensor): Tensor => (this.#rotary ? rotary(t, { offset }) : t);
    const query = turn(this.#split(this.query.forward(x)));
    let [keys, values] = [
      turn(this.#split(this.key.forward(context))),
      this.#split(this.value.forward(context)),
    ];
    if (cache !== undefined) ({ keys, values } = cache.append(keys, values));
    const causal = this.causal;
    const seen = scaledDotProductAttention(query, keys, values, { causal, ...(mask && { mask }) });
    const [batch, , time] = seen.shape as [number, number, number];
    return this.output.forward(reshape(transpose(seen, [0, 2, 1, 3]), [batch, time, width]));
  }

  /** [batch, time, width] → [batch, heads, time, d] */
  #split(x: Tensor): Tensor {
    const [batch, time, width] = x.shape as [number, number, number];
    return transpose(reshape(x, [batch, time, this.heads, width / this.heads]), [0, 2, 1, 3]);
  }
}
