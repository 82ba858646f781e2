/** @file Schedules made of half cosines: down once, down again and again, up and down. */
import { checkOptions, type OptionNames } from "@spm/core/extend";
import { checkCounts, checkFractions, checkNotNegative, checkPositive } from "../check.ts";
import { halfCosine, printed, type RateSchedule, type ScheduleSpan } from "./schedule.ts";

/** Options of {@link cosine}. */
export interface CosineOptions extends ScheduleSpan {
  /**
   * The last rate, at least 0.
   * @defaultValue 0
   */
  readonly min?: number;
}

const cosineNames: OptionNames<CosineOptions> = { learningRate: true, steps: true, min: true };

/**
 * Falls along half a cosine from `learningRate` to `min`, which then holds.
 *
 * η(t) = min + (η₀ − min)·(1 + cos(π·t/steps))/2, η₀ the `learningRate`
 *
 * @throws ValueError for options out of range; OptionError for an unknown one
 * Source: Loshchilov, Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", ICLR 2017,
 * eq. 5
 * @example
 * const learningRate = cosine({ learningRate: 1e-3, steps: 1000 });
 * const optimizer = adam([parameter([1])], { learningRate });
 */
export function cosine(options: CosineOptions): RateSchedule {
  checkOptions("cosine", options, cosineNames);
  const { learningRate, steps, min = 0 } = options;
  checkNotNegative("cosine", { learningRate, min });
  checkCounts("cosine", { steps });
  return printed("cosine", [{ learningRate, steps, min }], (step) =>
    halfCosine(learningRate, min, Math.min(step / steps, 1)),
  );
}

/** Options of {@link cosineRestarts}. */
export interface CosineRestartsOptions {
  /** The rate at the start of each period, at least 0. */
  readonly learningRate: number;
  /** Steps of the first period, at least 1. */
  readonly period: number;
  /**
   * The length of each period over that of the one before, a whole number of at least 1.
   * @defaultValue 1
   */
  readonly growth?: number;
  /**
   * The rate that each period falls towards, at least 0.
   * @defaultValue 0
   */
  readonly min?: number;
}

const cosineRestartsNames: OptionNames<CosineRestartsOptions> = {
  learningRate: true,
  period: true,
  growth: true,
  min: true,
};

/**
 * Repeats {@link cosine}, in periods that may grow.
 *
 * η(t) = min + (η₀ − min)·(1 + cos(π·t′/T))/2 at step t′ of a period of T steps
 *
 * @throws ValueError for options out of range; OptionError for an unknown one
 * Source: Loshchilov, Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", ICLR 2017,
 * eq. 5
 * @example
 * const schedule = cosineRestarts({ learningRate: 0.1, period: 100, growth: 2 });
 * schedule(300); // 0.1
 */
export function cosineRestarts(options: CosineRestartsOptions): RateSchedule {
  checkOptions("cosineRestarts", options, cosineRestartsNames);
  const { learningRate, period, growth = 1, min = 0 } = options;
  checkNotNegative("cosineRestarts", { learningRate, min });
  checkCounts("cosineRestarts", { period, growth });
  return printed("cosineRestarts", [{ learningRate, period, growth, min }], (step) => {
    let since = growth === 1 ? step % period : step;
    let length = period;
    for (; since >= length; length *= growth) since -= length;
    return halfCosine(learningRate, min, since / length);
  });
}

/** Options of {@link oneCycle}. */
export interface OneCycleOptions extends ScheduleSpan {
  /**
   * The part of the steps that comes before the highest rate, in [0, 1).
   * @defaultValue 0.3
   */
  readonly rise?: number;
  /**
   * The highest rate over the first, above 0.
   * @defaultValue 25
   */
  readonly divide?: number;
  /**
   * The first rate over the last, above 0.
   * @defaultValue 1e4
   */
  readonly finalDivide?: number;
}

const oneCycleNames: OptionNames<OneCycleOptions> = {
  learningRate: true,
  steps: true,
  rise: true,
  divide: true,
  finalDivide: true,
};

/**
 * Rises along half a cosine from η₀/divide to the `learningRate` η₀, then falls along another to
 * η₀/divide/finalDivide at the last step.
 *
 * @throws ValueError for options out of range; OptionError for an unknown one
 * Source: Smith, Topin, "Super-Convergence: Very Fast Training of Neural Networks Using Large
 * Learning Rates", 2018
 * @example oneCycle({ learningRate: 0.25, steps: 1000 })(0); // 0.01
 */
export function oneCycle(options: OneCycleOptions): RateSchedule {
  checkOptions("oneCycle", options, oneCycleNames);
  const { learningRate, steps, rise = 0.3, divide = 25, finalDivide = 1e4 } = options;
  checkNotNegative("oneCycle", { learningRate });
  checkCounts("oneCycle", { steps });
  checkFractions("oneCycle", { rise });
  checkPositive("oneCycle", { divide, finalDivide });
  const first = learningRate / divide;
  const peak = rise * steps - 1;
  const last = steps - 1;
  const shown = { learningRate, steps, rise, divide, finalDivide };
  return printed("oneCycle", [shown], (step) =>
    step < peak
      ? halfCosine(first, learningRate, step / peak)
      : halfCosine(learningRate, first / finalDivide, Math.min((step - peak) / (last - peak), 1)),
  );
}
