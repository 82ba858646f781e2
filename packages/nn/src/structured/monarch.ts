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
import { ShapeError, sizeOf } from "@spm/core/extend";
import type { LinearEntry, LinearOptions } from "../linear-map.ts";
import { blockDiagonal, multiplyBlocks } from "./blockwise.ts";
import { assignNumbers, narrowed, StructuredMap, widened } from "./structured-map.ts";
import { truncated } from "./truncated.ts";

/** How a Monarch map is built. */
export interface MonarchOptions extends LinearOptions {
  /** m = q, the blocks of both factors, at least 1; m = ⌈√in⌉ and q = ⌈√out⌉ unless said. */
  readonly blocks?: number;
}

/**
 * W = P L Pᵀ R (Dao et al. 2022): R has m blocks [q, ⌈in/m⌉], L has q blocks [⌈out/q⌉, m], and P
 * transposes: block k's output j goes to block j's input k, so that every output sees every input.
 * x [..., in] → [..., out]; about √in·out + √out·in + out parameters, twice as many FLOP a row.
 * Where √n is a power of two it holds every butterfly of width n. Starts with R from N(0, m/in) and
 * L from N(0, gain²/m).
 * @throws ShapeError for fewer than one block
 * @example
 * const layer = new Monarch(1024, 1024, { random: rng(1) }); // 32 blocks of 32 × 32, twice
 */
export class Monarch extends StructuredMap {
  /** R [m, q, ⌈in/m⌉] */
  readonly right: Parameter;
  /** L [q, ⌈out/q⌉, m] */
  readonly left: Parameter;

  constructor(fanIn: number, fanOut: number, options: MonarchOptions) {
    super(fanIn, fanOut, options);
    const { random, gain = 1, blocks } = options;
    if (blocks !== undefined && (!Number.isSafeInteger(blocks) || blocks < 1))
      throw new ShapeError("Monarch", "at least 1 block", blocks);
    const [m, q] = [blocks ?? Math.ceil(Math.sqrt(fanIn)), blocks ?? Math.ceil(Math.sqrt(fanOut))];
    const width = Math.ceil(fanIn / m);
    this.right = parameter(normal(random, [m, q, width], 0, 1 / Math.sqrt(width)));
    this.left = parameter(normal(random, [q, Math.ceil(fanOut / q), m], 0, gain / Math.sqrt(m)));
  }

  protected multiply(x: Tensor): Tensor {
    const [m, , width] = this.right.shape as [number, number, number];
    const parts = reshape(widened(x, m * width), [-1, m, width]);
    const between = transpose(multiplyBlocks(parts, this.right), [0, 2, 1]);
    const y = transpose(multiplyBlocks(between, this.left), [0, 2, 1]);
    return narrowed(reshape(y, [...x.shape.slice(0, -1), y.shape[1]! * y.shape[2]!]), this.fanOut);
  }

  protected get productFlops(): number {
    return 2 * (sizeOf(this.right.shape) + sizeOf(this.left.shape));
  }

  /**
   * Each pair of blocks meets in one matrix of rank 1: its best approximation (Dao et al. 2022,
   * theorem 1).
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
    return slice(w, [{ stop: this.fanOut }, { stop: this.fanIn }]);
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

/** Monarch by name. */
export const monarchKind: LinearEntry = {
  description: "two block-diagonal products with a transposition between them",
  learningRate: 0.01,
  create: (fanIn, fanOut, options) => new Monarch(fanIn, fanOut, options),
};
