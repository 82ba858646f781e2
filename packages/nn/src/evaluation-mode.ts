/** @file A model in evaluation for a while. */
import type { Module } from "./module.ts";

/**
 * Runs `f` with a model and all in its fields in evaluation, and then restores the mode of every
 * module; where `f` returns a promise, once that settles.
 * @returns the result of `f`
 * @example
 * const layer = new Dropout(0.5, { random: rng(1) });
 * withEvaluation(layer, () => layer.forward(tensor([3]))); // [3]
 */
export function withEvaluation<T>(model: Module, f: () => T): T {
  const before = [...model.namedModules().values()].map((module) => ({
    module,
    training: module.training,
  }));
  const restore = (): void => {
    for (const { module, training } of before) module.training = training;
  };
  model.eval();
  let result: T;
  try {
    result = f();
  } catch (error) {
    restore();
    throw error;
  }
  if (result instanceof Promise) void result.then(restore, restore);
  else restore();
  return result;
}
