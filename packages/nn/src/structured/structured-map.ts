/** @file What the structured linear maps share: the check of their input, their bias. */
import {
  add,
  noGrad,
  type Parameter,
  pad,
  parameter,
  slice,
  type Tensor,
  tensor,
  zeros,
} from "@spm/core";
import { elements } from "@spm/core/extend";
import { LinearMap, type LinearOptions } from "../linear-map.ts";

/** y = x Wᵀ + b with a W of some structure; b starts at 0. x [..., in] → [..., out]. */
export abstract class StructuredMap extends LinearMap {
  readonly bias: Parameter | null;

  constructor(fanIn: number, fanOut: number, { bias = true }: LinearOptions) {
    super(fanIn, fanOut);
    this.bias = bias ? parameter(zeros([fanOut]), { decay: false }) : null;
  }

  /** x Wᵀ. x [..., in] → [..., out] */
  protected abstract multiply(x: Tensor): Tensor;

  /** FLOP for a row, the bias left out. */
  protected abstract readonly productFlops: number;

  get flopsPerRow(): number {
    return this.productFlops + (this.bias === null ? 0 : this.fanOut);
  }

  /**
   * Assigns the parameters whose matrix is nearest to W, in Frobenius norm where that is known in
   * closed form.
   */
  protected abstract assignNearest(weight: readonly Float64Array[]): void;

  override assignDense(weight: Tensor): number {
    this.checkDense(weight);
    const [fanOut, fanIn] = [this.fanOut, this.fanIn];
    const target = elements(weight.ndarray());
    const rows = Array.from({ length: fanOut }, (_, o) =>
      Float64Array.from(target.subarray(o * fanIn, (o + 1) * fanIn)),
    );
    return noGrad(() => {
      this.assignNearest(rows);
      const found = elements(this.toDense().ndarray());
      const size = (v: ArrayLike<number>): number =>
        Math.sqrt(Array.from(v).reduce((t, x) => t + x * x, 0));
      return size(Array.from(found, (v, k) => v - target[k]!)) / (size(target) || 1);
    });
  }

  /** @throws ShapeError unless x is [..., in] */
  forward(x: Tensor): Tensor {
    this.checkInput(x);
    const y = this.multiply(x);
    return this.bias === null ? y : add(y, this.bias);
  }
}

/** Assigns numbers in row-major order. */
export function assignNumbers(p: Parameter, values: ArrayLike<number>): void {
  const dtype = p.dtype === "float64" ? p.dtype : "float32";
  p.assign(tensor(Float64Array.from(values), { shape: p.shape, dtype, backend: p.backend }));
}

/** x [..., n] with zeros up to [..., width]. */
export function widened(x: Tensor, width: number): Tensor {
  const none = x.shape.map(() => 0);
  return pad(x, none, none.with(-1, width - x.shape.at(-1)!));
}

/** The first `width` of x [..., n]. */
export const narrowed = (x: Tensor, width: number): Tensor =>
  slice(x, [...x.shape.slice(1).map(() => undefined), { stop: width }]);
