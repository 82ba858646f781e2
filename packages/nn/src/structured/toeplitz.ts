/** @file A matrix that is constant along its diagonals. */

import {
  concat,
  normal,
  type Parameter,
  parameter,
  slice,
  type Tensor,
  take,
  tensor,
} from "@spm/core";
import { checkOptions, checkRandom, sizeOf } from "@spm/core/extend";
import { flag, size } from "../description/fields.ts";
import { describe, type ModuleKind, moduleKind } from "../description/module-kind.ts";
import { type LinearEntry, type LinearOptions, linearOptions } from "../linear-map.ts";
import { convolve, convolveFlops } from "./convolve.ts";
import { assignNumbers, narrowed, StructuredMap, widened } from "./structured-map.ts";

/**
 * A Toeplitz map, W[o, i] = t[o − i + in − 1]: a convolution of x with t, embedded in a circular
 * one over N = 2^⌈log₂(in + out − 1)⌉ coordinates. x [..., in] → [..., out]; in + 2·out − 1
 * parameters, about 10 N log₂ N FLOP a row. Initial t is N(0, gain²/in).
 * @throws ShapeError unless both sizes are whole numbers ≥ 1
 * @example new Toeplitz(100, 60, { random: rng(1) }).diagonals.shape; // [159]
 */
export class Toeplitz extends StructuredMap {
  /** t [in + out − 1], from the upper right diagonal to the lower left one */
  readonly diagonals: Parameter;

  constructor(inFeatures: number, outFeatures: number, options: LinearOptions) {
    super(inFeatures, outFeatures, options);
    checkOptions("Toeplitz", options, linearOptions);
    checkRandom("Toeplitz", options.random);
    describe(this, { inFeatures, outFeatures, bias: this.bias !== null });
    const { random, gain = 1 } = options;
    this.diagonals = parameter(() =>
      normal(random, [inFeatures + outFeatures - 1], 0, gain / Math.sqrt(inFeatures)),
    );
  }

  protected multiply(x: Tensor): Tensor {
    return toeplitzProduct(x, this.diagonals, this.outFeatures);
  }

  protected get productFlops(): number {
    return convolveFlops(paddedWidth(this.inFeatures + this.outFeatures - 1));
  }

  /** Assigns the mean of every diagonal. */
  protected assignNearest(weight: readonly Float64Array[]): void {
    const { diagonals, inFeatures } = this;
    assignNumbers(
      diagonals,
      diagonalMeans(weight, sizeOf(diagonals.shape), (k) => k + inFeatures - 1),
    );
  }

  toDense(): Tensor {
    return fromDiagonals(
      this.diagonals,
      this.outFeatures,
      this.inFeatures,
      (k) => k + this.inFeatures - 1,
    );
  }
}

const paddedWidth = (n: number): number => 2 ** Math.ceil(Math.log2(n));

/** y[o] = Σᵢ t[o − i + in − 1] x[i]. x [..., in], t [in + out − 1] → [..., out] */
export function toeplitzProduct(x: Tensor, t: Tensor, outFeatures: number): Tensor {
  const [inFeatures, width] = [x.shape.at(-1)!, paddedWidth(sizeOf(t.shape))];
  // the entries of t with o < i, which wrap around to the kernel's end
  const before = slice(t, [{ stop: inFeatures - 1 }]);
  const kernel = concat([
    widened(slice(t, [{ start: inFeatures - 1 }]), width - inFeatures + 1),
    before,
  ]);
  return narrowed(convolve(widened(x, width), kernel), outFeatures);
}

/** The matrix W[o, i] = values[position(o − i)], [rows, columns]. */
export function fromDiagonals(
  values: Tensor,
  rows: number,
  columns: number,
  position: (k: number) => number,
): Tensor {
  const index = Int32Array.from({ length: rows * columns }, (_, at) =>
    position(Math.floor(at / columns) - (at % columns)),
  );
  return take(values, tensor(index, { shape: [rows, columns], backend: values.backend }));
}

/**
 * The mean of the entries W[o, i] for each of `count` positions that {@link fromDiagonals} takes
 * them from; 0 where there are none.
 */
export function diagonalMeans(
  weight: readonly Float64Array[],
  count: number,
  position: (k: number) => number,
): Float64Array {
  const [sums, counts] = [new Float64Array(count), new Float64Array(count)];
  weight.forEach((row, o) => {
    row.forEach((v, i) => {
      sums[position(o - i)]! += v;
      counts[position(o - i)]!++;
    });
  });
  return sums.map((sum, k) => sum / (counts[k] || 1));
}

/** The entry of {@link Toeplitz}. */
export const toeplitzKind: LinearEntry = {
  description: "a matrix that is constant along its diagonals",
  learningRate: 0.01,
  create: (inFeatures, outFeatures, options) => new Toeplitz(inFeatures, outFeatures, options),
};

/** {@link Toeplitz} in files. */
export const toeplitzModule: ModuleKind = moduleKind(
  "Toeplitz",
  Toeplitz,
  { inFeatures: size, outFeatures: size, bias: flag },
  ({ inFeatures, outFeatures, ...options }, { random }) =>
    new Toeplitz(inFeatures, outFeatures, { ...options, random }),
  ({ inFeatures, outFeatures }) => inFeatures + outFeatures,
);
