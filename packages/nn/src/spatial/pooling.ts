/** @file Pooling: the largest or the mean of every window. */
import type { Shape, Tensor } from "@spm/core";
import { avgPool1d, avgPool2d, maxPool1d, maxPool2d } from "../functional/index.ts";
import { checkSizes, type SlidingOptions } from "../functional/windows.ts";
import { Module } from "../module.ts";

type Size = number | Shape;

abstract class Pooling extends Module {
  readonly size: Shape;
  readonly sliding: SlidingOptions;
  readonly #pool: (x: Tensor, size: Shape, options: SlidingOptions) => Tensor;

  constructor(
    axes: number,
    size: Size,
    { stride = size, padding = 0 }: SlidingOptions,
    pool: (x: Tensor, size: Shape, options: SlidingOptions) => Tensor,
  ) {
    super();
    const { name } = new.target;
    this.size = checkSizes(name, "kernel sizes", size, axes, 1);
    this.sliding = {
      stride: checkSizes(name, "strides", stride, axes, 1),
      padding: checkSizes(name, "paddings", padding, axes, 0),
    };
    this.#pool = pool;
  }

  forward(x: Tensor): Tensor {
    return this.#pool(x, this.size, this.sliding);
  }
}

/**
 * The largest of every window, side by side unless a stride is given; the first of equal ones gets
 * the cotangent. x [..., length] → [..., length'].
 * @throws ShapeError for sizes out of range, or a window that does not fit
 * @example new MaxPool1d(2).forward(x); // half as long
 */
export class MaxPool1d extends Pooling {
  constructor(size: Size, options: SlidingOptions = {}) {
    super(1, size, options, maxPool1d);
  }
}

/** {@link MaxPool1d} over two axes: [..., height, width] → [..., height', width']. */
export class MaxPool2d extends Pooling {
  constructor(size: Size, options: SlidingOptions = {}) {
    super(2, size, options, maxPool2d);
  }
}

/**
 * The mean of every window, padding counted as 0. x [..., length] → [..., length'].
 * @throws ShapeError for sizes out of range, or a window that does not fit
 */
export class AvgPool1d extends Pooling {
  constructor(size: Size, options: SlidingOptions = {}) {
    super(1, size, options, avgPool1d);
  }
}

/** {@link AvgPool1d} over two axes. */
export class AvgPool2d extends Pooling {
  constructor(size: Size, options: SlidingOptions = {}) {
    super(2, size, options, avgPool2d);
  }
}
