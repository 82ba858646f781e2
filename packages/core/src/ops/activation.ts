/** @file Activations, each beside its derivative. */
import { mul, square, sub } from "./arithmetic.ts";
import { type UnaryOp, unary } from "./elementwise.ts";
import { lessEqual, where } from "./logic.ts";

/**
 * tanh x, element by element: [...] → [...].
 * @throws DTypeError unless x is floating
 * @example tanh(tensor([0, 1])); // [0, 0.7616]
 */
export const tanh: UnaryOp = unary({
  name: "tanh",
  forward: Math.tanh,
  vjp: (ct, _, y) => mul(ct, sub(1, square(y))), // x̄ = ȳ ⊙ (1 − y²)
});

/**
 * The logistic function σ(x) = 1 / (1 + e⁻ˣ), element by element: [...] → [...] in (0, 1).
 * @throws DTypeError unless x is floating
 * @example sigmoid(tensor([0, 1])); // [0.5, 0.7311]
 */
export const sigmoid: UnaryOp = unary({
  name: "sigmoid",
  forward: (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))),
  vjp: (ct, _, y) => mul(ct, mul(y, sub(1, y))),
});

/**
 * ln(1 + eˣ) without overflow, element by element: [...] → [...].
 * @throws DTypeError unless x is floating
 * @example softplus(tensor([0, 1000])); // [0.6931, 1000]
 */
export const softplus: UnaryOp = unary({
  name: "softplus",
  forward: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  vjp: (ct, x) => mul(ct, sigmoid(x)),
});

/**
 * max(x, 0), element by element: [...] → [...]; the derivative at 0 is 0, at NaN 1.
 * @throws DTypeError unless x is floating
 * @example relu(tensor([-1, 2])); // [0, 2]
 */
export const relu: UnaryOp = unary({
  name: "relu",
  forward: (x) => Math.max(x, 0),
  vjp: (ct, _, y) => where(lessEqual(y, 0), 0, ct),
});
