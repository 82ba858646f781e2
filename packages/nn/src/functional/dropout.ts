/** @file Dropout. */
import { mul, type Rng, type Tensor } from "@spm/core";
import {
  allocate,
  checkOptions,
  checkRandom,
  checkTensors,
  drawn,
  fromArray,
  type OptionNames,
  sizeOf,
  ValueError,
  wrap,
} from "@spm/core/extend";

/** Options of {@link dropout}. */
export interface DropoutOptions {
  /** Advanced by one draw an element; not at all where the probability is 0. */
  readonly random: Rng;
}

/** Their names. */
export const dropoutOptions: OptionNames<DropoutOptions> = { random: true };

/**
 * Dropout, y = x ⊙ m / (1 − p): each element of m is 0 with probability p and 1 otherwise, so that
 * the mean is unchanged (Srivastava et al. 2014).
 * @param x - [...], float32 or float64
 * @param probability - p in [0, 1)
 * @returns x's shape
 * @throws ValueError unless 0 ≤ p < 1
 * @example dropout(ones([2, 3]), 0.1, { random: rng(1) }).shape; // [2, 3]
 */
export function dropout(x: Tensor, probability: number, options: DropoutOptions): Tensor {
  checkTensors("dropout", x);
  checkOptions("dropout", options, dropoutOptions);
  const random = checkRandom("dropout", options.random);
  if (!(probability >= 0 && probability < 1))
    throw new ValueError("dropout", "a probability in [0, 1)", probability);
  if (probability === 0) return x;
  const kept = 1 - probability;
  const mask = drawn(random, () => {
    const values = allocate(x.dtype, sizeOf(x.shape));
    for (let i = 0; i < values.length; i++)
      values[i] = random.bits() >>> 0 < kept * 4294967296 ? 1 / kept : 0;
    return wrap(values, x.shape.slice());
  });
  return mul(x, fromArray(mask, x.backend));
}
