/**
 * @file The same elements under another shape or order of axes. Each op is undone by itself, so it
 * is its own transpose.
 */
import { elements, isContiguous, type NdArray, wrap } from "../array.ts";
import { ShapeError } from "../errors.ts";
import { definePrimitive, type Op } from "../primitive.ts";
import { type Shape, sameShape, showShape, sizeOf, stridesOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { checkAxis, checkShape } from "./check.ts";

/** The primitive of {@link reshape}; its option is the shape. */
export const reshapeOp: Op<[x: 1], [y: 1], Shape> = definePrimitive({
  name: "reshape",
  infer: ([x], shape) => {
    const size = sizeOf(x.shape);
    if (sizeOf(checkShape("reshape", shape)) === size) return [{ shape, dtype: x.dtype }];
    throw new ShapeError(
      "reshape",
      `a shape of ${size} elements for ${showShape(x.shape)}`,
      showShape(shape),
    );
  },
  forward: ([x], shape) => [reshapeArray(x, shape)],
  vjp: ([ct], { inputs: [x] }) => [reshape(ct, x.shape)],
});

/** A view where the elements are contiguous, otherwise a copy. */
export const reshapeArray = (x: NdArray, shape: Shape): NdArray =>
  isContiguous(x) ? wrap(x.data, shape, stridesOf(shape), x.offset) : wrap(elements(x), shape);

/**
 * The elements in row-major order under another shape; one size may be −1 and is worked out.
 * Free for contiguous tensors. @throws ShapeError when the number of elements differs
 * @example reshape(x, [-1, 28 * 28]);
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const open = shape.indexOf(-1);
  const rest = sizeOf(shape.filter((_, k) => k !== open));
  const target = open < 0 ? shape : shape.with(open, rest === 0 ? 0 : sizeOf(x.shape) / rest);
  if (!Number.isInteger(target[open] ?? 0) || shape.lastIndexOf(-1) !== open)
    throw new ShapeError(
      "reshape",
      `at most one −1, and sizes that divide ${sizeOf(x.shape)} elements`,
      showShape(shape),
    );
  return sameShape(target, x.shape) ? x : reshapeOp([x], target)[0];
}

/** The primitive of {@link transpose}; its option is the order of the axes. */
export const transposeOp: Op<[x: 1], [y: 1], Shape> = definePrimitive({
  name: "transpose",
  infer: ([x], axes) => [{ shape: axes.map((a) => x.shape[a]!), dtype: x.dtype }],
  forward: ([x], axes) => [x.transpose(...axes)],
  vjp: ([ct], { options: axes }) => {
    const inverse = axes.map((_, k) => axes.indexOf(k));
    return [transpose(ct, inverse)];
  },
});

/**
 * Axes in another order: `y.shape[k] = x.shape[axes[k]]`; reversed unless given. A view, free.
 * @throws ShapeError unless `axes` names each axis once
 * @example transpose(x, [0, 2, 1]);
 */
export function transpose(x: Tensor, axes: Shape = x.shape.map((_, k) => -1 - k)): Tensor {
  const rank = x.shape.length;
  const order = axes.map((a) => checkAxis("transpose", a, rank));
  if (order.length !== rank || new Set(order).size !== rank)
    throw new ShapeError("transpose", `each of ${rank} axes once`, showShape(axes));
  return transposeOp([x], order)[0];
}

/** The primitive of {@link alias}. */
export const aliasOp: Op<[x: 1]> = definePrimitive({
  name: "alias",
  infer: ([x]) => [{ shape: x.shape, dtype: x.dtype }],
  forward: ([x]) => [x],
  vjp: ([ct]) => [ct],
});

/** The same value under a new identity: y = x. */
export const alias = (x: Tensor): Tensor => aliasOp([x])[0];

/**
 * Without the axes of size 1 (or without the given one).
 * @throws ShapeError for an axis of another size
 */
export function squeeze(x: Tensor, axis?: number): Tensor {
  if (axis === undefined)
    return reshape(
      x,
      x.shape.filter((n) => n !== 1),
    );
  const k = checkAxis("squeeze", axis, x.shape.length);
  if (x.shape[k] !== 1)
    throw new ShapeError("squeeze", `size 1 at axis ${axis}`, showShape(x.shape));
  return reshape(x, x.shape.toSpliced(k, 1));
}

/** With a new axis of size 1 at `axis`. @example expandDims(x, -1).shape // [..., 1] */
export function expandDims(x: Tensor, axis: number): Tensor {
  return reshape(x, x.shape.toSpliced(checkAxis("expandDims", axis, x.shape.length + 1), 0, 1));
}
