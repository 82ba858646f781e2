/** @file Normalisation of each sample's features. */
import { add, div, mean, mul, ones, type Parameter, parameter, sqrt, square, sub, type Tensor, zeros } from "@spm/core";
import { Module } from "./module.ts";

/** How a norm is built. */
export interface NormOptions {
  /** Added under the root. */
  readonly epsilon?: number;
}

/**
 * y = (x − μ) / √(σ² + ε) ⊙ weight + bias, with mean and biased variance over the last axis (Ba et al. 2016); ε = 10⁻⁵ unless
 * said. x [..., width] → [..., width].
 */
export class LayerNorm extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter;
  readonly #epsilon: number;

  constructor(width: number, { epsilon = 1e-5 }: NormOptions = {}) {
    super();
    this.weight = parameter(ones([width]), { decay: false });
    this.bias = parameter(zeros([width]), { decay: false });
    this.#epsilon = epsilon;
  }

  forward(x: Tensor): Tensor {
    const last = { axis: -1, keepdims: true };
    const centred = sub(x, mean(x, last));
    const deviation = sqrt(add(mean(square(centred), last), this.#epsilon));
    return add(mul(div(centred, deviation), this.weight), this.bias);
  }
}

/**
 * y = x / √(mean(x²) + ε) ⊙ weight over the last axis (Zhang and Sennrich 2019); ε = 10⁻⁶ unless said.
 * x [..., width] → [..., width].
 */
export class RmsNorm extends Module {
  readonly weight: Parameter;
  readonly #epsilon: number;

  constructor(width: number, { epsilon = 1e-6 }: NormOptions = {}) {
    super();
    this.weight = parameter(ones([width]), { decay: false });
    this.#epsilon = epsilon;
  }

  forward(x: Tensor): Tensor {
    const size = sqrt(add(mean(square(x), { axis: -1, keepdims: true }), this.#epsilon));
    return mul(div(x, size), this.weight);
  }
}
