/**
 * @file The same elements under another shape or order of axes. Another call of the same op
 * undoes it; that inverse is also the transpose of its linear map, hence its vjp.
 */
import { elements, isContiguous, type NdArray, wrap } from "../array.ts";
import { ShapeError } from "../errors.ts";
import { definePrimitive, type Op } from "../primitive.ts";
import { type Shape, sameShape, showShape, sizeOf, stridesOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { type Axes, checkAxes, checkAxis, reducedShape } from "./axes.ts";
import { checkList, checkShape, shapeOf } from "./check.ts";

/**
 * The primitive of {@link reshape}: [...] → its option, the shape.
 * @example reshapeOp([ones([2, 3])], [6])[0].shape; // [6]
 */
export const reshapeOp: Op<[x: 1], [y: 1], Shape> = definePrimitive({
  name: "reshape",
  infer: ([x], shape) => {
    const size = sizeOf(x.shape);
    if (sizeOf(checkShape("reshape", shape)) === size) return [{ shape, dtype: x.dtype }];
    const expected = `a shape of ${size} elements for ${showShape(x.shape)}`;
    throw new ShapeError("reshape", expected, shape);
  },
  forward: ([x], shape) => [reshapeArray(x, shape)],
  vjp: ([ct], { inputs: [x] }) => [reshape(ct, x.shape)],
  batch: (op, [x], _, shape) => op([x], [x.shape[0]!, ...shape]),
});

/** The elements under another shape: a view if they are contiguous, otherwise a copy. */
export const reshapeArray = (x: NdArray, shape: Shape): NdArray =>
  isContiguous(x) ? wrap(x.data, shape, stridesOf(shape), x.offset) : wrap(elements(x), shape);

/**
 * The elements in row-major order under another shape, in which one size may be −1: the one that
 * fits. A view, at no cost, of a contiguous tensor, otherwise a copy.
 * @param x - [...]
 * @returns [...shape]
 * @throws ShapeError when the number of elements differs
 * @example reshape(ones([2, 3]), [3, -1]).shape; // [3, 2]
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const from = shapeOf("reshape", x);
  const open = checkList("reshape", shape, "sizes").indexOf(-1);
  const rest = sizeOf(shape.filter((_, k) => k !== open));
  const target = open < 0 ? shape : shape.with(open, rest === 0 ? 0 : sizeOf(from) / rest);
  if (!Number.isInteger(target[open] ?? 0) || shape.lastIndexOf(-1) !== open) {
    const expected = `at most one −1, and sizes that divide ${sizeOf(from)} elements`;
    throw new ShapeError("reshape", expected, shape);
  }
  return sameShape(target, from) ? x : reshapeOp([x], target)[0];
}

/**
 * The primitive of {@link transpose}: [...] → [...]; its option is the order of the axes, each
 * counted from the front.
 * @example transposeOp([ones([2, 3])], [1, 0])[0].shape; // [3, 2]
 */
export const transposeOp: Op<[x: 1], [y: 1], Shape> = definePrimitive({
  name: "transpose",
  infer: ([x], axes) => [{ shape: axes.map((a) => x.shape[a]!), dtype: x.dtype }],
  forward: ([x], axes) => [x.transpose(...axes)],
  vjp: ([ct], { options: axes }) => {
    const inverse = axes.map((_, k) => axes.indexOf(k));
    return [transpose(ct, inverse)];
  },
  batch: (op, [x], _, axes) => op([x], [0, ...axes.map((a) => a + 1)]),
});

/**
 * The axes in another order, `y.shape[k] = x.shape[axes[k]]`: a view, at no cost.
 * @param x - [...]
 * @param axes - each axis once (default: all, reversed)
 * @returns [...]
 * @throws ShapeError unless `axes` has each axis once
 * @example transpose(ones([2, 3, 4]), [0, 2, 1]).shape; // [2, 4, 3]
 */
export function transpose(
  x: Tensor,
  axes: Shape = shapeOf("transpose", x).map((_, k) => -1 - k),
): Tensor {
  const rank = shapeOf("transpose", x).length;
  const order = checkList("transpose", axes, "axes").map((a) => checkAxis("transpose", a, rank));
  if (order.length !== rank || new Set(order).size !== rank)
    throw new ShapeError("transpose", `each of ${rank} axes once`, axes);
  return transposeOp([x], order)[0];
}

/** The primitive of {@link alias}: [...] → [...]. @example aliasOp([x]); */
export const aliasOp: Op<[x: 1]> = definePrimitive({
  name: "alias",
  infer: ([x]) => [{ shape: x.shape, dtype: x.dtype }],
  forward: ([x]) => [x],
  vjp: ([ct]) => [ct],
  batch: (op, [x]) => op([x]),
});

/**
 * The same value as another tensor, y = x, [...] → [...]: to a tape it is another variable.
 * @example alias(x) === x; // false
 */
export const alias = (x: Tensor): Tensor => aliasOp([x])[0];

/**
 * The tensor without axes of size 1: a view, at no cost.
 * @param x - [..., 1, ...]
 * @param axis - an axis or several (default: all of size 1)
 * @returns [...]
 * @throws ShapeError for an axis of another size, out of range or given twice
 * @example squeeze(ones([1, 3, 1]), -1).shape; // [1, 3]
 */
export function squeeze(x: Tensor, axis?: Axes): Tensor {
  const shape = shapeOf("squeeze", x);
  const axes = checkAxes("squeeze", axis, shape.length);
  const gone = axis === undefined ? axes.filter((k) => shape[k] === 1) : axes;
  const wrong = gone.find((k) => shape[k] !== 1);
  if (wrong !== undefined) throw new ShapeError("squeeze", `size 1 at axis ${wrong}`, shape);
  return reshape(x, reducedShape(shape, gone, false));
}

/**
 * The tensor with a new axis of size 1: a view, at no cost.
 * @param x - [...]
 * @param axis - its place in the result; a negative one counts from the back
 * @returns [..., 1, ...]
 * @throws ShapeError for an axis out of range
 * @example expandDims(ones([2, 3]), -1).shape; // [2, 3, 1]
 */
export function expandDims(x: Tensor, axis: number): Tensor {
  const shape = shapeOf("expandDims", x);
  return reshape(x, shape.toSpliced(checkAxis("expandDims", axis, shape.length + 1), 0, 1));
}
