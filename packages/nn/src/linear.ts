/** @file The dense layer. */

import { type Parameter, parameter, type Tensor, uniform, zeros } from "@spm/core";
import { checkOptions, checkRandom, type OptionNames } from "@spm/core/extend";
import { flag, size } from "./description/fields.ts";
import { describe, type ModuleKind, moduleKind } from "./description/module-kind.ts";
import { affine } from "./functional/affine.ts";
import { type InitialWeights, initialWeights } from "./initial-weights.ts";
import { type LinearEntry, LinearMap, type LinearOptions, linearOptions } from "./linear-map.ts";

/** Options of {@link Linear}. */
export interface DenseOptions extends LinearOptions {
  /**
   * The distribution of the initial W, with `gain`; the bias is then 0 at first.
   * @defaultValue U(±gain/√in) for W and U(±1/√in) for the bias; with gain 1 as torch.nn.Linear
   */
  readonly init?: InitialWeights;
}

const names: OptionNames<DenseOptions> = { ...linearOptions, init: true };

/**
 * The dense layer, y = x Wᵀ + b with W [out, in], initialised as torch.nn.Linear. x [..., in] →
 * [..., out]; in · out + out parameters, 2 · in · out FLOP a row.
 * @throws ShapeError unless both sizes are whole numbers ≥ 1
 * @example new Linear(784, 10, { random: rng(1) }).forward(ones([32, 784])).shape; // [32, 10]
 */
export class Linear extends LinearMap {
  readonly weight: Parameter;
  readonly bias: Parameter | null;

  constructor(inFeatures: number, outFeatures: number, options: DenseOptions) {
    super(inFeatures, outFeatures);
    checkOptions("Linear", options, names);
    checkRandom("Linear", options.random);
    const { random, bias = true, init, gain } = options;
    describe(this, { inFeatures, outFeatures, bias });
    const bound = 1 / Math.sqrt(inFeatures);
    const shape = [outFeatures, inFeatures];
    const scale = gain === undefined ? {} : { gain };
    const most = (gain ?? 1) * bound;
    const weight = (): Tensor =>
      init ? initialWeights(init, random, shape, scale) : uniform(random, shape, -most, most);
    const shift = (): Tensor =>
      init ? zeros([outFeatures]) : uniform(random, [outFeatures], -bound, bound);
    this.weight = parameter(weight);
    this.bias = bias ? parameter(shift, { decay: false }) : null;
  }

  /** @throws ShapeError unless x is [..., in] */
  forward(x: Tensor): Tensor {
    this.checkInput(x);
    return affine(x, this.weight, this.bias);
  }

  toDense(): Tensor {
    return this.weight;
  }

  override assignDense(weight: Tensor): number {
    this.checkDense(weight);
    this.weight.assign(weight);
    return 0;
  }

  get flopsPerRow(): number {
    return 2 * this.inFeatures * this.outFeatures + (this.bias === null ? 0 : this.outFeatures);
  }
}

/** The entry of the dense layer. */
export const denseKind: LinearEntry = {
  description: "a matrix of in · out numbers",
  learningRate: 0.003,
  create: (inFeatures, outFeatures, options) => new Linear(inFeatures, outFeatures, options),
};

/** The dense layer in files. */
export const linearModule: ModuleKind = moduleKind(
  "Linear",
  Linear,
  { inFeatures: size, outFeatures: size, bias: flag },
  ({ inFeatures, outFeatures, bias }, { random }) =>
    new Linear(inFeatures, outFeatures, { bias, random }),
  ({ inFeatures, outFeatures }) => inFeatures * outFeatures,
);
