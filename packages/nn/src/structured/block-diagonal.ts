/** @file Independent dense maps on parts of the coordinates. */

import { normal, type Parameter, parameter, slice, type Tensor } from "@spm/core";
import { checkOptions, checkRandom, type OptionNames, ShapeError } from "@spm/core/extend";
import { flag, size } from "../description/fields.ts";
import { describe, type ModuleKind, moduleKind } from "../description/module-kind.ts";
import { blockDiagonal, multiplyParts } from "../functional/blockwise.ts";
import { type LinearEntry, type LinearOptions, linearOptions } from "../linear-map.ts";
import { assignNumbers, narrowed, StructuredMap, widened } from "./structured-map.ts";

/** Options of {@link BlockDiagonal}. */
export interface BlockDiagonalOptions extends LinearOptions {
  /**
   * q, from 1 to min(in, out).
   * @defaultValue ⌈√min(in, out)⌉
   */
  readonly blocks?: number;
}

const names: OptionNames<BlockDiagonalOptions> = { ...linearOptions, blocks: true };

/**
 * A block-diagonal map, W = diag(W₁, …, W_q) with blocks [⌈out/q⌉, ⌈in/q⌉], the last ones padded. x
 * [..., in] → [..., out]; about in·out/q + out parameters, twice as many FLOP a row. Nothing mixes
 * across blocks. Initial blocks are N(0, gain²/⌈in/q⌉).
 * @throws ShapeError for a number of blocks out of range
 * @example new BlockDiagonal(64, 64, { blocks: 16, random: rng(1) }).weight.shape; // [16, 4, 4]
 */
export class BlockDiagonal extends StructuredMap {
  /** [q, ⌈out/q⌉, ⌈in/q⌉] */
  readonly weight: Parameter;

  constructor(inFeatures: number, outFeatures: number, options: BlockDiagonalOptions) {
    super(inFeatures, outFeatures, options);
    checkOptions("BlockDiagonal", options, names);
    const most = Math.min(inFeatures, outFeatures);
    checkRandom("BlockDiagonal", options.random);
    const { random, gain = 1, blocks = Math.ceil(Math.sqrt(most)) } = options;
    if (!Number.isSafeInteger(blocks) || blocks < 1 || blocks > most)
      throw new ShapeError("BlockDiagonal", `1 to ${most} blocks`, blocks);
    describe(this, { inFeatures, outFeatures, bias: this.bias !== null, blocks });
    const [height, width] = [Math.ceil(outFeatures / blocks), Math.ceil(inFeatures / blocks)];
    this.weight = parameter(() =>
      normal(random, [blocks, height, width], 0, gain / Math.sqrt(width)),
    );
  }

  protected multiply(x: Tensor): Tensor {
    const [q, , width] = this.weight.shape as [number, number, number];
    return narrowed(multiplyParts(widened(x, q * width), this.weight), this.outFeatures);
  }

  protected get productFlops(): number {
    return 2 * this.weight.shape.reduce((a, b) => a * b, 1);
  }

  /** Assigns the blocks of W. */
  protected assignNearest(weight: readonly Float64Array[]): void {
    const [q, height, width] = this.weight.shape as [number, number, number];
    const entry = (at: number): number => {
      const [k, j, i] = [
        Math.floor(at / (height * width)),
        Math.floor(at / width) % height,
        at % width,
      ];
      return weight[k * height + j]?.[k * width + i] ?? 0;
    };
    assignNumbers(
      this.weight,
      Array.from({ length: q * height * width }, (_, at) => entry(at)),
    );
  }

  toDense(): Tensor {
    return slice(blockDiagonal(this.weight), [
      { stop: this.outFeatures },
      { stop: this.inFeatures },
    ]);
  }
}

/** The entry of {@link BlockDiagonal}. */
export const blockDiagonalKind: LinearEntry = {
  description: "independent dense maps on parts of the coordinates",
  learningRate: 0.01,
  create: (inFeatures, outFeatures, options) => new BlockDiagonal(inFeatures, outFeatures, options),
};

/** {@link BlockDiagonal} in files. */
export const blockDiagonalModule: ModuleKind = moduleKind(
  "BlockDiagonal",
  BlockDiagonal,
  { inFeatures: size, outFeatures: size, bias: flag, blocks: size },
  ({ inFeatures, outFeatures, ...options }, { random }) =>
    new BlockDiagonal(inFeatures, outFeatures, { ...options, random }),
  ({ inFeatures, outFeatures, blocks }) =>
    blocks * Math.ceil(inFeatures / blocks) * Math.ceil(outFeatures / blocks),
);
