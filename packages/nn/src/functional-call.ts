/**
 * @file A model as a function of its parameters, for derivative checks, meta-learning and Hessians.
 */

import { Parameter, type Tensor } from "@spm/core";
import { checkTensors, kindOf, ShapeError, ValueError } from "@spm/core/extend";
import { checkModule, type Module, places, type StateDict } from "./module.ts";

/**
 * The forward of a model with other tensors in the places of its parameters and buffers, for this
 * one call. A tape records those tensors; they may be of another dtype.
 * @param state - tensors by path; other places keep their own
 * @param inputs - of the model's forward, [...]
 * @returns the output of the forward, [...]
 * @throws ShapeError for a path that the model does not have
 * @example
 * const layer = new Linear(3, 2, { random: rng(1) });
 * const loss = (weight: Tensor) => sum(functionalCall(layer, { weight }, ones([4, 3])));
 * grad(loss)(zeros([2, 3])).shape; // [2, 3]
 */
export function functionalCall(model: Module, state: StateDict, ...inputs: Tensor[]): Tensor {
  checkModule("functionalCall", model);
  if (typeof state !== "object" || state === null)
    throw new ValueError("functionalCall", "tensors by path", kindOf(state));
  checkTensors("functionalCall", ...Object.values(state), ...inputs);
  const all = places(model).filter(({ value }) => value instanceof Parameter);
  const unknown = Object.keys(state).find((path) => all.every((place) => place.path !== path));
  if (unknown !== undefined)
    throw new ShapeError("functionalCall", "only parameters of this model", `"${unknown}"`);
  const stands = new Map(
    all.flatMap(({ path, value }) => {
      const { [path]: stand } = state;
      return stand ? [[value, stand] as const] : [];
    }),
  );
  const exchanged = all.filter(({ value }) => stands.has(value));
  try {
    for (const { replace, value } of exchanged) replace(stands.get(value) ?? value);
    return model.forward(...inputs);
  } finally {
    for (const { replace, value } of exchanged) replace(value);
  }
}
