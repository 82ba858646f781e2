/** @file The training loop. */
import { scope, sum, type Tensor } from "@spm/core";
import type { DataLoader } from "@spm/data";
import { NonFiniteError, RunError } from "./errors.ts";
import { evaluate } from "./evaluate.ts";
import { generatorStates, generatorsOf, restoreGenerators } from "./generators.ts";
import type { Callback, Ending, MetricsEvent, Training, TrainingPosition } from "./hooks.ts";
import type { Json } from "./io/json.ts";
import {
  type LossFunction,
  type Metrics,
  type Reading,
  RunningMeans,
  readScalar,
} from "./measurement.ts";
import { type NonFiniteAction, NonFinitePolicy } from "./non-finite.ts";
import { Stopwatch } from "./stopwatch.ts";
import { trainStep, type Updater } from "./train-step.ts";
import { restoreValues, type Stateful, type TrainingState, valuesOf } from "./training-state.ts";
import { takingTurns } from "./turns.ts";

/** An average of the weights that evaluations use, such as `MovingAverage` of @spm/optim. */
export interface WeightAverage extends Stateful {
  /** Takes the weights of a new step in. */
  update(): void;
  /** Exchanges weights and averages. */
  swap(): void;
}

/** How to train. */
export interface FitOptions<Model, Batch> {
  readonly loss: LossFunction<Model, Batch>;
  readonly optimizer: Updater;
  /** Epochs in all, those before the loader's state included. */
  readonly epochs: number;
  /** What to evaluate on at each epoch's end and, if given, every so many steps. */
  readonly evaluate?: { readonly data: DataLoader<Batch>; readonly every?: number };
  /**
   * Changes the gradients before each update, e.g. `(grads) => clipByGlobalNorm(grads, 1).grads`.
   */
  readonly gradients?: (grads: readonly Tensor[]) => readonly Tensor[];
  /** Updated after each step; evaluations run with it in the place of the weights. */
  readonly average?: WeightAverage;
  readonly callbacks?: readonly Callback[];
  /** Ends training after the step in which it is aborted. */
  readonly signal?: AbortSignal;
  /** Steps that one `onLog` averages over; default 10. */
  readonly logEvery?: number;
  /** Milliseconds of computing after which the event loop gets its turn; default 50. */
  readonly yieldAfter?: number;
  /** Where to go on from: everything is put back before the first step. */
  readonly resume?: TrainingState;
  /**
   * What to do about a step whose loss or gradients are not finite: end with an error (default),
   * leave it out, or leave it out and go back to the weights and the optimizer of up to
   * `snapshotEvery` steps ago. Ten such steps in a row end with an error anyway.
   */
  readonly onNonFinite?: NonFiniteAction;
  /** Steps between the snapshots of "rollback"; default 100. */
  readonly snapshotEvery?: number;
}

/** How training ended. */
export interface FitResult {
  /** Whether the signal ended it. */
  readonly interrupted: boolean;
  /** Whether a callback ended it. */
  readonly stopped: boolean;
  /** Where it ended. */
  readonly position: TrainingPosition;
  /** The last evaluation's means. */
  readonly evaluation: Metrics | undefined;
}

/**
 * Trains a model until the loader has completed `epochs` epochs.
 *
 * The loader's state says where training stands: one that was restored goes on from there, and
 * `resume` restores it with all the rest, so that what follows is what would have followed, bit by
 * bit. Each step runs in a scope of its own, so memory stays flat. In CPU memory the loss and the
 * gradients are checked before the update; on a device the loss is checked at each log instead, so
 * that no step waits for a read, and loss and weights before each checkpoint.
 *
 * @param model - handed to the loss function.
 * @param loader - the training batches.
 * @throws NonFiniteError when the loss or a gradient is NaN or infinite and `onNonFinite` does not
 * say otherwise. In CPU memory, parameters and loader are then as they were before that step.
 * ShapeError, ValueError when `resume` is of another model or optimizer.
 * @example
 * ```ts
 * import { rng } from "@spm/core";
 * import { DataLoader, gaussianClusters } from "@spm/data";
 * import { Mlp } from "@spm/models";
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
  const {
    loss,
    optimizer,
    epochs,
    evaluate: held,
    average,
    callbacks = [],
    signal,
    resume,
  } = options;
  const { logEvery = 10, yieldAfter = 50, gradients } = options;
  const perEpoch = loader.batchesPerEpoch;
  const steps = epochs * perEpoch;
  const parts = { model, optimizer, average };
  const generators = generatorsOf(model);
  const window = new RunningMeans();
  const policy = new NonFinitePolicy(
    parts,
    options.onNonFinite ?? "stop",
    options.snapshotEvery ?? 100,
  );
  let evaluation: Metrics | undefined;
  let logged = Number.NaN;
  let unevaluated = false;
  let stopped = false;

  if (resume !== undefined) {
    const { progress, values } = resume;
    restoreValues(parts, values);
    policy.restore(values, progress.badInRow);
    loader.restore(progress.loader);
    restoreGenerators(generators, progress.generators);
    for (const reading of progress.window) window.add(reading);
    evaluation = progress.evaluation ?? undefined;
    unevaluated = progress.unevaluated;
  }
  const watch = new Stopwatch(resume?.progress.clock);
  const takeTurn = takingTurns(yieldAfter);
  const step = trainStep({ model, loss, optimizer, gradients, window });

  const position = (): TrainingPosition => {
    const taken = loader.state.epoch * perEpoch + loader.state.position;
    return {
      step: taken,
      steps,
      epoch: Math.max(1, Math.ceil(taken / perEpoch)),
      epochs,
      ...watch.read(),
    };
  };
  const withMetrics = (metrics: Metrics): MetricsEvent => ({
    ...position(),
    metrics,
    learningRate: optimizer.learningRate,
  });
  /**
   * On a device nothing looked at the losses since the last log, nor at what the last gradients
   * made of the weights.
   */
  const assertFinite = async (readings: readonly Reading<number>[]): Promise<void> => {
    const losses = readings.map(({ values }) => values.loss ?? Number.NaN);
    const sums: (number | Promise<number>)[] = [];
    scope(() =>
      optimizer.parameters.forEach((parameter) => void sums.push(readScalar(sum(parameter)))),
    );
    const finite = [...losses, ...(await Promise.all(sums))].every(Number.isFinite);
    const loss = losses.find((value) => !Number.isFinite(value)) ?? losses.at(-1) ?? logged;
    if (!finite) throw new NonFiniteError(position().step, loss, undefined, true);
  };
  const training: Training = {
    stop: () => {
      stopped = true;
    },
    capture: async () => {
      const readings = await window.readings();
      await assertFinite(readings);
      return {
        values: { ...valuesOf(parts), ...policy.values() },
        progress: {
          step: position().step,
          loader: loader.state,
          unevaluated,
          clock: watch.read(),
          window: readings,
          evaluation: evaluation ?? null,
          badInRow: policy.badInRow,
          generators: generatorStates(generators),
          callbacks: statesOf(callbacks),
        },
      };
    },
  };
  const tell = async (say: (callback: Callback) => void | Promise<void>): Promise<void> => {
    for (const callback of callbacks) await say(callback);
  };

  const takeStep = async (): Promise<void> => {
    const before = loader.state;
    policy.beforeStep(position().step);
    const bad = step(() => loader.next());
    if (bad === undefined) {
      policy.good();
      average?.update();
      return;
    }
    const taken = position();
    const error = policy.bad(taken.step, bad);
    if (error !== undefined) loader.restore(before);
    await tell((callback) =>
      callback.onNonFinite?.({ ...taken, ...bad, action: policy.action }, training),
    );
    if (error !== undefined) throw error;
  };

  const log = async (): Promise<void> => {
    const metrics = await window.take();
    if (metrics === undefined) return;
    logged = metrics.loss;
    if (!Number.isFinite(logged))
      throw new NonFiniteError(position().step, logged, undefined, true);
    await tell((callback) => callback.onLog?.(withMetrics(metrics), training));
  };

  const evaluateOn = (data: DataLoader<Batch>): Promise<void> =>
    watch.pausedFor(async () => {
      unevaluated = true;
      average?.swap();
      const means = await evaluate(model, data, loss, {
        ...(signal && { signal }),
        yieldAfter,
      }).finally(() => average?.swap());
      if (means === undefined) return;
      evaluation = means;
      unevaluated = false;
      await tell((callback) => callback.onEvaluate?.(withMetrics(means), training));
    });

  /**
   * What follows a step. An evaluation that is cut short leaves the rest to the training that
   * resumes this one.
   */
  const settle = async (): Promise<void> => {
    const { step: taken } = position();
    const epochEnds = taken % perEpoch === 0;
    const due = epochEnds || (held?.every !== undefined && taken % held.every === 0);
    if (held !== undefined && due) await evaluateOn(held.data);
    if (unevaluated) return;
    if (epochEnds) await tell((callback) => callback.onEpochEnd?.(position(), training));
    await tell((callback) => callback.onSettled?.(position(), training));
  };

  let ending: Ending = "failed";
  if (resume !== undefined) restoreStates(callbacks, resume.progress.callbacks);
  await tell((callback) => callback.onStart?.(position(), training));
  try {
    if (unevaluated && !signal?.aborted) await settle();
    while (loader.state.epoch < epochs && !signal?.aborted && !stopped) {
      await takeStep();
      const { step: taken } = position();
      await tell((callback) => callback.onStep?.(position(), training));
      if (taken % logEvery === 0 || taken === steps) await log();
      await settle();
      await takeTurn();
    }
    const finished = loader.state.epoch >= epochs && !unevaluated;
    ending = finished ? "finished" : stopped ? "stopped" : "interrupted";
  } finally {
    await tell((callback) => callback.onEnd?.({ ...position(), ending }, training));
    policy.dispose();
  }
  return { interrupted: ending === "interrupted", stopped, position: position(), evaluation };
}

/** @throws RunError for a callback with a state but no name of its own */
function statesOf(callbacks: readonly Callback[]): Record<string, Json> {
  const states: Record<string, Json> = {};
  for (const { name, state } of callbacks.map((callback) => ({
    name: callback.name,
    state: callback.state?.(),
  }))) {
    if (state === undefined) continue;
    if (name === undefined || Object.hasOwn(states, name))
      throw new RunError("fit", "a name of its own for each callback with a state", name ?? "none");
    states[name] = state;
  }
  return states;
}

function restoreStates(
  callbacks: readonly Callback[],
  states: Readonly<Record<string, Json>>,
): void {
  for (const callback of callbacks) {
    const state = callback.name === undefined ? undefined : states[callback.name];
    if (state !== undefined) callback.restore?.(state);
  }
}
