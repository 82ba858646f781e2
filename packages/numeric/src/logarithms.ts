/** @file Logarithms and powers of bases other than e, and sums in the logarithm. */
import {
  abs,
  add,
  div,
  equal,
  greater,
  log,
  logicalAnd,
  mul,
  pow,
  softplus,
  sub,
  type Tensor,
  where,
} from "@spm/core";
import { checkDTypes, type UnaryOp, unary } from "@spm/core/extend";
import { floating } from "./composed.ts";

/**
 * log₂ x; −∞ at 0, NaN below. Powers of two give their exponent exactly on the CPU.
 * @param x - floating [...]
 * @returns [...], as x
 * @throws DTypeError for other dtypes
 * @example log2(tensor([1, 8, 0.5])); // [0, 3, -1]
 */
export const log2: UnaryOp = unary({
  name: "log2",
  forward: Math.log2,
  vjp: (ct, x) => div(ct, mul(Math.LN2, x)),
});

/**
 * log₁₀ x; −∞ at 0, NaN below.
 * @param x - floating [...]
 * @returns [...], as x
 * @throws DTypeError for other dtypes
 * @example log10(tensor([1, 100, 0.1])); // [0, 2, -1]
 */
export const log10: UnaryOp = unary({
  name: "log10",
  forward: Math.log10,
  vjp: (ct, x) => div(ct, mul(Math.LN10, x)),
});

/**
 * 2ˣ.
 * @param x - floating [...]
 * @returns [...], as x
 * @throws DTypeError for other dtypes
 * @example exp2(tensor([3, -1])); // [8, 0.5]
 */
export const exp2: (x: Tensor) => Tensor = floating("exp2", (x) => pow(2, x));

/**
 * ln(eᵃ + eᵇ) without overflow: the larger one + ln(1 + e^−|a − b|). The derivatives are the shares
 * of eᵃ and eᵇ.
 * @param a - floating [...]
 * @param b - floating [...], broadcasts with a
 * @returns [...], the broadcast shape
 * @throws DTypeError unless both are of one floating dtype; ShapeError unless they broadcast
 * @example logaddexp(tensor([0, 1000]), tensor([0, 1000])); // [0.6931, 1000.6931]
 */
export function logaddexp(a: Tensor, b: Tensor): Tensor {
  checkDTypes("logaddexp", [a, b]);
  const first = greater(a, b);
  const [high, low] = [where(first, a, b), where(first, b, a)];
  const infinite = logicalAnd(equal(high, low), equal(abs(high), Infinity)); // ∞ − ∞ is NaN
  return add(high, softplus(where(infinite, 0, sub(low, high))));
}

/**
 * x ln y, and 0 where both are 0.
 * @param x - floating [...]
 * @param y - floating [...], broadcasts with x
 * @returns [...], the broadcast shape
 * @throws DTypeError unless both are of one floating dtype; ShapeError unless they broadcast
 * @example xlogy(tensor([0, 2]), tensor([0, 1])); // [0, 0]
 */
export function xlogy(x: Tensor, y: Tensor): Tensor {
  checkDTypes("xlogy", [x, y]);
  return mul(x, log(where(logicalAnd(equal(x, 0), equal(y, 0)), 1, y)));
}
