/** @file The multilayer perceptron. */
import { type Rng, relu, type Tensor } from "@spm/core";
import { ShapeError } from "@spm/core/extend";
import type { LinearMap } from "@spm/nn";
import { type LinearChoice, linear, Module } from "@spm/nn";

/** How an MLP is built. */
export interface MlpOptions {
  /** Widths from the input to the output. */
  readonly sizes: readonly number[];
  /** The linear map of every layer but the last, which is dense. */
  readonly linear?: LinearChoice;
  readonly activation?: (x: Tensor) => Tensor;
  readonly random: Rng;
}

/**
 * x [..., sizes[0]] → [..., sizes.at(-1)]: linear maps with an activation between them (ReLU unless
 * said, and so gain √2). The last map is dense whatever `linear` says: a handful of classes leaves
 * nothing to structure.
 * @throws ShapeError for fewer than two sizes
 * @example
 * const model = new Mlp({ sizes: [784, 256, 256, 10], linear: "rotation", random: rng(1) });
 */
export class Mlp extends Module {
  readonly layers: readonly LinearMap[];
  readonly #activation: (x: Tensor) => Tensor;

  constructor({ sizes, linear: kind = "dense", activation = relu, random }: MlpOptions) {
    super();
    if (sizes.length < 2)
      throw new ShapeError("Mlp", "at least an input and an output size", `[${sizes.join(", ")}]`);
    const last = sizes.length - 2;
    this.layers = sizes.slice(0, -1).map((fanIn, k) => {
      const options = { random, gain: Math.SQRT2 };
      return linear(k === last ? "dense" : kind, fanIn, sizes[k + 1]!, options);
    });
    this.#activation = activation;
  }

  forward(x: Tensor): Tensor {
    return this.layers.reduce((h, layer, k) => layer.forward(k === 0 ? h : this.#activation(h)), x);
  }
}
