/** @file The measurement of classifiers: cross-entropy and accuracy. */

import { argmax, cast, equal, mean, type Tensor } from "@spm/core";
import type { LabelledBatch } from "@spm/data";
import { crossEntropy } from "@spm/nn";
import type { Measurement } from "./measurement.ts";

/**
 * The cross-entropy of a model's logits, and `accuracy`, the fraction of samples whose greatest
 * logit is their class.
 *
 * loss = −mean ln softmax(logits)[y]
 *
 * @param model - maps x [batch, features] to logits [batch, classes]
 * @param batch - x float32 [batch, features] and y int32 [batch]
 * @returns means over the batch, each a scalar, weighted by its samples. Cost: the forward pass and
 * O(batch · classes)
 * @throws ShapeError when the shapes don't fit
 * @example
 * ```ts
 * import { rng } from "@spm/core";
 * import { gaussianClusters } from "@spm/data";
 * import { Mlp } from "@spm/models";
 * import { classification } from "@spm/trainer";
 * const model = new Mlp({ sizes: [8, 16, 3], linear: "rotation", random: rng(1) });
 * const batch = gaussianClusters({ count: 32, features: 8, classes: 3, seed: 1 }).batch(
 *   Int32Array.of(0, 1, 2),
 * );
 * const { loss, metrics } = classification(model, batch);
 * ```
 */
export function classification(
  model: { forward(x: Tensor): Tensor },
  { x, y }: LabelledBatch,
): Measurement {
  const logits = model.forward(x);
  const right = cast(equal(argmax(logits, { axis: -1 }), y), logits.dtype);
  return {
    loss: crossEntropy(logits, y),
    metrics: { accuracy: mean(right) },
    weight: y.shape[0] ?? 1,
  };
}
