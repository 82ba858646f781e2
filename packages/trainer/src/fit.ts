/** @file The training loop. */

import { type Parameter, scope, sum, type Tensor, valueAndGrad } from "@spm/core";
import type { DataLoader } from "@spm/data";
import { NonFiniteError } from "./errors.ts";
import { evaluate } from "./evaluate.ts";
import type { Callback, Metrics, MetricsEvent, TrainingPosition } from "./hooks.ts";
import { type LossFunction, RunningMeans, readMeasurement, readScalar } from "./measurement.ts";
import { Stopwatch } from "./stopwatch.ts";
import { takingTurns } from "./turns.ts";

/** What `fit` needs of an optimizer. */
export interface Updater {
  /** What is trained; gradients come in this order. */
  readonly parameters: readonly Parameter[];
  /** Updates the parameters. */
  step(grads: readonly Tensor[]): void;
  /** The rate of the last step. */
  readonly learningRate: number;
}

/** How to train. */
export interface FitOptions<Model, Batch> {
  readonly loss: LossFunction<Model, Batch>;
  readonly optimizer: Updater;
  /** Epochs in all, those before the loader's state included. */
  readonly epochs: number;
  /** What to evaluate on at each epoch's end and, if given, every so many steps. */
  readonly evaluate?: { readonly data: DataLoader<Batch>; readonly every?: number };
  readonly callbacks?: readonly Callback[];
  /** Ends training after the step in which it is aborted. */
  readonly signal?: AbortSignal;
  /** Steps that one `onLog` averages over; default 10. */
  readonly logEvery?: number;
  /** Milliseconds of computing after which the event loop gets its turn; default 50. */
  readonly yieldAfter?: number;
}

/** How training ended. */
export interface FitResult {
  /** Whether the signal ended it. */
  readonly interrupted: boolean;
  /** Where it ended. */
  readonly position: TrainingPosition;
  /** The last evaluation's means. */
  readonly evaluation: Metrics | undefined;
}

/**
 * Trains a model until the loader has completed `epochs` epochs.
 *
 * The loader's state says where training stands: one that was restored goes on from there. Each step runs in a scope of its
 * own, so memory stays flat. In CPU memory the loss and the gradients are checked before the update; on a device the loss is
 * checked at each log instead, so that no step waits for a read.
 *
 * @param model - handed to the loss function.
 * @param loader - the training batches.
 * @throws NonFiniteError when the loss or a gradient is NaN or infinite. In CPU memory, parameters and loader are then as they
 * were before that step.
 * @example
 * ```ts
 * import { rng } from "@spm/core";
 * import { DataLoader, gaussianClusters } from "@spm/data";
 * import { Mlp } from "@spm/nn";
 * import { adam } from "@spm/optim";
 * import { classification, fit } from "@spm/trainer";
 * const model = new Mlp({ sizes: [8, 16, 3], linear: "rotation", random: rng(1) });
 * const data = gaussianClusters({ count: 300, features: 8, classes: 3, seed: 1 });
 * const { evaluation } = await fit(model, new DataLoader(data, { batchSize: 32, seed: 1 }), {
 *   loss: classification,
 *   optimizer: adam(model.parameters(), { learningRate: 1e-2 }),
 *   epochs: 2,
 *   evaluate: { data: new DataLoader(data, { batchSize: 100 }) },
 * });
 * ```
 */
export async function fit<Model, Batch>(
  model: Model,
  loader: DataLoader<Batch>,
  options: FitOptions<Model, Batch>,
): Promise<FitResult> {
  const { loss, optimizer, epochs, evaluate: held, callbacks = [], signal, logEvery = 10, yieldAfter = 50 } = options;
  const perEpoch = loader.batchesPerEpoch;
  const steps = epochs * perEpoch;
  const watch = new Stopwatch();
  const takeTurn = takingTurns(yieldAfter);
  const window = new RunningMeans();
  let evaluation: Metrics | undefined;

  const position = (): TrainingPosition => {
    const step = loader.state.epoch * perEpoch + loader.state.position;
    return { step, steps, epoch: Math.max(1, Math.ceil(step / perEpoch)), epochs, ...watch.read() };
  };
  const withMetrics = (metrics: Metrics): MetricsEvent => ({
    ...position(),
    metrics,
    learningRate: optimizer.learningRate,
  });
  const tell = async (say: (callback: Callback) => void | Promise<void>): Promise<void> => {
    for (const callback of callbacks) await say(callback);
  };

  const trainStep = (): void => {
    const before = loader.state;
    scope(() => {
      const batch = loader.next();
      const { value, grads, aux } = valueAndGrad(() => {
        const measured = loss(model, batch);
        return { loss: measured.loss, aux: measured };
      }, optimizer.parameters);
      const found = readScalar(value);
      const finite = [found, ...grads.map((grad) => readScalar(sum(grad)))].every(
        (v) => typeof v !== "number" || Number.isFinite(v),
      );
      if (!finite) {
        loader.restore(before);
        throw new NonFiniteError(position().step + 1, found as number);
      }
      window.add(readMeasurement(aux));
      optimizer.step(grads);
    });
  };

  const log = async (): Promise<void> => {
    const metrics = await window.take();
    if (!Number.isFinite(metrics.loss)) throw new NonFiniteError(position().step, metrics.loss);
    await tell((callback) => callback.onLog?.(withMetrics(metrics)));
  };

  const evaluateOn = (data: DataLoader<Batch>): Promise<void> =>
    watch.pausedFor(async () => {
      const means = await evaluate(model, data, loss, { ...(signal && { signal }), yieldAfter });
      if (means === undefined) return;
      evaluation = means;
      await tell((callback) => callback.onEvaluate?.(withMetrics(means)));
    });

  await tell((callback) => callback.onStart?.(position()));
  try {
    while (loader.state.epoch < epochs && !signal?.aborted) {
      trainStep();
      const { step } = position();
      const epochEnds = step % perEpoch === 0;
      await tell((callback) => callback.onStep?.(position()));
      if (step % logEvery === 0 || step === steps) await log();
      if (held !== undefined && (epochEnds || (held.every !== undefined && step % held.every === 0)))
        await evaluateOn(held.data);
      if (epochEnds) await tell((callback) => callback.onEpochEnd?.(position()));
      await takeTurn();
    }
  } finally {
    await tell((callback) => callback.onEnd?.(position()));
  }
  const end = position();
  return { interrupted: end.step < steps, position: end, evaluation };
}
