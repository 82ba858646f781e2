/** @file Complex numbers as pairs [re, im]. */
import { add, at, mul, stack, sub, type Tensor } from "@spm/core";

/**
 * The product of complex numbers, (a + bi)(c + di).
 * @param x - [..., 2], pairs of real and imaginary part
 * @param y - [..., 2]; both broadcast
 * @returns [..., 2]
 * @throws ShapeError unless they broadcast
 * @example complexMul(tensor([0, 1]), tensor([0, 1])); // [-1, 0]
 */
export function complexMul(x: Tensor, y: Tensor): Tensor {
  const [a, b, c, d] = [at(x, "...", 0), at(x, "...", 1), at(y, "...", 0), at(y, "...", 1)];
  return stack([sub(mul(a, c), mul(b, d)), add(mul(a, d), mul(b, c))], -1);
}
