/** @file The dense linear map, and the look-up of rows in a table. */
import { add, matmul, type Tensor, take, transpose } from "@spm/core";
import { inNameOf, ShapeError, showShape } from "@spm/core/extend";

/**
 * y = x Wᵀ + b.
 * @param x - [..., in]
 * @param weight - W, [out, in]
 * @param bias - b, [out], or null
 * @returns [..., out]. Cost 2 · in · out FLOP a row
 * @throws ShapeError, DTypeError where operands do not fit
 * @example
 * affine(
 *   tensor([1, 2]),
 *   tensor([
 *     [1, 0],
 *     [0, 1],
 *     [1, 1],
 *   ]),
 *   tensor([0, 0, 1]),
 * ); // [1, 2, 4]
 */
export function affine(x: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  if (weight.shape.length !== 2)
    throw new ShapeError("affine", "a weight [out, in]", showShape(weight.shape));
  const y = matmul(x, transpose(weight));
  return bias === null ? y : add(y, bias);
}

/**
 * Rows of a table: y[..., :] = weight[index, :].
 * @param weight - [vocabulary, width]
 * @param index - [...], int32
 * @returns [..., width]
 * @throws ValueError for an index out of range; DTypeError unless it is int32
 * @example embedding(tensor([[1, 2], [3, 4]]), tensor(Int32Array.of(1))); // [[3, 4]]
 */
export const embedding = (weight: Tensor, index: Tensor): Tensor =>
  inNameOf("embedding", () => take(weight, index, 0));
