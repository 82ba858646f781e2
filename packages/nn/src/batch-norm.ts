/** @file Normalisation of each channel over the batch. */

import {
  add,
  div,
  mean,
  mul,
  noGrad,
  ones,
  type Parameter,
  parameter,
  reshape,
  scope,
  sqrt,
  square,
  stopGradient,
  sub,
  type Tensor,
  zeros,
} from "@spm/core";
import {
  assignAll,
  checkOptions,
  type OptionNames,
  ShapeError,
  showShape,
  sizeOf,
  ValueError,
} from "@spm/core/extend";
import { flag, number, size } from "./description/fields.ts";
import { describe, type ModuleKind, moduleKind } from "./description/module-kind.ts";
import { ofChannels, scaleChannels } from "./functional/channels.ts";
import { Module, ModuleBuffer } from "./module.ts";
import { type AffineNormOptions, checkChannels } from "./norms.ts";
import { checkSizes } from "./options.ts";

/** Options of {@link BatchNorm1d} and {@link BatchNorm2d}. */
export interface BatchNormOptions extends AffineNormOptions {
  /**
   * The share of a batch's statistics in the running ones, in [0, 1].
   * @defaultValue 0.1
   */
  readonly momentum?: number;
  /**
   * Whether there are running statistics; without them evaluation uses the batch's, too.
   * @defaultValue true
   */
  readonly trackRunningStats?: boolean;
}

const names: OptionNames<BatchNormOptions> = {
  epsilon: true,
  affine: "boolean",
  momentum: true,
  trackRunningStats: "boolean",
};

/** Batch norm over the batch and any number of axes. */
abstract class BatchNorm extends Module {
  readonly weight: Parameter | null;
  readonly bias: Parameter | null;
  readonly runningMean: ModuleBuffer | null;
  readonly runningVariance: ModuleBuffer | null;
  readonly channels: number;
  readonly #axes: readonly number[];
  readonly #epsilon: number;
  readonly #momentum: number;

  constructor(axes: readonly number[], channels: number, options: BatchNormOptions) {
    super();
    const { name } = new.target;
    checkOptions(name, options, names);
    const { epsilon = 1e-5, momentum = 0.1, affine = true, trackRunningStats = true } = options;
    checkSizes(name, "channels", channels);
    if (!(epsilon >= 0)) throw new ValueError(name, "epsilon ≥ 0", epsilon);
    if (!(momentum >= 0 && momentum <= 1))
      throw new ValueError(name, "a momentum in [0, 1]", momentum);
    describe(this, { channels, epsilon, momentum, affine, trackRunningStats });
    const start = (make: typeof ones) => () => make([channels]);
    this.weight = affine ? parameter(start(ones), { decay: false }) : null;
    this.bias = affine ? parameter(start(zeros), { decay: false }) : null;
    const buffer = (make: typeof ones): ModuleBuffer | null =>
      trackRunningStats ? scope(() => new ModuleBuffer(make([channels]))) : null;
    this.runningMean = buffer(zeros);
    this.runningVariance = buffer(ones);
    this.channels = channels;
    this.#axes = axes;
    this.#epsilon = epsilon;
    this.#momentum = momentum;
  }

  override get pytorchNames(): Readonly<Record<string, readonly string[]>> {
    return {
      running_mean: ["runningMean"],
      running_var: ["runningVariance"],
      num_batches_tracked: [],
    };
  }

  forward(x: Tensor): Tensor {
    checkChannels(this.constructor.name, x, this.channels, ...this.#axes);
    const { runningMean, runningVariance } = this;
    const known = runningMean !== null && runningVariance !== null && !this.training;
    const [mu, variance] = known ? [runningMean, runningVariance] : this.#ofBatch(x);
    const aligned = (p: Tensor): Tensor => ofChannels(p, x.shape.length - 2);
    const normal = div(sub(x, aligned(mu)), aligned(sqrt(add(variance, this.#epsilon))));
    return scaleChannels(normal, this.weight, this.bias);
  }

  #ofBatch(x: Tensor): readonly [mean: Tensor, variance: Tensor] {
    const axis = x.shape.map((_, k) => k).filter((k) => k !== 1);
    const count = sizeOf(x.shape) / x.shape[1]!;
    if (count < 2)
      throw new ShapeError(
        this.constructor.name,
        "at least 2 values a channel to train on",
        showShape(x.shape),
      );
    const mu = mean(x, { axis, keepdims: true });
    const [flat, variance] = [reshape(mu, [-1]), mean(square(sub(x, mu)), { axis })];
    if (this.training) this.#move(flat, mul(variance, count / (count - 1)));
    return [flat, variance];
  }

  /**
   * Moves both running values, or none; in a functional call other tensors may have their places,
   * which stay.
   */
  #move(mu: Tensor, variance: Tensor): void {
    const targets = [stopGradient(mu), stopGradient(variance)] as const;
    const moved = (running: Tensor | null, target: Tensor): [Parameter, Tensor][] =>
      running instanceof ModuleBuffer
        ? [[running, add(mul(running, 1 - this.#momentum), mul(target, this.#momentum))]]
        : [];
    noGrad(() =>
      assignAll([
        ...moved(this.runningMean, targets[0]),
        ...moved(this.runningVariance, targets[1]),
      ]),
    );
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
  constructor(channels: number, options: BatchNormOptions = {}) {
    super([0, 1], channels, options);
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
  constructor(channels: number, options: BatchNormOptions = {}) {
    super([2], channels, options);
  }
}

const fields = {
  channels: size,
  epsilon: number,
  momentum: number,
  affine: flag,
  trackRunningStats: flag,
};

/** Batch norm in files. */
export const batchNormModules: readonly ModuleKind[] = [
  moduleKind(
    "BatchNorm1d",
    BatchNorm1d,
    fields,
    ({ channels, ...options }) => new BatchNorm1d(channels, options),
    ({ channels }) => 4 * channels,
  ),
  moduleKind(
    "BatchNorm2d",
    BatchNorm2d,
    fields,
    ({ channels, ...options }) => new BatchNorm2d(channels, options),
    ({ channels }) => 4 * channels,
  ),
];
