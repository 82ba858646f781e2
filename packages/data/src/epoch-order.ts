/** @file The order in which an epoch visits the samples. */

import { rng } from "@spm/core";

/**
 * The order of one epoch: a uniform permutation that (seed, epoch) alone determine, so that no
 * history need be kept.
 *
 * @param length - how many samples there are.
 * @param epoch - from 0.
 * @param seed - left out, the order is 0, 1, …, length − 1.
 * @returns each index once, shape [length]. Cost O(length).
 * @throws ValueError when the seed is not a safe integer.
 * @example
 * ```ts
 * import { epochOrder } from "@spm/data";
 * epochOrder(5, 0, 1); // the numbers 0 to 4, always in the same order
 * ```
 */
export function epochOrder(length: number, epoch: number, seed?: number): Int32Array {
  if (seed === undefined) return Int32Array.from({ length }, (_, i) => i);
  return rng(rng(seed).bits() + epoch).permutation(length);
}
