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
import { sizeOf } from "@spm/core/extend";
import type { LinearEntry, LinearOptions } from "../linear-map.ts";
import { convolve, convolveFlops } from "./convolve.ts";
import { assignNumbers, narrowed, StructuredMap, widened } from "./structured-map.ts";

/**
 * W[o, i] = t[o − i + in − 1]: a convolution of x with t, embedded in a circular one over N =
 * 2^⌈log₂(in + out − 1)⌉ coordinates. x [..., in] → [..., out]; in + 2·out − 1 parameters, about 10
 * N log₂ N FLOP a row. Starts from N(0, gain²/in).
 * @example const layer = new Toeplitz(100, 60, { random: rng(1) });
 */
export class Toeplitz extends StructuredMap {
  /** t [in + out − 1], from the upper right diagonal to the lower left one */
  readonly diagonals: Parameter;

  constructor(fanIn: number, fanOut: number, options: LinearOptions) {
    super(fanIn, fanOut, options);
    const { random, gain = 1 } = options;
    this.diagonals = parameter(normal(random, [fanIn + fanOut - 1], 0, gain / Math.sqrt(fanIn)));
  }

  protected multiply(x: Tensor): Tensor {
    return toeplitzProduct(x, this.diagonals, this.fanOut);
  }

  protected get productFlops(): number {
    return convolveFlops(paddedWidth(this.fanIn + this.fanOut - 1));
  }

  /** The mean of every diagonal. */
  protected assignNearest(weight: readonly Float64Array[]): void {
    const { diagonals, fanIn } = this;
    assignNumbers(
      diagonals,
      diagonalMeans(weight, sizeOf(diagonals.shape), (k) => k + fanIn - 1),
    );
  }

  toDense(): Tensor {
    return fromDiagonals(this.diagonals, this.fanOut, this.fanIn, (k) => k + this.fanIn - 1);
  }
}

const paddedWidth = (n: number): number => 2 ** Math.ceil(Math.log2(n));

/** y[o] = Σᵢ t[o − i + in − 1] x[i]. x [..., in], t [in + out − 1] → [..., out] */
export function toeplitzProduct(x: Tensor, t: Tensor, fanOut: number): Tensor {
  const [fanIn, width] = [x.shape.at(-1)!, paddedWidth(sizeOf(t.shape))];
  // t of o < i, which wrap around to the kernel's end
  const before = slice(t, [{ stop: fanIn - 1 }]);
  const kernel = concat([widened(slice(t, [{ start: fanIn - 1 }]), width - fanIn + 1), before]);
  return narrowed(convolve(widened(x, width), kernel), fanOut);
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

/** Toeplitz by name. */
export const toeplitzKind: LinearEntry = {
  description: "a matrix that is constant along its diagonals",
  learningRate: 0.01,
  create: (fanIn, fanOut, options) => new Toeplitz(fanIn, fanOut, options),
};
