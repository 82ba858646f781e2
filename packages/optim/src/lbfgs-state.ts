/** @file The keys of an L-BFGS state, of which there are three for each pair of changes. */
import type { Parameter } from "@spm/core";
import { sizeOfAll } from "./lbfgs-vectors.ts";
import { checkState, type Expected, type State } from "./state.ts";

/**
 * @returns the number of pairs in the state
 * @throws ValueError for a missing or unknown key; ShapeError, DTypeError for a tensor that is no
 * vector of the parameters
 */
export function checkLbfgsState(state: State, parameters: readonly Parameter[]): number {
  const vector = { shape: [sizeOfAll(parameters)], dtype: parameters[0]?.dtype ?? "float32" };
  const expected = new Map<string, Expected>([
    ["lbfgs.steps", "count"],
    ["lbfgs.iterations", "count"],
    ["lbfgs.evaluations", "count"],
    ["lbfgs.scale", "number"],
  ]);
  if ("lbfgs.t" in state)
    expected.set("lbfgs.t", "number").set("lbfgs.direction", vector).set("lbfgs.grad", vector);
  let count = 0;
  for (; `lbfgs.${count}.rho` in state; count++)
    expected
      .set(`lbfgs.${count}.change`, vector)
      .set(`lbfgs.${count}.move`, vector)
      .set(`lbfgs.${count}.rho`, "number");
  checkState("lbfgs", state, expected);
  return count;
}
