/** @file Losses between predictions and targets of the same shape. */
import {
  abs,
  add,
  broadcastTo,
  div,
  equal,
  exp,
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
import {
  checkOptions,
  checkTensors,
  inNameOf,
  type OptionNames,
  ShapeError,
  sameShape,
  showShape,
  ValueError,
} from "@spm/core/extend";

/** The result of a loss: the mean of the losses of all elements, their sum, or each of them. */
export type LossReduction = "mean" | "sum" | "none";

/** Options of a loss. */
export interface LossOptions {
  /** @defaultValue "mean" */
  readonly reduction?: LossReduction;
}

/** Options of {@link huber}. */
export interface HuberOptions extends LossOptions {
  /**
   * δ > 0, the difference from which on the loss is linear.
   * @defaultValue 1
   */
  readonly delta?: number;
}

/** Their names. */
export const lossOptions: OptionNames<LossOptions> = { reduction: true };
const huberOptions: OptionNames<HuberOptions> = { ...lossOptions, delta: true };

/** The losses reduced. @throws ValueError for another word */
export function reduceLosses(
  op: string,
  losses: Tensor,
  { reduction = "mean" }: LossOptions,
): Tensor {
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
 * The mean squared error, mean of (p − t)².
 * @param prediction - p, [...]
 * @param target - t, the same shape
 * @returns a scalar, or p's shape for `reduction: "none"`
 * @throws ShapeError, DTypeError unless both are of one shape and dtype
 * @example mse(tensor([1, 3]), tensor([1, 1])); // 2
 */
export function mse(prediction: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  checkTensors("mse", prediction, target);
  checkOptions("mse", options, lossOptions);
  return reduceLosses("mse", square(difference("mse", prediction, target)), options);
}

/**
 * The mean absolute error, mean of |p − t|; the derivative at 0 is 0.
 * @param prediction - p, [...]
 * @param target - t, the same shape
 * @returns a scalar, or p's shape for `reduction: "none"`
 * @throws ShapeError, DTypeError unless both are of one shape and dtype
 * @example l1(tensor([1, 3]), tensor([1, 1]), { reduction: "sum" }); // 2
 */
export function l1(prediction: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  checkTensors("l1", prediction, target);
  checkOptions("l1", options, lossOptions);
  return reduceLosses("l1", abs(difference("l1", prediction, target)), options);
}

/** Huber's losses of differences, one for each. */
function huberOf(d: Tensor, delta: number): Tensor {
  const size = abs(d);
  const near = lessEqual(size, delta);
  const nearby = where(near, d, 0); // the square of a far one may be ∞, and 0 · ∞ is NaN
  return where(near, mul(0.5, square(nearby)), mul(delta, sub(size, delta / 2)));
}

/**
 * Huber's loss, the mean of d²/2 where |d| ≤ δ and of δ(|d| − δ/2) elsewhere, d = p − t (Huber
 * 1964).
 * @param prediction - p, [...]
 * @param target - t, the same shape
 * @returns a scalar, or p's shape for `reduction: "none"`
 * @throws ShapeError, DTypeError unless both are of one shape and dtype; ValueError unless δ > 0
 * @example huber(tensor([3]), tensor([0]), { delta: 1 }); // 2.5
 */
export function huber(prediction: Tensor, target: Tensor, options: HuberOptions = {}): Tensor {
  checkTensors("huber", prediction, target);
  checkOptions("huber", options, huberOptions);
  const { delta = 1 } = options;
  if (!(delta > 0)) throw new ValueError("huber", "delta > 0", delta);
  return reduceLosses("huber", huberOf(difference("huber", prediction, target), delta), options);
}

/** Options of {@link smoothL1}. */
export interface SmoothL1Options extends LossOptions {
  /**
   * β ≥ 0, the difference from which on the loss is linear.
   * @defaultValue 1
   */
  readonly beta?: number;
}

const smoothL1Options: OptionNames<SmoothL1Options> = { ...lossOptions, beta: true };

/**
 * The smooth absolute error, the mean of d²/(2β) where |d| < β and of |d| − β/2 elsewhere, d =
 * p − t (Girshick 2015): {@link huber} over its δ; for β = 0 {@link l1}.
 * @param prediction - p, [...]
 * @param target - t, the same shape
 * @returns a scalar, or p's shape for `reduction: "none"`
 * @throws ShapeError, DTypeError unless both are of one shape and dtype; ValueError unless β ≥ 0
 * @example smoothL1(tensor([3]), tensor([0]), { beta: 2 }); // 2
 */
export function smoothL1(
  prediction: Tensor,
  target: Tensor,
  options: SmoothL1Options = {},
): Tensor {
  checkTensors("smoothL1", prediction, target);
  checkOptions("smoothL1", options, smoothL1Options);
  const { beta = 1 } = options;
  if (!(beta >= 0 && beta < Infinity)) throw new ValueError("smoothL1", "a finite beta ≥ 0", beta);
  const d = difference("smoothL1", prediction, target);
  const losses = beta === 0 ? abs(d) : div(huberOf(d, beta), beta);
  return reduceLosses("smoothL1", losses, options);
}

/** Options of {@link bceWithLogits}. */
export interface BceOptions extends LossOptions {
  /**
   * A factor on each loss, which broadcasts to the logits' shape. A mean still divides by their
   * number.
   * @defaultValue 1
   */
  readonly weight?: Tensor;
  /**
   * A factor on the part of a target of 1, which broadcasts to the logits' shape: above 1 it weighs
   * misses more than false alarms.
   * @defaultValue 1
   */
  readonly posWeight?: Tensor;
}

const bceOptions: OptionNames<BceOptions> = { ...lossOptions, weight: true, posWeight: true };

/**
 * The binary cross-entropy of logits, the mean of −w (q t ln σ(x) + (1 − t) ln(1 − σ(x))), q the
 * `posWeight`, in nats, without overflow or rounding to ln 0.
 * @param logits - x, [...]
 * @param target - t, the same shape; a probability in [0, 1], which is not checked (on a device it
 * could not be): outside of it the loss has no lower bound
 * @returns a scalar, or x's shape for `reduction: "none"`
 * @throws ShapeError, DTypeError unless all fit
 * @example bceWithLogits(tensor([100]), tensor([1])); // 0
 */
export function bceWithLogits(logits: Tensor, target: Tensor, options: BceOptions = {}): Tensor {
  const op = "bceWithLogits";
  checkTensors(op, logits, target);
  checkOptions(op, options, bceOptions);
  checkSame(op, logits.shape, target.shape);
  const { weight, posWeight } = options;
  const factor = (given: Tensor): Tensor => {
    checkTensors(op, given);
    return inNameOf(op, () => broadcastTo(given, logits.shape));
  };
  const tail = softplus(neg(logits));
  const steep = posWeight && add(1, mul(sub(factor(posWeight), 1), target));
  const losses = add(mul(sub(1, target), logits), steep === undefined ? tail : mul(steep, tail));
  return reduceLosses(op, weight === undefined ? losses : mul(factor(weight), losses), options);
}

/** Options of {@link klDiv}. */
export interface KlDivOptions extends LossOptions {
  /**
   * Whether the target is ln t.
   * @defaultValue false
   */
  readonly logTarget?: boolean;
}

const klDivOptions: OptionNames<KlDivOptions> = { ...lossOptions, logTarget: "boolean" };

/**
 * The Kullback-Leibler divergence Σ t (ln t − ln p) of distributions along the last axis, averaged
 * over all rows (PyTorch's "batchmean"), in nats. A target of 0 contributes 0.
 * @param logProbabilities - ln p, [..., n]
 * @param target - t, or ln t for `logTarget`, the same shape
 * @returns a scalar, or [...] for `reduction: "none"`: a row is one loss
 * @throws ShapeError, DTypeError unless both are of one shape and dtype
 * @example klDiv(logSoftmax(logits), softmax(teacher));
 */
export function klDiv(
  logProbabilities: Tensor,
  target: Tensor,
  options: KlDivOptions = {},
): Tensor {
  checkTensors("klDiv", logProbabilities, target);
  checkOptions("klDiv", options, klDivOptions);
  checkSame("klDiv", logProbabilities.shape, target.shape);
  const { logTarget = false } = options;
  const t = logTarget ? exp(target) : target;
  const none = equal(t, 0);
  const logT = logTarget ? target : log(where(none, 1, target));
  const excess = where(none, 0, sub(logT, logProbabilities)); // of ln 0, 0 · ∞ is NaN
  return reduceLosses("klDiv", sum(mul(t, excess), -1), options);
}
