import { mul, square, sub } from "./arithmetic.ts";
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
