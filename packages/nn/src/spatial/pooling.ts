/** @file Pooling: the largest or the mean of every window. */
import type { Shape, Tensor } from "@spm/core";
import { checkOptions } from "@spm/core/extend";
import { avgPool1d, avgPool2d, maxPool1d, maxPool2d } from "../functional/index.ts";
import type { Size } from "../functional/pooling.ts";
import { checkSizes, type SlidingOptions, slidingOptions } from "../functional/windows.ts";
import { Module } from "../module.ts";

abstract class Pooling extends Module {
  readonly size: Shape;
  readonly sliding: SlidingOptions;
  readonly #pool: (x: Tensor, size: Shape, options: SlidingOptions) => Tensor;

  constructor(
    axes: number,
    size: Size,
    options: SlidingOptions,
    pool: (x: Tensor, size: Shape, options: SlidingOptions) => Tensor,
  ) {
    super();
    const { name } = new.target;
    checkOptions(name, options, slidingOptions);
    const { stride = size, padding = 0 } = options;
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
 * The largest element of every window, as {@link maxPool1d}. x [..., length] → [..., ⌊(length + 2 ·
 * padding − size) / stride⌋ + 1].
 * @throws ShapeError for sizes out of range, or a window that does not fit
 * @example new MaxPool1d(2).forward(tensor([3, 1, 2, 4])); // [3, 4]
 */
export class MaxPool1d extends Pooling {
  constructor(size: Size, options: SlidingOptions = {}) {
    super(1, size, options, maxPool1d);
  }
}

/**
 * The largest element of every window over two axes, as {@link maxPool2d}. x [..., height, width] →
 * [..., height', width'].
 * @throws ShapeError for sizes out of range, or a window that does not fit
 * @example new MaxPool2d(2).forward(ones([1, 1, 4, 4])).shape; // [1, 1, 2, 2]
 */
export class MaxPool2d extends Pooling {
  constructor(size: Size, options: SlidingOptions = {}) {
    super(2, size, options, maxPool2d);
  }
}

/**
 * The mean of every window, as {@link avgPool1d}. x [..., length] → [..., ⌊(length + 2 · padding −
 * size) / stride⌋ + 1].
 * @throws ShapeError for sizes out of range, or a window that does not fit
 * @example new AvgPool1d(2).forward(tensor([3, 1, 2, 4])); // [2, 3]
 */
export class AvgPool1d extends Pooling {
  constructor(size: Size, options: SlidingOptions = {}) {
    super(1, size, options, avgPool1d);
  }
}

/**
 * The mean of every window over two axes, as {@link avgPool2d}. x [..., height, width] →
 * [..., height', width'].
 * @throws ShapeError for sizes out of range, or a window that does not fit
 * @example new AvgPool2d(2).forward(ones([1, 1, 4, 4])).shape; // [1, 1, 2, 2]
 */
export class AvgPool2d extends Pooling {
  constructor(size: Size, options: SlidingOptions = {}) {
    super(2, size, options, avgPool2d);
  }
}
