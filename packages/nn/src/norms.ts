/** @file Normalisation of each sample's features. */
import { ones, type Parameter, parameter, type Tensor, zeros } from "@spm/core";
import { checkOptions } from "@spm/core/extend";
import { layerNorm, type NormOptions, normOptions, rmsNorm } from "./functional/normalise.ts";
import { Module } from "./module.ts";
import { checkChoice, checkSizes } from "./options.ts";

/**
 * Layer norm, y = (x − μ) / √(σ² + ε) ⊙ weight + bias, with mean and biased variance over the last
 * axis (Ba et al. 2016); ε is 10⁻⁵ by default. x [..., width] → [..., width].
 * @throws ShapeError for another width; ValueError for a negative ε
 * @example new LayerNorm(8).forward(ones([2, 8])).shape; // [2, 8]
 */
export class LayerNorm extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter;
  readonly #epsilon: number;

  constructor(width: number, options: NormOptions = {}) {
    super();
    checkOptions("LayerNorm", options, normOptions);
    const { epsilon = 1e-5 } = options;
    checkSizes("LayerNorm", "width", width);
    this.weight = parameter(() => ones([width]), { decay: false });
    this.bias = parameter(() => zeros([width]), { decay: false });
    this.#epsilon = epsilon;
  }

  forward(x: Tensor): Tensor {
    return layerNorm(x, this.weight, this.bias, { epsilon: this.#epsilon });
  }
}

/**
 * RMS norm, y = x / √(mean(x²) + ε) ⊙ weight over the last axis (Zhang and Sennrich 2019); ε is
 * 10⁻⁶ by default. x [..., width] → [..., width].
 * @throws ShapeError for another width; ValueError for a negative ε
 * @example new RmsNorm(8).forward(ones([2, 8])).shape; // [2, 8]
 */
export class RmsNorm extends Module {
  readonly weight: Parameter;
  readonly #epsilon: number;

  constructor(width: number, options: NormOptions = {}) {
    super();
    checkOptions("RmsNorm", options, normOptions);
    const { epsilon = 1e-6 } = options;
    checkSizes("RmsNorm", "width", width);
    this.weight = parameter(() => ones([width]), { decay: false });
    this.#epsilon = epsilon;
  }

  forward(x: Tensor): Tensor {
    return rmsNorm(x, this.weight, { epsilon: this.#epsilon });
  }
}

/** The norms of a transformer. */
export type NormKind = "layer" | "rms";

/**
 * A new norm over `width` features by its kind.
 * @throws ValueError for another kind
 * @example normOf("rms", 8) instanceof RmsNorm; // true
 */
export function normOf(kind: NormKind, width: number): LayerNorm | RmsNorm {
  checkChoice("norm", ["layer", "rms"], kind);
  return kind === "layer" ? new LayerNorm(width) : new RmsNorm(width);
}
