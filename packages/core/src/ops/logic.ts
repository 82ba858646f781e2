/**
 * @file Comparisons, logic and the choice between two tensors. They have no derivative by a mask.
 */
import { dtypeOf, elements, isFloating, zerosArray } from "../array.ts";
import { DTypeError } from "../errors.ts";
import { definePrimitive, each, type Op } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { broadcastArray, broadcasting, sumTo } from "./broadcast.ts";
import { allDTypes, broadcastShapes, checkDTypes, inNameOf, shapeOf } from "./check.ts";
import { type BinaryOp, binary, operands, type TensorLike } from "./elementwise.ts";

const comparison = (name: string, f: (a: number, b: number) => boolean): BinaryOp =>
  binary({ name, dtypes: allDTypes, result: "bool", forward: (a, b) => Number(f(a, b)) });

/**
 * Whether a = b, element by element: [...] and [...], which broadcast → bool [...].
 * @example equal(tensor([1, 2]), 2); // [0, 1]
 */
export const equal: BinaryOp = comparison("equal", (a, b) => a === b);

/**
 * Whether a ≠ b, element by element: [...] and [...], which broadcast → bool [...]. NaN
 * differs from everything.
 * @example notEqual(tensor([1, 2]), 2); // [1, 0]
 */
export const notEqual: BinaryOp = comparison("notEqual", (a, b) => a !== b);

/**
 * Whether a > b, element by element: [...] and [...], which broadcast → bool [...].
 * @example greater(tensor([1, 2]), 1); // [0, 1]
 */
export const greater: BinaryOp = comparison("greater", (a, b) => a > b);

/**
 * Whether a ≥ b, element by element: [...] and [...], which broadcast → bool [...].
 * @example greaterEqual(tensor([1, 2]), 2); // [0, 1]
 */
export const greaterEqual: BinaryOp = comparison("greaterEqual", (a, b) => a >= b);

/**
 * Whether a < b, element by element: [...] and [...], which broadcast → bool [...].
 * @example less(tensor([1, 2]), 2); // [1, 0]
 */
export const less = (a: TensorLike, b: TensorLike): Tensor => inNameOf("less", () => greater(b, a));

/**
 * Whether a ≤ b, element by element: [...] and [...], which broadcast → bool [...].
 * @example lessEqual(tensor([1, 2]), 1); // [1, 0]
 */
export const lessEqual = (a: TensorLike, b: TensorLike): Tensor =>
  inNameOf("lessEqual", () => greaterEqual(b, a));

/**
 * Whether neither is 0, element by element: [...] and [...], which broadcast → bool [...].
 * @example logicalAnd(tensor([true, true]), tensor([true, false])); // [1, 0]
 */
export const logicalAnd: BinaryOp = comparison("logicalAnd", (a, b) => a !== 0 && b !== 0);

/**
 * Whether one or both are not 0, element by element: [...] and [...], which broadcast → bool
 * [...].
 * @example logicalOr(tensor([true, false]), tensor([false, false])); // [1, 0]
 */
export const logicalOr: BinaryOp = comparison("logicalOr", (a, b) => a !== 0 || b !== 0);

/**
 * Whether x = 0, element by element: [...] → bool [...].
 * @example logicalNot(tensor([true, false])); // [0, 1]
 */
export const logicalNot = (x: Tensor): Tensor => inNameOf("logicalNot", () => equal(x, 0));

/**
 * Whether x is NaN, element by element: [...] → bool [...].
 * @example isNaN(tensor([1, NaN])); // [0, 1]
 */
export const isNaN = (x: Tensor): Tensor => notEqual(x, x);

/**
 * Whether x is neither NaN nor ±∞, element by element: [...] → bool [...].
 * @example isFinite(tensor([1, NaN, -Infinity])); // [1, 0, 0]
 */
export const isFinite = (x: Tensor): Tensor =>
  shapeOf("isFinite", x) && isFloating(x.dtype)
    ? logicalAnd(less(x, Infinity), greater(x, -Infinity))
    : equal(x, x);

/**
 * The primitive of {@link where}: mask [...], a [...], b [...], which broadcast → [...].
 * @example whereOp([greater(x, 0), x, neg(x)]);
 */
export const whereOp: Op<[mask: 1, a: 1, b: 1]> = definePrimitive({
  name: "where",
  infer: ([mask, a, b]) => {
    if (mask.dtype !== "bool")
      throw new DTypeError("where", "a bool mask", mask.dtype, "notEqual(mask, 0)");
    const shape = broadcastShapes("where", mask.shape, broadcastShapes("where", a.shape, b.shape));
    return [{ shape, dtype: checkDTypes("where", [a, b], allDTypes) }];
  },
  forward: ([mask, a, b]) => {
    const shape = broadcastShapes("where", broadcastShapes("where", mask.shape, a.shape), b.shape);
    const [from, x, y] = each([mask, a, b], (part) => elements(broadcastArray(part, shape)));
    const out = zerosArray(dtypeOf(a), shape);
    for (let i = 0; i < out.data.length; i++) out.data[i] = from[i] ? x[i]! : y[i]!;
    return [out];
  },
  vjp: ([ct], { inputs: [mask, a, b], needs }) => [
    null,
    needs[1] ? sumTo(where(mask, ct, 0), a.shape) : null,
    needs[2] ? sumTo(where(mask, 0, ct), b.shape) : null,
  ],
  batch: broadcasting,
});

/**
 * a where the mask is true, b elsewhere. What is not chosen has no effect on the value, and gets a
 * cotangent of 0; what it was made by multiplies that, and 0 · ∞ is NaN: the gradient of
 * `where(greater(x, 0), sqrt(x), 0)` at 0 is NaN. Choose the operand first, so that it is harmless:
 * `where(greater(x, 0), sqrt(where(greater(x, 0), x, 1)), 0)`.
 * @param mask - bool [...]
 * @param a - [...] or a number
 * @param b - [...] or a number, one of them a tensor
 * @returns the broadcast of all three
 * @throws DTypeError unless the mask is bool and a, b agree; ShapeError unless they broadcast
 * @example where(tensor([true, false]), tensor([1, 2]), 0); // [1, 0]
 */
export const where = (mask: Tensor, a: TensorLike, b: TensorLike): Tensor =>
  whereOp([mask, ...operands("where", a, b)])[0];
