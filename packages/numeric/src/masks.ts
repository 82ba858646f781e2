/** @file Tensors under masks: filled, or selected from. */
import { at, broadcastTo, type Tensor, type TensorLike, where } from "@spm/core";
import { broadcastShapes, checkTensors, DTypeError } from "@spm/core/extend";

/**
 * The value where the mask is 1, x elsewhere.
 * @param x - any dtype, [...]
 * @param mask - bool [...], broadcasts with x
 * @param value - a number, or a scalar tensor [] of x's dtype
 * @returns [...], the broadcast shape
 * @throws DTypeError unless the mask is bool; ShapeError unless it broadcasts
 * @example maskedFill(tensor([1, 2]), tensor([true, false]), 9); // [9, 2]
 */
export const maskedFill = (x: Tensor, mask: Tensor, value: TensorLike): Tensor =>
  where(mask, value, x);

/**
 * The elements where the mask is 1, in row-major order. The mask is read, so it lives in CPU
 * memory.
 * @param x - any dtype, [...]
 * @param mask - bool [...], broadcasts with x
 * @returns [count]
 * @throws DTypeError unless the mask is bool; ShapeError unless it broadcasts; BackendError on a
 * device
 * @example maskedSelect(tensor([1, 2, 3]), tensor([true, false, true])); // [1, 3]
 */
export function maskedSelect(x: Tensor, mask: Tensor): Tensor {
  checkTensors("maskedSelect", x, mask);
  if (mask.dtype !== "bool")
    throw new DTypeError("maskedSelect", "a bool mask", mask.dtype, "notEqual(mask, 0)");
  const shape = broadcastShapes("maskedSelect", x.shape, mask.shape);
  return at(broadcastTo(x, shape), broadcastTo(mask, shape));
}
