/**
 * @file Each sample's own gradient by the parameters of a dense layer, an embedding or a norm, from
 * what went in and the cotangent of what came out. (`perSampleGradients` of @spm/mixer does it for
 * mixers.) All axes between the first and the last belong to a sample.
 */
import {
  broadcastTo,
  matmul,
  mul,
  reshape,
  scatterAdd,
  sum,
  type Tensor,
  transpose,
} from "@spm/core";
import { ShapeError, showShape, sizeOf } from "@spm/core/extend";

/** [B, ..., n] → [B, T, n] */
function sequences(op: string, x: Tensor): Tensor {
  const [samples, ...between] = x.shape;
  const n = between.pop();
  if (samples === undefined || n === undefined)
    throw new ShapeError(op, "shape [samples, ..., n]", showShape(x.shape));
  return reshape(x, [samples, sizeOf(between), n]);
}

function checkAligned(op: string, x: readonly number[], ct: readonly number[]): void {
  if (showShape(x) !== showShape(ct))
    throw new ShapeError(op, `a cotangent for ${showShape(x)}`, `one for ${showShape(ct)}`);
}

/**
 * Of y = x Wᵀ + b: W̄ = Σ_t δ_t x_tᵀ and b̄ = Σ_t δ_t of each sample.
 * @param x - input [B, ..., in]
 * @param ct - δ [B, ..., out]
 * @returns weight [B, out, in], bias [B, out]
 * @throws ShapeError unless the leading axes agree
 */
export function perSampleLinear(x: Tensor, ct: Tensor): { weight: Tensor; bias: Tensor } {
  checkAligned("perSampleLinear", x.shape.slice(0, -1), ct.shape.slice(0, -1));
  const [input, delta] = [sequences("perSampleLinear", x), sequences("perSampleLinear", ct)];
  return { weight: matmul(transpose(delta, [0, 2, 1]), input), bias: sum(delta, { axis: 1 }) };
}

/**
 * Of y = table[tokens]: the cotangents of the rows that a sample looked up, added where it looked
 * them up.
 * @param tokens - int32 [B, ...]
 * @param ct - δ [B, ..., width]
 * @param count - rows of the table
 * @returns [B, count, width]
 * @throws ShapeError unless the leading axes agree; ValueError for a token out of range
 */
export function perSampleEmbedding(tokens: Tensor, ct: Tensor, count: number): Tensor {
  checkAligned("perSampleEmbedding", tokens.shape, ct.shape.slice(0, -1));
  const delta = sequences("perSampleEmbedding", ct);
  const [samples, length, width] = delta.shape as [number, number, number];
  const index = broadcastTo(reshape(tokens, [samples, length, 1]), [samples, length, width]);
  return scatterAdd(delta, index, 1, [samples, count, width]);
}

/**
 * Of y = gain ⊙ x̂ + bias, the last step of a layer, RMS, group or batch norm: ḡ = Σ_t δ_t ⊙ x̂_t,
 * b̄ = Σ_t δ_t.
 * @param normalised - x̂ [B, ..., width], what the norm multiplies by its gain
 * @param ct - δ [B, ..., width]
 * @returns gain and bias [B, width]
 * @throws ShapeError unless both are of one shape
 */
export function perSampleNorm(normalised: Tensor, ct: Tensor): { gain: Tensor; bias: Tensor } {
  checkAligned("perSampleNorm", normalised.shape, ct.shape);
  const delta = sequences("perSampleNorm", ct);
  const products = mul(delta, sequences("perSampleNorm", normalised));
  return { gain: sum(products, { axis: 1 }), bias: sum(delta, { axis: 1 }) };
}
