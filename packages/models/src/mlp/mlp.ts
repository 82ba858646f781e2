/** @file The multilayer perceptron. */

import { type Rng, relu, type Tensor } from "@spm/core";
import { checkList, checkOptions, type OptionNames, ShapeError } from "@spm/core/extend";
import type { LinearMap } from "@spm/nn";
import { type LinearChoice, linear, Module } from "@spm/nn";
import { describe, fields, type ModuleKind, moduleKind } from "@spm/nn/extend";

/** Options of {@link Mlp}. */
export interface MlpOptions {
  /** Widths from the input to the output. */
  readonly sizes: readonly number[];
  /**
   * The linear map of every layer but the last, which is dense.
   * @defaultValue "dense"
   */
  readonly linear?: LinearChoice;
  /** @defaultValue relu */
  readonly activation?: (x: Tensor) => Tensor;
  readonly random: Rng;
}

const names: OptionNames<MlpOptions> = {
  sizes: true,
  linear: true,
  activation: true,
  random: true,
};

/**
 * A multilayer perceptron, hₖ₊₁ = φ(Wₖ hₖ + bₖ): linear maps with gain √2 (for ReLU) and an
 * activation between them. x [..., in] → [..., out], the first and the last of the sizes. The last
 * map is dense for every `linear`, since a handful of classes leaves nothing to structure.
 * @throws ShapeError for fewer than two sizes; ValueError for an unknown linear map
 * @example
 * const model = new Mlp({ sizes: [784, 256, 256, 10], linear: "rotation", random: rng(1) });
 * model.forward(ones([2, 784])).shape; // [2, 10]
 */
export class Mlp extends Module {
  readonly layers: readonly LinearMap[];
  readonly #activation: (x: Tensor) => Tensor;

  constructor(options: MlpOptions) {
    super();
    checkOptions("Mlp", options, names);
    const { sizes, linear: kind = "dense", activation = relu, random } = options;
    if (checkList("Mlp", sizes, "sizes").length < 2)
      throw new ShapeError("Mlp", "at least an input and an output size", `[${sizes.join(", ")}]`);
    describe(this, { sizes, activation });
    const last = sizes.length - 2;
    this.layers = sizes.slice(0, -1).map((inFeatures, k) => {
      const shared = { random, gain: Math.SQRT2 };
      return linear(k === last ? "dense" : kind, inFeatures, sizes[k + 1]!, shared);
    });
    this.#activation = activation;
  }

  forward(x: Tensor): Tensor {
    return this.layers.reduce((h, layer, k) => layer.forward(k === 0 ? h : this.#activation(h)), x);
  }
}

/** {@link Mlp} in files. */
export const mlpModule: ModuleKind = moduleKind(
  "Mlp",
  Mlp,
  { sizes: fields.list(fields.size), activation: fields.activation },
  (options, { random }) => new Mlp({ ...options, random }),
);
