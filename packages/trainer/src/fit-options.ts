/** @file The options and the result of `fit`. */
import { checkOptions, type OptionNames, ValueError } from "@spm/core/extend";
import type { DataLoader } from "@spm/data";
import { type Callback, checkHooks, type TrainingPosition } from "./hooks.ts";
import type { LossFunction, Metrics } from "./measurement.ts";
import type { NonFiniteAction } from "./non-finite.ts";
import type { GradientTransform, Updater } from "./train-step.ts";
import type { TrainingState, WeightAverage } from "./training-state.ts";

/** The evaluations of `fit`. */
export interface EvaluationOptions<Batch> {
  /** The batches of each evaluation. */
  readonly data: DataLoader<Batch>;
  /** Steps between evaluations, beside those at each epoch's end. */
  readonly every?: number;
}

/** Options of `fit`. */
export interface FitOptions<Model, Batch> {
  /** The loss of a batch, and other metrics. */
  readonly loss: LossFunction<Model, Batch>;
  /** The optimizer, which holds the parameters that are trained. */
  readonly optimizer: Updater;
  /** Epochs in all, including those before the loader's state. */
  readonly epochs: number;
  /** Evaluations at each epoch's end, and every so many steps where asked for. */
  readonly evaluate?: EvaluationOptions<Batch>;
  /** A map of the gradients before each update, such as clipping. */
  readonly gradients?: GradientTransform;
  /** An average of the weights, updated after each step and evaluated in their place. */
  readonly average?: WeightAverage;
  /** Called in this order at each event. */
  readonly callbacks?: readonly Callback[];
  /** Ends training after the step in which it is aborted. */
  readonly signal?: AbortSignal;
  /**
   * Steps that one `onLog` averages over.
   * @defaultValue 10
   */
  readonly logEvery?: number;
  /**
   * Milliseconds of computing after which the event loop gets its turn.
   * @defaultValue 50
   */
  readonly yieldAfter?: number;
  /** The state to continue from, which is restored before the first step. */
  readonly resume?: TrainingState;
  /**
   * The reaction to a step whose loss or gradients aren't finite: end with an error, skip the step,
   * or skip it and roll the weights and the optimizer back by up to `snapshotEvery` steps. Ten such
   * steps in a row end with an error.
   * @defaultValue `"stop"`
   */
  readonly onNonFinite?: NonFiniteAction;
  /**
   * Steps between the snapshots of `"rollback"`.
   * @defaultValue 100
   */
  readonly snapshotEvery?: number;
}

const names: OptionNames<FitOptions<unknown, unknown>> = {
  loss: true,
  optimizer: true,
  epochs: true,
  evaluate: true,
  gradients: true,
  average: true,
  callbacks: true,
  signal: true,
  logEvery: true,
  yieldAfter: true,
  resume: true,
  onNonFinite: true,
  snapshotEvery: true,
};
const reactions: readonly NonFiniteAction[] = ["stop", "skip", "rollback"];
const evaluationNames: OptionNames<EvaluationOptions<unknown>> = { data: true, every: true };

/** The end of a training. */
export interface FitResult {
  /** Whether the signal ended it. */
  readonly interrupted: boolean;
  /** Whether a callback ended it. */
  readonly stopped: boolean;
  /** The position at the end. */
  readonly position: TrainingPosition;
  /** The means of the last evaluation. */
  readonly evaluation: Metrics | undefined;
}

/**
 * @throws OptionError for an unknown option, of `evaluate`, too, or a callback's unknown hook;
 * ValueError for counts that are none, or a reaction that there isn't
 */
export function checkFitOptions<Model, Batch>(options: FitOptions<Model, Batch>): void {
  checkOptions("fit", options, names);
  if (options.evaluate) checkOptions("fit.evaluate", options.evaluate, evaluationNames);
  checkHooks(options.callbacks ?? []);
  const { epochs, logEvery = 10, snapshotEvery = 100, evaluate, onNonFinite = "stop" } = options;
  if (!Number.isSafeInteger(epochs) || epochs < 0)
    throw new ValueError("fit", "a whole number of epochs ≥ 0", epochs);
  for (const [name, count] of Object.entries({ logEvery, snapshotEvery, every: evaluate?.every }))
    if (count !== undefined && (!Number.isSafeInteger(count) || count < 1))
      throw new ValueError("fit", `a whole number ≥ 1 as ${name}`, count);
  if (!reactions.includes(onNonFinite))
    throw new ValueError("fit", `onNonFinite among ${reactions.join(", ")}`, onNonFinite);
}
