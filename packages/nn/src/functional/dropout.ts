/** @file Dropout. */
import { mul, type Rng, type Tensor, tensor } from "@spm/core";
import { allocate, sizeOf, ValueError } from "@spm/core/extend";

/**
 * y = x ⊙ m / (1 − p), each element of m 0 with probability p and 1 otherwise, so that the mean
 * stays (Srivastava et al. 2014).
 * @param x - float32 or float64, any shape
 * @param probability - p in [0, 1)
 * @param random - advanced by one draw an element; not at all where p = 0
 * @returns x's shape
 * @throws ValueError unless 0 ≤ p < 1
 * @example dropout(x, 0.1, rng(1));
 */
export function dropout(x: Tensor, probability: number, random: Rng): Tensor {
  if (!(probability >= 0 && probability < 1))
    throw new ValueError("dropout", "a probability in [0, 1)", probability);
  if (probability === 0) return x;
  const kept = 1 - probability;
  const mask = allocate(x.dtype, sizeOf(x.shape));
  for (let i = 0; i < mask.length; i++)
    mask[i] = random.bits() >>> 0 < kept * 4294967296 ? 1 / kept : 0;
  return mul(x, tensor(mask, { shape: x.shape, backend: x.backend }));
}
