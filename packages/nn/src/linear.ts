/** @file The dense layer. */
import { type Parameter, parameter, type Tensor, uniform, zeros } from "@spm/core";
import { affine } from "./functional/affine.ts";
import { type InitialWeights, initialWeights } from "./initial-weights.ts";
import { type LinearEntry, LinearMap, type LinearOptions } from "./linear-map.ts";

/** How a dense layer is built. */
export interface DenseOptions extends LinearOptions {
  /** How W starts; the bias then starts at 0, and `gain` counts. U(±1/√in) for both unless said. */
  readonly init?: InitialWeights;
}

/**
 * y = x Wᵀ + b, with W [out, in] from U(±1/√in) and b likewise, as torch.nn.Linear starts; `gain`
 * is used with `init` only. x [..., in] → [..., out]; 2·in·out FLOP a row.
 */
export class Linear extends LinearMap {
  readonly weight: Parameter;
  readonly bias: Parameter | null;

  constructor(fanIn: number, fanOut: number, { random, bias = true, init, gain }: DenseOptions) {
    super(fanIn, fanOut);
    const bound = 1 / Math.sqrt(fanIn);
    const shape = [fanOut, fanIn];
    const scale = gain === undefined ? {} : { gain };
    const weight = init
      ? initialWeights(init, random, shape, scale)
      : uniform(random, shape, -bound, bound);
    const shift = (): Tensor => (init ? zeros([fanOut]) : uniform(random, [fanOut], -bound, bound));
    this.weight = parameter(weight);
    this.bias = bias ? parameter(shift(), { decay: false }) : null;
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
    return 2 * this.fanIn * this.fanOut + (this.bias === null ? 0 : this.fanOut);
  }
}

/** The dense layer by name. */
export const denseKind: LinearEntry = {
  description: "a matrix of in · out numbers",
  learningRate: 0.003,
  create: (fanIn, fanOut, options) => new Linear(fanIn, fanOut, options),
};
