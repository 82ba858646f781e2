/** @file Optimizers and learning rates by name. */
import type { Parameter, Tensor } from "@spm/core";
import { type AnyOptimizer, clipByGlobalNorm, type RateSchedule, warmup } from "@spm/optim";
import { entryOf, type Registries } from "./registries.ts";
import { optionsOf } from "./task.ts";
import type { TrainOptions } from "./train-options.ts";

/** The optimizer that the options name, with its schedule over `steps` steps. */
export function optimizerOf(
  options: TrainOptions,
  parameters: readonly Parameter[],
  steps: number,
  registries: Registries,
): AnyOptimizer {
  const entry = entryOf(registries, "optimizer", options.optimizer);
  const learningRate = scheduleOf(options, steps, registries);
  return entry.create(parameters, { ...optionsOf(entry, options), learningRate });
}

/** The learning rate of each step. */
function scheduleOf(options: TrainOptions, steps: number, registries: Registries): RateSchedule {
  const { learningRate, warmup: rising } = options;
  const entry = entryOf(registries, "schedule", options.schedule);
  const span = { learningRate, steps: Math.max(1, steps - rising) };
  const schedule = entry.create({ ...optionsOf(entry, options), ...span });
  return rising === 0 ? schedule : warmup(schedule, { steps: rising });
}

/** Gradient clipping, where the options ask for it. */
export function gradientsOf({ clip }: TrainOptions): {
  gradients?: (grads: readonly Tensor[]) => readonly Tensor[];
} {
  return clip === undefined ? {} : { gradients: (grads) => clipByGlobalNorm(grads, clip).grads };
}
