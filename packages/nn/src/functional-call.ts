/**
 * @file A model as a function of its parameters: what derivative checks, meta-learning and Hessians
 * are made of.
 */
import { Parameter, type Tensor } from "@spm/core";
import { ShapeError } from "@spm/core/extend";
import { type Module, places, type StateDict } from "./module.ts";

/**
 * The forward of a model with other tensors in the places of its parameters and buffers, which come
 * back afterwards. The tensors may be of another dtype, and what a tape records are they.
 * @param state - by path; what it does not name stays
 * @throws ShapeError for a path that the model does not have
 * @example grad((w) => sum(functionalCall(model, { "layers.0.weight": w }, x)))(weight);
 */
export function functionalCall(model: Module, state: StateDict, ...inputs: Tensor[]): Tensor {
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
    for (const { owner, key, value } of exchanged) Reflect.set(owner, key, stands.get(value));
    return model.forward(...inputs);
  } finally {
    for (const { owner, key, value } of exchanged) Reflect.set(owner, key, value);
  }
}
