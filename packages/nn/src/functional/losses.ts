/** @file Losses between predictions and targets of the same shape. */
import {
  abs,
  add,
  div,
  equal,
  lessEqual,
  log,
  mean,
  mul,
  neg,
  type Shape,
  softplus,
  square,
  sub,
  sum,
  type Tensor,
  where,
} from "@spm/core";
import { ShapeError, sameShape, showShape, ValueError } from "@spm/core/extend";

/**
 * What becomes of the losses of the elements: their mean (unless said), their sum, or all of them.
 */
export type Reduction = "mean" | "sum" | "none";

function reduce(op: string, losses: Tensor, reduction: Reduction): Tensor {
  if (reduction === "mean") return mean(losses);
  if (reduction === "sum") return sum(losses);
  if (reduction === "none") return losses;
  throw new ValueError(op, '"mean", "sum" or "none"', JSON.stringify(reduction));
}

/**
 * The difference of two tensors of one shape: a loss that broadcasts is nearly always a mistake.
 */
function difference(op: string, prediction: Tensor, target: Tensor): Tensor {
  checkSame(op, prediction.shape, target.shape);
  return sub(prediction, target);
}

function checkSame(op: string, prediction: Shape, target: Shape): void {
  if (!sameShape(prediction, target))
    throw new ShapeError(op, `a target of shape ${showShape(prediction)}`, showShape(target));
}

/**
 * Mean of (p − t)².
 * @throws ShapeError, DTypeError unless both are of one kind
 * @example mse(tensor([1, 3]), tensor([1, 1])); // 2
 */
export const mse = (prediction: Tensor, target: Tensor, reduction: Reduction = "mean"): Tensor =>
  reduce("mse", square(difference("mse", prediction, target)), reduction);

/**
 * Mean of |p − t|; the derivative at 0 is 0.
 * @throws ShapeError, DTypeError unless both are of one kind
 */
export const l1 = (prediction: Tensor, target: Tensor, reduction: Reduction = "mean"): Tensor =>
  reduce("l1", abs(difference("l1", prediction, target)), reduction);

/**
 * Mean of d²/2 where |d| ≤ δ, δ(|d| − δ/2) beyond, d = p − t (Huber 1964).
 * @param delta - δ > 0, 1 unless said
 * @throws ShapeError, DTypeError unless both are of one kind; ValueError unless δ > 0
 * @example huber(tensor([3]), tensor([0]), { delta: 1 }); // 2.5
 */
export function huber(
  prediction: Tensor,
  target: Tensor,
  {
    delta = 1,
    reduction = "mean",
  }: { readonly delta?: number; readonly reduction?: Reduction } = {},
): Tensor {
  if (!(delta > 0)) throw new ValueError("huber", "delta > 0", delta);
  const d = difference("huber", prediction, target);
  const size = abs(d);
  const losses = where(
    lessEqual(size, delta),
    mul(0.5, square(d)),
    mul(delta, sub(size, delta / 2)),
  );
  return reduce("huber", losses, reduction);
}

/**
 * Mean of −t ln σ(x) − (1 − t) ln(1 − σ(x)), the binary cross-entropy of logits, in nats; no
 * overflow, no rounding to ln 0.
 * @param logits - x, any shape
 * @param target - t, the same shape; a probability in [0, 1], which is not checked (on a device it
 * could not be): outside of it the loss is negative without bound and means nothing
 * @throws ShapeError, DTypeError unless both are of one kind
 * @example bceWithLogits(tensor([100]), tensor([1])); // 0
 */
export function bceWithLogits(
  logits: Tensor,
  target: Tensor,
  reduction: Reduction = "mean",
): Tensor {
  checkSame("bceWithLogits", logits.shape, target.shape);
  return reduce(
    "bceWithLogits",
    add(mul(sub(1, target), logits), softplus(neg(logits))),
    reduction,
  );
}

/**
 * Kullback-Leibler divergence Σ t (ln t − ln p) of distributions along the last axis, averaged over
 * all rows, in nats. A target of 0 contributes 0.
 * @param logProbabilities - ln p, [..., n]
 * @param target - t, the same shape
 * @throws ShapeError, DTypeError unless both are of one kind
 * @example klDiv(logSoftmax(logits), softmax(teacher));
 */
export function klDiv(logProbabilities: Tensor, target: Tensor): Tensor {
  const { shape } = logProbabilities;
  checkSame("klDiv", shape, target.shape);
  const none = equal(target, 0);
  const logTarget = log(where(none, 1, target));
  const rows = shape.slice(0, -1).reduce((a, b) => a * b, 1);
  return div(sum(where(none, 0, mul(target, sub(logTarget, logProbabilities)))), rows);
}
