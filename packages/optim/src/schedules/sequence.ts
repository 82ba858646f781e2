/** @file Schedules made of others: one after another, at once, and a warm-up before one. */
import {
  checkFunction,
  checkList,
  checkOptions,
  type OptionNames,
  ValueError,
} from "@spm/core/extend";
import { checkCounts, checkMilestones, checkNotNegative } from "../check.ts";
import { linearDecay } from "./decays.ts";
import { printed, type RateSchedule } from "./schedule.ts";

/**
 * Runs one schedule after another, each from its own step 0: the k-th until `milestones[k]`.
 *
 * @param milestones - the steps at which the next schedule begins, ascending, one fewer than
 * schedules
 * @throws ValueError for another number of milestones, or ones that do not ascend
 * @example
 * const flat = constant({ learningRate: 1e-3 });
 * sequence([flat, linearDecay({ from: 1e-3, to: 0, steps: 100 })], [900])(950); // 5e-4
 */
export function sequence(
  schedules: readonly RateSchedule[],
  milestones: readonly number[],
): RateSchedule {
  for (const schedule of checkList("sequence", schedules, "schedules"))
    checkFunction("sequence", schedule);
  checkMilestones("sequence", milestones);
  if (milestones.length !== schedules.length - 1)
    throw new ValueError(
      "sequence",
      `${schedules.length - 1} milestones for ${schedules.length} schedules`,
      milestones.length,
    );
  return printed("sequence", [schedules, milestones], (step) => {
    const passed = milestones.filter((milestone) => milestone <= step).length;
    return schedules[passed]!(step - (milestones[passed - 1] ?? 0));
  });
}

/**
 * The product of schedules at the same step: the first is the rate, the others are factors of it,
 * made with a `learningRate` of 1 (torch.optim.lr_scheduler.ChainedScheduler).
 *
 * η(t) = η₁(t)·η₂(t) ⋯
 *
 * @throws ValueError for no schedule, or what is none
 * @example
 * const rising = linearDecay({ from: 0.5, to: 1, steps: 10 });
 * chained([exponentialDecay({ learningRate: 0.1, factor: 0.9 }), rising])(0); // 0.05
 */
export function chained(schedules: readonly RateSchedule[]): RateSchedule {
  for (const schedule of checkList("chained", schedules, "schedules"))
    checkFunction("chained", schedule);
  if (schedules.length === 0) throw new ValueError("chained", "at least 1 schedule", 0);
  return printed("chained", [schedules], (step) =>
    schedules.reduce((rate, schedule) => rate * schedule(step), 1),
  );
}

/** Options of {@link warmup}. */
export interface WarmupOptions {
  /** Steps of the warm-up, at least 1. */
  readonly steps: number;
  /**
   * The rate at step 0 over the schedule's first rate, at least 0.
   * @defaultValue 0
   */
  readonly from?: number;
}

const warmupNames: OptionNames<WarmupOptions> = { steps: true, from: true };

/**
 * Rises along a straight line to the first rate of a schedule, then runs that schedule from its own
 * step 0.
 *
 * η(t) = η(0)·(from·(1 − t/steps) + t/steps) for t < steps, η the schedule's rate
 *
 * @throws ValueError for options out of range; OptionError for an unknown one
 * Source: Goyal et al., "Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour", 2017, section
 * 2.2
 * @example
 * const schedule = warmup(cosine({ learningRate: 1e-3, steps: 900 }), { steps: 100 });
 * schedule(50); // 5e-4
 */
export function warmup(schedule: RateSchedule, options: WarmupOptions): RateSchedule {
  checkOptions("warmup", options, warmupNames);
  const { steps, from = 0 } = options;
  checkNotNegative("warmup", { from });
  checkCounts("warmup", { steps });
  const first = checkFunction("warmup", schedule)(0);
  const line = linearDecay({ from: from * first, to: first, steps });
  return printed("warmup", [schedule, { steps, from }], sequence([line, schedule], [steps]));
}
