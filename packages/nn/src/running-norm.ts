/** @file Norms of channels that have running statistics for evaluation. */

import {
  add,
  cast,
  div,
  mul,
  noGrad,
  ones,
  type Parameter,
  parameter,
  scope,
  sqrt,
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
  ValueError,
} from "@spm/core/extend";
import { type Field, flag, nullable, number, size } from "./description/fields.ts";
import { describe } from "./description/module-kind.ts";
import { ofChannels, scaleChannels } from "./functional/channels.ts";
import { Module, ModuleBuffer } from "./module.ts";
import { type AffineNormOptions, checkChannels } from "./norms.ts";
import { checkSizes } from "./options.ts";

/** Options of batch norms and instance norms. */
export interface RunningNormOptions extends AffineNormOptions {
  /**
   * The share of a batch's statistics in the running ones, in [0, 1]; null makes them the averages
   * of all batches so far.
   * @defaultValue 0.1
   */
  readonly momentum?: number | null;
  /**
   * Whether there are running statistics; without them evaluation uses the batch's, too.
   * @defaultValue true; of instance norm false
   */
  readonly trackRunningStats?: boolean;
}

const names: OptionNames<RunningNormOptions> = {
  epsilon: true,
  affine: "boolean",
  momentum: true,
  trackRunningStats: "boolean",
};

/** The fields of such a norm in a file. */
export const runningNormFields: {
  readonly channels: Field<number>;
  readonly epsilon: Field<number>;
  readonly momentum: Field<number | null>;
  readonly affine: Field<boolean>;
  readonly trackRunningStats: Field<boolean>;
} = {
  channels: size,
  epsilon: number,
  momentum: nullable(number),
  affine: flag,
  trackRunningStats: flag,
};

/** A norm of each channel: by statistics of x, or by the running ones. */
export abstract class RunningNorm extends Module {
  readonly weight: Parameter | null;
  readonly bias: Parameter | null;
  readonly runningMean: ModuleBuffer | null;
  readonly runningVariance: ModuleBuffer | null;
  /** int32 [], the number of batches in the running statistics, where they are averages. */
  readonly batchesTracked: ModuleBuffer | null;
  readonly channels: number;
  readonly #axes: readonly number[];
  protected readonly epsilon: number;
  readonly #momentum: number | null;

  /** @param axes - the numbers of axes that x may have after the channels */
  constructor(
    axes: readonly number[],
    channels: number,
    defaults: Required<Pick<RunningNormOptions, "affine" | "trackRunningStats">>,
    options: RunningNormOptions,
  ) {
    super();
    const { name } = new.target;
    checkOptions(name, options, names);
    const { epsilon = 1e-5, momentum = 0.1 } = options;
    const { affine = defaults.affine, trackRunningStats = defaults.trackRunningStats } = options;
    checkSizes(name, "channels", channels);
    if (!(epsilon >= 0)) throw new ValueError(name, "epsilon ≥ 0", epsilon);
    if (momentum !== null && !(momentum >= 0 && momentum <= 1))
      throw new ValueError(name, "a momentum in [0, 1], or null", momentum);
    describe(this, { channels, epsilon, momentum, affine, trackRunningStats });
    const weight = (make: typeof ones): Parameter | null =>
      affine ? parameter(() => make([channels]), { decay: false }) : null;
    const buffer = (make: () => Tensor): ModuleBuffer | null =>
      trackRunningStats ? scope(() => new ModuleBuffer(make())) : null;
    this.weight = weight(ones);
    this.bias = weight(zeros);
    this.runningMean = buffer(() => zeros([channels]));
    this.runningVariance = buffer(() => ones([channels]));
    this.batchesTracked = momentum === null ? buffer(() => zeros([], { dtype: "int32" })) : null;
    this.channels = channels;
    this.#axes = axes;
    this.epsilon = epsilon;
    this.#momentum = momentum;
  }

  override get pytorchNames(): Readonly<Record<string, readonly string[]>> {
    return {
      running_mean: ["runningMean"],
      running_var: ["runningVariance"],
      num_batches_tracked: this.batchesTracked === null ? [] : ["batchesTracked"],
    };
  }

  forward(x: Tensor): Tensor {
    checkChannels(this.constructor.name, x, this.channels, ...this.#axes);
    const { runningMean, runningVariance } = this;
    const known = runningMean !== null && runningVariance !== null && !this.training;
    const normal = known ? this.normalise(x, runningMean, runningVariance) : this.ofBatch(x);
    return scaleChannels(normal, this.weight, this.bias);
  }

  /** x normalised by its own statistics; in training the running ones {@link move}. */
  protected abstract ofBatch(x: Tensor): Tensor;

  /** (x − μ) / √(σ² + ε), μ and σ² [channels]. */
  protected normalise(x: Tensor, mu: Tensor, variance: Tensor): Tensor {
    const aligned = (p: Tensor): Tensor => ofChannels(p, x.shape.length - 2);
    return div(sub(x, aligned(mu)), aligned(sqrt(add(variance, this.epsilon))));
  }

  /** @throws ShapeError for less than two values, of which there is no unbiased variance */
  protected checkCount(count: number, x: Tensor): void {
    if (count >= 2) return;
    const expected = "at least 2 values a channel to train on";
    throw new ShapeError(this.constructor.name, expected, showShape(x.shape));
  }

  /**
   * Moves all running values towards μ and the unbiased σ², [channels], or none; in a functional
   * call other tensors may have their places, which stay.
   */
  protected move(mu: Tensor, variance: Tensor): void {
    const { runningMean, runningVariance, batchesTracked } = this;
    noGrad(() => {
      // counted in the dtype of x, since devices add no integers
      const batches = batchesTracked && add(cast(batchesTracked, mu.dtype), 1);
      const share = batches ? div(1, batches) : (this.#momentum ?? 1);
      const rest = typeof share === "number" ? 1 - share : sub(1, share);
      const toward = (running: Tensor | null, target: Tensor) =>
        running && add(mul(running, rest), mul(target, share));
      const moved = [
        [runningMean, toward(runningMean, mu)],
        [runningVariance, toward(runningVariance, variance)],
        [batchesTracked, batches && cast(batches, batchesTracked.dtype)],
      ] as const;
      assignAll(
        moved.flatMap(([running, value]) =>
          running instanceof ModuleBuffer && value ? [[running, value] as const] : [],
        ),
      );
    });
  }
}
