/** @file Pooling: the largest or the mean of every window. */

import type { Shape, Tensor } from "@spm/core";
import { checkOptions, type OptionNames } from "@spm/core/extend";
import { describe } from "../description/module-kind.ts";
import {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  avgPool1d,
  avgPool2d,
  maxPool1d,
  maxPool2d,
} from "../functional/index.ts";
import {
  type AvgPoolOptions,
  avgPoolOptions,
  type PoolOptions,
  poolOptions,
  type Size,
} from "../functional/pooling.ts";
import { checkSizes, paddingOf, slidingOf } from "../functional/windows.ts";
import { Module } from "../module.ts";

/** A function that pools, with options of its own. */
type PoolFunction<Options> = (x: Tensor, size: Shape, options: Options) => Tensor;

abstract class Pooling<Options extends PoolOptions> extends Module {
  readonly size: Shape;
  readonly #sliding: Options;
  readonly #pool: PoolFunction<Options>;

  constructor(
    axes: number,
    size: Size,
    options: Options,
    names: OptionNames<Options>,
    pool: PoolFunction<Options>,
  ) {
    super();
    const { name } = new.target;
    checkOptions(name, options, names);
    this.size = checkSizes(name, "kernel sizes", size, axes, 1);
    const { stride = this.size, dilation = 1, padding = 0 } = options;
    paddingOf(name, slidingOf(name, this.size, { stride, dilation }), padding);
    describe(this, {
      size: this.size,
      ceilMode: false,
      countIncludePad: true,
      ...options,
      stride,
      padding,
      dilation,
    });
    this.#sliding = { ...options, stride };
    this.#pool = pool;
  }

  forward(x: Tensor): Tensor {
    return this.#pool(x, this.size, this.#sliding);
  }
}

/**
 * The largest element of every window, as {@link maxPool1d}. x [..., length] → [..., length'].
 * @throws ShapeError for sizes out of range, or a window that does not fit
 * @example new MaxPool1d(2).forward(tensor([3, 1, 2, 4])); // [3, 4]
 */
export class MaxPool1d extends Pooling<PoolOptions> {
  constructor(size: Size, options: PoolOptions = {}) {
    super(1, size, options, poolOptions, maxPool1d);
  }
}

/**
 * The largest element of every window over two axes, as {@link maxPool2d}. x [..., height, width] →
 * [..., height', width'].
 * @throws ShapeError for sizes out of range, or a window that does not fit
 * @example new MaxPool2d(2).forward(ones([1, 1, 4, 4])).shape; // [1, 1, 2, 2]
 */
export class MaxPool2d extends Pooling<PoolOptions> {
  constructor(size: Size, options: PoolOptions = {}) {
    super(2, size, options, poolOptions, maxPool2d);
  }
}

/**
 * The mean of every window, as {@link avgPool1d}. x [..., length] → [..., length'].
 * @throws ShapeError for sizes out of range, or a window that does not fit
 * @example new AvgPool1d(2).forward(tensor([3, 1, 2, 4])); // [2, 3]
 */
export class AvgPool1d extends Pooling<AvgPoolOptions> {
  constructor(size: Size, options: AvgPoolOptions = {}) {
    super(1, size, options, avgPoolOptions, avgPool1d);
  }
}

/**
 * The mean of every window over two axes, as {@link avgPool2d}. x [..., height, width] →
 * [..., height', width'].
 * @throws ShapeError for sizes out of range, or a window that does not fit
 * @example new AvgPool2d(2).forward(ones([1, 1, 4, 4])).shape; // [1, 1, 2, 2]
 */
export class AvgPool2d extends Pooling<AvgPoolOptions> {
  constructor(size: Size, options: AvgPoolOptions = {}) {
    super(2, size, options, avgPoolOptions, avgPool2d);
  }
}

abstract class AdaptivePooling extends Module {
  readonly size: Shape;
  readonly #pool: (x: Tensor, size: Shape) => Tensor;

  constructor(axes: number, size: Size, pool: (x: Tensor, size: Shape) => Tensor) {
    super();
    this.size = checkSizes(new.target.name, "sizes", size, axes, 1);
    describe(this, { size: this.size });
    this.#pool = pool;
  }

  forward(x: Tensor): Tensor {
    return this.#pool(x, this.size);
  }
}

/**
 * The largest element of each of `size` windows, as {@link adaptiveMaxPool1d}. x [..., length] →
 * [..., size].
 * @throws ShapeError for a size that is no integer ≥ 1
 * @example new AdaptiveMaxPool1d(2).forward(tensor([3, 1, 2])); // [3, 2]
 */
export class AdaptiveMaxPool1d extends AdaptivePooling {
  constructor(size: Size) {
    super(1, size, adaptiveMaxPool1d);
  }
}

/**
 * The largest element of each window over two axes, as {@link adaptiveMaxPool2d}.
 * x [..., height, width] → [..., height', width'].
 * @throws ShapeError for a size that is no integer ≥ 1
 * @example new AdaptiveMaxPool2d(2).forward(ones([1, 5, 7])).shape; // [1, 2, 2]
 */
export class AdaptiveMaxPool2d extends AdaptivePooling {
  constructor(size: Size) {
    super(2, size, adaptiveMaxPool2d);
  }
}

/**
 * The mean of each of `size` windows, as {@link adaptiveAvgPool1d}. x [..., length] → [..., size].
 * @throws ShapeError for a size that is no integer ≥ 1
 * @example new AdaptiveAvgPool1d(2).forward(tensor([3, 1, 2])); // [2, 1.5]
 */
export class AdaptiveAvgPool1d extends AdaptivePooling {
  constructor(size: Size) {
    super(1, size, adaptiveAvgPool1d);
  }
}

/**
 * The mean of each window over two axes, as {@link adaptiveAvgPool2d}. x [..., height, width] →
 * [..., height', width'].
 * @throws ShapeError for a size that is no integer ≥ 1
 * @example new AdaptiveAvgPool2d(1).forward(ones([2, 5, 7])).shape; // [2, 1, 1]
 */
export class AdaptiveAvgPool2d extends AdaptivePooling {
  constructor(size: Size) {
    super(2, size, adaptiveAvgPool2d);
  }
}
