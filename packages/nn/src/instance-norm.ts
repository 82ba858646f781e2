/** @file Normalisation of each channel of each sample. */

import { mean, noGrad, type Tensor, variance } from "@spm/core";
import { sizeOf } from "@spm/core/extend";
import { type ModuleKind, moduleKind } from "./description/module-kind.ts";
import { instanceNorm } from "./functional/normalise.ts";
import { RunningNorm, type RunningNormOptions, runningNormFields } from "./running-norm.ts";

const defaults = { affine: false, trackRunningStats: false };

/** Instance norm over any number of axes. */
abstract class InstanceNorm extends RunningNorm {
  protected ofBatch(x: Tensor): Tensor {
    if (this.training && this.runningMean !== null) this.#track(x);
    return instanceNorm(x, null, null, { epsilon: this.epsilon });
  }

  /** The running values move towards the averages of the samples' statistics. */
  #track(x: Tensor): void {
    this.checkCount(sizeOf(x.shape.slice(2)), x);
    const space = x.shape.flatMap((_, k) => (k < 2 ? [] : [k]));
    noGrad(() => this.move(mean(x, [0, ...space]), mean(variance(x, space), 0)));
  }
}

/**
 * Instance norm (Ulyanov et al. 2016), as torch.nn.InstanceNorm1d and {@link instanceNorm}; ε is
 * 10⁻⁵ by default. With `trackRunningStats` evaluation uses running statistics, which in training
 * move towards the samples' averages of μ and the unbiased σ². A momentum of null averages them
 * over the batches, as in batch norm; PyTorch's instance norm leaves them as they are then. x
 * [batch, channels, length] → the same shape.
 * @throws ShapeError for another shape, or a single value to track; ValueError for options out of
 * range
 * @example new InstanceNorm1d(3).forward(ones([2, 3, 8])).shape; // [2, 3, 8]
 */
export class InstanceNorm1d extends InstanceNorm {
  constructor(channels: number, options: RunningNormOptions = {}) {
    super([1], channels, defaults, options);
  }
}

/**
 * Instance norm of images, otherwise as {@link InstanceNorm1d}. x [batch, channels, height, width]
 * → the same shape.
 * @throws ShapeError for another shape, or a single value to track; ValueError for options out of
 * range
 * @example new InstanceNorm2d(3).forward(ones([2, 3, 4, 4])).shape; // [2, 3, 4, 4]
 */
export class InstanceNorm2d extends InstanceNorm {
  constructor(channels: number, options: RunningNormOptions = {}) {
    super([2], channels, defaults, options);
  }
}

/** Instance norm in files. */
export const instanceNormModules: readonly ModuleKind[] = [
  moduleKind(
    "InstanceNorm1d",
    InstanceNorm1d,
    runningNormFields,
    ({ channels, ...options }) => new InstanceNorm1d(channels, options),
    ({ channels }) => 4 * channels + 1,
  ),
  moduleKind(
    "InstanceNorm2d",
    InstanceNorm2d,
    runningNormFields,
    ({ channels, ...options }) => new InstanceNorm2d(channels, options),
    ({ channels }) => 4 * channels + 1,
  ),
];
