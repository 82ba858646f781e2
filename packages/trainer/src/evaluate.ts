/** @file Evaluates a model over a data set, without a tape. */

import { type Backend, noGrad, Parameter, withBackend } from "@spm/core";
import { checkOptions, type OptionNames } from "@spm/core/extend";
import type { Batches, DataLoader } from "@spm/data";
import { Module } from "@spm/nn";
import { generatorsOf, instancesIn, withEvaluation } from "@spm/nn/extend";
import { backendOf } from "./backend-of.ts";
import { generatorStates, restoreGenerators } from "./generators.ts";
import { callLoss, checkLoader, checkLoss } from "./given.ts";
import {
  type LossFunction,
  type Metrics,
  type Reading,
  RunningMeans,
  readMeasurement,
} from "./measurement.ts";
import { yielding } from "./yielding.ts";

/** Options of {@link evaluate}. */
export interface EvaluateOptions {
  /** Ends the evaluation after the batch in which it is aborted. */
  readonly signal?: AbortSignal;
  /**
   * Milliseconds of computing after which the event loop gets its turn.
   * @defaultValue 50
   */
  readonly yieldAfter?: number;
  /**
   * The backend on which batches are made.
   * @defaultValue the backend of the first parameter in the model's fields, or else the current one
   */
  readonly backend?: Backend;
}

const names: OptionNames<EvaluateOptions> = { signal: true, yieldAfter: true, backend: true };

/**
 * Means of a loss function's measurements over the first epoch of a loader, whose other batches
 * it leaves alone. Each module is in evaluation mode while a batch is computed, and in its own in
 * between: a training of the model may go on meanwhile.
 *
 * m = Σₖ wₖmₖ / Σₖ wₖ, with wₖ the samples of batch k
 *
 * @returns the means by name; undefined when the signal ended the evaluation early
 * @throws ValueError for anything but a loader and a loss function; OptionError for an unknown
 * option
 * @example
 * ```ts
 * import { rng } from "@spm/core";
 * import { DataLoader, gaussianClusters } from "@spm/data";
 * import { Mlp } from "@spm/models";
 * import { classification, evaluate } from "@spm/trainer";
 * const model = new Mlp({ sizes: [8, 16, 3], linear: "rotation", random: rng(1) });
 * const data = gaussianClusters({ count: 300, features: 8, classes: 3, seed: 1 });
 * const means = await evaluate(model, new DataLoader(data, { batchSize: 100 }), classification);
 * console.log(means?.accuracy);
 * ```
 */
export async function evaluate<Model, Batch>(
  model: Model,
  data: DataLoader<Batch>,
  loss: LossFunction<Model, Batch>,
  options: EvaluateOptions = {},
): Promise<Metrics | undefined> {
  checkOptions("evaluate", options, names);
  checkLoader("evaluate", data);
  checkLoss("evaluate", loss);
  const {
    signal,
    yieldAfter = 50,
    backend = backendOf(instancesIn(model, Parameter).values()),
  } = options;
  const yieldTurn = yielding(yieldAfter);
  const means = new RunningMeans();
  const batches = data.batches();
  while (batches.epoch === 0) {
    if (signal?.aborted) return undefined;
    means.add(measure(model, batches, loss, backend));
    await yieldTurn();
  }
  return means.take();
}

/** The reading of the next batch, in evaluation mode and without a tape. */
function measure<Model, Batch>(
  model: Model,
  batches: Batches<Batch>,
  loss: LossFunction<Model, Batch>,
  backend: Backend,
): Reading {
  const read = (): Reading => readMeasurement(callLoss(loss, model, batches.next()), batches.size);
  return withBackend(backend, () => inEvaluation(model, () => noGrad(read)));
}

/** The names of the metrics of an evaluation, from its first batch. */
export function metricsOf<Model, Batch>(
  model: Model,
  data: DataLoader<Batch>,
  loss: LossFunction<Model, Batch>,
  backend: Backend,
): string[] {
  const generators = generatorsOf(model);
  const states = generatorStates(generators);
  const { values } = measure(model, data.batches(), loss, backend);
  restoreGenerators(generators, states);
  return Object.keys(values);
}

/** Runs `f` while a model is in evaluation mode; each of its modules gets its mode back. */
function inEvaluation<T>(model: unknown, f: () => T): T {
  if (model instanceof Module) return withEvaluation(model, f);
  const { training, train } = (model ?? {}) as Partial<Trainable>;
  if (typeof train !== "function") return f();
  train.call(model, false);
  try {
    return f();
  } finally {
    train.call(model, training === true);
  }
}

/** A model that is no module, with a training and an evaluation mode of its own. */
interface Trainable {
  readonly training: boolean;
  train(training: boolean): unknown;
}
