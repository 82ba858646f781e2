/**
 * @file The unconstrained-features optimum: the least loss where every class may have whatever
 * feature of norm 1 and mean 0 it likes, at no cost. No net of any depth is below it.
 */
import {
  add,
  matmul,
  mul,
  normal,
  parameter,
  reference,
  rng,
  scope,
  square,
  sum,
  type Tensor,
  tensor,
  transpose,
  withBackend,
} from "@spm/core";
import { unitNorm } from "@spm/models";
import { adam, cosine } from "@spm/optim";
import { type CollapseMetrics, neuralCollapse, trainStep } from "@spm/trainer";
import { type LossName, losses } from "./losses.ts";

/** The optimum: its loss with (λ/2)‖W‖², and the metrics of its features and weights. */
export interface Floor {
  readonly loss: number;
  readonly metrics: CollapseMetrics;
}

/** Fewer steps, or β₂ of 0.999, do not reach the optimum of small λ. */
const [STEPS, RATE, BETAS] = [600, 0.2, [0.9, 0.98]] as const;

/**
 * The minimum by W [C, width] and one feature a class, h_c = N(z_c), of mean loss + (λ/2)‖W‖²,
 * found by Adam in float64. Samples of a class of the optimum share one feature, and classes are of
 * one size, so that a sample a class is enough.
 */
export function unconstrainedFloor(
  loss: LossName,
  classes: number,
  width: number,
  lambda: number,
): Floor {
  const random = rng(1);
  const draw = (): Tensor => normal(random, [classes, width], 0, 1, { dtype: "float64" });
  return withBackend(reference, () => {
    const [z, w] = [parameter(draw), parameter(draw)];
    const y = tensor(Int32Array.from({ length: classes }, (_, c) => c));
    const value = (): Tensor => {
      const logits = matmul(unitNorm(z), transpose(w));
      return add(losses[loss](logits, y), mul(lambda / 2, sum(square(w))));
    };
    const learningRate = cosine({ learningRate: RATE, steps: STEPS });
    const optimizer = adam([z, w], { learningRate, betas: BETAS });
    for (let step = 0; step < STEPS; step++) trainStep(optimizer, value).dispose();
    return scope(() => ({
      loss: Number(value().ndarray().get()),
      metrics: neuralCollapse(unitNorm(z), y, w),
    }));
  });
}
