/** @file Lowers the learning rate when a metric no longer improves. */
import { checkOptions, type OptionNames, ValueError } from "@spm/core/extend";
import { checkFractions, checkNotNegative } from "./check.ts";

/** The state of reduce-on-plateau, in numbers that JSON holds. */
export interface PlateauState {
  readonly learningRate: number;
  /** The best metric so far; null before the first. */
  readonly best: number | null;
  /** Metrics in a row that didn't beat the best. */
  readonly bad: number;
  /** The next metrics that don't count as bad. */
  readonly cooldown: number;
}

/** Options of {@link reduceOnPlateau}. */
export interface PlateauOptions {
  /**
   * The part of the rate that a reduction leaves, in [0, 1).
   * @defaultValue 0.1
   */
  readonly factor?: number;
  /**
   * Metrics in a row that may fail to beat the best without a reduction, at least 0.
   * @defaultValue 10
   */
  readonly patience?: number;
  /**
   * Whether a better metric is lower or higher.
   * @defaultValue `"lower"`
   */
  readonly better?: "lower" | "higher";
  /**
   * The part of the best by which a metric must beat it, at least 0.
   * @defaultValue 1e-4
   */
  readonly threshold?: number;
  /**
   * Metrics after a reduction that don't count as bad, at least 0.
   * @defaultValue 0
   */
  readonly cooldown?: number;
  /**
   * The lowest rate, at least 0.
   * @defaultValue 0
   */
  readonly min?: number;
}

const names: OptionNames<PlateauOptions> = {
  factor: true,
  patience: true,
  better: true,
  threshold: true,
  cooldown: true,
  min: true,
};

/**
 * The state before the first metric.
 * @throws ValueError for a rate below 0
 * @example plateauStart(1e-3); // { learningRate: 0.001, best: null, bad: 0, cooldown: 0 }
 */
export function plateauStart(learningRate: number): PlateauState {
  checkNotNegative("plateauStart", { learningRate });
  return { learningRate, best: null, bad: 0, cooldown: 0 };
}

/**
 * A pure function from a state and a new metric to the next state: it multiplies the rate by
 * `factor` after more than `patience` metrics in a row that didn't beat the best by the threshold.
 *
 * A metric beats the best where best − metric > threshold·|best| (higher: metric − best); NaN and
 * infinities never do.
 *
 * @throws ValueError for options out of range; OptionError for an unknown one
 * @example
 * const next = reduceOnPlateau({ factor: 0.5, patience: 2 });
 * let plateau = plateauStart(1e-3);
 * adam([parameter([1])], { learningRate: () => plateau.learningRate });
 * plateau = next(plateau, 0.7); // after each evaluation, with its loss
 */
export function reduceOnPlateau(
  options: PlateauOptions = {},
): (state: PlateauState, metric: number) => PlateauState {
  checkOptions("reduceOnPlateau", options, names);
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
