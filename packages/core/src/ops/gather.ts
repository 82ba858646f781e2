/** @file Indexing by tensors: take and gather read, scatterAdd is their transpose. */

import { allocate, dtypeOf, elements, type NdArray, wrap } from "../array.ts";
import { DTypeError, ShapeError, ValueError } from "../errors.ts";
import { definePrimitive, type Op, type Primitive } from "../primitive.ts";
import { type Shape, showShape, sizeOf } from "../shape.ts";
import type { Spec, Tensor } from "../tensor.ts";
import { checkAxis } from "./check.ts";

/** Sizes before, at and after an axis. */
function around(shape: Shape, axis: number): [before: number, at: number, after: number] {
  return [sizeOf(shape.slice(0, axis)), shape[axis]!, sizeOf(shape.slice(axis + 1))];
}

function checkIndexDType(op: string, index: Spec): void {
  if (index.dtype !== "int32") throw new DTypeError(op, "an int32 index", index.dtype, 'cast(index, "int32")');
}

/** An index that exists; negative ones count from the end. */
function checkIndex(op: string, i: number, n: number): number {
  if (i < -n || i >= n) throw new ValueError(op, `indices in [${-n}, ${n})`, i);
  return i < 0 ? i + n : i;
}

const takeOp: Op<number> = definePrimitive({
  name: "take",
  infer: ([x, index], axis) => {
    checkIndexDType("take", index!);
    return [{ shape: x!.shape.toSpliced(axis, 1, ...index!.shape), dtype: x!.dtype }];
  },
  forward: ([x, index], axis) => {
    const [before, n, after] = around(x!.shape, axis);
    const picks = elements(index!).map((i) => checkIndex("take", i, n));
    const from = elements(x!);
    const to = allocate(dtypeOf(x!), before * picks.length * after);
    for (let b = 0, at = 0; b < before; b++)
      for (const i of picks) for (let a = 0, p = (b * n + i) * after; a < after; a++) to[at++] = from[p++]!;
    return [wrap(to, x!.shape.toSpliced(axis, 1, ...index!.shape))];
  },
  vjp: ([ct], { inputs: [x, index], options: axis }) => [
    putOp([ct!, index!], { axis, size: x!.shape[axis]! })[0]!,
    null,
  ],
});

/** The transpose of take: adds each slice of `x` to where `index` says. `index` covers the axes of x from `axis` on. */
const putOp: Op<{ axis: number; size: number }> = definePrimitive({
  name: "putAdd",
  infer: ([x, index], { axis, size }) => [
    { shape: x!.shape.toSpliced(axis, index!.shape.length, size), dtype: x!.dtype },
  ],
  forward: ([x, index], { axis, size }) => {
    const shape = x!.shape.toSpliced(axis, index!.shape.length, size);
    const [before, , after] = around(shape, axis);
    const sums = new Float64Array(sizeOf(shape));
    const picks = elements(index!).map((i) => checkIndex("take", i, size));
    const from = elements(x!);
    for (let b = 0, at = 0; b < before; b++)
      for (const i of picks) for (let a = 0, p = (b * size + i) * after; a < after; a++) sums[p++]! += from[at++]!;
    return [rounded(sums, x!, shape)];
  },
  vjp: ([ct], { inputs: [, index], options: { axis } }) => [takeOp([ct!, index!], axis)[0]!, null],
});

/** Float64 sums in the dtype of `like`. */
function rounded(sums: Float64Array, like: NdArray, shape: Shape): NdArray {
  const out = allocate(dtypeOf(like), sums.length);
  out.set(sums);
  return wrap(out, shape);
}

/**
 * Slices of x along an axis, in the order of an index: `y[..., i…, ...] = x[..., index[i…], ...]`.
 * @param index - int32, any shape; negative entries count from the end
 * @returns x's shape with the axis replaced by the index's shape
 * @throws ValueError for an index out of range; DTypeError unless it is int32
 * @example take(embedding, tokens); // [batch, time, width]
 */
export function take(x: Tensor, index: Tensor, axis = 0): Tensor {
  return takeOp([x, index], checkAxis("take", axis, x.shape.length))[0]!;
}

const gatherOp: Op<number> = definePrimitive({
  name: "gather",
  infer: ([x, index], axis) => {
    checkAligned("gather", x!.shape, index!, axis);
    return [{ shape: index!.shape, dtype: x!.dtype }];
  },
  forward: ([x, index], axis) => {
    const from = elements(x!);
    const to = allocate(dtypeOf(x!), sizeOf(index!.shape));
    eachAligned("gather", x!.shape, index!, axis, (at, p) => {
      to[at] = from[p]!;
    });
    return [wrap(to, index!.shape)];
  },
  vjp: ([ct], { inputs: [x, index], options: axis }) => [
    scatterAddOp([ct!, index!], { axis, shape: x!.shape })[0]!,
    null,
  ],
});

const scatterAddOp: Op<{ axis: number; shape: Shape }> = definePrimitive({
  name: "scatterAdd",
  infer: ([x, index], { axis, shape }) => {
    checkAligned("scatterAdd", shape, index!, axis);
    if (showShape(x!.shape) !== showShape(index!.shape))
      throw new ShapeError("scatterAdd", `an index of shape ${showShape(x!.shape)}`, showShape(index!.shape));
    return [{ shape, dtype: x!.dtype }];
  },
  forward: ([x, index], { axis, shape }) => {
    const sums = new Float64Array(sizeOf(shape));
    const from = elements(x!);
    eachAligned("scatterAdd", shape, index!, axis, (at, p) => {
      sums[p]! += from[at]!;
    });
    return [rounded(sums, x!, shape)];
  },
  vjp: ([ct], { inputs: [, index], options: { axis } }) => [gatherOp([ct!, index!], axis)[0]!, null],
});

function checkAligned(op: string, shape: Shape, index: Spec, axis: number): void {
  checkIndexDType(op, index);
  const fits = index.shape.length === shape.length && index.shape.every((n, k) => k === axis || n <= shape[k]!);
  if (!fits)
    throw new ShapeError(
      op,
      `an index no larger than ${showShape(shape)} but for axis ${axis}`,
      showShape(index.shape),
    );
}

/** For each index, in row-major order: its position, and the element of `shape` that it points at. */
function eachAligned(
  op: string,
  shape: Shape,
  index: NdArray,
  axis: number,
  visit: (at: number, p: number) => void,
): void {
  const picks = elements(index);
  const place = new Array<number>(shape.length).fill(0);
  for (let at = 0; at < picks.length; at++) {
    let p = 0;
    for (let k = 0; k < shape.length; k++)
      p = p * shape[k]! + (k === axis ? checkIndex(op, picks[at]!, shape[k]!) : place[k]!);
    visit(at, p);
    for (let k = shape.length - 1; k >= 0 && ++place[k]! === index.shape[k]; k--) place[k] = 0;
  }
}

/** `y[i][j] = x[i][index[i][j]]` along an axis, as torch.gather. @throws ValueError for an index out of range */
export function gather(x: Tensor, index: Tensor, axis: number): Tensor {
  return gatherOp([x, index], checkAxis("gather", axis, x.shape.length))[0]!;
}

/** Zeros of `shape` with `x[i][j]` added at `[i][index[i][j]]` along an axis: the transpose of {@link gather}. */
export function scatterAdd(x: Tensor, index: Tensor, axis: number, shape: Shape): Tensor {
  return scatterAddOp([x, index], { axis: checkAxis("scatterAdd", axis, shape.length), shape })[0]!;
}

/** The primitives, for backends. */
export const takePrimitive: Primitive<number> = takeOp.primitive;
export const putAddPrimitive: Primitive<{ axis: number; size: number }> = putOp.primitive;
export const gatherPrimitive: Primitive<number> = gatherOp.primitive;
export const scatterAddPrimitive: Primitive<{ axis: number; shape: Shape }> = scatterAddOp.primitive;
