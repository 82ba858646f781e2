/** @file Normalisation of each sample's features. */
import { ones, type Parameter, parameter, type Tensor, zeros } from "@spm/core";
import { layerNorm, rmsNorm } from "./functional/index.ts";
import { Module } from "./module.ts";
import { checkChoice, checkSizes } from "./options.ts";

/** How a norm is built. */
export interface NormOptions {
  /** Added under the root. */
  readonly epsilon?: number;
}

/**
 * y = (x − μ) / √(σ² + ε) ⊙ weight + bias, with mean and biased variance over the last axis (Ba et
 * al. 2016); ε = 10⁻⁵ unless said. x [..., width] → [..., width].
 * @throws ShapeError for another width; ValueError for a negative ε
 */
export class LayerNorm extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter;
  readonly #epsilon: number;

  constructor(width: number, { epsilon = 1e-5 }: NormOptions = {}) {
    super();
    checkSizes("LayerNorm", "width", width);
    this.weight = parameter(ones([width]), { decay: false });
    this.bias = parameter(zeros([width]), { decay: false });
    this.#epsilon = epsilon;
  }

  forward(x: Tensor): Tensor {
    return layerNorm(x, this.weight, this.bias, this.#epsilon);
  }
}

/**
 * y = x / √(mean(x²) + ε) ⊙ weight over the last axis (Zhang and Sennrich 2019); ε = 10⁻⁶ unless
 * said. x [..., width] → [..., width].
 * @throws ShapeError for another width; ValueError for a negative ε
 */
export class RmsNorm extends Module {
  readonly weight: Parameter;
  readonly #epsilon: number;

  constructor(width: number, { epsilon = 1e-6 }: NormOptions = {}) {
    super();
    checkSizes("RmsNorm", "width", width);
    this.weight = parameter(ones([width]), { decay: false });
    this.#epsilon = epsilon;
  }

  forward(x: Tensor): Tensor {
    return rmsNorm(x, this.weight, this.#epsilon);
  }
}

/** What a transformer takes for its norms. */
export type NormKind = "layer" | "rms";

/** The norm of a kind. @throws ValueError for another kind */
export function normOf(kind: NormKind, width: number): LayerNorm | RmsNorm {
  checkChoice("norm", ["layer", "rms"], kind);
  return kind === "layer" ? new LayerNorm(width) : new RmsNorm(width);
}
