/** @file Two block-diagonal products with a Hadamard transform between them. */

import {
  eye,
  normal,
  type Parameter,
  parameter,
  reshape,
  type Tensor,
  tensor,
  transpose,
} from "@spm/core";
import { checkOptions, checkRandom, type OptionNames, ShapeError } from "@spm/core/extend";
import { butterfly, log2Stages, rotationMixer, type Schedule } from "@spm/mixer";
import { hadamardAngles } from "@spm/mixer/extend";
import { flag, size } from "../description/fields.ts";
import { describe, type ModuleKind, moduleKind } from "../description/module-kind.ts";
import { multiplyParts } from "../functional/blockwise.ts";
import { type LinearEntry, type LinearOptions, linearOptions } from "../linear-map.ts";
import { assignNumbers, narrowed, StructuredMap, widened } from "./structured-map.ts";
import { truncated } from "./truncated.ts";

/** Options of {@link BlockHadamard}. */
export interface BlockHadamardOptions extends LinearOptions {
  /**
   * q = 2^k, from 1 to D.
   * @defaultValue the least 2^k ≥ √D
   */
  readonly blocks?: number;
}

const names: OptionNames<BlockHadamardOptions> = { ...linearOptions, blocks: true };

/** D */
const transformWidth = (inFeatures: number, outFeatures: number): number =>
  2 ** Math.max(2, log2Stages(Math.min(inFeatures, outFeatures)));

/**
 * A block-Hadamard map, W = B₂ H B₁ / √D, with H the Hadamard matrix of D = 2^k ≥ min(in, out), at
 * least 4, and q blocks in either factor: B₁ has [D/q, ⌈in/q⌉], B₂ [⌈out/q⌉, D/q], the last ones
 * padded. It is a matrix of rank D/q, each of whose q × q parts has the sign that H_q has there. x
 * [..., in] → [..., out]; about (in + out)·D/q + out parameters, 2·(in + out)·D/q + 3·D log₂ D FLOP
 * a row. Initial blocks are N(0, 1/⌈in/q⌉) and N(0, gain²·q/D). It is depth 2 of the baseline of
 * Composing Linear Layers from Irreducibles (arXiv 2507.11688), whose code at its default depth
 * leaves out H and B₁: a {@link BlockDiagonal}.
 * @throws ShapeError for a number of blocks that is none of these
 * @example new BlockHadamard(64, 64, { blocks: 16, random: rng(1) }).inner.shape; // [16, 4, 4]
 */
export class BlockHadamard extends StructuredMap {
  /** B₁ [q, D/q, ⌈in/q⌉] */
  readonly inner: Parameter;
  /** B₂ [q, ⌈out/q⌉, D/q] */
  readonly outer: Parameter;
  /** H/√D as rotations. */
  readonly #schedule: Schedule;
  readonly #angles: Float64Array;

  constructor(inFeatures: number, outFeatures: number, options: BlockHadamardOptions) {
    super(inFeatures, outFeatures, options);
    checkOptions("BlockHadamard", options, names);
    checkRandom("BlockHadamard", options.random);
    const d = transformWidth(inFeatures, outFeatures);
    const { random, gain = 1, blocks: q = 2 ** Math.ceil(Math.log2(d) / 2) } = options;
    if (!Number.isInteger(Math.log2(q)) || q < 1 || q > d)
      throw new ShapeError("BlockHadamard", `a power of two from 1 to ${d} blocks`, q);
    describe(this, { inFeatures, outFeatures, bias: this.bias !== null, blocks: q });
    const [width, height] = [inFeatures, outFeatures].map((n) => Math.ceil(n / q)) as [
      number,
      number,
    ];
    const rank = d / q;
    this.inner = parameter(() => normal(random, [q, rank, width], 0, 1 / Math.sqrt(width)));
    this.outer = parameter(() => normal(random, [q, height, rank], 0, gain / Math.sqrt(rank)));
    this.#schedule = butterfly(d);
    this.#angles = hadamardAngles(this.#schedule);
  }

  get #sizes(): [q: number, rank: number, width: number, height: number] {
    const [q, rank, width] = this.inner.shape as [number, number, number];
    return [q, rank, width, this.outer.shape[1] ?? 0];
  }

  /** z H / √D. z [rows, D] → [rows, D] */
  #transform(z: Tensor): Tensor {
    const { dtype, backend } = z;
    const angles = tensor(this.#angles, { dtype, backend });
    return rotationMixer(z, angles, { schedule: this.#schedule });
  }

  protected multiply(x: Tensor): Tensor {
    const [q, rank, width, height] = this.#sizes;
    const inner = multiplyParts(widened(x, q * width), this.inner);
    const hidden = this.#transform(reshape(inner, [-1, q * rank]));
    const y = multiplyParts(hidden, this.outer);
    return narrowed(reshape(y, [...x.shape.slice(0, -1), q * height]), this.outFeatures);
  }

  protected get productFlops(): number {
    const [q, rank, width, height] = this.#sizes;
    const d = q * rank;
    return 2 * d * (width + height) + 3 * d * Math.log2(d);
  }

  /** Assigns the nearest: with the signs of H_q undone, the largest D/q singular values. */
  protected assignNearest(weight: readonly Float64Array[]): void {
    const [q, rank, width, height] = this.#sizes;
    const unsigned = Array.from({ length: q * height }, (_, o) =>
      Array.from(
        { length: q * width },
        (_, i) => (weight[o]?.[i] ?? 0) * sylvester(Math.floor(o / height), Math.floor(i / width)),
      ),
    );
    const { u, v } = truncated(unsigned, rank);
    const scale = q ** 0.25; // H_D / √D has an entry of H_q / √q beside each H_rank / √rank
    const inner = Array.from({ length: q * rank * width }, (_, at) => {
      const [k, r, i] = [
        Math.floor(at / (rank * width)),
        Math.floor(at / width) % rank,
        at % width,
      ];
      return scale * (v[r]?.[k * width + i] ?? 0);
    });
    const outer = u.flatMap((row) =>
      row.map((_, r) => {
        const sum = row.reduce((t, value, s) => t + value * sylvester(s, r), 0);
        return (scale * sum) / Math.sqrt(rank);
      }),
    );
    assignNumbers(this.inner, inner);
    assignNumbers(this.outer, outer);
  }

  toDense(): Tensor {
    const { dtype, backend } = this.inner;
    return transpose(this.multiply(eye(this.inFeatures, undefined, { dtype, backend })));
  }
}

/** An entry of Sylvester's Hadamard matrix: (−1)^popcount(i & j). */
function sylvester(i: number, j: number): number {
  let sign = 1;
  for (let rest = i & j; rest > 0; rest &= rest - 1) sign = -sign;
  return sign;
}

/** The entry of {@link BlockHadamard}. */
export const blockHadamardKind: LinearEntry = {
  description: "two block-diagonal products with a Hadamard transform between them",
  learningRate: 0.01,
  create: (inFeatures, outFeatures, options) => new BlockHadamard(inFeatures, outFeatures, options),
};

/** {@link BlockHadamard} in files. */
export const blockHadamardModule: ModuleKind = moduleKind(
  "BlockHadamard",
  BlockHadamard,
  { inFeatures: size, outFeatures: size, bias: flag, blocks: size },
  ({ inFeatures, outFeatures, ...options }, { random }) =>
    new BlockHadamard(inFeatures, outFeatures, { ...options, random }),
  ({ inFeatures, outFeatures, blocks: q }) => {
    const d = transformWidth(inFeatures, outFeatures);
    return d * (Math.ceil(inFeatures / q) + Math.ceil(outFeatures / q) + 2 * log2Stages(d));
  },
);
