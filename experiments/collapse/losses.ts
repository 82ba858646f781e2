/** @file The losses of logits [N, C] and labels [N]. */
import { cast, div, oneHot, square, sub, sum, type Tensor } from "@spm/core";
import { crossEntropy } from "@spm/nn";

/** By name. */
export const losses = {
  CE: crossEntropy as (logits: Tensor, labels: Tensor) => Tensor,
  /** ½ mean over samples of ‖logits − the label's unit vector‖² */
  MSE: (logits: Tensor, labels: Tensor): Tensor => {
    const [count = 1, classes = 1] = logits.shape;
    const target = cast(oneHot(labels, classes), logits.dtype);
    return div(sum(square(sub(logits, target))), 2 * count);
  },
};

/** One of {@link losses}. */
export type LossName = keyof typeof losses;
