/** @file A callback whose state, such as a learning rate, follows a metric of the evaluations. */
import { checkOptions, type OptionNames } from "@spm/core/extend";
import type { Callback } from "./hooks.ts";
import type { Json } from "./io/json.ts";
import type { Metrics } from "./measurement.ts";

/** A callback with a state. */
export interface PlateauCallback<State> extends Callback {
  /** The current state; a schedule reads its rate. */
  readonly current: State;
}

/** Options of {@link plateauCallback}. */
export interface PlateauCallbackOptions {
  /**
   * The name of a metric of the evaluations.
   * @defaultValue `"loss"`
   */
  readonly metric?: keyof Metrics & string;
}

const names: OptionNames<PlateauCallbackOptions> = { metric: true };

/**
 * A callback that updates a state by a pure function of each evaluation's metric, such as
 * `reduceOnPlateau` of @spm/optim. A checkpoint keeps the state.
 *
 * @param start - the state before the first evaluation
 * @param next - (state, metric) ↦ state
 * @throws OptionError for an unknown option
 * @example
 * ```ts
 * import { parameter } from "@spm/core";
 * import { adam, reduceOnPlateau } from "@spm/optim";
 * import { plateauStart } from "@spm/optim/extend";
 * import { plateauCallback } from "@spm/trainer";
 * const plateau = plateauCallback(plateauStart(1e-3), reduceOnPlateau({ patience: 2 }));
 * const optimizer = adam([parameter([1])], { learningRate: () => plateau.current.learningRate });
 * ```
 */
export function plateauCallback<State extends Readonly<Record<keyof State, Json>>>(
  start: State,
  next: (state: State, metric: number) => State,
  options: PlateauCallbackOptions = {},
): PlateauCallback<State> {
  checkOptions("plateauCallback", options, names);
  const { metric = "loss" } = options;
  let current = start;
  return {
    name: `following ${metric}`,
    needs: [metric],
    observes: true,
    get current() {
      return current;
    },
    state: () => ({ ...current }),
    restore(state) {
      current = state as State;
    },
    onStart({ step }) {
      if (step === 0) current = start;
    },
    onEvaluate({ metrics }) {
      current = next(current, metrics[metric] ?? Number.NaN);
    },
  };
}
