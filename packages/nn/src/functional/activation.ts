/** @file Activation functions that are made of core's ops. */
import {
  add,
  erf,
  expm1,
  greater,
  mul,
  sigmoid,
  square,
  type Tensor,
  tanh,
  where,
} from "@spm/core";

/** x where x > 0, slope·x elsewhere */
export const leakyRelu = (x: Tensor, slope = 0.01): Tensor =>
  where(greater(x, 0), x, mul(slope, x));

/** x where x > 0, scale·(eˣ − 1) elsewhere (Clevert et al. 2015) */
export function elu(x: Tensor, scale = 1): Tensor {
  const positive = greater(x, 0);
  // e^x of a large x must not meet a zero
  return where(positive, x, mul(scale, expm1(where(positive, 0, x))));
}

/** x·σ(x), also called swish */
export const silu = (x: Tensor): Tensor => mul(x, sigmoid(x));

/**
 * x·Φ(x), Φ the standard normal's distribution function (Hendrycks and Gimpel 2016), exactly or by
 * their tanh formula
 */
export function gelu(x: Tensor, approximate: "none" | "tanh" = "none"): Tensor {
  const inner = () => mul(Math.sqrt(2 / Math.PI), mul(x, add(1, mul(0.044715, square(x)))));
  const twicePhi = add(1, approximate === "tanh" ? tanh(inner()) : erf(mul(Math.SQRT1_2, x)));
  return mul(mul(0.5, x), twicePhi);
}
