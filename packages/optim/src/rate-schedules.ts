/** @file Every learning-rate schedule by name: flags, help, sweeps and tests are made from it. */
import type { OptionSchema } from "@spm/core/extend";
import * as schema from "./option-schemas.ts";
import {
  constant,
  cosine,
  cosineRestarts,
  exponential,
  linearDecay,
  oneCycle,
  polynomial,
  type Schedule,
  stepDecay,
} from "./schedule.ts";

/** What every schedule by name is made from. */
export interface ScheduleSpan {
  /** The rate at its highest; at least 0. */
  readonly base: number;
  /** Steps of the whole schedule, at least 1. */
  readonly steps: number;
}

/**
 * A learning-rate schedule as a list of schedules has it; {@link rateSchedules} are those of this
 * package.
 *
 * @example
 * const halved: ScheduleEntry = {
 *   description: "half of the rate from the middle on",
 *   options: {},
 *   create: ({ base, steps }) => sequence(
 *     [constant({ base }), constant({ base: base / 2 })],
 *     [Math.floor(steps / 2)],
 *   ),
 * };
 */
export interface ScheduleEntry<Options extends object = object> {
  /** One line. */
  readonly description: string;
  /**
   * What each of its options may be. A default is what {@link create} takes where the option is
   * left out; beyond a bound it throws.
   */
  readonly options: Readonly<Record<Extract<keyof Options, string>, OptionSchema>> &
    Readonly<Record<string, OptionSchema>>;
  /** @throws ValueError for a span or options out of range */
  create(options: ScheduleSpan & Options): Schedule;
}

const min = schema.notNegative("the lowest rate", 0);
const factor = schema.notNegative("what remains of the rate at each fall", 0.1);
const third = (steps: number): number => Math.max(1, Math.ceil(steps / 3));

const constantEntry: ScheduleEntry = {
  description: "one rate for all steps",
  options: {},
  create: constant,
};

const linearEntry: ScheduleEntry<{ readonly min?: number }> = {
  description: "down a straight line",
  options: { min },
  create: ({ base, steps, min = 0 }) => linearDecay({ from: base, to: min, steps }),
};

const cosineEntry: ScheduleEntry<{ readonly min?: number }> = {
  description: "down half a cosine",
  options: { min },
  create: cosine,
};

type RestartOptions = Partial<Omit<Parameters<typeof cosineRestarts>[0], "base">>;

const cosineRestartsEntry: ScheduleEntry<RestartOptions> = {
  description: "down half a cosine, again and again",
  options: {
    period: schema.count("steps of the first period, a third of all unless given"),
    growth: schema.count("how many times as long each next period is", 1),
    min,
  },
  create: ({ steps, period = third(steps), ...options }) => cosineRestarts({ ...options, period }),
};

type CycleOptions = Omit<Parameters<typeof oneCycle>[0], "max" | "steps">;

const oneCycleEntry: ScheduleEntry<CycleOptions> = {
  description: "up half a cosine from a small part of the rate, down another to almost 0",
  options: {
    rise: schema.fraction("share of the steps until the highest rate", 0.3),
    divide: schema.positive("highest rate over the first", 25),
    finalDivide: schema.positive("first rate over the last", 1e4),
  },
  create: ({ base, ...options }) => oneCycle({ ...options, max: base }),
};

const polynomialEntry: ScheduleEntry<{ readonly power?: number; readonly min?: number }> = {
  description: "down a power of what is left of the way",
  options: { power: schema.positive("the power, 1 a straight line", 1), min },
  create: polynomial,
};

const exponentialEntry: ScheduleEntry<{ readonly final?: number }> = {
  description: "down by the same factor each step",
  options: { final: schema.notNegative("what remains of the rate after all steps", 0.01) },
  create: ({ base, steps, final = 0.01 }) => exponential({ base, factor: final ** (1 / steps) }),
};

const stepEntry: ScheduleEntry<{ readonly every?: number; readonly factor?: number }> = {
  description: "down by a factor every so many steps",
  options: { every: schema.count("steps between falls, a third of all unless given"), factor },
  create: ({ steps, every = third(steps), ...options }) => stepDecay({ ...options, every }),
};

/** The schedules. A new one is its function and an entry here. */
export const rateSchedules = {
  constant: constantEntry as ScheduleEntry,
  linear: linearEntry as ScheduleEntry,
  cosine: cosineEntry as ScheduleEntry,
  "cosine-restarts": cosineRestartsEntry as ScheduleEntry,
  "one-cycle": oneCycleEntry as ScheduleEntry,
  polynomial: polynomialEntry as ScheduleEntry,
  exponential: exponentialEntry as ScheduleEntry,
  step: stepEntry as ScheduleEntry,
};

/** The names of all schedules. */
export type ScheduleName = keyof typeof rateSchedules;
