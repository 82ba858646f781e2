/**
 * @file What attention has seen, so that a new token costs one row instead of the whole sequence.
 */
import { concat, keep, type Tensor } from "@spm/core";

/**
 * Keys and values [batch, heads, time, d] of the tokens so far. It is no part of a tape: for
 * generation, within `noGrad`.
 * @example
 * const cache = new KeyValueCache();
 * attention.extend(firstTokens, cache); // [batch, t, width]
 * attention.extend(nextToken, cache); // one row
 * cache.dispose();
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
      keep(concat(before ? [before, next] : [next], 2));
    const all = { keys: after(this.#keys, keys), values: after(this.#values, values) };
    this.dispose();
    [this.#keys, this.#values] = [all.keys, all.values];
    return all;
  }

  /** Releases what it holds; it is empty then. */
  dispose(): void {
    this.#keys?.dispose();
    this.#values?.dispose();
    [this.#keys, this.#values] = [null, null];
  }
}
