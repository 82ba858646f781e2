/** @file Pooling: the largest or the mean of every window. */
import { max, mean, stack, type Tensor } from "@spm/core";
import { Module } from "../module.ts";
import { type Sliding, sizes, windows } from "./windows.ts";

/** How windows lie. */
export interface PoolingOptions {
  /** The kernel's size unless said: windows side by side. */
  readonly stride?: number | readonly number[];
  /** On either side; 0 unless said. It never wins a maximum, and counts as 0 in a mean. */
  readonly padding?: number | readonly number[];
}

abstract class Pooling extends Module {
  readonly sliding: Sliding;
  readonly #value: number;
  readonly #fold: (windows: Tensor) => Tensor;

  constructor(
    axes: number,
    kernel: number | readonly number[],
    { stride = kernel, padding = 0 }: PoolingOptions,
    value: number,
    fold: (windows: Tensor) => Tensor,
  ) {
    super();
    const name = new.target.name;
    this.sliding = {
      kernel: sizes(name, "kernel sizes", kernel, axes, 1),
      stride: sizes(name, "strides", stride, axes, 1),
      padding: sizes(name, "paddings", padding, axes, 0),
    };
    this.#value = value;
    this.#fold = fold;
  }

  forward(x: Tensor): Tensor {
    return this.#fold(stack(windows(this.constructor.name, x, this.sliding, this.#value), -1));
  }
}

const largest = (x: Tensor): Tensor => max(x, { axis: -1 });
const average = (x: Tensor): Tensor => mean(x, { axis: -1 });

/**
 * The largest of every window; equal ones share the cotangent. x [batch, channels, length] → [batch, channels, length'].
 * @throws ShapeError for sizes out of range, or a kernel that does not fit
 * @example new MaxPool1d(2).forward(x); // half as long
 */
export class MaxPool1d extends Pooling {
  constructor(kernel: number | readonly number[], options: PoolingOptions = {}) {
    super(1, kernel, options, Number.NEGATIVE_INFINITY, largest);
  }
}

/** {@link MaxPool1d} over two axes: [batch, channels, height, width] → [batch, channels, height', width']. */
export class MaxPool2d extends Pooling {
  constructor(kernel: number | readonly number[], options: PoolingOptions = {}) {
    super(2, kernel, options, Number.NEGATIVE_INFINITY, largest);
  }
}

/**
 * The mean of every window. x [batch, channels, length] → [batch, channels, length'].
 * @throws ShapeError for sizes out of range, or a kernel that does not fit
 */
export class AvgPool1d extends Pooling {
  constructor(kernel: number | readonly number[], options: PoolingOptions = {}) {
    super(1, kernel, options, 0, average);
  }
}

/** {@link AvgPool1d} over two axes. */
export class AvgPool2d extends Pooling {
  constructor(kernel: number | readonly number[], options: PoolingOptions = {}) {
    super(2, kernel, options, 0, average);
  }
}
