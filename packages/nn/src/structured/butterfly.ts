/**
 * @file The butterfly of torch_butterfly: free 2×2 blocks on a power of two, without diagonals,
 * stacked.
 */

import {
  concat,
  mul,
  ones,
  type Parameter,
  parameter,
  scope,
  slice,
  type Tensor,
  tensor,
  zeros,
} from "@spm/core";
import { checkOptions, checkRandom, each, elements } from "@spm/core/extend";
import { butterfly, generalMixer, initialParameters, type Schedule, toDense } from "@spm/mixer";
import { fromDense } from "@spm/mixer/analysis";
import { flag, size } from "../description/fields.ts";
import { describe, type ModuleKind, moduleKind } from "../description/module-kind.ts";
import { type LinearEntry, type LinearOptions, linearOptions } from "../linear-map.ts";
import { assignNumbers, narrowed, StructuredMap } from "./structured-map.ts";

/** n */
const widthOf = (inFeatures: number): number => 2 ** Math.max(1, Math.ceil(Math.log2(inFeatures)));

/**
 * Stacked butterflies, W = the first rows of ⌈out/n⌉ independent ones of width n = 2^⌈log₂ in⌉, one
 * below another (Dao et al. 2019): each is the general mixer on distances 1, 2, 4, … without its
 * diagonals. x [..., in] → [..., out]; 2n log₂ n parameters and 3n log₂ n FLOP a row for each.
 * Initial blocks are orthogonal, those of the last stage times `gain`; exempt from weight decay.
 * @throws ShapeError unless both sizes are whole numbers ≥ 1
 * @example new Butterfly(256, 1024, { random: rng(1) }).stack.length; // 4
 */
export class Butterfly extends StructuredMap {
  readonly schedule: Schedule;
  /** Rows [a, b, c, d], [P, 4] for each of the stack. */
  readonly stack: readonly Parameter[];

  constructor(inFeatures: number, outFeatures: number, options: LinearOptions) {
    super(inFeatures, outFeatures, options);
    checkOptions("Butterfly", options, linearOptions);
    describe(this, { inFeatures, outFeatures, bias: this.bias !== null });
    const n = widthOf(inFeatures);
    this.schedule = butterfly(n);
    checkRandom("Butterfly", options.random);
    const { random, gain = 1 } = options;
    const pairs = this.schedule.first.length;
    this.stack = scope(() => {
      const scale = concat([ones([pairs - n / 2, 4]), mul(ones([n / 2, 4]), gain)]);
      return Array.from({ length: Math.ceil(outFeatures / n) }, () =>
        parameter(mul(initialParameters(generalMixer, this.schedule, random).blocks, scale), {
          decay: false,
        }),
      );
    });
  }

  protected multiply(x: Tensor): Tensor {
    const { schedule } = this;
    const none = zeros([0], { dtype: x.dtype, backend: x.backend });
    const parts = this.stack.map((blocks) => generalMixer(x, blocks, none, { schedule }));
    return narrowed(concat(parts, -1), this.outFeatures);
  }

  protected get productFlops(): number {
    return 6 * this.schedule.first.length * this.stack.length;
  }

  /**
   * Assigns the blocks that `fromDense` finds for the rows of each butterfly, with its diagonals
   * multiplied into the first and the last blocks.
   */
  protected assignNearest(weight: readonly Float64Array[]): void {
    const { schedule, inFeatures } = this;
    const { n, first, second } = schedule;
    this.stack.forEach((target, at) => {
      const rows = weight.slice(at * n, (at + 1) * n).flatMap((row) => [...row]);
      const w = tensor(Float64Array.from(rows), {
        shape: [rows.length / inFeatures, inFeatures],
        backend: target.backend,
      });
      const { parameters, dIn, dOut } = fromDense(w, { schedule }).factors;
      const [blocks, before, after] = each([parameters.blocks, dIn, dOut] as const, (x) =>
        elements(x.ndarray()),
      );
      const last = first.length - n / 2;
      const entries = Array.from(blocks, (v, k) => {
        const p = k >> 2;
        const [row, column] = [k & 2 ? second[p]! : first[p]!, k & 1 ? second[p]! : first[p]!];
        return v * (p < n / 2 ? (before[column] ?? 1) : 1) * (p >= last ? (after[row] ?? 1) : 1);
      });
      assignNumbers(target, entries);
    });
  }

  toDense(): Tensor {
    const { schedule } = this;
    const squares = this.stack.map((blocks) => {
      const { dtype, backend } = blocks;
      const parameters = { blocks, unpairedScales: zeros([0], { dtype, backend }) };
      return toDense({ mixer: generalMixer, schedule, parameters });
    });
    return slice(concat(squares), [{ stop: this.outFeatures }, { stop: this.inFeatures }]);
  }
}

/** The entry of {@link Butterfly}. */
export const butterflyKind: LinearEntry = {
  description: "stacked butterflies of free 2×2 blocks without diagonals, as in torch_butterfly",
  learningRate: 0.01,
  create: (inFeatures, outFeatures, options) => new Butterfly(inFeatures, outFeatures, options),
};

/** {@link Butterfly} in files. */
export const butterflyModule: ModuleKind = moduleKind(
  "Butterfly",
  Butterfly,
  { inFeatures: size, outFeatures: size, bias: flag },
  ({ inFeatures, outFeatures, ...options }, { random }) =>
    new Butterfly(inFeatures, outFeatures, { ...options, random }),
  ({ inFeatures, outFeatures }) => {
    const n = widthOf(inFeatures);
    return 2 * n * Math.log2(n) * (1 + Math.ceil(outFeatures / n));
  },
);
