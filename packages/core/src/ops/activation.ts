/** @file Activation functions. */
import { greater, mul, square, sub } from "./arithmetic.ts";
import { cast } from "./cast.ts";
import { type UnaryOp, unary } from "./elementwise.ts";

/** tanh x */
export const tanh: UnaryOp<void> = unary({
  name: "tanh",
  forward: Math.tanh,
  vjp: (ct, { outputs: [y] }) => mul(ct, sub(1, square(y!))), // x̄ = ȳ ⊙ (1 − y²)
});

/** max(x, 0); the derivative at 0 is 0 */
export const relu: UnaryOp<void> = unary({
  name: "relu",
  forward: (x) => Math.max(x, 0),
  vjp: (ct, { inputs: [x] }) => mul(ct, cast(greater(x!, 0), x!.dtype)),
});

/** σ(x) = 1 / (1 + e⁻ˣ) */
export const sigmoid: UnaryOp<void> = unary({
  name: "sigmoid",
  forward: (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))),
  vjp: (ct, { outputs: [y] }) => mul(ct, mul(y!, sub(1, y!))),
});
