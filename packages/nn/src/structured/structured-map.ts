/** @file The common parts of the structured linear maps: bias, check of the input, assignDense. */
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

/**
 * A structured linear map, y = x Wᵀ + b with an initial b of 0; subclasses multiply by W. x
 * [..., in] → [..., out].
 * @throws ShapeError unless both sizes are whole numbers ≥ 1
 * @example new LowRank(8, 8, { random: rng(1) }) instanceof StructuredMap; // true
 */
export abstract class StructuredMap extends LinearMap {
  readonly bias: Parameter | null;

  constructor(inFeatures: number, outFeatures: number, options: LinearOptions) {
    super(inFeatures, outFeatures);
    const bias = options?.bias ?? true; // a subclass checks its options, after this
    this.bias = bias ? parameter(() => zeros([outFeatures]), { decay: false }) : null;
  }

  /** x Wᵀ. x [..., in] → [..., out] */
  protected abstract multiply(x: Tensor): Tensor;

  /** FLOP of a row, without the bias. */
  protected abstract readonly productFlops: number;

  get flopsPerRow(): number {
    return this.productFlops + (this.bias === null ? 0 : this.outFeatures);
  }

  /**
   * Assigns parameters whose matrix is near to W: the nearest in Frobenius norm where that is known
   * in closed form.
   */
  protected abstract assignNearest(weight: readonly Float64Array[]): void;

  override assignDense(weight: Tensor): number {
    this.checkDense(weight);
    const [outFeatures, inFeatures] = [this.outFeatures, this.inFeatures];
    const target = elements(weight.ndarray());
    const rows = Array.from({ length: outFeatures }, (_, o) =>
      Float64Array.from(target.subarray(o * inFeatures, (o + 1) * inFeatures)),
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
