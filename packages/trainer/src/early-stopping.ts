/** @file Ends training when an evaluation metric no longer improves. */
import { ValueError } from "@spm/core/extend";
import type { Callback } from "./hooks.ts";

/** When to stop. */
export interface EarlyStoppingOptions {
  /** Evaluations in a row without an improvement after which it stops, at least 1. */
  readonly patience: number;
  /** The metric; `loss` unless said. */
  readonly metric?: string;
  /** What is better; lower unless said. */
  readonly better?: "lower" | "higher";
  /** How much better than the best counts; 0, anything, unless said. */
  readonly minimum?: number;
}

/**
 * A callback that stops training after `patience` evaluations in a row that were no better than the
 * best by more than `minimum`.
 *
 * A value that is NaN is no better than any. A checkpoint keeps its count.
 *
 * @throws ValueError for a patience that is not a whole number of at least 1, or a minimum below 0
 * @example
 * ```ts
 * import { earlyStopping } from "@spm/trainer";
 * const callbacks = [earlyStopping({ metric: "accuracy", better: "higher", patience: 3 })];
 * ```
 */
export function earlyStopping(options: EarlyStoppingOptions): Callback {
  const { patience, metric = "loss", better = "lower", minimum = 0 } = options;
  if (!Number.isInteger(patience) || patience < 1)
    throw new ValueError("earlyStopping", "a whole patience of at least 1", patience);
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
      const value = metrics[metric] ?? Number.NaN;
      if (!Number.isNaN(value) && (best === null || sign * (best - value) > minimum))
        [best, since] = [value, 0];
      else since++;
      if (since >= patience) training.stop();
    },
  };
}
