/** @file Parts of numbers: towards zero, what a division leaves, infinities, in between. */
import {
  abs,
  add,
  cast,
  div,
  equal,
  less,
  mul,
  neg,
  stopGradient,
  sub,
  type Tensor,
  type TensorLike,
  where,
} from "@spm/core";
import {
  allDTypes,
  type BinaryOp,
  binary,
  checkDTypes,
  isFloating,
  numericDTypes,
  type UnaryOp,
  unary,
} from "@spm/core/extend";

/**
 * x without its fraction: the next integer towards 0. Its derivative is 0.
 * @param x - numbers [...]
 * @returns [...], as x
 * @throws DTypeError for bool
 * @example trunc(tensor([1.7, -1.7])); // [1, -1]
 */
export const trunc: UnaryOp = unary({
  name: "trunc",
  dtypes: numericDTypes,
  forward: Math.trunc,
  vjp: () => null,
});

/** a − ⌊a/b⌋ b, exactly: JavaScript's % has the dividend's sign. */
function modulo(a: number, b: number): number {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}

/**
 * a − ⌊a/b⌋ b, what a division leaves, with the sign of b, as in Python. The derivatives are 1 by
 * a and −⌊a/b⌋ by b.
 * @param a - numbers [...]
 * @param b - of a's dtype, [...], broadcasts with it; 0 gives NaN, for int32 an error
 * @returns [...], the broadcast shape
 * @throws DTypeError unless both are numbers of one dtype; ShapeError unless they broadcast
 * @example remainder(tensor([-7, 7]), 3); // [2, 1]
 */
export const remainder: BinaryOp = binary({
  name: "remainder",
  dtypes: numericDTypes,
  forward: modulo,
  vjp: (ct, a, b, y) => [() => ct, () => neg(mul(ct, stopGradient(div(sub(a, y), b))))],
});

/**
 * 1 where x is ∞ or −∞.
 * @param x - any dtype, [...]
 * @returns bool [...], x's shape
 * @example isInf(tensor([1, -Infinity, NaN])); // [0, 1, 0]
 */
export function isInf(x: Tensor): Tensor {
  const floating = isFloating(checkDTypes("isInf", [x], allDTypes));
  return equal(abs(floating ? x : cast(x, "float32")), Infinity);
}

/**
 * (1 − w) a + w b, the point a share w of the way from a to b: a at 0 and b at 1, exactly.
 * @param a - floating [...]
 * @param b - floating [...], broadcasts with a
 * @param weight - a number, or a tensor that broadcasts with them
 * @returns [...], the broadcast shape
 * @throws DTypeError unless all are of one floating dtype; ShapeError unless they broadcast
 * @example lerp(tensor([0, 10]), tensor([10, 20]), 0.25); // [2.5, 12.5]
 */
export function lerp(a: Tensor, b: Tensor, weight: TensorLike): Tensor {
  checkDTypes("lerp", [a, b]);
  const way = sub(b, a);
  const fromA = () => add(a, mul(weight, way));
  const fromB = () => sub(b, mul(sub(1, weight), way));
  if (typeof weight !== "number") return where(less(abs(weight), 0.5), fromA(), fromB());
  return Math.abs(weight) < 0.5 ? fromA() : sub(b, mul(1 - weight, way));
}
