/** @file The dense layer. */
import { type Parameter, parameter, type Rng, type Tensor, uniform, zeros } from "@spm/core";
import { affine } from "./functional/index.ts";
import { type InitialWeights, initialWeights } from "./initial-weights.ts";
import { LinearMap } from "./linear-map.ts";

/** What every linear map is made from. */
export interface LinearOptions {
  readonly random: Rng;
  /** Whether a bias is added (true unless said). */
  readonly bias?: boolean;
  /**
   * Factor on the initial output; for a structured layer it stands in d_out. 1 unless said; a dense
   * layer keeps its own scale.
   */
  readonly gain?: number;
}

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
