/** @file What the structured linear maps share: the check of their input, their bias. */
import { add, type Parameter, pad, parameter, ShapeError, showShape, slice, type Tensor, zeros } from "@spm/core";
import type { LinearOptions } from "../linear.ts";
import { LinearMap } from "../linear-map.ts";

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

  /** @throws ShapeError unless x is [..., in] */
  forward(x: Tensor): Tensor {
    if (x.shape.at(-1) !== this.fanIn)
      throw new ShapeError(this.constructor.name, `x of shape [..., ${this.fanIn}]`, showShape(x.shape));
    const y = this.multiply(x);
    return this.bias === null ? y : add(y, this.bias);
  }
}

/** x [..., n] with zeros up to [..., width]. */
export function widened(x: Tensor, width: number): Tensor {
  const none = x.shape.map(() => 0);
  return pad(x, none, none.with(-1, width - x.shape.at(-1)!));
}

/** The first `width` of x [..., n]. */
export const narrowed = (x: Tensor, width: number): Tensor =>
  slice(x, [...x.shape.slice(1).map(() => undefined), { stop: width }]);
