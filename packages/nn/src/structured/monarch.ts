/**
 * @file Two block-diagonal products with a transposition of the coordinates between and after them.
 */

import {
  matmul,
  normal,
  type Parameter,
  parameter,
  reshape,
  slice,
  type Tensor,
  take,
  tensor,
  transpose,
} from "@spm/core";
import { checkOptions, checkRandom, type OptionNames, ShapeError, sizeOf } from "@spm/core/extend";
import { flag, nullable, size } from "../description/fields.ts";
import { describe, type ModuleKind, moduleKind, present } from "../description/module-kind.ts";
import { blockDiagonal, multiplyBlocks } from "../functional/blockwise.ts";
import { type LinearEntry, type LinearOptions, linearOptions } from "../linear-map.ts";
import { assignNumbers, narrowed, StructuredMap, widened } from "./structured-map.ts";
import { truncated } from "./truncated.ts";

/** Options of {@link Monarch}. */
export interface MonarchOptions extends LinearOptions {
  /**
   * m = q ≥ 1, the number of blocks of both factors.
   * @defaultValue m = ⌈√in⌉ and q = ⌈√out⌉
   */
  readonly blocks?: number;
}

/** m and q */
const factorsOf = (
  inFeatures: number,
  outFeatures: number,
  blocks: number | null | undefined,
): readonly [m: number, q: number] => [
  blocks ?? Math.ceil(Math.sqrt(inFeatures)),
  blocks ?? Math.ceil(Math.sqrt(outFeatures)),
];

const names: OptionNames<MonarchOptions> = { ...linearOptions, blocks: true };

/**
 * A Monarch map, W = P L Pᵀ R (Dao et al. 2022): R has m blocks [q, ⌈in/m⌉], L has q blocks
 * [⌈out/q⌉, m], and P transposes: block k's output j goes to block j's input k, so that every
 * output sees every input. x [..., in] → [..., out]; about √in·out + √out·in + out parameters,
 * twice as many FLOP a row. Where √n is a power of two every butterfly of width n is one. Initial R
 * is N(0, m/in), L is N(0, gain²/m).
 * @throws ShapeError for fewer than one block
 * @example new Monarch(1024, 1024, { random: rng(1) }).left.shape; // [32, 32, 32]
 */
export class Monarch extends StructuredMap {
  /** R [m, q, ⌈in/m⌉] */
  readonly right: Parameter;
  /** L [q, ⌈out/q⌉, m] */
  readonly left: Parameter;

  constructor(inFeatures: number, outFeatures: number, options: MonarchOptions) {
    super(inFeatures, outFeatures, options);
    checkOptions("Monarch", options, names);
    checkRandom("Monarch", options.random);
    const { random, gain = 1, blocks } = options;
    if (blocks !== undefined && (!Number.isSafeInteger(blocks) || blocks < 1))
      throw new ShapeError("Monarch", "at least 1 block", blocks);
    describe(this, { inFeatures, outFeatures, bias: this.bias !== null, blocks: blocks ?? null });
    const [m, q] = factorsOf(inFeatures, outFeatures, blocks);
    const width = Math.ceil(inFeatures / m);
    this.right = parameter(() => normal(random, [m, q, width], 0, 1 / Math.sqrt(width)));
    this.left = parameter(() =>
      normal(random, [q, Math.ceil(outFeatures / q), m], 0, gain / Math.sqrt(m)),
    );
  }

  protected multiply(x: Tensor): Tensor {
    const [m, , width] = this.right.shape as [number, number, number];
    const parts = reshape(widened(x, m * width), [-1, m, width]);
    const between = transpose(multiplyBlocks(parts, this.right), [0, 2, 1]);
    const y = transpose(multiplyBlocks(between, this.left), [0, 2, 1]);
    return narrowed(
      reshape(y, [...x.shape.slice(0, -1), y.shape[1]! * y.shape[2]!]),
      this.outFeatures,
    );
  }

  protected get productFlops(): number {
    return 2 * (sizeOf(this.right.shape) + sizeOf(this.left.shape));
  }

  /**
   * Assigns the best approximation: each pair of blocks makes a part of W of rank 1 (Dao et al.
   * 2022, theorem 1).
   */
  protected assignNearest(weight: readonly Float64Array[]): void {
    const [m, q, width] = this.right.shape as [number, number, number];
    const height = this.left.shape[1]!;
    const [right, left] = [new Float64Array(m * q * width), new Float64Array(q * height * m)];
    for (let k = 0; k < m; k++)
      for (let j = 0; j < q; j++) {
        const part = Array.from({ length: height }, (_, s) =>
          Array.from({ length: width }, (_, i) => weight[s * q + j]?.[k * width + i] ?? 0),
        );
        const { u, v } = truncated(part, 1);
        right.set(v.flat(), (k * q + j) * width);
        for (const [s, value] of u.flat().entries()) left[(j * height + s) * m + k] = value;
      }
    assignNumbers(this.right, right);
    assignNumbers(this.left, left);
  }

  toDense(): Tensor {
    const [m, q] = this.right.shape as [number, number];
    const w = matmul(
      rowsTransposed(blockDiagonal(this.left), q),
      rowsTransposed(blockDiagonal(this.right), m),
    );
    return slice(w, [{ stop: this.outFeatures }, { stop: this.inFeatures }]);
  }
}

/**
 * The rows of a matrix, read as [blocks, height], in the order [height, blocks]: P times the
 * matrix.
 */
function rowsTransposed(w: Tensor, blocks: number): Tensor {
  const height = w.shape[0]! / blocks;
  const order = Int32Array.from(
    { length: blocks * height },
    (_, i) => (i % blocks) * height + Math.floor(i / blocks),
  );
  return take(w, tensor(order, { backend: w.backend }));
}

/** The entry of {@link Monarch}. */
export const monarchKind: LinearEntry = {
  description: "two block-diagonal products with a transposition between them",
  learningRate: 0.01,
  create: (inFeatures, outFeatures, options) => new Monarch(inFeatures, outFeatures, options),
};

/** {@link Monarch} in files. */
export const monarchModule: ModuleKind = moduleKind(
  "Monarch",
  Monarch,
  { inFeatures: size, outFeatures: size, bias: flag, blocks: nullable(size) },
  ({ inFeatures, outFeatures, bias, blocks }, { random }) =>
    new Monarch(inFeatures, outFeatures, { bias, random, ...present({ blocks }) }),
  ({ inFeatures, outFeatures, blocks }) => {
    const [m, q] = factorsOf(inFeatures, outFeatures, blocks);
    return m * q * (Math.ceil(inFeatures / m) + Math.ceil(outFeatures / q));
  },
);
