/**
 * @file Indexing by tensors along an axis: gather and take read; scatterAdd and segmentSum, their
 * transposes, add.
 */

import { allocate, dtypeOf, elements, type NdArray, wrap } from "../array.ts";
import { DTypeError, ShapeError, ValueError } from "../errors.ts";
import { definePrimitive, type Op } from "../primitive.ts";
import { type Shape, sameShape, showShape, sizeOf, stridesOf } from "../shape.ts";
import type { Spec, Tensor } from "../tensor.ts";
import { add } from "./arithmetic.ts";
import { checkAxis } from "./axes.ts";
import { broadcastTo, frontAxis } from "./broadcast.ts";
import { cast, copyArray } from "./cast.ts";
import { checkShape, checkTensors, inNameOf, kindOf, shapeOf } from "./check.ts";
import { arange } from "./create.ts";
import { equal } from "./logic.ts";
import { checkIndex } from "./range.ts";
import { expandDims, reshape, transpose } from "./reshape.ts";

/** The axis along which {@link scatterAdd} adds, and the shape of the sums. */
export interface Scatter {
  readonly axis: number;
  readonly shape: Shape;
}

/** @throws DTypeError unless an index is int32 */
function checkInteger(op: string, index: Spec): void {
  const dtype = index?.dtype ?? kindOf(index);
  const help = dtype === "bool" ? "at(x, mask)" : 'tensor(places, { dtype: "int32" })';
  if (dtype !== "int32") throw new DTypeError(op, "an int32 index", dtype, help);
}

function checkIndices(op: string, index: Spec, from: Shape, axis: number): void {
  checkInteger(op, index);
  const { shape } = index;
  if (shape.length === from.length && shape.every((n, k) => k === axis || n <= from[k]!)) return;
  throw new ShapeError(op, `an index within ${showShape(from)} but for axis ${axis}`, shape);
}

/**
 * Calls `visit(at, place)` for each index in row-major order, with the place that it refers to in
 * an array of shape `from`.
 */
function eachIndex(
  op: string,
  index: NdArray,
  from: Shape,
  axis: number,
  visit: (at: number, place: number) => void,
): void {
  const { data, stride, offset, shape } = index;
  const steps = stridesOf(from);
  const position = shape.map(() => 0);
  for (let at = 0, count = sizeOf(shape); at < count; at++) {
    let [pick, place] = [offset, 0];
    for (let k = 0; k < steps.length; k++) {
      pick += position[k]! * stride[k]!;
      if (k !== axis) place += position[k]! * steps[k]!;
    }
    visit(at, place + checkIndex(op, data[pick]!, from[axis]!) * steps[axis]!);
    for (let k = steps.length - 1; k >= 0 && ++position[k]! === shape[k]; k--) position[k] = 0;
  }
}

/**
 * The primitive of {@link gather} and {@link take}: x [...], index int32 [...] of as many axes →
 * [...index]; its option is the axis.
 * @example gatherOp([tensor([5, 6, 7]), tensor(Int32Array.of(2, 0))], 0); // [7, 5]
 */
export const gatherOp: Op<[x: 1, index: 1], [y: 1], number> = definePrimitive({
  name: "gather",
  infer: ([x, index], axis) => {
    checkIndices("gather", index, x.shape, axis);
    return [{ shape: index.shape, dtype: x.dtype }];
  },
  forward: ([x, index], axis) => {
    const [from, to] = [elements(x), allocate(dtypeOf(x), sizeOf(index.shape))];
    eachIndex("gather", index, x.shape, axis, (at, place) => {
      to[at] = from[place]!;
    });
    return [wrap(to, index.shape)];
  },
  vjp: ([ct], { inputs: [x, index], options: axis }) => [
    scatterAddOp([ct, index], { axis, shape: x.shape })[0],
    null,
  ],
  batch: (op, inputs, batched, axis) => {
    if (batched[0]) return frontAxis<number>((k) => k + 1)(op, inputs, batched, axis);
    // one table: the batch is part of the axis
    const [x, index] = inputs;
    const order = index.shape
      .slice(1)
      .map((_, k) => k + 1)
      .toSpliced(axis, 0, 0);
    const apart = order.map((k) => index.shape[k]!);
    const joint = reshape(transpose(index, order), apart.toSpliced(axis, 2, -1));
    const back = order.map((_, k) => order.indexOf(k));
    return [transpose(reshape(op([x, joint], axis)[0], apart), back)];
  },
});

/**
 * The primitive of {@link scatterAdd}: x [...], index int32 of x's shape → [...shape].
 * @example
 * const index = tensor(Int32Array.of(1, 0, 1));
 * scatterAddOp([ones([3]), index], { axis: 0, shape: [2] }); // [1, 2]
 */
export const scatterAddOp: Op<[x: 1, index: 1], [y: 1], Scatter> = definePrimitive({
  name: "scatterAdd",
  infer: ([x, index], { axis, shape }) => {
    checkIndices("scatterAdd", index, checkShape("scatterAdd", shape), axis);
    if (sameShape(x.shape, index.shape)) return [{ shape, dtype: x.dtype }];
    throw new ShapeError("scatterAdd", `an index of shape ${showShape(x.shape)}`, index.shape);
  },
  forward: ([x, index], { axis, shape }) => {
    const [from, sums] = [elements(x), new Float64Array(sizeOf(shape))];
    eachIndex("scatterAdd", index, shape, axis, (at, place) => {
      sums[place]! += from[at]!;
    });
    return [copyArray(wrap(sums, shape), dtypeOf(x), "scatterAdd")];
  },
  vjp: ([ct], { inputs: [, index], options: { axis } }) => [gatherOp([ct, index], axis)[0], null],
  batch: frontAxis(({ axis, shape }, size) => ({ axis: axis + 1, shape: [size, ...shape] })),
});

/**
 * Elements of x by their positions along an axis, as torch.gather: `y[i][j] = x[i][index[i][j]]`.
 * @param x - [...]
 * @param index - int32, as many axes as x, sizes no larger but along the axis; negative entries
 * count from the end
 * @returns [...index]
 * @throws ValueError for an index out of range; ShapeError, DTypeError for an index that doesn't
 * fit
 * @example
 * const index = tensor([[1], [0]], { dtype: "int32" });
 * gather(tensor([[1, 2], [3, 4]]), index, 1); // [[2], [3]]
 */
export const gather = (x: Tensor, index: Tensor, axis: number): Tensor =>
  gatherOp([x, index], checkAxis("gather", axis, shapeOf("gather", x).length))[0];

/**
 * Zeros to which `x[i][j]` is added at `[i][index[i][j]]` along an axis: the transpose of
 * {@link gather}.
 * @param x - [...]
 * @param index - int32, of x's shape
 * @returns [...shape]
 * @throws ValueError for an index out of range; ShapeError, DTypeError for an index that doesn't
 * fit
 * @example scatterAdd(tensor([1, 2, 3]), tensor(Int32Array.of(0, 1, 0)), 0, [2]); // [4, 2]
 */
export const scatterAdd = (x: Tensor, index: Tensor, axis: number, shape: Shape): Tensor =>
  scatterAddOp([x, index], {
    axis: checkAxis("scatterAdd", axis, checkShape("scatterAdd", shape).length),
    shape,
  })[0];

/**
 * Slices of x along an axis, in the order of an index: `y[..., i…, ...] = x[..., index[i…], ...]`.
 * @param x - [..., n, ...]
 * @param index - int32 [...index]; negative entries count from the end
 * @param axis - that of n (default 0)
 * @returns [..., ...index, ...]: the index's axes replace the axis
 * @throws ValueError for an index out of range; DTypeError unless it is int32
 * @example take(embedding, tokens); // [batch, time, width]
 */
export function take(x: Tensor, index: Tensor, axis = 0): Tensor {
  const k = checkAxis("take", axis, shapeOf("take", x).length);
  checkInteger("take", index);
  const [before, n, after] = around(x.shape, k);
  const rows = reshape(x, [before, n, after]);
  const y = inNameOf("take", () => gather(rows, repeated(index, before, after), 1));
  return reshape(y, x.shape.toSpliced(k, 1, ...index.shape));
}

/** The sizes before, at and behind an axis: the shape as three axes. */
const around = (shape: Shape, k: number): [before: number, size: number, after: number] => [
  sizeOf(shape.slice(0, k)),
  shape[k]!,
  sizeOf(shape.slice(k + 1)),
];

/** An index along the middle of three axes, the same for all elements of the others: a view. */
function repeated(index: Tensor, before: number, after: number): Tensor {
  const count = sizeOf(index.shape);
  return broadcastTo(reshape(index, [1, count, 1]), [before, count, after]);
}

/**
 * Sums of the slices of x that belong together, `y[s] = Σ x[i] over ids[i] = s`: the transpose of
 * {@link take}, in which nothing is repeated. A segment without slices is 0.
 * @param x - [..., m, ...]
 * @param ids - int32 [m], the segment of each slice, in any order; negative ones count from the end
 * @param segments - how many there are
 * @param axis - that of m (default 0)
 * @returns [..., segments, ...]
 * @throws ShapeError unless there is an id for each slice; DTypeError unless they are int32;
 * ValueError for one out of range
 * @example segmentSum(tensor([1, 2, 3]), tensor(Int32Array.of(1, 0, 1)), 3); // [2, 4, 0]
 */
export function segmentSum(x: Tensor, ids: Tensor, segments: number, axis = 0): Tensor {
  checkTensors("segmentSum", x, ids);
  const k = checkAxis("segmentSum", axis, x.shape.length);
  const [before, count, after] = around(x.shape, k);
  if (!sameShape(ids.shape, [count]))
    throw new ShapeError("segmentSum", `ids of shape [${count}]`, ids.shape);
  const shape = checkShape("segmentSum", x.shape.with(k, segments));
  const summands = [reshape(x, [before, count, after]), repeated(ids, before, after)] as const;
  const into = { axis: 1, shape: around(shape, k) };
  return reshape(
    inNameOf("segmentSum", () => scatterAddOp(summands, into)[0]),
    shape,
  );
}

/**
 * x with slices added along an axis, `y = x; y[index[i]] += src[i]`, as torch.index_add.
 * @param x - [..., n, ...]
 * @param index - int32 [m]; negative entries count from the end
 * @param src - [..., m, ...]
 * @param axis - that of n and m (default 0)
 * @returns [..., n, ...]
 * @throws ShapeError, DTypeError unless they fit; ValueError for an index out of range
 * @example indexAdd(ones([3]), tensor(Int32Array.of(2, 2)), tensor([1, 5])); // [1, 1, 7]
 */
export function indexAdd(x: Tensor, index: Tensor, src: Tensor, axis = 0): Tensor {
  checkTensors("indexAdd", x, index, src);
  const k = checkAxis("indexAdd", axis, x.shape.length);
  const sums = inNameOf("indexAdd", () => segmentSum(src, index, x.shape[k]!, k));
  if (sameShape(sums.shape, x.shape)) return add(x, sums);
  throw new ShapeError("indexAdd", `slices of ${showShape(x.shape)}`, src.shape);
}

/**
 * 1 at each label, 0 elsewhere.
 * @param labels - int32 [...], in [0, classes); a device, which can't throw, gives zeros for others
 * @returns float32 [..., classes]
 * @throws ValueError for a label out of range; DTypeError unless labels are int32; ShapeError
 * unless classes is an integer ≥ 0
 * @example oneHot(tensor([0, 2], { dtype: "int32" }), 3); // [[1, 0, 0], [0, 0, 1]]
 */
export function oneHot(labels: Tensor, classes: number): Tensor {
  checkTensors("oneHot", labels);
  const help = 'tensor(labels, { dtype: "int32" })';
  if (labels.dtype !== "int32") throw new DTypeError("oneHot", "int32 labels", labels.dtype, help);
  checkShape("oneHot", [...labels.shape, classes]);
  const known = labels.backend.arrayOf === undefined ? [] : elements(labels.ndarray());
  for (const label of known)
    if (label < 0 || label >= classes)
      throw new ValueError("oneHot", `labels in [0, ${classes})`, label);
  const each = arange(classes, { dtype: "int32", backend: labels.backend });
  return cast(equal(expandDims(labels, -1), each), "float32");
}
