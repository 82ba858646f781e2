/** @file Activation functions. */
import type { Tensor } from "../tensor.ts";
import { add, erf, expm1, mul, square, sub } from "./arithmetic.ts";
import { type UnaryOp, unary } from "./elementwise.ts";
import { greater, where } from "./logic.ts";

/** tanh x */
export const tanh: UnaryOp = unary({
  name: "tanh",
  forward: Math.tanh,
  vjp: (ct, _, y) => mul(ct, sub(1, square(y))), // x̄ = ȳ ⊙ (1 − y²)
});

/** σ(x) = 1 / (1 + e⁻ˣ) */
export const sigmoid: UnaryOp = unary({
  name: "sigmoid",
  forward: (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))),
  vjp: (ct, _, y) => mul(ct, mul(y, sub(1, y))),
});

/** ln(1 + eˣ), without overflow */
export const softplus: UnaryOp = unary({
  name: "softplus",
  forward: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  vjp: (ct, x) => mul(ct, sigmoid(x)),
});

/** max(x, 0); the derivative at 0 is 0 */
export const relu: UnaryOp = unary({
  name: "relu",
  forward: (x) => Math.max(x, 0),
  vjp: (ct, _, y) => where(greater(y, 0), ct, 0),
});

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
