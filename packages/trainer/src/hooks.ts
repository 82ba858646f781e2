/** @file What training tells its callbacks, and when. */
import { RunError } from "./errors.ts";
import type { Json } from "./io/json.ts";
import type { Metrics } from "./measurement.ts";
import type { TrainingState } from "./training-state.ts";

/** Where training stands. */
export interface TrainingPosition {
  /** Optimizer steps taken. */
  readonly step: number;
  /** Optimizer steps in all. */
  readonly steps: number;
  /** The epoch being trained, from 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Seconds spent in training steps since `fit` began, evaluations left out. */
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
 * Why training ended: it reached its last step, the signal was aborted, a callback stopped it, an
 * error was thrown.
 */
export type Ending = "finished" | "interrupted" | "stopped" | "failed";

/** The end of training. */
export interface EndEvent extends TrainingPosition {
  readonly ending: Ending;
}

/** A step whose loss or gradients were not finite, and was not taken. */
export interface NonFiniteEvent extends TrainingPosition {
  /** NaN, ±Infinity, or a number where only a gradient was not finite. */
  readonly loss: number;
  /**
   * The first op that made a value that is not finite, as anomaly mode tells it; undefined where a
   * replay did not find one.
   */
  readonly culprit: string | undefined;
  readonly action: "stop" | "skip" | "rollback";
}

/** What a callback may do to the training that calls it. */
export interface Training {
  /** Ends training after this step. */
  stop(): void;
  /**
   * Everything that training depends on. Whole only in `onSettled` and `onEnd`; its tensors are
   * live: read them before the hook returns.
   *
   * @throws NonFiniteError when a loss since the last log, or a weight, is not finite
   */
  capture(): Promise<TrainingState>;
}

type Hook<Event> = (event: Event, training: Training) => void | Promise<void>;

/**
 * Typed hooks; each may be asynchronous and is awaited. An error thrown in one ends the training.
 *
 * @example
 * ```ts
 * import type { Callback } from "@spm/trainer";
 * const print: Callback = { onEvaluate: ({ step, metrics }) => console.log(step, metrics.loss) };
 * ```
 */
export interface Callback {
  /** Under which a checkpoint keeps its state; needed, and of its own, where `state` is given. */
  readonly name?: string;
  /** What a checkpoint keeps of it. */
  state?(): Json;
  /** Takes over what {@link state} gave, before `onStart`. */
  restore?(state: Json): void;
  /** Before the first step. */
  readonly onStart?: Hook<TrainingPosition>;
  /** After each step. Reads nothing from the device. */
  readonly onStep?: Hook<TrainingPosition>;
  /**
   * Every `logEvery` steps and after the last: the training metrics' means since the previous time.
   */
  readonly onLog?: Hook<MetricsEvent>;
  /** After an evaluation: its metrics' means over the evaluation's samples. */
  readonly onEvaluate?: Hook<MetricsEvent>;
  /** After a step that was not taken because its loss or a gradient was not finite. */
  readonly onNonFinite?: Hook<NonFiniteEvent>;
  /** After an epoch's last step and its evaluation. */
  readonly onEpochEnd?: Hook<TrainingPosition>;
  /**
   * When a step and all that it brought are done and told to every callback: where a captured state
   * is whole.
   */
  readonly onSettled?: Hook<TrainingPosition>;
  /** At the end, also after an interruption or an error. */
  readonly onEnd?: Hook<EndEvent>;
}

/**
 * What callbacks keep in a checkpoint, by their names.
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

/** Gives callbacks their states back; one without a saved state stays as it is. */
export function restoreCallbacks(
  callbacks: readonly Callback[],
  states: Readonly<Record<string, Json>>,
): void {
  for (const callback of callbacks) {
    const state = callback.name === undefined ? undefined : states[callback.name];
    if (state !== undefined) callback.restore?.(state);
  }
}
