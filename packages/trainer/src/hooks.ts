/** @file The hooks of callbacks, and the events that they receive. */
import { checkOptions, type OptionNames } from "@spm/core/extend";
import { RunError } from "./errors.ts";
import type { Json } from "./io/json.ts";
import type { Metrics } from "./measurement.ts";
import type { TrainingState } from "./training-state.ts";

/** A position of training. */
export interface TrainingPosition {
  /** Optimizer steps taken. */
  readonly step: number;
  /** Optimizer steps in all. */
  readonly steps: number;
  /** The epoch being trained, from 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Seconds of training steps since `fit` began, without evaluations. */
  readonly seconds: number;
  /** Seconds of wall clock since `fit` began. */
  readonly elapsed: number;
}

/** Metrics at a position. */
export interface MetricsEvent extends TrainingPosition {
  readonly metrics: Metrics;
  /** The learning rate of the last step. */
  readonly learningRate: number;
}

/**
 * The reason why training ended: the last step was reached, the signal was aborted, a callback
 * stopped it, an error was thrown.
 */
export type Ending = "finished" | "interrupted" | "stopped" | "failed";

/** The end of training. */
export interface EndEvent extends TrainingPosition {
  readonly ending: Ending;
}

/** A step that wasn't taken, since its loss or gradients weren't finite. */
export interface NonFiniteEvent extends TrainingPosition {
  /** NaN, ±Infinity, or a number where only a gradient wasn't finite. */
  readonly loss: number;
  /** The first op whose result wasn't finite; undefined where a replay didn't find one. */
  readonly culprit: string | undefined;
  readonly action: "stop" | "skip" | "rollback";
}

/** The training that calls a callback. */
export interface Training {
  /** Ends training after this step. */
  stop(): void;
  /**
   * The state of training, complete in `onSettled` and `onEnd` only. Its tensors are the live ones:
   * read them before the hook returns.
   *
   * @throws NonFiniteError when a loss since the last log, or a weight, isn't finite
   */
  capture(): Promise<TrainingState>;
}

type Hook<Event> = (event: Event, training: Training) => void | Promise<void>;

/**
 * Hooks that training calls, and awaits; an error thrown in one ends the training.
 *
 * @example
 * ```ts
 * import type { Callback } from "@spm/trainer";
 * const print: Callback = { onEvaluate: ({ step, metrics }) => console.log(step, metrics.loss) };
 * ```
 */
export interface Callback {
  /** The key of its state in a checkpoint: required where there is `state`, and unique. */
  readonly name?: string;
  /** The state that a checkpoint keeps. */
  state?(): Json;
  /** Restores a {@link state}, before `onStart`. */
  restore?(state: Json): void;
  /** Before the first step. */
  readonly onStart?: Hook<TrainingPosition>;
  /** After each step. Reads nothing from the device. */
  readonly onStep?: Hook<TrainingPosition>;
  /** Every `logEvery` steps and after the last one: means of the training metrics since then. */
  readonly onLog?: Hook<MetricsEvent>;
  /** After an evaluation: means of its metrics. */
  readonly onEvaluate?: Hook<MetricsEvent>;
  /** After a step that wasn't taken, since its loss or a gradient wasn't finite. */
  readonly onNonFinite?: Hook<NonFiniteEvent>;
  /** After an epoch's last step and its evaluation. */
  readonly onEpochEnd?: Hook<TrainingPosition>;
  /** After a step, its evaluation and the other hooks: a captured state is complete here. */
  readonly onSettled?: Hook<TrainingPosition>;
  /** At the end, also after an interruption or an error. */
  readonly onEnd?: Hook<EndEvent>;
}

const hookNames: OptionNames<Omit<Callback, "name" | "state" | "restore">> = {
  onStart: true,
  onStep: true,
  onLog: true,
  onEvaluate: true,
  onNonFinite: true,
  onEpochEnd: true,
  onSettled: true,
  onEnd: true,
};

/** @throws OptionError for a hook that training doesn't call, such as `onEvaluated` */
export function checkHooks(callbacks: readonly Callback[]): void {
  for (const callback of callbacks) {
    const hooks = Object.entries(callback).filter(([key]) => /^on[A-Z]/.test(key));
    checkOptions("Callback", Object.fromEntries(hooks), hookNames);
  }
}

/**
 * The states of callbacks in a checkpoint, by name.
 *
 * @throws RunError for a callback with a state but no name of its own
 */
export function callbackStates(callbacks: readonly Callback[]): Record<string, Json> {
  const states: Record<string, Json> = {};
  for (const callback of callbacks) {
    const { name } = callback;
    const state = callback.state?.();
    if (state === undefined) continue;
    if (name === undefined || Object.hasOwn(states, name))
      throw new RunError("fit", "a name of its own for each callback with a state", name ?? "none");
    states[name] = state;
  }
  return states;
}

/** Restores the states of callbacks; one without a saved state stays as it is. */
export function restoreCallbacks(
  callbacks: readonly Callback[],
  states: Readonly<Record<string, Json>>,
): void {
  for (const callback of callbacks) {
    const state = callback.name === undefined ? undefined : states[callback.name];
    if (state !== undefined) callback.restore?.(state);
  }
}
