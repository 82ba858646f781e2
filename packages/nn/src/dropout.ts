/** @file Dropout with a generator of its own. */
import { allocate, mul, type Rng, sizeOf, type Tensor, tensor, ValueError } from "@spm/core";
import { Module } from "./module.ts";

/**
 * While training, y = x ⊙ m / (1 − p) with each element of m 0 with probability p and 1 otherwise (Srivastava et al. 2014), so
 * that the mean stays; the identity in evaluation. x [...] → [...].
 * @throws ValueError unless 0 ≤ p < 1
 * @example new Dropout(0.1, rng(1));
 */
export class Dropout extends Module {
  readonly probability: number;
  /** Its state belongs to a checkpoint. */
  readonly random: Rng;

  constructor(probability: number, random: Rng) {
    super();
    if (!(probability >= 0 && probability < 1)) throw new ValueError("Dropout", "a probability in [0, 1)", probability);
    this.probability = probability;
    this.random = random;
  }

  forward(x: Tensor): Tensor {
    if (!this.training || this.probability === 0) return x;
    const kept = 1 - this.probability;
    const mask = allocate(x.dtype, sizeOf(x.shape));
    for (let i = 0; i < mask.length; i++) mask[i] = this.random.bits() >>> 0 < kept * 4294967296 ? 1 / kept : 0;
    return mul(x, tensor(mask, { shape: x.shape, backend: x.backend }));
  }
}
