/** @file Angles and their functions beyond sine and cosine, in radians. */
import { add, cos, div, equal, mul, neg, sin, sqrt, sub, type Tensor, where } from "@spm/core";
import { type BinaryOp, binary } from "@spm/core/extend";
import { floating } from "./composed.ts";

/** x, or 1 where it is 0: a divisor whose quotient is chosen away there. */
const nonzeroOf = (x: Tensor): Tensor => where(equal(x, 0), 1, x);

/**
 * √(a² + b²), the longest side of a right triangle; nothing overflows on the way. The derivative
 * at the origin is 0.
 * @param a - floating [...]
 * @param b - floating [...], broadcasts with a
 * @returns [...], the broadcast shape
 * @throws DTypeError unless both are of one floating dtype; ShapeError unless they broadcast
 * @example hypot(tensor([3, 0]), 4); // [5, 4]
 */
export const hypot: BinaryOp = binary({
  name: "hypot",
  forward: Math.hypot,
  vjp: (ct, a, b, y) => [() => mul(ct, div(a, nonzeroOf(y))), () => mul(ct, div(b, nonzeroOf(y)))],
});

/**
 * The angle of the point (x, y) in (−π, π]: arctan(y / x) in the quadrant of the signs. The
 * derivative, (x, −y) / (x² + y²), is taken as 0 at the origin.
 * @param y - floating [...]: the first operand, as everywhere
 * @param x - floating [...], broadcasts with y
 * @returns [...], the broadcast shape
 * @throws DTypeError unless both are of one floating dtype; ShapeError unless they broadcast
 * @example atan2(tensor([1, -1]), tensor([1, -1])); // [0.7854, -2.3562]
 */
export const atan2: BinaryOp = binary({
  name: "atan2",
  forward: Math.atan2,
  vjp: (ct, y, x) => {
    const radius = nonzeroOf(hypot(y, x));
    const over = (side: Tensor) => mul(ct, div(div(side, radius), radius)); // r² may overflow
    return [() => over(x), () => neg(over(y))];
  },
});

/**
 * sin x / cos x.
 * @param x - floating [...], in radians
 * @returns [...], as x
 * @throws DTypeError for other dtypes
 * @example tan(tensor([0, 0.7853982])); // [0, 1]
 */
export const tan: (x: Tensor) => Tensor = floating("tan", (x) => div(sin(x), cos(x)));

/**
 * arctan x in (−π/2, π/2), the angle whose tangent is x: atan2(x, 1).
 * @param x - floating [...]
 * @returns [...], as x
 * @throws DTypeError for other dtypes
 * @example atan(tensor([0, 1, Infinity])); // [0, 0.7854, 1.5708]
 */
export const atan: (x: Tensor) => Tensor = floating("atan", (x) => atan2(x, 1));

/** √(1 − x²) without the cancellation near ±1; its derivative there is infinite, not NaN. */
const otherSide = (x: Tensor): Tensor => mul(sqrt(sub(1, x)), sqrt(add(1, x)));

/**
 * arcsin x in [−π/2, π/2], the angle whose sine is x; NaN outside of [−1, 1].
 * @param x - floating [...]
 * @returns [...], as x: atan2(x, √(1 − x²))
 * @throws DTypeError for other dtypes
 * @example asin(tensor([0, 0.5, 1])); // [0, 0.5236, 1.5708]
 */
export const asin: (x: Tensor) => Tensor = floating("asin", (x) => atan2(x, otherSide(x)));

/**
 * arccos x in [0, π], the angle whose cosine is x; NaN outside of [−1, 1].
 * @param x - floating [...]
 * @returns [...], as x: atan2(√(1 − x²), x)
 * @throws DTypeError for other dtypes
 * @example acos(tensor([1, 0.5, 0])); // [0, 1.0472, 1.5708]
 */
export const acos: (x: Tensor) => Tensor = floating("acos", (x) => atan2(otherSide(x), x));
