/**
 * @file Sum and broadcast, each the other's transpose: a broadcast reads one element at many
 * places, a sum adds many places into one.
 */
import { addInto, dtypeOf, type NdArray, wrap, zerosArray } from "../array.ts";
import { ShapeError } from "../errors.ts";
import { definePrimitive, type Op } from "../primitive.ts";
import { type Shape, sameShape, showShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import {
  type Axes,
  type ReduceOptions,
  type Reduction,
  reducedShape,
  reductionOf,
} from "./axes.ts";
import { copyArray } from "./cast.ts";
import { checkDTypes, checkShape, numericDTypes, shapeOf } from "./check.ts";
import { reshape, reshapeArray } from "./reshape.ts";

/** @throws ShapeError unless a shape broadcasts to a larger one */
function checkBroadcast(from: Shape, to: Shape): void {
  const lead = to.length - from.length;
  if (lead >= 0 && from.every((n, k) => n === 1 || n === to[lead + k])) return;
  throw new ShapeError("broadcastTo", `a shape that broadcasts to ${showShape(to)}`, from);
}

/**
 * A view of a larger shape in which repeated axes have stride 0.
 * @param array - [...]
 * @throws ShapeError when its shape does not broadcast to the larger one
 * @example elements(broadcastArray(wrap(Float32Array.of(1, 2), [2]), [2, 2])); // [1, 2, 1, 2]
 */
export function broadcastArray(array: NdArray, shape: Shape): NdArray {
  if (sameShape(array.shape, shape)) return array;
  const lead = shape.length - array.shape.length;
  checkBroadcast(array.shape, shape);
  const stride = shape.map((n, k) => (array.shape[k - lead] === n ? array.stride[k - lead]! : 0));
  return wrap(array.data, shape, stride, array.offset);
}

/**
 * The sum down to a shape that broadcasts to the array's: accumulated in float64, cast at the end.
 */
function sumArrayTo(array: NdArray, shape: Shape): NdArray {
  const total = zerosArray("float64", shape);
  addInto(broadcastArray(total, array.shape), array);
  return dtypeOf(array) === "float64" ? total : copyArray(total, dtypeOf(array), "sum");
}

/** An operand [batch, ...] as [batch, 1, …, ...], `rank` axes after the batch. */
const aligned = (x: Tensor, batched: boolean, rank: number): Tensor => {
  const ones = Array<number>(rank + 1 - x.shape.length).fill(1);
  return batched && ones.length > 0 ? reshape(x, x.shape.toSpliced(1, 0, ...ones)) : x;
};

/**
 * Operands [batch, ...] of one rank where they carry the batch, so that they broadcast as without
 * it.
 * @example alignedOperands([ones([5, 2]), ones([3, 2])], [true, false])[0].shape; // [5, 1, 2]
 */
export function alignedOperands<Xs extends readonly Tensor[]>(
  inputs: readonly [...Xs],
  batched: readonly boolean[],
): Xs {
  const rank = Math.max(...inputs.map((x, k) => x.shape.length - Number(batched[k])));
  return inputs.map((x, k) => aligned(x, batched[k] === true, rank)) as unknown as Xs;
}

/**
 * The batching rule of ops whose operands broadcast, such as element-wise ones, [...] each.
 * @example
 * const swap: Op<[a: 1, b: 1]> = definePrimitive({
 *   name: "swapped difference",
 *   infer: ([a]) => [a],
 *   forward: ([a, b]) => [mapArray((v) => -v, a)],
 *   vjp: ([ct]) => [neg(ct), null],
 *   batch: broadcasting,
 * });
 */
export const broadcasting = <Xs extends readonly Tensor[], Ys extends readonly Tensor[], Options>(
  op: (inputs: Xs, options: Options) => Ys,
  inputs: Xs,
  batched: readonly boolean[],
  options: Options,
): Ys => op(alignedOperands<Xs>(inputs, batched), options);

const batchSize = (inputs: readonly Tensor[], batched: readonly boolean[]): number =>
  inputs[batched.indexOf(true)]?.shape[0] ?? 0;

/**
 * All operands with the batch in front, [batch, ...], repeated where they don't carry it.
 * @example wholeBatch([ones([5, 2]), ones([3])], [true, false])[1].shape; // [5, 3]
 */
export function wholeBatch<Xs extends readonly Tensor[]>(
  inputs: readonly [...Xs],
  batched: readonly boolean[],
): Xs {
  const size = batchSize(inputs, batched);
  const whole = (x: Tensor, k: number) => (batched[k] ? x : broadcastTo(x, [size, ...x.shape]));
  return inputs.map(whole) as unknown as Xs;
}

/**
 * The batching rule of ops that take all operands [...] with one more axis in front.
 * @param shift - the options of that call from those without the batch (default: the same)
 * @example frontAxis((axis: number) => axis + 1); // of an op whose option is an axis, ≥ 0
 */
export const frontAxis =
  <Options>(shift: (options: Options, size: number) => Options = (options) => options) =>
  <Xs extends readonly Tensor[], Ys extends readonly Tensor[]>(
    op: (inputs: Xs, options: Options) => Ys,
    inputs: Xs,
    batched: readonly boolean[],
    options: Options,
  ): Ys => {
    const size = batchSize(inputs, batched);
    return op(wholeBatch<Xs>(inputs, batched), shift(options, size));
  };

/** A reduction with the batch in front. */
export const afterBatch = ({ axes, keepdims }: Reduction): Reduction => ({
  axes: axes.map((k) => k + 1),
  keepdims,
});

/**
 * The primitive of {@link sum}: [...] → [...] without the axes, or with size 1 there.
 * @example sumOp([zeros([2, 3])], { axes: [1], keepdims: true })[0].shape; // [2, 1]
 */
export const sumOp: Op<[x: 1], [y: 1], Reduction> = definePrimitive({
  name: "sum",
  infer: ([x], { axes, keepdims }) => {
    const dtype = checkDTypes("sum", [x], numericDTypes);
    return [{ shape: reducedShape(x.shape, axes, keepdims), dtype }];
  },
  forward: ([x], { axes, keepdims }) => {
    const sums = sumArrayTo(x, reducedShape(x.shape, axes, true));
    return [reshapeArray(sums, reducedShape(x.shape, axes, keepdims))];
  },
  vjp: ([ct], { inputs: [x], options: { axes } }) => [
    broadcastTo(reshape(ct, reducedShape(x.shape, axes, true)), x.shape),
  ],
  batch: frontAxis(afterBatch),
});

/**
 * y = Σ x over axes, accumulated in float64; 0 for no elements.
 * @param x - [...]
 * @param options - an axis, several, or an object (default: all axes)
 * @returns [...] without the axes, or with size 1 there (`keepdims`)
 * @throws ShapeError for an axis out of range or given twice; DTypeError for bool
 * @example sum(tensor([[1, 2], [3, 4]]), 0); // [4, 6]
 * @example sum(x, { axis: -1, keepdims: true });
 */
export const sum = (x: Tensor, options?: Axes | ReduceOptions): Tensor =>
  sumOp([x], reductionOf("sum", x, options))[0];

/**
 * The primitive of {@link broadcastTo}: [...] → its option, the shape.
 * @example broadcastOp([tensor([1, 2])], [2, 2]); // [1, 2, 1, 2]
 */
export const broadcastOp: Op<[x: 1], [y: 1], Shape> = definePrimitive({
  name: "broadcastTo",
  infer: ([x], shape) => {
    checkBroadcast(x.shape, shape);
    return [{ shape, dtype: x.dtype }];
  },
  forward: ([x], shape) => [broadcastArray(x, shape)],
  vjp: ([ct], { inputs: [x] }) => [sumTo(ct, x.shape)],
  batch: (op, [x], _, shape) => op([aligned(x, true, shape.length)], [x.shape[0]!, ...shape]),
});

/**
 * The tensor repeated to a larger shape: a view, at no cost.
 * @param x - [...], sizes equal to those of `shape` from the last axis, or 1
 * @returns [...shape]
 * @throws ShapeError when it does not broadcast to the shape
 * @example broadcastTo(tensor([1, 2]), [2, 2]); // [1, 2, 1, 2]
 */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  const from = shapeOf("broadcastTo", x);
  return sameShape(from, checkShape("broadcastTo", shape)) ? x : broadcastOp([x], shape)[0];
}

/**
 * The sum down to a shape that broadcasts to the tensor's: the transpose of {@link broadcastTo},
 * which takes a cotangent back to a broadcast operand.
 */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const lead = x.shape.length - shape.length;
  const axes = x.shape.flatMap((n, k) =>
    k < lead || (shape[k - lead] === 1 && n !== 1) ? [k] : [],
  );
  return reshape(sumOp([x], { axes, keepdims: axes.length > lead })[0], shape);
}
