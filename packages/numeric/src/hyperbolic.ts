/** @file Hyperbolic functions and their inverses, exact near 0 and finite as far as they are. */
import { div, log1p, mul, neg, sqrt, sub, type Tensor } from "@spm/core";
import { type UnaryOp, unary } from "@spm/core/extend";
import { floating } from "./composed.ts";
import { hypot } from "./trigonometry.ts";

/**
 * (eˣ − e⁻ˣ) / 2.
 * @param x - floating [...]
 * @returns [...], as x
 * @throws DTypeError for other dtypes
 * @example sinh(tensor([0, 1])); // [0, 1.1752]
 */
export const sinh: UnaryOp = unary({
  name: "sinh",
  forward: Math.sinh,
  vjp: (ct, x) => mul(ct, cosh(x)),
});

/**
 * (eˣ + e⁻ˣ) / 2.
 * @param x - floating [...]
 * @returns [...], as x
 * @throws DTypeError for other dtypes
 * @example cosh(tensor([0, 1])); // [1, 1.5431]
 */
export const cosh: UnaryOp = unary({
  name: "cosh",
  forward: Math.cosh,
  vjp: (ct, x) => mul(ct, sinh(x)),
});

/**
 * ln(x + √(x² + 1)), the inverse of {@link sinh}.
 * @param x - floating [...]
 * @returns [...], as x
 * @throws DTypeError for other dtypes
 * @example asinh(tensor([0, 1])); // [0, 0.8814]
 */
export const asinh: UnaryOp = unary({
  name: "asinh",
  forward: Math.asinh,
  vjp: (ct, x) => div(ct, hypot(x, 1)),
});

/**
 * ln(x + √(x² − 1)), the inverse of {@link cosh} on [1, ∞), as 2 asinh √((x − 1)/2); NaN below 1.
 * @param x - floating [...]
 * @returns [...], as x
 * @throws DTypeError for other dtypes
 * @example acosh(tensor([1, 2])); // [0, 1.3170]
 */
export const acosh: (x: Tensor) => Tensor = floating("acosh", (x) =>
  mul(2, asinh(sqrt(mul(0.5, sub(x, 1))))),
);

/**
 * ½ ln((1 + x)/(1 − x)), the inverse of tanh; ±∞ at ±1, NaN beyond.
 * @param x - floating [...]
 * @returns [...], as x
 * @throws DTypeError for other dtypes
 * @example atanh(tensor([0, 0.5])); // [0, 0.5493]
 */
export const atanh: (x: Tensor) => Tensor = floating("atanh", (x) =>
  mul(0.5, sub(log1p(x), log1p(neg(x)))),
);
