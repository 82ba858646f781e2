/** @file What every linear map of a model is, dense or structured. */
import type { Parameter, Rng, Shape, Tensor } from "@spm/core";
import { ShapeError, sameShape, showShape, sizeOf, ValueError } from "@spm/core/extend";
import { Module } from "./module.ts";
import { checkSizes } from "./options.ts";

/** What every linear map is made from. */
export interface LinearOptions {
  readonly random: Rng;
  /** Whether a bias is added (true unless said). */
  readonly bias?: boolean;
  /**
   * Factor on the initial output; for a structured layer it stands in d_out. 1 unless said; a dense
   * layer keeps its own scale.
   */
  readonly gain?: number;
}

/**
 * Makes a linear map in → out.
 * @example
 * const thin: LinearFactory = (fanIn, fanOut, options) =>
 *   new LowRank(fanIn, fanOut, { ...options, rank: 8 });
 */
export type LinearFactory = (fanIn: number, fanOut: number, options: LinearOptions) => LinearMap;

/** A linear map as the list of kinds has it. */
export interface LinearEntry {
  /** One line. */
  readonly description: string;
  /**
   * Adam's rate to begin with: the best of 0.001, 0.003, 0.01 and 0.03 after 200 steps on MNIST.
   */
  readonly learningRate: number;
  readonly create: LinearFactory;
}

/**
 * y = x Wᵀ + b, with a W [out, in] that only the dense layer stores. x [..., in] → [..., out].
 * Extend it to put a structure of your own beside ours.
 */
export abstract class LinearMap extends Module {
  readonly fanIn: number;
  readonly fanOut: number;
  /** b [out] */
  abstract readonly bias: Parameter | null;
  /** FLOP for a row x, an addition or a multiplication counting 1. */
  abstract readonly flopsPerRow: number;

  /** @throws ShapeError unless both sizes are whole numbers ≥ 1 */
  constructor(fanIn: number, fanOut: number) {
    super();
    checkSizes(new.target.name, "sizes in, out", fanIn, fanOut);
    this.fanIn = fanIn;
    this.fanOut = fanOut;
  }

  abstract override forward(x: Tensor): Tensor;

  /** W [out, in], differentiable by the layer's parameters. */
  abstract toDense(): Tensor;

  /**
   * Moves the map as near to a given W [out, in] as its structure allows; the bias stays. CPU
   * backends only.
   * @returns ‖W′ − W‖ / ‖W‖
   * @throws ValueError unless a subclass knows how
   */
  assignDense(_weight: Tensor): number {
    throw new ValueError(
      "assignDense",
      "a map that knows its nearest to a matrix",
      this.constructor.name,
    );
  }

  /** For a forward. @throws ShapeError unless x is [..., in] */
  protected checkInput(x: Tensor): void {
    if (x.shape.at(-1) !== this.fanIn)
      throw new ShapeError(
        this.constructor.name,
        `x of shape [..., ${this.fanIn}]`,
        showShape(x.shape),
      );
  }

  /** For {@link assignDense}. @throws ShapeError unless W is [out, in] */
  protected checkDense({ shape }: Tensor): void {
    const { fanIn, fanOut } = this;
    if (!sameShape(shape, [fanOut, fanIn]))
      throw new ShapeError("assignDense", `W of shape [${fanOut}, ${fanIn}]`, showShape(shape));
  }

  /** FLOP of a forward; of a single row unless shapes are given. */
  override flops([x = [this.fanIn]]: readonly Shape[] = []): number {
    return this.flopsPerRow * sizeOf(x.slice(0, -1));
  }
}
