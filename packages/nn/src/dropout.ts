/** @file Dropout with a generator of its own. */
import type { Rng, Tensor } from "@spm/core";
import { ValueError } from "@spm/core/extend";
import { dropout } from "./functional/index.ts";
import { Module } from "./module.ts";

/**
 * While training, y = x ⊙ m / (1 − p) with each element of m 0 with probability p and 1 otherwise
 * (Srivastava et al. 2014), so that the mean stays; the identity in evaluation. x [...] → [...].
 * @throws ValueError unless 0 ≤ p < 1
 * @example new Dropout(0.1, rng(1));
 */
export class Dropout extends Module {
  readonly probability: number;
  /** Its state belongs to a checkpoint. */
  readonly random: Rng;

  constructor(probability: number, random: Rng) {
    super();
    if (!(probability >= 0 && probability < 1))
      throw new ValueError("Dropout", "a probability in [0, 1)", probability);
    this.probability = probability;
    this.random = random;
  }

  forward(x: Tensor): Tensor {
    return this.training ? dropout(x, this.probability, this.random) : x;
  }
}
