/** @file The same elements under another shape. Each op is undone by itself, so it is its own transpose. */

import { elements, isContiguous, type NdArray, wrap } from "../array.ts";
import { ShapeError } from "../errors.ts";
import { definePrimitive, type Primitive } from "../primitive.ts";
import { type Shape, sameShape, showShape, sizeOf, stridesOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { checkAxis, checkShape } from "./check.ts";

const reshapeOp = definePrimitive<Shape>({
  name: "reshape",
  infer: ([x], shape) => {
    if (sizeOf(checkShape("reshape", shape)) !== sizeOf(x!.shape))
      throw new ShapeError(
        "reshape",
        `a shape of ${sizeOf(x!.shape)} elements for ${showShape(x!.shape)}`,
        showShape(shape),
      );
    return [{ shape, dtype: x!.dtype }];
  },
  forward: ([x], shape) => [reshapeArray(x!, shape)],
  vjp: ([ct], { inputs: [x] }) => [reshape(ct!, x!.shape)],
});

/** A view where the elements are contiguous, otherwise a copy. */
export function reshapeArray(x: NdArray, shape: Shape): NdArray {
  if (isContiguous(x)) return wrap(x.data, shape, stridesOf(shape), x.offset);
  return wrap(elements(x), shape);
}

/**
 * The elements in row-major order under another shape; one size may be −1 and is worked out.
 * Free for contiguous tensors. @throws ShapeError when the number of elements differs
 * @example reshape(x, [-1, 28 * 28]);
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const open = shape.indexOf(-1);
  let target = shape;
  if (open >= 0) {
    const rest = sizeOf(shape.filter((_, k) => k !== open));
    const size = rest === 0 ? 0 : sizeOf(x.shape) / rest;
    target = shape.map((n, k) => (k === open ? size : n));
    if (!Number.isInteger(size))
      throw new ShapeError("reshape", `sizes that divide ${sizeOf(x.shape)} elements`, showShape(shape));
  }
  return sameShape(target, x.shape) ? x : reshapeOp([x], target)[0]!;
}

const transposeOp = definePrimitive<readonly number[]>({
  name: "transpose",
  infer: ([x], axes) => [{ shape: axes.map((a) => x!.shape[a]!), dtype: x!.dtype }],
  forward: ([x], axes) => [x!.transpose(...axes)],
  vjp: ([ct], { options: axes }) => [
    transpose(
      ct!,
      axes.map((_, k) => axes.indexOf(k)),
    ),
  ],
});

/**
 * Axes in another order: `y.shape[k] = x.shape[axes[k]]`; reversed unless given. A view, free.
 * @throws ShapeError unless `axes` names each axis once
 * @example transpose(x, [0, 2, 1]);
 */
export function transpose(x: Tensor, axes?: readonly number[]): Tensor {
  const rank = x.shape.length;
  const order =
    axes?.map((a) => checkAxis("transpose", a, rank)) ?? Array.from({ length: rank }, (_, k) => rank - 1 - k);
  if (order.length !== rank || new Set(order).size !== rank)
    throw new ShapeError("transpose", `each of ${rank} axes once`, `[${axes?.join(", ")}]`);
  return transposeOp([x], order)[0]!;
}

const aliasOp = definePrimitive<void>({
  name: "alias",
  infer: ([x]) => [x!],
  forward: ([x]) => [wrap(x!.data, x!.shape, x!.stride, x!.offset)],
  vjp: ([ct]) => [ct!],
});

/** The same value under a new identity: y = x. */
export const alias = (x: Tensor): Tensor => aliasOp([x], undefined)[0]!;

/** Without the axes of size 1 (or without the given ones). @throws ShapeError for an axis of another size */
export function squeeze(x: Tensor, axis?: number): Tensor {
  if (axis === undefined)
    return reshape(
      x,
      x.shape.filter((n) => n !== 1),
    );
  const k = checkAxis("squeeze", axis, x.shape.length);
  if (x.shape[k] !== 1) throw new ShapeError("squeeze", `size 1 at axis ${axis}`, showShape(x.shape));
  return reshape(x, x.shape.toSpliced(k, 1));
}

/** With a new axis of size 1 at `axis`. @example expandDims(x, -1).shape // [..., 1] */
export function expandDims(x: Tensor, axis: number): Tensor {
  return reshape(x, x.shape.toSpliced(checkAxis("expandDims", axis, x.shape.length + 1), 0, 1));
}

/** The primitives, for backends. */
export const reshapePrimitive: Primitive<Shape> = reshapeOp.primitive;
export const transposePrimitive: Primitive<readonly number[]> = transposeOp.primitive;
export const aliasPrimitive: Primitive<void> = aliasOp.primitive;
