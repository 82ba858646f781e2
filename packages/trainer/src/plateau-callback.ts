/** @file A state, such as a learning rate's, that follows a metric of the evaluations. */
import type { Callback } from "./hooks.ts";
import type { Json } from "./io/json.ts";
import type { Metrics } from "./measurement.ts";

/** A callback that holds a state. */
export interface PlateauCallback<State> extends Callback {
  /** The state now; a schedule reads its rate. */
  readonly current: State;
}

/**
 * A callback that takes a pure state from metric to metric, such as `reduceOnPlateau`
 * of @spm/optim. A checkpoint keeps the state.
 *
 * @param start - the state before the first evaluation
 * @param next - (state, metric) ↦ state
 * @param metric - name of a metric of the evaluations
 * @defaultValue metric: `"loss"`
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
  metric: keyof Metrics & string = "loss",
): PlateauCallback<State> {
  let current = start;
  return {
    name: `following ${metric}`,
    get current() {
      return current;
    },
    state: () => ({ ...current }),
    restore(state) {
      current = state as State;
    },
    onEvaluate({ metrics }) {
      current = next(current, metrics[metric] ?? Number.NaN);
    },
  };
}
