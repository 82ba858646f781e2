/** @file Lowers the learning rate when a metric no longer improves. */
import { ValueError } from "@spm/core/extend";
import { checkFractions, checkNotNegative } from "./check.ts";

/** Where reduce-on-plateau stands: plain numbers, to be saved as they are. */
export interface PlateauState {
  readonly learningRate: number;
  /** The best metric so far; null before the first. */
  readonly best: number | null;
  /** Metrics in a row that were no better. */
  readonly bad: number;
  /** Metrics to come that do not count as bad. */
  readonly cooldown: number;
}

/** Options of {@link reduceOnPlateau}. */
export interface PlateauOptions {
  /** What remains of the rate, in [0, 1); 0.1 unless said. */
  readonly factor?: number;
  /** Metrics in a row that may be no better; 10 unless said. */
  readonly patience?: number;
  /** Whether better means lower or higher; lower unless said. */
  readonly better?: "lower" | "higher";
  /** By which share of the best a metric must beat it, at least 0; 1e-4 unless said. */
  readonly threshold?: number;
  /** Metrics after a reduction that do not count as bad; 0 unless said. */
  readonly cooldown?: number;
  /** The lowest rate; 0 unless said. */
  readonly min?: number;
}

/** The state before the first metric. @throws ValueError for a rate below 0 */
export function plateauStart(learningRate: number): PlateauState {
  checkNotNegative("plateauStart", { learningRate });
  return { learningRate, best: null, bad: 0, cooldown: 0 };
}

/**
 * The pure function that takes a state and a new metric to the next state: after more than
 * `patience` metrics in a row that did not beat the best by the threshold, the rate is multiplied
 * by `factor`. NaN and infinities beat nothing.
 *
 * better: best − metric > threshold·|best| (higher: metric − best)
 *
 * @throws ValueError for options out of range
 * @example
 * const next = reduceOnPlateau({ factor: 0.5, patience: 2 });
 * let plateau = plateauStart(1e-3);
 * const optimizer = adam(parameters, { learningRate: () => plateau.learningRate });
 * plateau = next(plateau, validationLoss); // after each evaluation
 */
export function reduceOnPlateau(
  options: PlateauOptions = {},
): (state: PlateauState, metric: number) => PlateauState {
  const {
    factor = 0.1,
    patience = 10,
    better = "lower",
    threshold = 1e-4,
    cooldown = 0,
    min = 0,
  } = options;
  checkFractions("reduceOnPlateau", { factor });
  checkNotNegative("reduceOnPlateau", { patience, threshold, cooldown, min });
  if (better !== "lower" && better !== "higher")
    throw new ValueError("reduceOnPlateau", 'better to be "lower" or "higher"', better);
  return (state, metric) => {
    const gain = better === "lower" ? (state.best ?? 0) - metric : metric - (state.best ?? 0);
    const beats =
      Number.isFinite(metric) && (state.best === null || gain > threshold * Math.abs(state.best));
    const best = beats ? metric : state.best;
    if (state.cooldown > 0) return { ...state, best, bad: 0, cooldown: state.cooldown - 1 };
    const bad = beats ? 0 : state.bad + 1;
    if (bad <= patience) return { ...state, best, bad };
    return { learningRate: Math.max(min, state.learningRate * factor), best, bad: 0, cooldown };
  };
}
