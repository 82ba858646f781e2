/**
 * @file Keys and values of earlier tokens, so that a new token costs one row instead of the whole
 * sequence.
 */
import { concat, keep, type Tensor } from "@spm/core";

/**
 * Keys and values [batch, heads, time, d] of the tokens so far, for generation within `noGrad`: no
 * tape records them.
 * @example
 * const attention = new MultiHeadAttention(8, { heads: 2, causal: true, random: rng(1) });
 * const cache = new KeyValueCache();
 * noGrad(() => attention.extend(ones([1, 3, 8]), cache)).shape; // [1, 3, 8]
 */
export class KeyValueCache {
  #keys: Tensor | null = null;
  #values: Tensor | null = null;

  /** Number of tokens held. */
  get length(): number {
    return this.#keys?.shape[2] ?? 0;
  }

  /** Appends along time. @returns all keys and values */
  append(keys: Tensor, values: Tensor): { keys: Tensor; values: Tensor } {
    const after = (before: Tensor | null, next: Tensor): Tensor =>
      concat(before ? [before, next] : [next], 2);
    const all = { keys: after(this.#keys, keys), values: after(this.#values, values) };
    this.dispose();
    [this.#keys, this.#values] = [keep(all.keys), keep(all.values)];
    return all;
  }

  /** Releases its tensors and empties it. */
  dispose(): void {
    this.#keys?.dispose();
    this.#values?.dispose();
    [this.#keys, this.#values] = [null, null];
  }

  /** {@link dispose}, at the end of a block: `using cache = …`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}
