/** @file Dropout as a layer, with its own generator. */

import type { Rng, Tensor } from "@spm/core";
import { checkOptions, checkRandom, ValueError } from "@spm/core/extend";
import { number } from "./description/fields.ts";
import { describe, type ModuleKind, moduleKind } from "./description/module-kind.ts";
import { type DropoutOptions, dropout, dropoutOptions } from "./functional/dropout.ts";
import { Module } from "./module.ts";

/**
 * Dropout: in training y = x ⊙ m / (1 − p) with each element of m 0 with probability p and 1
 * otherwise (Srivastava et al. 2014), so that the mean is unchanged; in evaluation the identity.
 * x [...] → [...].
 * @throws ValueError unless 0 ≤ p < 1
 * @example new Dropout(0.1, { random: rng(1) }).forward(ones([2, 3])).shape; // [2, 3]
 */
export class Dropout extends Module {
  readonly probability: number;
  /** The generator, whose state belongs to a checkpoint. */
  readonly random: Rng;

  constructor(probability: number, options: DropoutOptions) {
    super();
    checkOptions("Dropout", options, dropoutOptions);
    if (!(probability >= 0 && probability < 1))
      throw new ValueError("Dropout", "a probability in [0, 1)", probability);
    describe(this, { probability });
    this.probability = probability;
    this.random = checkRandom("Dropout", options.random);
  }

  override get label(): string {
    return `Dropout(${this.probability})`;
  }

  forward(x: Tensor): Tensor {
    return this.training ? dropout(x, this.probability, { random: this.random }) : x;
  }
}

/** Dropout in files. */
export const dropoutModule: ModuleKind = moduleKind(
  "Dropout",
  Dropout,
  { probability: number },
  ({ probability }, { random }) => new Dropout(probability, { random }),
);
