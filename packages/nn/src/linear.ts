/** @file The dense layer. */
import { add, matmul, type Parameter, parameter, type Rng, type Tensor, transpose, uniform } from "@spm/core";
import { Module } from "./module.ts";

/** What every linear map is made from. */
export interface LinearOptions {
  readonly random: Rng;
  /** Whether a bias is added (true unless said). */
  readonly bias?: boolean;
  /** Factor on the initial output; for a structured layer it stands in d_out. 1 unless said; a dense layer keeps its own scale. */
  readonly gain?: number;
}

/**
 * y = x Wᵀ + b, with W [out, in] from U(±1/√in) and b likewise, as torch.nn.Linear starts. `gain` is not used.
 * x [..., in] → [..., out]; 2·in·out FLOP a row.
 */
export class Linear extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter | null;

  constructor(fanIn: number, fanOut: number, { random, bias = true }: LinearOptions) {
    super();
    const bound = 1 / Math.sqrt(fanIn);
    this.weight = parameter(uniform(random, [fanOut, fanIn], -bound, bound));
    this.bias = bias ? parameter(uniform(random, [fanOut], -bound, bound), { decay: false }) : null;
  }

  forward(x: Tensor): Tensor {
    const y = matmul(x, transpose(this.weight));
    return this.bias === null ? y : add(y, this.bias);
  }
}
