/** @file Products of tensors beside matmul and einsum. */
import { expandDims, mul, type Tensor } from "@spm/core";
import { checkTensors, ShapeError, showSpec } from "@spm/core/extend";

/**
 * The outer product xᵢ·yⱼ of two vectors.
 * @param a - [m]
 * @param b - [n]
 * @returns [m, n]
 * @throws ShapeError unless both are vectors
 * @example outer(tensor([1, 2]), tensor([3, 4])); // [[3, 4], [6, 8]]
 */
export function outer(a: Tensor, b: Tensor): Tensor {
  checkTensors("outer", a, b);
  if (a.shape.length === 1 && b.shape.length === 1) return mul(expandDims(a, 1), b);
  throw new ShapeError("outer", "two vectors", `${showSpec(a)} and ${showSpec(b)}`);
}
