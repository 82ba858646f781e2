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
  checkTensors,
  type OptionNames,
  ShapeError,
  showShape,
  sizeOf,
  ValueError,
} from "@spm/core/extend";
import { Module, ModuleBuffer } from "./module.ts";
import { checkSizes } from "./options.ts";

/** Options of {@link BatchNorm1d}. */
export interface BatchNormOptions {
  /**
   * ε ≥ 0, added under the root.
   * @defaultValue 10⁻⁵
   */
  readonly epsilon?: number;
  /**
   * The share of a batch's statistics in the running ones, in [0, 1].
   * @defaultValue 0.1
   */
  readonly momentum?: number;
}

const names: OptionNames<BatchNormOptions> = { epsilon: true, momentum: true };

/**
 * Batch norm, y = (x − μ) / √(σ² + ε) ⊙ weight + bias for each channel (Ioffe and Szegedy 2015), as
 * torch.nn.BatchNorm1d. In training μ and the biased σ² are those of the batch, and the running
 * ones move towards μ and the unbiased σ² by `momentum`; in evaluation the running ones are used. x
 * [batch, channels] or [batch, channels, length] → the same shape.
 * @throws ShapeError for another shape, or a single value a channel in training; ValueError for
 * options out of range
 * @example new BatchNorm1d(3).forward(normal(rng(1), [8, 3])).shape; // [8, 3]
 */
export class BatchNorm1d extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter;
  readonly runningMean: ModuleBuffer;
  readonly runningVariance: ModuleBuffer;
  readonly #epsilon: number;
  readonly #momentum: number;

  constructor(channels: number, options: BatchNormOptions = {}) {
    super();
    checkOptions("BatchNorm1d", options, names);
    const { epsilon = 1e-5, momentum = 0.1 } = options;
    checkSizes("BatchNorm1d", "channels", channels);
    if (!(epsilon >= 0)) throw new ValueError("BatchNorm1d", "epsilon ≥ 0", epsilon);
    if (!(momentum >= 0 && momentum <= 1))
      throw new ValueError("BatchNorm1d", "a momentum in [0, 1]", momentum);
    this.weight = parameter(() => ones([channels]), { decay: false });
    this.bias = parameter(() => zeros([channels]), { decay: false });
    this.runningMean = scope(() => new ModuleBuffer(zeros([channels])));
    this.runningVariance = scope(() => new ModuleBuffer(ones([channels])));
    this.#epsilon = epsilon;
    this.#momentum = momentum;
  }

  forward(x: Tensor): Tensor {
    checkTensors("BatchNorm1d", x);
    const [channels] = this.weight.shape as [number];
    if ((x.shape.length !== 2 && x.shape.length !== 3) || x.shape[1] !== channels)
      throw new ShapeError(
        "BatchNorm1d",
        `x of shape [batch, ${channels}] or [batch, ${channels}, length]`,
        showShape(x.shape),
      );
    const aligned = (p: Tensor): Tensor => (x.shape.length === 2 ? p : reshape(p, [channels, 1]));
    const [mu, variance] = this.training
      ? this.#ofBatch(x)
      : [this.runningMean, this.runningVariance];
    const normal = div(sub(x, aligned(mu)), aligned(sqrt(add(variance, this.#epsilon))));
    return add(mul(normal, aligned(this.weight)), aligned(this.bias));
  }

  #ofBatch(x: Tensor): readonly [mean: Tensor, variance: Tensor] {
    const axis = x.shape.length === 2 ? [0] : [0, 2];
    const count = sizeOf(x.shape) / x.shape[1]!;
    if (count < 2)
      throw new ShapeError(
        "BatchNorm1d",
        "at least 2 values a channel to train on",
        showShape(x.shape),
      );
    const mu = mean(x, { axis, keepdims: true });
    const [flat, variance] = [reshape(mu, [-1]), mean(square(sub(x, mu)), { axis })];
    this.#move(flat, mul(variance, count / (count - 1)));
    return [flat, variance];
  }

  /**
   * Moves both running values, or none; in a functional call other tensors may have their places,
   * which stay.
   */
  #move(mu: Tensor, variance: Tensor): void {
    const targets = [stopGradient(mu), stopGradient(variance)] as const;
    const moved = (running: Tensor, target: Tensor): [Parameter, Tensor][] =>
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
