/** @file A learning-rate schedule: a pure function of the step, so it has no state to save. */
import { checkOptions, type OptionNames, printsAs, showValue } from "@spm/core/extend";
import { checkNotNegative } from "../check.ts";

/**
 * The learning rate of a step; steps count from 0. Schedules compose as functions do:
 * `(t) => 0.5 * cosine(…)(t)`. Those of this package print as the call that makes them.
 */
export type RateSchedule = (step: number) => number;

/** The learning rate at its highest, and the steps of a schedule that has an end. */
export interface ScheduleSpan {
  /** The highest rate, at least 0. */
  readonly learningRate: number;
  /** Steps of the whole schedule, at least 1. The last rate holds afterwards. */
  readonly steps: number;
}

/** A schedule that prints as a call of `name` with these operands. */
export const printed = (
  name: string,
  operands: readonly unknown[],
  schedule: RateSchedule,
): RateSchedule => printsAs(schedule, () => `${name}(${operands.map(showValue).join(", ")})`);

/** From `start` (at 0) to `end` (at 1) along half a cosine. */
export const halfCosine = (start: number, end: number, part: number): number =>
  end + ((start - end) * (1 + Math.cos(Math.PI * part))) / 2;

/** Options of {@link constant}. */
export interface ConstantOptions {
  /** The rate of every step, at least 0. */
  readonly learningRate: number;
}

const names: OptionNames<ConstantOptions> = { learningRate: true };

/**
 * The same rate at every step.
 *
 * η(t) = η₀, the `learningRate`
 *
 * @throws ValueError for a rate below 0; OptionError for an unknown option
 * @example constant({ learningRate: 1e-3 })(500); // 0.001
 */
export function constant(options: ConstantOptions): RateSchedule {
  checkOptions("constant", options, names);
  const { learningRate } = options;
  checkNotNegative("constant", { learningRate });
  return printed("constant", [{ learningRate }], () => learningRate);
}
