/** @file The options and the result of `fit`. */
import { checkOptions, kindOf, type OptionNames, ValueError } from "@spm/core/extend";
import type { DataLoader } from "@spm/data";
import { backendOf } from "./backend-of.ts";
import { metricsOf } from "./evaluate.ts";
import { checkLoader, checkLoss, checkOptimizer, checkOwned, type Updater } from "./given.ts";
import { type Callback, checkHooks, type TrainingPosition } from "./hooks.ts";
import type { LossFunction, Metrics } from "./measurement.ts";
import type { NonFiniteAction } from "./non-finite.ts";
import type { GradientTransform } from "./train-step.ts";
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
  /** Epochs in all, those before `resume` or of an earlier `fit` of this model among them. */
  readonly epochs: number;
  /**
   * Batches whose gradients one step averages, by their weights: as one batch of all their samples.
   * The last step of an epoch may have fewer. Steps count as such everywhere.
   * @defaultValue 1
   */
  readonly accumulate?: number;
  /** Evaluations at each epoch's end, and every so many steps where asked for. */
  readonly evaluate?: EvaluationOptions<Batch>;
  /** A map of the gradients before each update, such as clipping. */
  readonly gradients?: GradientTransform;
  /** An average of the weights, updated after each step and evaluated in their place. */
  readonly average?: WeightAverage;
  /**
   * Whether steps on a device are captured where they can be: recorded once, then repeated without
   * their JavaScript, with the same bits. After a callback that isn't known to observe alone the
   * next step runs; every hundredth is compared. A loss that computes with a variable that changes
   * from step to step, other than a batch, needs `false`.
   * @defaultValue true
   */
  readonly capture?: boolean;
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
   * Whether `resume` may be of other samples, another order of them, or other settings. Where an
   * epoch has other batches, it begins anew.
   * @defaultValue false
   */
  readonly allowChanged?: boolean;
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
  accumulate: true,
  evaluate: true,
  gradients: true,
  average: true,
  capture: "boolean",
  callbacks: true,
  signal: true,
  logEvery: true,
  yieldAfter: true,
  resume: true,
  allowChanged: "boolean",
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
 * Checks all that can be known before the first step.
 * @throws OptionError for an unknown option, of `evaluate`, too, or a callback's unknown hook;
 * ValueError for all else
 */
export function checkFit<Model, Batch>(
  model: Model,
  loader: DataLoader<Batch>,
  options: FitOptions<Model, Batch>,
): void {
  checkLoader("fit", loader);
  checkOptions("fit", options, names);
  const { loss, optimizer, evaluate, callbacks = [], average } = options;
  checkLoss("fit", loss);
  checkOptimizer("fit", optimizer);
  checkOwned(model, optimizer.parameters, "the optimizer");
  checkOwned(model, average?.parameters ?? [], "the average");
  if (evaluate !== undefined && !Object.hasOwn(Object(evaluate) as object, "data"))
    throw new ValueError("fit", "evaluate: { data }", kindOf(evaluate), "{ data: loader }");
  if (evaluate !== undefined) {
    checkOptions("fit.evaluate", evaluate, evaluationNames);
    checkLoader("fit.evaluate", evaluate.data);
  }
  checkHooks(callbacks);
  checkRanges(options);
  checkNeeds(model, options);
}

function checkRanges<Model, Batch>(options: FitOptions<Model, Batch>): void {
  const { epochs, logEvery, snapshotEvery, accumulate, evaluate, onNonFinite = "stop" } = options;
  if (!Number.isSafeInteger(epochs) || epochs < 0)
    throw new ValueError("fit", "a whole number of epochs ≥ 0", epochs);
  const counts = { logEvery, snapshotEvery, accumulate, every: evaluate?.every };
  for (const [name, count] of Object.entries(counts))
    if (count !== undefined && (!Number.isSafeInteger(count) || count < 1))
      throw new ValueError("fit", `a whole number ≥ 1 as ${name}`, count);
  if (!reactions.includes(onNonFinite))
    throw new ValueError("fit", `onNonFinite among ${reactions.join(", ")}`, onNonFinite);
  const { gradients, signal, yieldAfter = 0, resume, average, capture = true } = options;
  if (typeof capture !== "boolean")
    throw new ValueError("fit", "true or false as capture", capture);
  if (gradients !== undefined && typeof gradients !== "function")
    throw new ValueError("fit", "a function of gradients", kindOf(gradients));
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw new ValueError("fit", "an AbortSignal", kindOf(signal), "controller.signal");
  if (!(typeof yieldAfter === "number" && yieldAfter >= 0))
    throw new ValueError("fit", "milliseconds ≥ 0 as yieldAfter", yieldAfter);
  if (average !== undefined && typeof average?.swap !== "function")
    throw new ValueError("fit", "an average of weights", kindOf(average), "new MovingAverage(…)");
  if (resume !== undefined && typeof resume?.progress?.loader !== "object")
    throw new ValueError(
      "fit",
      "a training state to resume",
      kindOf(resume),
      "latestCheckpoint(folder), whose undefined means a fresh start",
    );
}

/** @throws ValueError where a callback needs a metric that evaluations don't have */
function checkNeeds<Model, Batch>(
  model: Model,
  { callbacks = [], evaluate, loss, optimizer }: FitOptions<Model, Batch>,
): void {
  const needing = callbacks.filter(({ needs }) => needs !== undefined);
  const [first] = needing;
  if (first === undefined) return;
  if (evaluate === undefined)
    throw new ValueError(
      "fit",
      `evaluations, which ${first.name ?? "a callback"} follows`,
      "none",
      "evaluate: { data: new DataLoader(…) }",
    );
  if (needing.every(({ needs }) => needs?.every((metric) => metric === "loss"))) return;
  const metrics = metricsOf(model, evaluate.data, loss, backendOf(optimizer.parameters));
  for (const { name = "a callback", needs = [] } of needing)
    for (const metric of needs)
      if (!metrics.includes(metric))
        throw new ValueError(
          "fit",
          `a metric of ${metrics.join(", ")} for ${name}`,
          metric,
          "the loss function names them: { loss, metrics: { … } }",
        );
}
