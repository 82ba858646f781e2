/** @file A model in evaluation for a while. */
import { synchronous } from "@spm/core/extend";
import type { Module } from "./module.ts";

/**
 * Runs `f` with a model and all in its fields in evaluation, and then restores the mode of every
 * module. Await outside of it: what else runs meanwhile, such as a training of that model, never
 * sees this mode.
 * @returns the result of `f`
 * @throws TapeError when `f` returns a promise
 * @example
 * const layer = new Dropout(0.5, { random: rng(1) });
 * withEvaluation(layer, () => layer.forward(tensor([3]))); // [3]
 */
export function withEvaluation<T>(model: Module, f: () => T): T {
  const before = [...model.namedModules().values()].map((module) => ({
    module,
    training: module.training,
  }));
  model.eval();
  try {
    return synchronous("withEvaluation", f);
  } finally {
    for (const { module, training } of before) module.training = training;
  }
}
