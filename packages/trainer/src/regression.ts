/** @file The measurement of regressions: the mean squared error. */
import { abs, mean, sub, type Tensor } from "@spm/core";
import type { LabelledBatch } from "@spm/data";
import { mse } from "@spm/nn";
import type { Measurement } from "./measurement.ts";

/**
 * The mean squared error of a model's outputs, and `mae`, their mean absolute error, in the units
 * of y.
 *
 * loss = mean (f(x) − y)²
 *
 * @param model - maps x [batch, features] to [batch, targets]
 * @param batch - x float32 [batch, features] and y float32 [batch, targets]
 * @returns means over the batch, each a scalar, weighted by its samples. Cost: the forward pass and
 * O(batch · targets)
 * @throws ShapeError when the shapes don't fit
 * @example
 * ```ts
 * import { rng, tensor } from "@spm/core";
 * import { Linear } from "@spm/nn";
 * import { regression } from "@spm/trainer";
 * const model = new Linear(2, 1, { random: rng(1) });
 * const { loss, metrics } = regression(model, { x: tensor([[1, 2]]), y: tensor([[3]]) });
 * ```
 */
export function regression(
  model: { forward(x: Tensor): Tensor },
  { x, y }: LabelledBatch,
): Measurement {
  const predicted = model.forward(x);
  return {
    loss: mse(predicted, y),
    metrics: { mae: mean(abs(sub(predicted, y))) },
    weight: y.shape[0] ?? 1,
  };
}
