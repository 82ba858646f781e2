/** @file A product of two thin matrices. */

import { matmul, normal, type Parameter, parameter, type Tensor, transpose } from "@spm/core";
import { checkOptions, type OptionNames, ShapeError } from "@spm/core/extend";
import { flag, size } from "../description/fields.ts";
import { describe, type ModuleKind, moduleKind } from "../description/module-kind.ts";
import { type LinearEntry, type LinearOptions, linearOptions } from "../linear-map.ts";
import { assignNumbers, StructuredMap } from "./structured-map.ts";
import { truncated } from "./truncated.ts";

/** Options of {@link LowRank}. */
export interface LowRankOptions extends LinearOptions {
  /**
   * r ≥ 1.
   * @defaultValue ⌈log₂ max(in, out)⌉, for about as many parameters as of a general mixer
   */
  readonly rank?: number;
}

const names: OptionNames<LowRankOptions> = { ...linearOptions, rank: true };

/**
 * A low-rank map, W = U V of rank ≤ r: y = (x Vᵀ) Uᵀ + b. x [..., in] → [..., out]; r(in + out) +
 * out parameters, 2r(in + out) FLOP a row. Initial V is N(0, 1/in), U is N(0, gain²/r).
 * @throws ShapeError for a rank below 1
 * @example new LowRank(784, 256, { rank: 16, random: rng(1) }).u.shape; // [256, 16]
 */
export class LowRank extends StructuredMap {
  /** U [out, r] */
  readonly u: Parameter;
  /** V [r, in] */
  readonly v: Parameter;
  readonly #rank: number;

  constructor(inFeatures: number, outFeatures: number, options: LowRankOptions) {
    super(inFeatures, outFeatures, options);
    checkOptions("LowRank", options, names);
    const {
      random,
      gain = 1,
      rank = Math.max(1, Math.ceil(Math.log2(Math.max(inFeatures, outFeatures)))),
    } = options;
    if (!Number.isSafeInteger(rank) || rank < 1)
      throw new ShapeError("LowRank", "a rank ≥ 1", rank);
    describe(this, { inFeatures, outFeatures, bias: this.bias !== null, rank });
    this.#rank = rank;
    this.u = parameter(() => normal(random, [outFeatures, rank], 0, gain / Math.sqrt(rank)));
    this.v = parameter(() => normal(random, [rank, inFeatures], 0, 1 / Math.sqrt(inFeatures)));
  }

  protected multiply(x: Tensor): Tensor {
    return matmul(matmul(x, transpose(this.v)), transpose(this.u));
  }

  protected get productFlops(): number {
    return 2 * this.#rank * (this.inFeatures + this.outFeatures);
  }

  /** Assigns the largest singular values (Eckart and Young 1936), their roots on either side. */
  protected assignNearest(weight: readonly Float64Array[]): void {
    const { u, v } = truncated(weight, this.#rank);
    assignNumbers(this.u, u.flat());
    assignNumbers(this.v, v.flat());
  }

  toDense(): Tensor {
    return matmul(this.u, this.v);
  }
}

/** The entry of {@link LowRank}. */
export const lowRankKind: LinearEntry = {
  description: "a product of two thin matrices",
  learningRate: 0.01,
  create: (inFeatures, outFeatures, options) => new LowRank(inFeatures, outFeatures, options),
};

/** {@link LowRank} in files. */
export const lowRankModule: ModuleKind = moduleKind(
  "LowRank",
  LowRank,
  { inFeatures: size, outFeatures: size, bias: flag, rank: size },
  ({ inFeatures, outFeatures, ...options }, { random }) =>
    new LowRank(inFeatures, outFeatures, { ...options, random }),
  ({ inFeatures, outFeatures, rank }) => rank * (inFeatures + outFeatures),
);
