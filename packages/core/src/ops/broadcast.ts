/**
 * @file Sum and broadcast: each is the other's transpose, as `+=` through a stride-0 view is a
 * stride-0 view's.
 */
import { addInto, dtypeOf, type NdArray, wrap, zerosArray } from "../array.ts";
import { ShapeError } from "../errors.ts";
import { definePrimitive, type Op } from "../primitive.ts";
import { type Shape, sameShape, showShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { copyArray } from "./cast.ts";
import { broadcastShapes, checkAxes, checkDTypes, checkShape, reducedShape } from "./check.ts";
import { reshape, reshapeArray } from "./reshape.ts";

/** A stride-0 view of a larger shape. @throws ShapeError when the shape does not broadcast to it */
export function broadcastArray(array: NdArray, shape: Shape): NdArray {
  if (sameShape(array.shape, shape)) return array;
  const lead = shape.length - array.shape.length;
  if (lead < 0 || !array.shape.every((n, k) => n === 1 || n === shape[lead + k]))
    throw new ShapeError(
      "broadcastTo",
      `a shape that broadcasts to ${showShape(shape)}`,
      showShape(array.shape),
    );
  const stride = shape.map((n, k) => (array.shape[k - lead] === n ? array.stride[k - lead]! : 0));
  return wrap(array.data, shape, stride, array.offset);
}

/**
 * The sum down to a shape that broadcasts to the array's: accumulated in float64, cast at the end.
 */
export function sumArrayTo(array: NdArray, shape: Shape): NdArray {
  const total = zerosArray("float64", shape);
  addInto(broadcastArray(total, array.shape), array);
  return dtypeOf(array) === "float64" ? total : copyArray(total, dtypeOf(array), "sum");
}

/** Which axes a reduction runs over (all unless said), and whether they stay as size 1. */
export interface ReduceOptions {
  readonly axis?: number | Shape | undefined;
  readonly keepdims?: boolean;
}

/** {@link ReduceOptions}, checked: what the primitives take. */
export interface Reduction {
  readonly axes: Shape;
  readonly keepdims: boolean;
}

/** The primitive of {@link sum}. */
export const sumOp: Op<[x: 1], [y: 1], Reduction> = definePrimitive({
  name: "sum",
  infer: ([x], { axes, keepdims }) => [
    {
      shape: reducedShape(x.shape, axes, keepdims),
      dtype: checkDTypes("sum", [x], ["float32", "float64", "int32"]),
    },
  ],
  forward: ([x], { axes, keepdims }) => [
    reshapeArray(
      sumArrayTo(x, reducedShape(x.shape, axes, true)),
      reducedShape(x.shape, axes, keepdims),
    ),
  ],
  vjp: ([ct], { inputs: [x], options: { axes } }) => [
    broadcastTo(reshape(ct, reducedShape(x.shape, axes, true)), x.shape),
  ],
});

/**
 * y = Σ x over the axes, accumulated in float64.
 * @returns shape of `x` without the axes (or with size 1, `keepdims`); the sum of nothing is 0
 * @throws ShapeError for an axis out of range or given twice
 * @example sum(x, { axis: -1, keepdims: true });
 */
export function sum(x: Tensor, { axis, keepdims = false }: ReduceOptions = {}): Tensor {
  return sumOp([x], { axes: checkAxes("sum", axis, x.shape.length), keepdims })[0];
}

/** The primitive of {@link broadcastTo}; its option is the shape. */
export const broadcastOp: Op<[x: 1], [y: 1], Shape> = definePrimitive({
  name: "broadcastTo",
  infer: ([x], shape) => {
    if (sameShape(broadcastShapes("broadcastTo", x.shape, shape), shape))
      return [{ shape, dtype: x.dtype }];
    throw new ShapeError(
      "broadcastTo",
      `a shape that broadcasts to ${showShape(shape)}`,
      showShape(x.shape),
    );
  },
  forward: ([x], shape) => [broadcastArray(x, shape)],
  vjp: ([ct], { inputs: [x] }) => [sumTo(ct, x.shape)],
});

/**
 * The tensor repeated to a larger shape: a view, free.
 * @throws ShapeError when it does not broadcast to it
 */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  return sameShape(x.shape, shape) ? x : broadcastOp([x], checkShape("broadcastTo", shape))[0];
}

/**
 * The sum down to a shape that broadcasts to the tensor's: how a cotangent returns to a broadcast
 * operand.
 */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const lead = x.shape.length - shape.length;
  const axes = x.shape.flatMap((n, k) =>
    k < lead || (shape[k - lead] === 1 && n !== 1) ? [k] : [],
  );
  return reshape(sum(x, { axis: axes, keepdims: axes.length > lead }), shape);
}
