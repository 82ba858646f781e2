/** @file Schedules that fall: by factors, along a straight line, along a power. */
import { checkOptions, type OptionNames } from "@spm/core/extend";
import { checkCounts, checkMilestones, checkNotNegative, checkPositive } from "../check.ts";
import { printed, type RateSchedule, type ScheduleSpan } from "./schedule.ts";

/** Options of {@link stepDecay}. */
export interface StepDecayOptions {
  /** The first rate, at least 0. */
  readonly learningRate: number;
  /** Steps between falls, at least 1. */
  readonly every: number;
  /**
   * The part of the rate that each fall leaves, at least 0.
   * @defaultValue 0.1
   */
  readonly factor?: number;
}

const stepDecayNames: OptionNames<StepDecayOptions> = {
  learningRate: true,
  every: true,
  factor: true,
};

/**
 * Multiplies the rate by a factor every so many steps.
 *
 * η(t) = η₀ · factor^⌊t/every⌋, η₀ the `learningRate`
 *
 * @throws ValueError for options out of range; OptionError for an unknown one
 * @example stepDecay({ learningRate: 0.1, every: 30, factor: 0.5 })(30); // 0.05
 */
export function stepDecay(options: StepDecayOptions): RateSchedule {
  checkOptions("stepDecay", options, stepDecayNames);
  const { learningRate, every, factor = 0.1 } = options;
  checkNotNegative("stepDecay", { learningRate, factor });
  checkCounts("stepDecay", { every });
  const rate = (step: number): number => learningRate * factor ** Math.floor(step / every);
  return printed("stepDecay", [{ learningRate, every, factor }], rate);
}

/** Options of {@link multistep}. */
export interface MultistepOptions {
  /** The first rate, at least 0. */
  readonly learningRate: number;
  /** The steps at which the rate falls, ascending. */
  readonly milestones: readonly number[];
  /**
   * The part of the rate that each fall leaves, at least 0.
   * @defaultValue 0.1
   */
  readonly factor?: number;
}

const multistepNames: OptionNames<MultistepOptions> = {
  learningRate: true,
  milestones: true,
  factor: true,
};

/**
 * Multiplies the rate by a factor at each milestone.
 *
 * η(t) = η₀ · factor^(number of milestones ≤ t), η₀ the `learningRate`
 *
 * @throws ValueError for options out of range; OptionError for an unknown one
 * @example multistep({ learningRate: 0.1, milestones: [100, 150] })(120); // 0.01
 */
export function multistep(options: MultistepOptions): RateSchedule {
  checkOptions("multistep", options, multistepNames);
  const { learningRate, milestones, factor = 0.1 } = options;
  checkNotNegative("multistep", { learningRate, factor });
  checkMilestones("multistep", milestones);
  const falls = (step: number): number => milestones.filter((at) => at <= step).length;
  const rate = (step: number): number => learningRate * factor ** falls(step);
  return printed("multistep", [{ learningRate, milestones, factor }], rate);
}

/** Options of {@link exponentialDecay}. */
export interface ExponentialOptions {
  /** The first rate, at least 0. */
  readonly learningRate: number;
  /** The part of the rate that each step leaves, at least 0. */
  readonly factor: number;
}

const exponentialNames: OptionNames<ExponentialOptions> = { learningRate: true, factor: true };

/**
 * Multiplies the rate by a factor at every step.
 *
 * η(t) = η₀ · factorᵗ, η₀ the `learningRate`
 *
 * @throws ValueError for options out of range; OptionError for an unknown one
 * @example exponentialDecay({ learningRate: 0.1, factor: 0.99 })(1); // 0.099
 */
export function exponentialDecay(options: ExponentialOptions): RateSchedule {
  checkOptions("exponentialDecay", options, exponentialNames);
  const { learningRate, factor } = options;
  checkNotNegative("exponentialDecay", { learningRate, factor });
  const rate = (step: number): number => learningRate * factor ** step;
  return printed("exponentialDecay", [{ learningRate, factor }], rate);
}

/** Options of {@link linearDecay}. */
export interface LinearDecayOptions {
  /** The rate at step 0, at least 0. */
  readonly from: number;
  /** The rate at step `steps` and afterwards, at least 0. */
  readonly to: number;
  /** Steps until `to` is reached, at least 1. */
  readonly steps: number;
}

const linearDecayNames: OptionNames<LinearDecayOptions> = { from: true, to: true, steps: true };

/**
 * Moves along a straight line from one rate to another, which then holds.
 *
 * η(t) = from·(1 − s) + to·s, s = min(t/steps, 1)
 *
 * @throws ValueError for options out of range; OptionError for an unknown one
 * @example linearDecay({ from: 1e-3, to: 0, steps: 1000 })(500); // 5e-4
 */
export function linearDecay(options: LinearDecayOptions): RateSchedule {
  checkOptions("linearDecay", options, linearDecayNames);
  const { from, to, steps } = options;
  checkNotNegative("linearDecay", { from, to });
  checkCounts("linearDecay", { steps });
  return printed("linearDecay", [{ from, to, steps }], (step) => {
    const part = Math.min(step / steps, 1);
    return from * (1 - part) + to * part; // ends on `to` exactly
  });
}

/** Options of {@link polynomial}. */
export interface PolynomialOptions extends ScheduleSpan {
  /**
   * The exponent, above 0; 1 is a straight line.
   * @defaultValue 1
   */
  readonly power?: number;
  /**
   * The last rate, at least 0.
   * @defaultValue 0
   */
  readonly min?: number;
}

const polynomialNames: OptionNames<PolynomialOptions> = {
  learningRate: true,
  steps: true,
  power: true,
  min: true,
};

/**
 * Falls by a power of the part of the steps that is left, to `min`, which then holds.
 *
 * η(t) = min + (η₀ − min)·(1 − t/steps)^power, η₀ the `learningRate`
 *
 * @throws ValueError for options out of range; OptionError for an unknown one
 * @example polynomial({ learningRate: 0.1, steps: 1000, power: 2 })(500); // 0.025
 */
export function polynomial(options: PolynomialOptions): RateSchedule {
  checkOptions("polynomial", options, polynomialNames);
  const { learningRate, steps, power = 1, min = 0 } = options;
  checkNotNegative("polynomial", { learningRate, min });
  checkPositive("polynomial", { power });
  checkCounts("polynomial", { steps });
  const left = (step: number): number => Math.max(0, 1 - step / steps) ** power;
  const rate = (step: number): number => min + (learningRate - min) * left(step);
  return printed("polynomial", [{ learningRate, steps, power, min }], rate);
}
