/** @file The hooks of callbacks, and the events that they receive. */
import { checkOptions, kindOf, type OptionNames, ValueError } from "@spm/core/extend";
import { RunError } from "./errors.ts";
import type { Json } from "./io/json.ts";
import type { Metrics } from "./measurement.ts";
import { prefixed, type TrainingState, unprefixed, type Values } from "./training-state.ts";

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
  /**
   * Copies of the weights that evaluations see: those of the model, or their averages. The callback
   * disposes them.
   */
  weights(): Values;
  /**
   * Gives the model these weights when training is over, after the last hook. An interrupted
   * training, which will go on, keeps its own.
   * @param evaluation - their metrics, which `fit` then returns
   */
  finishWith(weights: Values, evaluation: Metrics): void;
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
  /**
   * The metrics of evaluations that it needs; `[]` is an evaluation with whatever metrics. Training
   * doesn't start without them.
   */
  readonly needs?: readonly string[];
  /**
   * Whether its hooks change nothing that a step computes with but learning rates by a schedule.
   * After those of any other the next step on a device is not repeated but runs.
   * @defaultValue false
   */
  readonly observes?: boolean;
  /** The state that a checkpoint keeps. */
  state?(): Json;
  /** Tensors that a checkpoint keeps beside the state. */
  values?(): Values;
  /** Restores a {@link state} and copies its tensors, before `onStart`. */
  restore?(state: Json, values?: Values): void;
  /**
   * Before the first step. At step 0 a training begins, and nothing that the callback remembers of
   * another one holds.
   */
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

/** Calls a hook. */
export type Say = (to: Callback, training: Training) => void | Promise<void>;

/** The name of a hook. */
export type HookName = Extract<keyof Callback, `on${string}`>;

const hookNames: OptionNames<Pick<Callback, HookName>> = {
  onStart: true,
  onStep: true,
  onLog: true,
  onEvaluate: true,
  onNonFinite: true,
  onEpochEnd: true,
  onSettled: true,
  onEnd: true,
};

/**
 * @throws OptionError for a hook that training doesn't call, such as `onEvaluated`; ValueError for
 * anything but objects with hooks
 */
export function checkHooks(callbacks: readonly Callback[]): void {
  const help = "a callback is an object of hooks: { onStep: ({ step }) => console.log(step) }";
  if (!Array.isArray(callbacks))
    throw new ValueError("fit", "an array of callbacks", kindOf(callbacks), help);
  for (const [k, callback] of callbacks.entries()) {
    const hooks: Record<string, unknown> = {};
    if (typeof callback === "object")
      for (let o: object | null = callback; o !== null; o = Object.getPrototypeOf(o))
        for (const key of Object.getOwnPropertyNames(o))
          if (/^on[A-Z]/.test(key)) hooks[key] ??= Reflect.get(callback, key);
    checkOptions("Callback", hooks, hookNames);
    if (!Object.values(hooks).some((hook) => hook !== undefined))
      throw new ValueError(
        "fit",
        "callbacks with hooks",
        `${kindOf(callback)} as number ${k}`,
        help,
      );
    for (const [name, hook] of Object.entries(hooks))
      if (hook !== undefined && typeof hook !== "function")
        throw new ValueError("Callback", `a function as ${name}`, kindOf(hook), help);
  }
  const taken = new Set<string>();
  for (const { name, state } of callbacks)
    if (state !== undefined) {
      if (name === undefined || taken.has(name))
        throw new RunError(
          "fit",
          "a name of its own for each callback with a state",
          name ?? "none",
        );
      taken.add(name);
    }
}

/** The key of a callback's tensors in a checkpoint. */
const keyOf = (name: string | undefined): string => `callback.${name}`;

/** The states of callbacks in a checkpoint, by name. */
export const callbackStates = (callbacks: readonly Callback[]): Record<string, Json> =>
  Object.fromEntries(
    callbacks.flatMap((callback) => {
      const state = callback.state?.();
      return state === undefined || callback.name === undefined ? [] : [[callback.name, state]];
    }),
  );

/** The tensors of callbacks in a checkpoint. */
export const callbackValues = (callbacks: readonly Callback[]): Values =>
  Object.assign(
    {},
    ...callbacks.map(({ name, values }, k) =>
      values === undefined ? {} : prefixed(keyOf(name), values.call(callbacks[k])),
    ),
  );

/** Restores the states of callbacks; one without a saved state stays as it is. */
export function restoreCallbacks(
  callbacks: readonly Callback[],
  states: Readonly<Record<string, Json>>,
  values: Values,
): void {
  for (const callback of callbacks) {
    const { name } = callback;
    const state = name === undefined ? undefined : states[name];
    if (state !== undefined) callback.restore?.(state, unprefixed(keyOf(name), values));
  }
}

/** Tells all of the end, also where one throws: each gives back what it holds, a lock, say. */
export async function endAll(
  callbacks: readonly Callback[],
  end: (callback: Callback) => Promise<void>,
): Promise<void> {
  const errors: unknown[] = [];
  for (const callback of callbacks)
    await end(callback).catch((error: unknown) => errors.push(error));
  if (errors.length > 0) throw errors[0];
}
