/** @file Ends training when an evaluation metric no longer improves. */
import { checkOptions, type OptionNames, ValueError } from "@spm/core/extend";
import type { Callback } from "./hooks.ts";
import type { Metrics } from "./measurement.ts";
import { copiesOf, disposeOf, type Values } from "./training-state.ts";

/** Options of {@link earlyStopping}. */
export interface EarlyStoppingOptions {
  /** Evaluations in a row without an improvement that end training, at least 1. */
  readonly patience: number;
  /**
   * The name of the metric.
   * @defaultValue `"loss"`
   */
  readonly metric?: string;
  /**
   * Whether a better metric is lower or higher.
   * @defaultValue `"lower"`
   */
  readonly better?: "lower" | "higher";
  /**
   * The least difference to the best that is an improvement, at least 0.
   * @defaultValue 0
   */
  readonly minimum?: number;
  /**
   * Whether the model has the weights of the best evaluation when training is over, and not those
   * of the last step. They are kept in memory, and in checkpoints; `onEnd` hooks still see the
   * last ones.
   * @defaultValue false
   */
  readonly restoreBest?: boolean;
}

const names: OptionNames<EarlyStoppingOptions> = {
  patience: true,
  metric: true,
  better: true,
  minimum: true,
  restoreBest: "boolean",
};

/**
 * A callback that stops training after `patience` evaluations in a row that didn't improve on the
 * best by more than `minimum`. NaN is never an improvement. A checkpoint keeps the count. `fit`
 * doesn't start without evaluations that have the metric.
 *
 * @throws ValueError for a patience that isn't a whole number of at least 1, or a minimum below 0;
 * OptionError for an unknown option
 * @example
 * ```ts
 * import { earlyStopping } from "@spm/trainer";
 * const callbacks = [earlyStopping({ metric: "accuracy", better: "higher", patience: 3 })];
 * ```
 */
export function earlyStopping(options: EarlyStoppingOptions): Callback {
  checkOptions("earlyStopping", options, names);
  const { patience, metric = "loss", better = "lower", minimum = 0 } = options;
  const { restoreBest = false } = options;
  if (!Number.isInteger(patience) || patience < 1)
    throw new ValueError("earlyStopping", "a whole patience of at least 1", patience);
  if (better !== "lower" && better !== "higher")
    throw new ValueError("earlyStopping", 'better to be "lower" or "higher"', better);
  if (!(typeof minimum === "number" && minimum >= 0))
    throw new ValueError("earlyStopping", "a minimum ≥ 0", minimum);
  if (typeof restoreBest !== "boolean")
    throw new ValueError("earlyStopping", "true or false as restoreBest", restoreBest);
  const sign = better === "lower" ? 1 : -1;
  const none: EarlyStoppingState = { best: null, since: 0, metrics: null };
  let state = none;
  let weights: Values = {};
  const keep = (next: Values): void => {
    disposeOf(weights);
    weights = next;
  };
  return {
    name: "earlyStopping",
    needs: [metric],
    state: () => ({ ...state }),
    values: () => weights,
    restore(saved, values = {}) {
      state = saved as unknown as EarlyStoppingState;
      keep(copiesOf(values));
    },
    onStart({ step }, training) {
      if (step === 0) {
        state = none;
        keep({});
      }
      if (state.since >= patience) training.stop();
    },
    onEvaluate({ metrics }, training) {
      const { best, since } = state;
      const value = metrics[metric] ?? Number.NaN;
      if (!Number.isNaN(value) && (best === null || sign * (best - value) > minimum)) {
        state = { best: value, since: 0, metrics };
        if (restoreBest) keep(training.weights());
      } else state = { ...state, since: since + 1 };
      if (state.since >= patience) training.stop();
    },
    onEnd(_, training) {
      if (restoreBest && state.metrics !== null) training.finishWith(weights, state.metrics);
    },
  };
}

/** The state of early stopping. */
interface EarlyStoppingState {
  readonly best: number | null;
  /** Evaluations since the best one. */
  readonly since: number;
  /** The metrics of the best evaluation. */
  readonly metrics: Metrics | null;
}
