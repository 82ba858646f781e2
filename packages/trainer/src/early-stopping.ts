/** @file Ends training when an evaluation metric no longer improves. */
import { checkOptions, type OptionNames, ValueError } from "@spm/core/extend";
import type { Callback } from "./hooks.ts";

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
}

const names: OptionNames<EarlyStoppingOptions> = {
  patience: true,
  metric: true,
  better: true,
  minimum: true,
};

/**
 * A callback that stops training after `patience` evaluations in a row that didn't improve on the
 * best by more than `minimum`. NaN is never an improvement. A checkpoint keeps the count.
 *
 * @throws ValueError for a patience that isn't a whole number of at least 1, a minimum below 0, or
 * at the first evaluation for a metric that it lacks; OptionError for an unknown option
 * @example
 * ```ts
 * import { earlyStopping } from "@spm/trainer";
 * const callbacks = [earlyStopping({ metric: "accuracy", better: "higher", patience: 3 })];
 * ```
 */
export function earlyStopping(options: EarlyStoppingOptions): Callback {
  checkOptions("earlyStopping", options, names);
  const { patience, metric = "loss", better = "lower", minimum = 0 } = options;
  if (!Number.isInteger(patience) || patience < 1)
    throw new ValueError("earlyStopping", "a whole patience of at least 1", patience);
  if (better !== "lower" && better !== "higher")
    throw new ValueError("earlyStopping", 'better to be "lower" or "higher"', better);
  if (!(minimum >= 0)) throw new ValueError("earlyStopping", "a minimum ≥ 0", minimum);
  const sign = better === "lower" ? 1 : -1;
  let best: number | null = null;
  let since = 0;
  return {
    name: "earlyStopping",
    state: () => ({ best, since }),
    restore(state) {
      ({ best, since } = state as { best: number | null; since: number });
    },
    onStart(_, training) {
      if (since >= patience) training.stop();
    },
    onEvaluate({ metrics }, training) {
      const value = metrics[metric];
      if (value === undefined)
        throw new ValueError("earlyStopping", `a metric of ${Object.keys(metrics)}`, metric);
      if (!Number.isNaN(value) && (best === null || sign * (best - value) > minimum))
        [best, since] = [value, 0];
      else since++;
      if (since >= patience) training.stop();
    },
  };
}
