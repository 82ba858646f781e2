/**
 * @file The gradients of each sample by the parameters of a dense layer, an embedding or a norm,
 * from the input and the cotangent of the output. (`perSampleMixer` of @spm/mixer has those of
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
 * The gradients of each sample by W and b of y = x Wᵀ + b: W̄ = Σ_t δ_t x_tᵀ, b̄ = Σ_t δ_t.
 * @param x - input [B, ..., in]
 * @param ct - δ [B, ..., out]
 * @returns weight [B, out, in], bias [B, out]. Cost 2 · in · out FLOP a row
 * @throws ShapeError unless the leading axes agree
 * @example perSampleLinear(ones([4, 3]), ones([4, 2])).weight.shape; // [4, 2, 3]
 */
export function perSampleLinear(x: Tensor, ct: Tensor): { weight: Tensor; bias: Tensor } {
  checkAligned("perSampleLinear", x.shape.slice(0, -1), ct.shape.slice(0, -1));
  const [input, delta] = [sequences("perSampleLinear", x), sequences("perSampleLinear", ct)];
  return { weight: matmul(transpose(delta, [0, 2, 1]), input), bias: sum(delta, { axis: 1 }) };
}

/**
 * The gradients of each sample by the table of y = table[tokens]: the cotangents of the rows that
 * it read, added up.
 * @param tokens - int32 [B, ...]
 * @param ct - δ [B, ..., width]
 * @param count - rows of the table
 * @returns [B, count, width]
 * @throws ShapeError unless the leading axes agree; ValueError for a token out of range
 * @example
 * const tokens = tensor([[1], [0]], { dtype: "int32" });
 * perSampleEmbedding(tokens, ones([2, 1, 3]), 5).shape; // [2, 5, 3]
 */
export function perSampleEmbedding(tokens: Tensor, ct: Tensor, count: number): Tensor {
  checkAligned("perSampleEmbedding", tokens.shape, ct.shape.slice(0, -1));
  const delta = sequences("perSampleEmbedding", ct);
  const [samples, length, width] = delta.shape as [number, number, number];
  const index = broadcastTo(reshape(tokens, [samples, length, 1]), [samples, length, width]);
  return scatterAdd(delta, index, 1, [samples, count, width]);
}

/**
 * The gradients of each sample by gain and bias of y = gain ⊙ x̂ + bias, the last step of a layer,
 * RMS, group or batch norm: ḡ = Σ_t δ_t ⊙ x̂_t, b̄ = Σ_t δ_t.
 * @param normalised - x̂ [B, ..., width], the features before gain and bias
 * @param ct - δ [B, ..., width]
 * @returns gain and bias [B, width]
 * @throws ShapeError unless both are of one shape
 * @example perSampleNorm(ones([4, 5, 3]), ones([4, 5, 3])).gain.shape; // [4, 3]
 */
export function perSampleNorm(normalised: Tensor, ct: Tensor): { gain: Tensor; bias: Tensor } {
  checkAligned("perSampleNorm", normalised.shape, ct.shape);
  const delta = sequences("perSampleNorm", ct);
  const products = mul(delta, sequences("perSampleNorm", normalised));
  return { gain: sum(products, { axis: 1 }), bias: sum(delta, { axis: 1 }) };
}
