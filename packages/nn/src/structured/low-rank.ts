/** @file A product of two thin matrices. */
import { matmul, normal, type Parameter, parameter, type Tensor, transpose } from "@spm/core";
import { ShapeError } from "@spm/core/extend";
import type { LinearEntry, LinearOptions } from "../linear-map.ts";
import { assignNumbers, StructuredMap } from "./structured-map.ts";
import { truncated } from "./truncated.ts";

/** How a low-rank map is built. */
export interface LowRankOptions extends LinearOptions {
  /**
   * At least 1; ⌈log₂ max(in, out)⌉ unless said, which gives about the parameters of a general
   * mixer.
   */
  readonly rank?: number;
}

/**
 * W = U V of rank ≤ r: y = (x Vᵀ) Uᵀ + b. x [..., in] → [..., out]; r(in + out) + out parameters,
 * 2r(in + out) FLOP a row. Starts with V from N(0, 1/in) and U from N(0, gain²/r).
 * @throws ShapeError for a rank below 1
 * @example const layer = new LowRank(784, 256, { rank: 16, random: rng(1) });
 */
export class LowRank extends StructuredMap {
  /** U [out, r] */
  readonly u: Parameter;
  /** V [r, in] */
  readonly v: Parameter;
  readonly #rank: number;

  constructor(fanIn: number, fanOut: number, options: LowRankOptions) {
    super(fanIn, fanOut, options);
    const {
      random,
      gain = 1,
      rank = Math.max(1, Math.ceil(Math.log2(Math.max(fanIn, fanOut)))),
    } = options;
    if (!Number.isSafeInteger(rank) || rank < 1)
      throw new ShapeError("LowRank", "a rank ≥ 1", rank);
    this.#rank = rank;
    this.u = parameter(normal(random, [fanOut, rank], 0, gain / Math.sqrt(rank)));
    this.v = parameter(normal(random, [rank, fanIn], 0, 1 / Math.sqrt(fanIn)));
  }

  protected multiply(x: Tensor): Tensor {
    return matmul(matmul(x, transpose(this.v)), transpose(this.u));
  }

  protected get productFlops(): number {
    return 2 * this.#rank * (this.fanIn + this.fanOut);
  }

  /** The largest singular values (Eckart and Young 1936), their roots on either side. */
  protected assignNearest(weight: readonly Float64Array[]): void {
    const { u, v } = truncated(weight, this.#rank);
    assignNumbers(this.u, u.flat());
    assignNumbers(this.v, v.flat());
  }

  toDense(): Tensor {
    return matmul(this.u, this.v);
  }
}

/** LowRank by name. */
export const lowRankKind: LinearEntry = {
  description: "a product of two thin matrices",
  learningRate: 0.01,
  create: (fanIn, fanOut, options) => new LowRank(fanIn, fanOut, options),
};
