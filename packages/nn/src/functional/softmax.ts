/**
 * @file Softmax and its logarithm, fused: each row in one kernel, forward and backward, shifted by
 * its largest element. ln Σ stays apart from that: their sum would have the digits of the larger
 * one.
 */
import { exp, type NdArray, type Tensor } from "@spm/core";
import {
  checkAxis,
  checkDTypes,
  checkTensors,
  each,
  elements,
  type FusedOp,
  frontAxis,
  fused,
  logShares,
  type Spec,
  sizeOf,
  wrap,
} from "@spm/core/extend";
import { fromRows, logSumOf, rowsOf } from "./rows.ts";

const infer =
  (name: string) =>
  ([x]: readonly [x: Spec]): Spec => ({ shape: x.shape, dtype: checkDTypes(name, [x]) });

/** The arrays of a forward: the result, and of each row the largest element and ln Σ e^(x − it). */
type Forward = { outputs: [y: NdArray]; residual: [tops: NdArray, logSums: NdArray] };

/**
 * y = f(xᵢ − top − ln Σ e^(x − top)) along an axis. The residual is in float64: the backward pass
 * needs more digits than a float32 result has.
 */
const forward =
  (f: (logProbability: number) => number) =>
  ([x]: readonly [x: NdArray], axis: number): Forward => {
    const v = rowsOf(x, axis);
    const rows = x.shape.toSpliced(axis, 1);
    const [tops, logSums] = [new Float64Array(sizeOf(rows)), new Float64Array(sizeOf(rows))];
    const y = fromRows(x, axis, (out, width) => {
      for (let r = 0, from = 0; r < tops.length; r++, from += width) {
        const { top, logSum } = logSumOf(v, from, from + width);
        tops[r] = top;
        logSums[r] = logSum;
        for (let i = from; i < from + width; i++) out[i] = f(v[i]! - top - logSum);
      }
    });
    return { outputs: [y], residual: [wrap(tops, rows), wrap(logSums, rows)] };
  };

/** x̄ᵢ = g(ȳᵢ, pᵢ, Σ ȳ w(p)) along an axis, p the probabilities. */
const backward =
  (weight: (p: number) => number, g: (ct: number, p: number, inner: number) => number) =>
  (
    ct: NdArray,
    [x]: readonly [x: NdArray],
    _y: NdArray,
    axis: number,
    kept: Forward["residual"],
  ): [xBar: NdArray] => {
    const [c, v, tops, logSums] = [rowsOf(ct, axis), rowsOf(x, axis), ...each(kept, elements)];
    const xBar = fromRows(x, axis, (out, width) => {
      const p = new Float64Array(width);
      for (let r = 0, from = 0; r < tops.length; r++, from += width) {
        let inner = 0;
        for (let i = 0; i < width; i++) {
          const probability = Math.exp(v[from + i]! - tops[r]! - logSums[r]!);
          p[i] = probability;
          inner += c[from + i]! * weight(probability);
        }
        for (let i = 0; i < width; i++) out[from + i] = g(c[from + i]!, p[i]!, inner);
      }
    });
    return [xBar];
  };

/**
 * The primitives of {@link softmax}, [..., n, ...] → the same shape; their option is the axis, ≥ 0.
 * @example softmaxOp([tensor([0, 0])], 0); // [0.5, 0.5]
 */
export const softmaxOp: FusedOp<[x: 1], number> = fused({
  name: "softmax",
  infer: infer("softmax"),
  forward: forward(Math.exp),
  backward: backward(
    (p) => p,
    (ct, p, inner) => p * (ct - inner), // x̄ = y ⊙ (ȳ − ⟨ȳ, y⟩)
  ),
  batch: frontAxis((axis) => axis + 1),
  batchBackward: frontAxis((axis) => axis + 1),
  composed: ([x], axis) => exp(logShares(x, [axis])),
});

/**
 * The primitives of {@link logSoftmax}, [..., n, ...] → the same shape; their option is the axis,
 * ≥ 0.
 * @example logSoftmaxOp([tensor([0, 0])], 0); // [−0.6931, −0.6931]
 */
export const logSoftmaxOp: FusedOp<[x: 1], number> = fused({
  name: "logSoftmax",
  infer: infer("logSoftmax"),
  forward: forward((logProbability) => logProbability),
  backward: backward(
    () => 1,
    (ct, p, inner) => ct - p * inner, // x̄ = ȳ − eʸ Σ ȳ
  ),
  batch: frontAxis((axis) => axis + 1),
  batchBackward: frontAxis((axis) => axis + 1),
  composed: ([x], axis) => logShares(x, [axis]),
});

/**
 * Softmax, yᵢ = e^xᵢ / Σⱼ e^xⱼ along an axis, without overflow; a row of nothing but −∞,
 * or with +∞, gives NaN.
 * @param x - [..., n, ...]
 * @param axis - the axis (default −1, the last)
 * @returns x's shape. Cost: two exponentials an element forward, none back
 * @throws ShapeError for an axis out of range; DTypeError unless x is float32 or float64
 * @example softmax(tensor([0, 0])); // [0.5, 0.5]
 */
export const softmax = (x: Tensor, axis = -1): Tensor => {
  checkTensors("softmax", x);
  return softmaxOp([x], checkAxis("softmax", axis, x.shape.length));
};

/**
 * The logarithm of {@link softmax}, xᵢ − ln Σⱼ e^xⱼ along an axis, exact where that rounds to 0.
 * @param x - [..., n, ...]
 * @param axis - the axis (default −1, the last)
 * @returns x's shape
 * @throws ShapeError for an axis out of range; DTypeError unless x is float32 or float64
 * @example logSoftmax(tensor([0, 0])); // [−0.6931, −0.6931]
 */
export const logSoftmax = (x: Tensor, axis = -1): Tensor => {
  checkTensors("logSoftmax", x);
  return logSoftmaxOp([x], checkAxis("logSoftmax", axis, x.shape.length));
};
