/** @file Losses between vectors: the angle of two, and the distances of three. */
import {
  abs,
  add,
  clamp,
  div,
  equal,
  max,
  maximum,
  minimum,
  mul,
  norm,
  pow,
  type Shape,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  where,
} from "@spm/core";
import {
  checkAxis,
  checkDTypes,
  checkOptions,
  checkTensors,
  type OptionNames,
  ShapeError,
  sameShape,
  showShape,
  ValueError,
} from "@spm/core/extend";
import { type LossOptions, lossOptions, reduceLosses } from "./losses.ts";

/** Added to squared lengths, so that a vector of zeros has a direction: PyTorch's, a float. */
const LEAST_SQUARE = Math.fround(1e-12);

/** Refuses vectors of different shapes. @throws ShapeError, DTypeError */
function checkVectors(op: string, first: Tensor, ...others: readonly Tensor[]): void {
  checkTensors(op, first, ...others);
  checkDTypes(op, [first, ...others]);
  for (const { shape } of others)
    if (!sameShape(shape, first.shape))
      throw new ShapeError(op, `vectors of shape ${showShape(first.shape)}`, showShape(shape));
}

/** Options of {@link cosineSimilarity}. */
export interface CosineSimilarityOptions {
  /**
   * The axis of the vectors.
   * @defaultValue −1, the last; PyTorch's is 1
   */
  readonly axis?: number;
  /**
   * The least length that a vector counts with, above 0.
   * @defaultValue 1e-8
   */
  readonly epsilon?: number;
}

const similarityNames: OptionNames<CosineSimilarityOptions> = { axis: true, epsilon: true };

/**
 * The cosine of the angle between vectors, ⟨x, y⟩ / (max(‖x‖, ε) max(‖y‖, ε)).
 * @param x - [..., n, ...]
 * @param y - the same shape
 * @returns in [−1, 1], the shape without the axis
 * @throws ShapeError, DTypeError unless both are of one shape and dtype; ValueError unless ε > 0
 * @example cosineSimilarity(tensor([3, 4]), tensor([4, 3])); // 0.96
 */
export function cosineSimilarity(
  x: Tensor,
  y: Tensor,
  options: CosineSimilarityOptions = {},
): Tensor {
  checkVectors("cosineSimilarity", x, y);
  checkOptions("cosineSimilarity", options, similarityNames);
  const { axis = -1, epsilon = 1e-8 } = options;
  if (!(epsilon > 0)) throw new ValueError("cosineSimilarity", "epsilon > 0", epsilon);
  const along = checkAxis("cosineSimilarity", axis, x.shape.length);
  const over = { axis: along, keepdims: true };
  const unit = (v: Tensor): Tensor => div(v, maximum(norm(v, over), epsilon));
  return sum(mul(unit(x), unit(y)), along);
}

/** Options of {@link cosineEmbedding}. */
export interface CosineEmbeddingOptions extends LossOptions {
  /**
   * The cosine up to which vectors that should differ cost nothing, in [−1, 1].
   * @defaultValue 0
   */
  readonly margin?: number;
}

const cosineNames: OptionNames<CosineEmbeddingOptions> = { ...lossOptions, margin: true };

/**
 * The cosine loss of pairs, the mean of 1 − cos(x, y) where they should be alike (target 1) and of
 * max(0, cos(x, y) − margin) where they should differ (target −1).
 * @param x - [..., n]
 * @param y - the same shape
 * @param target - [...], 1 or −1, which is not checked: any other costs nothing
 * @returns a scalar, or the target's shape for `reduction: "none"`
 * @throws ShapeError, DTypeError where operands do not fit
 * @example cosineEmbedding(tensor([[3, 4]]), tensor([[4, 3]]), tensor([1])); // 0.04
 */
export function cosineEmbedding(
  x: Tensor,
  y: Tensor,
  target: Tensor,
  options: CosineEmbeddingOptions = {},
): Tensor {
  const op = "cosineEmbedding";
  checkVectors(op, x, y);
  checkTensors(op, target);
  checkOptions(op, options, cosineNames);
  const { margin = 0 } = options;
  checkAxis(op, -1, x.shape.length);
  const rows: Shape = x.shape.slice(0, -1);
  if (!sameShape(target.shape, rows))
    throw new ShapeError(op, `a target of shape ${showShape(rows)}`, showShape(target.shape));
  const squares = (v: Tensor): Tensor => add(sum(square(v), -1), LEAST_SQUARE);
  const cosine = div(sum(mul(x, y), -1), sqrt(mul(squares(x), squares(y))));
  const apart = where(equal(target, -1), clamp(sub(cosine, margin), { min: 0 }), 0);
  return reduceLosses(op, where(equal(target, 1), sub(1, cosine), apart), options);
}

/** Options of {@link tripletMargin}. */
export interface TripletMarginOptions extends LossOptions {
  /**
   * The least distance that the negative should be farther than the positive, above 0.
   * @defaultValue 1
   */
  readonly margin?: number;
  /**
   * The norm of distances, (Σ |d|ᵖ)^(1/p) for p ≥ 1; Infinity is the largest |d|.
   * @defaultValue 2
   */
  readonly p?: number;
  /**
   * Added to each difference, so that the norm has a derivative where they are equal.
   * @defaultValue 1e-6
   */
  readonly epsilon?: number;
  /**
   * Whether the distance of positive and negative counts where it is the smaller one (Balntas et
   * al. 2016).
   * @defaultValue false
   */
  readonly swap?: boolean;
}

const tripletNames: OptionNames<TripletMarginOptions> = {
  ...lossOptions,
  margin: true,
  p: true,
  epsilon: true,
  swap: "boolean",
};

/** The p-norm along the last axis. */
function normOf(d: Tensor, p: number): Tensor {
  if (p === 2) return norm(d, -1);
  if (p === 1) return sum(abs(d), -1);
  return p === Infinity ? max(abs(d), -1) : pow(sum(pow(abs(d), p), -1), 1 / p);
}

/**
 * The triplet loss, the mean of max(0, ‖a − p‖ − ‖a − n‖ + margin) for an anchor a, a positive p
 * that should be near it and a negative n that should not (Schroff et al. 2015).
 * @param anchor - [..., n]
 * @param positive - the same shape
 * @param negative - the same shape
 * @returns a scalar, or [...] for `reduction: "none"`
 * @throws ShapeError, DTypeError where operands do not fit; ValueError for options out of range
 * @example tripletMargin(tensor([[0, 0]]), tensor([[3, 4]]), tensor([[0, 5.5]])); // 0.5
 */
export function tripletMargin(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  options: TripletMarginOptions = {},
): Tensor {
  const op = "tripletMargin";
  checkVectors(op, anchor, positive, negative);
  checkOptions(op, options, tripletNames);
  checkAxis(op, -1, anchor.shape.length);
  const { margin = 1, p = 2, epsilon = 1e-6, swap = false } = options;
  if (!(margin > 0)) throw new ValueError(op, "margin > 0", margin);
  if (!(p >= 1)) throw new ValueError(op, "p ≥ 1", p);
  const distance = (x: Tensor, y: Tensor): Tensor => normOf(add(sub(x, y), epsilon), p);
  const far = distance(anchor, negative);
  const farthest = swap ? minimum(far, distance(positive, negative)) : far;
  const losses = clamp(add(sub(distance(anchor, positive), farthest), margin), { min: 0 });
  return reduceLosses(op, losses, options);
}
