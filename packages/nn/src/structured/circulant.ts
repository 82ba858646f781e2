/** @file A matrix whose every row is the one above, rotated by one. */

import { concat, normal, type Parameter, parameter, slice, type Tensor } from "@spm/core";
import { checkOptions, checkRandom, sizeOf } from "@spm/core/extend";
import { flag, size } from "../description/fields.ts";
import { describe, type ModuleKind, moduleKind } from "../description/module-kind.ts";
import { type LinearEntry, type LinearOptions, linearOptions } from "../linear-map.ts";
import { convolve, convolveFlops } from "./convolve.ts";
import { assignNumbers, narrowed, StructuredMap, widened } from "./structured-map.ts";
import { diagonalMeans, fromDiagonals, toeplitzProduct } from "./toeplitz.ts";

/**
 * A circulant map, W[o, i] = c[(o − i) mod n], n = max(in, out): circular convolution with c, cut
 * to in columns and out rows (Cheng et al. 2015). x [..., in] → [..., out]; n + out parameters.
 * About 10 n log₂ n FLOP a row where n is a power of two; for other n it is computed as a Toeplitz
 * matrix, by transforms of a power of two from 2n − 1 to 4n − 3: a third of those that transforms
 * of length n would take. Initial c is N(0, gain²/in).
 * @throws ShapeError unless both sizes are whole numbers ≥ 1
 * @example new Circulant(256, 256, { random: rng(1) }).kernel.shape; // [256]
 */
export class Circulant extends StructuredMap {
  /** c [max(in, out)], the first column */
  readonly kernel: Parameter;

  constructor(inFeatures: number, outFeatures: number, options: LinearOptions) {
    super(inFeatures, outFeatures, options);
    checkOptions("Circulant", options, linearOptions);
    checkRandom("Circulant", options.random);
    describe(this, { inFeatures, outFeatures, bias: this.bias !== null });
    const { random, gain = 1 } = options;
    this.kernel = parameter(() =>
      normal(random, [Math.max(inFeatures, outFeatures)], 0, gain / Math.sqrt(inFeatures)),
    );
  }

  protected multiply(x: Tensor): Tensor {
    return circulantProduct(x, this.kernel, this.outFeatures);
  }

  protected get productFlops(): number {
    return circulantFlops(this.inFeatures, this.outFeatures);
  }

  /** Assigns the mean of every diagonal and its continuation. */
  protected assignNearest(weight: readonly Float64Array[]): void {
    const [n] = this.kernel.shape as [number];
    assignNumbers(
      this.kernel,
      diagonalMeans(weight, n, (k) => (k + n) % n),
    );
  }

  toDense(): Tensor {
    const [n] = this.kernel.shape as [number];
    return fromDiagonals(this.kernel, this.outFeatures, this.inFeatures, (k) => (k + n) % n);
  }
}

/** y[o] = Σᵢ c[(o − i) mod n] x[i]. x [..., in], c [max(in, out)] → [..., out] */
export function circulantProduct(x: Tensor, kernel: Tensor, outFeatures: number): Tensor {
  const [n, inFeatures] = [sizeOf(kernel.shape), x.shape.at(-1)!];
  if (Number.isInteger(Math.log2(n))) return narrowed(convolve(widened(x, n), kernel), outFeatures);
  const before = slice(kernel, [{ start: n - inFeatures + 1 }]);
  return toeplitzProduct(x, concat([before, slice(kernel, [{ stop: outFeatures }])]), outFeatures);
}

/** FLOP of {@link circulantProduct} for a row. */
export function circulantFlops(inFeatures: number, outFeatures: number): number {
  const n = Math.max(inFeatures, outFeatures);
  const needed = Number.isInteger(Math.log2(n)) ? n : inFeatures + outFeatures - 1;
  return convolveFlops(2 ** Math.ceil(Math.log2(needed)));
}

/** The entry of {@link Circulant}. */
export const circulantKind: LinearEntry = {
  description: "a matrix whose rows are the one above, turned by one",
  learningRate: 0.003,
  create: (inFeatures, outFeatures, options) => new Circulant(inFeatures, outFeatures, options),
};

/** {@link Circulant} in files. */
export const circulantModule: ModuleKind = moduleKind(
  "Circulant",
  Circulant,
  { inFeatures: size, outFeatures: size, bias: flag },
  ({ inFeatures, outFeatures, ...options }, { random }) =>
    new Circulant(inFeatures, outFeatures, { ...options, random }),
  ({ inFeatures, outFeatures }) => Math.max(inFeatures, outFeatures),
);
