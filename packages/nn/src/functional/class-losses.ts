/** @file The parts of losses between scores of classes and the class of each row. */
import {
  add,
  cast,
  div,
  expandDims,
  gather,
  less,
  mean,
  mul,
  neg,
  notEqual,
  type Shape,
  squeeze,
  sum,
  type Tensor,
  take,
  transpose,
  where,
} from "@spm/core";
import {
  checkAxis,
  checkDTypes,
  checkOptions,
  checkTensors,
  DTypeError,
  type OptionNames,
  ShapeError,
  type Spec,
  sameShape,
  showShape,
  showSpec,
  ValueError,
} from "@spm/core/extend";
import { type LossOptions, reduceLosses } from "./losses.ts";

/** Options of {@link nll}, and of every loss between scores of classes and labels. */
export interface ClassLossOptions extends LossOptions {
  /**
   * A factor for each class on the losses of its rows, [classes]. A mean divides by the sum of the
   * rows' factors.
   * @defaultValue 1 for each
   */
  readonly weight?: Tensor;
  /**
   * The label of rows that are left out: their loss is 0, and they don't count in a mean.
   * @defaultValue −100
   */
  readonly ignoreIndex?: number;
  /**
   * The axis of the classes.
   * @defaultValue −1, the last; PyTorch's is 1
   */
  readonly axis?: number;
}

const names: OptionNames<ClassLossOptions> = {
  reduction: true,
  weight: true,
  ignoreIndex: true,
  axis: true,
};

/** The scores with their classes on the last axis. @throws ShapeError for an axis out of range */
export function classesLast(op: string, scores: Tensor, axis: number): Tensor {
  const { length } = scores.shape;
  const from = checkAxis(op, axis, length);
  if (from === length - 1) return scores;
  return transpose(scores, [...[...scores.shape.keys()].toSpliced(from, 1), from]);
}

/** @throws ShapeError, DTypeError unless there is a factor of the scores' dtype for each class */
export function checkWeight(op: string, scores: Tensor, weight: Tensor | undefined): void {
  if (weight === undefined) return;
  checkTensors(op, weight);
  checkDTypes(op, [scores, weight]);
  const want: Shape = [scores.shape.at(-1) ?? 0];
  if (!sameShape(weight.shape, want))
    throw new ShapeError(op, `a weight of shape ${showShape(want)}`, showShape(weight.shape));
}

/** @throws ValueError for an `ignoreIndex` that no label can be */
export function checkIgnored(op: string, ignoreIndex: number): void {
  if (!Number.isInteger(ignoreIndex))
    throw new ValueError(op, "a whole number as ignoreIndex", JSON.stringify(ignoreIndex));
}

/** The elements at places [..., 1]. @throws ValueError for a label out of range, but on a device */
function atLabels(op: string, logP: Tensor, places: Tensor, ignoreIndex: number): Tensor {
  try {
    return gather(logP, places, -1);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    const classes = logP.shape.at(-1);
    throw new ValueError(op, `labels in [0, ${classes}) or ${ignoreIndex}`, "others");
  }
}

/** The settings of {@link labelLosses}. */
interface LabelSettings {
  readonly weight?: Tensor | undefined;
  readonly ignoreIndex: number;
  readonly labelSmoothing: number;
}

/**
 * The loss of each row, −w[y]·ln p[y], smoothed or not, and its weight w[y]; both are 0 in rows
 * that are ignored.
 * @param logP - ln p, [..., classes]
 * @param labels - y, [...], int32
 * @throws ValueError for a label out of range, but on a device
 */
export function labelLosses(
  op: string,
  logP: Tensor,
  labels: Tensor,
  { weight, ignoreIndex, labelSmoothing }: LabelSettings,
): { readonly losses: Tensor; readonly weights: Tensor } {
  const kept = notEqual(labels, ignoreIndex);
  const classes = logP.shape.at(-1) ?? 0;
  const valid = where(less(labels, 0), classes, labels); // none counts from the end
  const places = where(kept, valid, 0);
  const right = squeeze(atLabels(op, logP, expandDims(places, -1), ignoreIndex), -1);
  const counted = cast(kept, logP.dtype);
  const weights = weight === undefined ? counted : mul(take(weight, places, 0), counted);
  const gains = mul(where(kept, right, 0), weights);
  if (labelSmoothing === 0) return { losses: neg(gains), weights };
  const spread = mean(weight === undefined ? logP : mul(logP, weight), -1);
  const smooth = mul(where(kept, spread, 0), labelSmoothing);
  return { losses: neg(add(mul(gains, 1 - labelSmoothing), smooth)), weights };
}

/** The losses of rows reduced, a mean by the rows' weights. @throws ValueError for another word */
export const reduceByWeights = (
  op: string,
  { losses, weights }: { readonly losses: Tensor; readonly weights: Tensor },
  options: LossOptions,
): Tensor =>
  options.reduction === undefined || options.reduction === "mean"
    ? div(sum(losses), sum(weights))
    : reduceLosses(op, losses, options);

/** @throws ShapeError, DTypeError unless there is an int32 label for each row of scores */
export function checkLabels(op: string, scores: Spec, labels: Spec): void {
  if (labels.dtype !== "int32")
    throw new DTypeError(
      op,
      "int32 class indices",
      showSpec(labels),
      'tensor(classes, { dtype: "int32" })',
    );
  if (scores.shape.length === 0 || !sameShape(scores.shape.slice(0, -1), labels.shape))
    throw new ShapeError(
      op,
      "scores [..., classes] and labels [...]",
      `${showShape(scores.shape)} and ${showShape(labels.shape)}`,
    );
}

/**
 * The negative log-likelihood, the mean of −w[y]·ln p[y] over Σ w[y], in nats: the cross-entropy
 * of log-probabilities. NaN where every row is ignored.
 * @param logProbabilities - ln p, [..., classes], or with the classes on `axis`
 * @param labels - y, the shape without the classes, int32, in [0, classes) or `ignoreIndex`
 * @returns a scalar, or the labels' shape for `reduction: "none"`
 * @throws ShapeError, DTypeError where operands do not fit; ValueError for a label out of range,
 * which is not checked on a device
 * @example nll(logSoftmax(tensor([[2, 0, 1]])), tensor([0], { dtype: "int32" })); // 0.4076
 */
export function nll(
  logProbabilities: Tensor,
  labels: Tensor,
  options: ClassLossOptions = {},
): Tensor {
  checkTensors("nll", logProbabilities, labels);
  checkOptions("nll", options, names);
  const { weight, ignoreIndex = -100, axis = -1 } = options;
  checkIgnored("nll", ignoreIndex);
  const logP = classesLast("nll", logProbabilities, axis);
  checkDTypes("nll", [logP]);
  checkLabels("nll", logP, labels);
  checkWeight("nll", logP, weight);
  const settings = { weight, ignoreIndex, labelSmoothing: 0 };
  return reduceByWeights("nll", labelLosses("nll", logP, labels, settings), options);
}
