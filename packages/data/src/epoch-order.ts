/** @file The order of the samples in an epoch. */

import { rng } from "@spm/core";

/**
 * The order of the samples in one epoch: a uniform permutation that (seed, epoch) alone determine.
 *
 * @param length - the number of samples
 * @param epoch - from 0
 * @param seed - without one, the order is 0, 1, …, length − 1
 * @returns each index once, [length]. Cost O(length)
 * @throws ValueError when the seed isn't a safe integer
 * @example
 * ```ts
 * import { epochOrder } from "@spm/data";
 * epochOrder(5, 0, 1); // the numbers 0 to 4, in the same order at every call
 * ```
 */
export function epochOrder(length: number, epoch: number, seed?: number): Int32Array {
  if (seed === undefined) return Int32Array.from({ length }, (_, i) => i);
  return rng(rng(seed).bits() + epoch).permutation(length);
}
