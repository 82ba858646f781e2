/** @file Normalisation of each channel over the batch. */

import { mean, mul, reshape, square, sub, type Tensor } from "@spm/core";
import { sizeOf } from "@spm/core/extend";
import { type ModuleKind, moduleKind } from "./description/module-kind.ts";
import { RunningNorm, type RunningNormOptions, runningNormFields } from "./running-norm.ts";

const defaults = { affine: true, trackRunningStats: true };

/** Batch norm over the batch and any number of axes. */
abstract class BatchNorm extends RunningNorm {
  protected ofBatch(x: Tensor): Tensor {
    const axis = x.shape.map((_, k) => k).filter((k) => k !== 1);
    const count = sizeOf(x.shape) / x.shape[1]!;
    this.checkCount(count, x);
    const mu = mean(x, { axis, keepdims: true });
    const [flat, variance] = [reshape(mu, [-1]), mean(square(sub(x, mu)), { axis })];
    if (this.training) this.move(flat, mul(variance, count / (count - 1)));
    return this.normalise(x, flat, variance);
  }
}

/**
 * Batch norm, y = (x − μ) / √(σ² + ε) ⊙ weight + bias for each channel (Ioffe and Szegedy 2015), as
 * torch.nn.BatchNorm1d. In training μ and the biased σ² are those of the batch, and the running
 * ones move towards μ and the unbiased σ² by `momentum`; in evaluation the running ones are used. x
 * [batch, channels] or [batch, channels, length] → the same shape.
 * @throws ShapeError for another shape, or a single value a channel in training; ValueError for
 * options out of range
 * @example new BatchNorm1d(3).forward(normal(rng(1), [8, 3])).shape; // [8, 3]
 */
export class BatchNorm1d extends BatchNorm {
  constructor(channels: number, options: RunningNormOptions = {}) {
    super([0, 1], channels, defaults, options);
  }
}

/**
 * Batch norm of images, as torch.nn.BatchNorm2d, otherwise as {@link BatchNorm1d}.
 * x [batch, channels, height, width] → the same shape.
 * @throws ShapeError for another shape, or a single value a channel in training; ValueError for
 * options out of range
 * @example new BatchNorm2d(3).forward(normal(rng(1), [2, 3, 4, 4])).shape; // [2, 3, 4, 4]
 */
export class BatchNorm2d extends BatchNorm {
  constructor(channels: number, options: RunningNormOptions = {}) {
    super([2], channels, defaults, options);
  }
}

/** Batch norm in files. */
export const batchNormModules: readonly ModuleKind[] = [
  moduleKind(
    "BatchNorm1d",
    BatchNorm1d,
    runningNormFields,
    ({ channels, ...options }) => new BatchNorm1d(channels, options),
    ({ channels }) => 4 * channels + 1,
  ),
  moduleKind(
    "BatchNorm2d",
    BatchNorm2d,
    runningNormFields,
    ({ channels, ...options }) => new BatchNorm2d(channels, options),
    ({ channels }) => 4 * channels + 1,
  ),
];
