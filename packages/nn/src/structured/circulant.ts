/** @file A matrix whose every row is the one above, turned by one. */
import { concat, normal, type Parameter, parameter, slice, type Tensor } from "@spm/core";
import type { LinearEntry, LinearOptions } from "../linear-map.ts";
import { convolve, convolveFlops } from "./convolve.ts";
import { assignNumbers, narrowed, StructuredMap, widened } from "./structured-map.ts";
import { diagonalMeans, fromDiagonals, toeplitzProduct } from "./toeplitz.ts";

/**
 * W[o, i] = c[(o − i) mod n], n = max(in, out): circular convolution with c, cut to in columns and
 * out rows (Cheng et al. 2015). x [..., in] → [..., out]; n + out parameters. About 10 n log₂ n
 * FLOP a row where n is a power of two; otherwise it is computed as the Toeplitz matrix that it is,
 * over twice to four times as many coordinates. Starts from N(0, gain²/in).
 * @example const layer = new Circulant(256, 256, { random: rng(1) });
 */
export class Circulant extends StructuredMap {
  /** c [max(in, out)], the first column */
  readonly kernel: Parameter;

  constructor(fanIn: number, fanOut: number, options: LinearOptions) {
    super(fanIn, fanOut, options);
    const { random, gain = 1 } = options;
    this.kernel = parameter(normal(random, [Math.max(fanIn, fanOut)], 0, gain / Math.sqrt(fanIn)));
  }

  protected multiply(x: Tensor): Tensor {
    const [n] = this.kernel.shape as [number];
    if (Number.isInteger(Math.log2(n)))
      return narrowed(convolve(widened(x, n), this.kernel), this.fanOut);
    const before = slice(this.kernel, [{ start: n - this.fanIn + 1 }]);
    return toeplitzProduct(
      x,
      concat([before, slice(this.kernel, [{ stop: this.fanOut }])]),
      this.fanOut,
    );
  }

  protected get productFlops(): number {
    const [n] = this.kernel.shape as [number];
    const needed = Number.isInteger(Math.log2(n)) ? n : this.fanIn + this.fanOut - 1;
    return convolveFlops(2 ** Math.ceil(Math.log2(needed)));
  }

  /** The mean of every diagonal and its continuation. */
  protected assignNearest(weight: readonly Float64Array[]): void {
    const [n] = this.kernel.shape as [number];
    assignNumbers(
      this.kernel,
      diagonalMeans(weight, n, (k) => (k + n) % n),
    );
  }

  toDense(): Tensor {
    const [n] = this.kernel.shape as [number];
    return fromDiagonals(this.kernel, this.fanOut, this.fanIn, (k) => (k + n) % n);
  }
}

/** Circulant by name. */
export const circulantKind: LinearEntry = {
  description: "a matrix whose rows are the one above, turned by one",
  learningRate: 0.003,
  create: (fanIn, fanOut, options) => new Circulant(fanIn, fanOut, options),
};
