/** @file Optimizers and learning rates by name. */
import type { Parameter, Tensor } from "@spm/core";
import {
  adagrad,
  adam,
  adamax,
  adamw,
  type CommonOptions,
  clipByGlobalNorm,
  constant,
  cosine,
  linear,
  lion,
  muon,
  nadam,
  type Optimizer,
  oneCycle,
  radam,
  rmsprop,
  type Schedule,
  sgd,
  warmup,
} from "@spm/optim";
import type { TrainOptions } from "./train-options.ts";

type Maker = (
  parameters: readonly Parameter[],
  options: CommonOptions,
) => Pick<Optimizer, keyof Optimizer>;

const optimizers: Readonly<Record<TrainOptions["optimizer"], Maker>> = {
  adam,
  adamw,
  sgd: (parameters, options) => sgd(parameters, { momentum: 0.9, ...options }),
  rmsprop,
  adagrad,
  nadam,
  radam,
  adamax,
  lion,
  muon,
};

/** The optimizer that the options name, with its schedule over `steps` steps. */
export function optimizerOf(
  options: TrainOptions,
  parameters: readonly Parameter[],
  steps: number,
): ReturnType<Maker> {
  const { optimizer, weightDecay } = options;
  const learningRate = scheduleOf(options, steps);
  return optimizers[optimizer](parameters, {
    learningRate,
    ...(weightDecay !== undefined && { weightDecay }),
  });
}

/** The learning rate of each step. */
function scheduleOf(
  { lr, layer, schedule, warmup: rising }: TrainOptions,
  steps: number,
): Schedule {
  const base = lr ?? (layer === "dense" ? 1e-3 : 3e-3);
  const rest = Math.max(1, steps - rising);
  const schedules: Record<TrainOptions["schedule"], () => Schedule> = {
    constant: () => constant({ base }),
    linear: () => linear({ from: base, to: 0, steps: rest }),
    cosine: () => cosine({ base, steps: rest }),
    "one-cycle": () => oneCycle({ max: base, steps: rest }),
  };
  const then = schedules[schedule]();
  return rising === 0 ? then : warmup({ steps: rising }, then);
}

/** What changes the gradients before an update. */
export function gradientsOf({ clip }: TrainOptions): {
  gradients?: (grads: readonly Tensor[]) => readonly Tensor[];
} {
  return clip === undefined ? {} : { gradients: (grads) => clipByGlobalNorm(grads, clip).grads };
}
