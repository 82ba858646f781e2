/** @file Learning-rate schedules by name: flags, help, sweeps and tests are made from them. */
import { checkOptions, type OptionSchema } from "@spm/core/extend";
import * as schema from "./option-schemas.ts";
import {
  type CosineOptions,
  type CosineRestartsOptions,
  cosine,
  cosineRestarts,
  type OneCycleOptions,
  oneCycle,
} from "./schedules/cosines.ts";
import { type CyclicOptions, cyclic } from "./schedules/cyclic.ts";
import {
  exponentialDecay,
  linearDecay,
  type PolynomialOptions,
  polynomial,
  stepDecay,
} from "./schedules/decays.ts";
import { constant, type RateSchedule, type ScheduleSpan } from "./schedules/schedule.ts";

/**
 * A learning-rate schedule with its description and the ranges of its options, as a record of
 * schedules has it; {@link rateSchedules} are those of this package.
 *
 * @example
 * const halved: ScheduleEntry = {
 *   description: "half of the rate from the middle on",
 *   options: {},
 *   create: ({ learningRate, steps }) => multistep({
 *     learningRate,
 *     milestones: [Math.floor(steps / 2)],
 *     factor: 0.5,
 *   }),
 * };
 */
export interface ScheduleEntry<Options extends object = object> {
  /** One line. */
  readonly description: string;
  /**
   * The range of each option. A default is the value that {@link create} takes where the option is
   * left out; beyond a bound it throws.
   */
  readonly options: Readonly<Record<Extract<keyof Options, string>, OptionSchema>> &
    Readonly<Record<string, OptionSchema>>;
  /** @throws ValueError for a span or options out of range */
  create(options: ScheduleSpan & Options): RateSchedule;
}

const min = schema.notNegative("the lowest rate", 0);
const factor = schema.notNegative("the part of the rate that each fall leaves", 0.1);
const third = (steps: number): number => Math.max(1, Math.ceil(steps / 3));

/** An entry whose `create` refuses options that it does not have. */
function entry<Options extends object>(
  name: string,
  { description, options, create }: ScheduleEntry<Options>,
): ScheduleEntry {
  const names = { learningRate: true, steps: true, ...options };
  const checked: ScheduleEntry<Options> = {
    description,
    options,
    create(given) {
      checkOptions(name, given, names);
      return create(given);
    },
  };
  return checked as ScheduleEntry;
}

/**
 * The schedules. A new one is its function and an entry here.
 * @example rateSchedules.cosine.create({ learningRate: 1, steps: 100 })(50); // 0.5
 */
export const rateSchedules = {
  constant: entry("constant", {
    description: "one rate for all steps",
    options: {},
    create: ({ learningRate }) => constant({ learningRate }),
  }) as ScheduleEntry,
  linear: entry<{ readonly min?: number }>("linear", {
    description: "down a straight line",
    options: { min },
    create: ({ learningRate, steps, min = 0 }) =>
      linearDecay({ from: learningRate, to: min, steps }),
  }) as ScheduleEntry,
  cosine: entry<Omit<CosineOptions, keyof ScheduleSpan>>("cosine", {
    description: "down half a cosine",
    options: { min },
    create: cosine,
  }) as ScheduleEntry,
  "cosine-restarts": entry<Partial<Omit<CosineRestartsOptions, "learningRate">>>(
    "cosine-restarts",
    {
      description: "down half a cosine, again and again",
      options: {
        period: schema.count("steps of the first period, by default a third of all"),
        growth: schema.count("the length of each period over that of the one before", 1),
        min,
      },
      create: ({ steps, period = third(steps), ...options }) =>
        cosineRestarts({ ...options, period }),
    },
  ) as ScheduleEntry,
  "one-cycle": entry<Omit<OneCycleOptions, keyof ScheduleSpan>>("one-cycle", {
    description: "up half a cosine from a small part of the rate, down another to almost 0",
    options: {
      rise: schema.fraction("the part of the steps before the highest rate", 0.3),
      divide: schema.positive("highest rate over the first", 25),
      finalDivide: schema.positive("first rate over the last", 1e4),
    },
    create: oneCycle,
  }) as ScheduleEntry,
  cyclic: entry<Omit<CyclicOptions, "learningRate" | "factor">>("cyclic", {
    description: "up and down straight lines, again and again",
    options: {
      up: schema.count("steps up, by default a quarter of all"),
      down: schema.count("steps down, by default as many as up"),
      mode: schema.word("tops alike, or half as high each cycle", ["triangular", "triangular2"]),
      min,
    },
    create: ({ learningRate, steps, up = Math.max(1, Math.ceil(steps / 4)), ...options }) =>
      cyclic({ ...options, learningRate, up }),
  }) as ScheduleEntry,
  polynomial: entry<Omit<PolynomialOptions, keyof ScheduleSpan>>("polynomial", {
    description: "down by a power of the part of the steps that is left",
    options: { power: schema.positive("the exponent, 1 a straight line", 1), min },
    create: polynomial,
  }) as ScheduleEntry,
  exponential: entry<{ readonly final?: number }>("exponential", {
    description: "down by the same factor each step",
    options: { final: schema.notNegative("the part of the rate left after all steps", 0.01) },
    create: ({ learningRate, steps, final = 0.01 }) =>
      exponentialDecay({ learningRate, factor: final ** (1 / steps) }),
  }) as ScheduleEntry,
  step: entry<{ readonly every?: number; readonly factor?: number }>("step", {
    description: "down by a factor every so many steps",
    options: { every: schema.count("steps between falls, by default a third of all"), factor },
    create: ({ steps, every = third(steps), ...options }) => stepDecay({ ...options, every }),
  }) as ScheduleEntry,
};

/** The names of all schedules. */
export type ScheduleName = keyof typeof rateSchedules;
