/** @file The common interface of all linear maps, dense and structured. */

import type { Parameter, Rng, Shape, Tensor } from "@spm/core";
import {
  type OptionNames,
  ShapeError,
  sameShape,
  shapeOf,
  showShape,
  sizeOf,
  ValueError,
} from "@spm/core/extend";
import { allow } from "./description/allowance.ts";
import { Module } from "./module.ts";
import { checkSizes } from "./options.ts";

/** Options of every linear map. */
export interface LinearOptions {
  readonly random: Rng;
  /**
   * Whether a bias is added.
   * @defaultValue true
   */
  readonly bias?: boolean;
  /**
   * Factor on the initial output before the bias; of a mixer it is the initial d_out.
   * @defaultValue 1, or that of the dense layer's `init`
   */
  readonly gain?: number;
}

/** Their names. */
export const linearOptions: OptionNames<LinearOptions> = {
  random: true,
  bias: "boolean",
  gain: true,
};

/**
 * Makes a linear map in → out.
 * @example
 * const thin: LinearFactory = (inFeatures, outFeatures, options) =>
 *   new LowRank(inFeatures, outFeatures, { ...options, rank: 8 });
 */
export type LinearFactory = (
  inFeatures: number,
  outFeatures: number,
  options: LinearOptions,
) => LinearMap;

/** An entry of the record of linear maps. */
export interface LinearEntry {
  /** One line. */
  readonly description: string;
  /** A learning rate for Adam: the best of 0.001, 0.003, 0.01, 0.03 after 200 steps on MNIST. */
  readonly learningRate: number;
  readonly create: LinearFactory;
}

/**
 * A linear map y = x Wᵀ + b, W [out, in], which only the dense layer stores. x [..., in] →
 * [..., out]. Subclasses are structures of W.
 * @throws ShapeError unless both sizes are whole numbers ≥ 1
 * @example new Linear(3, 2, { random: rng(1) }) instanceof LinearMap; // true
 */
export abstract class LinearMap extends Module {
  readonly inFeatures: number;
  readonly outFeatures: number;
  /** b [out] */
  abstract readonly bias: Parameter | null;
  /** FLOP of a row x, an addition or a multiplication counting 1. */
  abstract readonly flopsPerRow: number;

  /** @throws ShapeError unless both sizes are whole numbers ≥ 1 */
  constructor(inFeatures: number, outFeatures: number) {
    super();
    checkSizes(new.target.name, "sizes in, out", inFeatures, outFeatures);
    allow(new.target.name, inFeatures + outFeatures, 0); // vectors of each
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
  }

  abstract override forward(x: Tensor): Tensor;

  /** W [out, in], differentiable by the layer's parameters. */
  abstract toDense(): Tensor;

  /**
   * Moves the map as near to a given W [out, in] as its structure allows; the bias is unchanged.
   * CPU backends only.
   * @returns ‖W′ − W‖ / ‖W‖
   * @throws ValueError where a subclass does not implement it
   */
  assignDense(_weight: Tensor): number {
    throw new ValueError(
      "assignDense",
      "a map that knows its nearest to a matrix",
      this.constructor.name,
    );
  }

  /** Refuses inputs of other widths. @throws ShapeError unless x is [..., in] */
  protected checkInput(x: Tensor): void {
    const shape = shapeOf(this.constructor.name, x);
    if (shape.at(-1) !== this.inFeatures)
      throw new ShapeError(
        this.constructor.name,
        `x of shape [..., ${this.inFeatures}]`,
        showShape(shape),
      );
  }

  /** Refuses other matrices in {@link assignDense}. @throws ShapeError unless W is [out, in] */
  protected checkDense({ shape }: Tensor): void {
    const { inFeatures, outFeatures } = this;
    if (!sameShape(shape, [outFeatures, inFeatures]))
      throw new ShapeError(
        "assignDense",
        `W of shape [${outFeatures}, ${inFeatures}]`,
        showShape(shape),
      );
  }

  /** FLOP of a forward on inputs of these shapes (default a single row). */
  override flops([x = [this.inFeatures]]: readonly Shape[] = []): number {
    return this.flopsPerRow * sizeOf(x.slice(0, -1));
  }
}
