/** @file A model in evaluation for a while. */
import type { Module } from "./module.ts";

/**
 * Puts a model and all in its fields in evaluation.
 * @returns what puts every module back as it was
 * @example
 * const leave = enterEvaluation(model);
 * try { … } finally { leave(); }
 */
export function enterEvaluation(model: Module): () => void {
  const before = [...model.namedModules().values()].map((module) => ({
    module,
    training: module.training,
  }));
  model.eval();
  return () => {
    for (const { module, training } of before) module.training = training;
  };
}
