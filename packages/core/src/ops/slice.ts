/** @file Slicing and its transpose, padding; concatenation and its transpose, splitting. */
import { copyInto, dtypeOf, type NdArray, wrap, zerosArray } from "../array.ts";
import { ShapeError, ValueError } from "../errors.ts";
import { definePrimitive, type Op } from "../primitive.ts";
import { type Shape, sameShape, showShape, sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { allDTypes, checkAxis, checkDTypes, checkShape } from "./check.ts";
import { checkNumber, zeros } from "./create.ts";
import { expandDims } from "./reshape.ts";

/** Where a slice lies: `y[i] = x[start + i·step]` along every axis. */
export interface Window {
  readonly shape: Shape;
  readonly start: Shape;
  readonly step: Shape;
}

/** A window of a larger array, and what surrounds it. */
export interface Padding extends Window {
  readonly into: Shape;
  readonly value: number;
}

/** The view that a window opens on an array. */
function windowOf(x: NdArray, { shape, start, step }: Window): NdArray {
  const stride = x.stride.map((d, k) => d * step[k]!);
  const offset = start.reduce((at, s, k) => at + s * x.stride[k]!, x.offset);
  return wrap(x.data, shape, stride, sizeOf(shape) === 0 ? x.offset : offset);
}

/** The primitive of {@link slice}. */
export const sliceOp: Op<[x: 1], [y: 1], Window> = definePrimitive({
  name: "slice",
  infer: ([x], { shape }) => [{ shape, dtype: x.dtype }],
  forward: ([x], window) => [windowOf(x, window)],
  vjp: ([ct], { inputs: [x], options: window }) =>
    padOp([ct], { ...window, into: x.shape, value: 0 }),
});

/**
 * The primitive of {@link pad}: also between the elements and back to front, as the transpose of
 * any slice.
 */
export const padOp: Op<[x: 1], [y: 1], Padding> = definePrimitive({
  name: "pad",
  infer: ([x], { into }) => [{ shape: into, dtype: x.dtype }],
  forward: ([x], padding) => {
    const out = zerosArray(dtypeOf(x), padding.into);
    if (padding.value !== 0) out.data.fill(padding.value);
    copyInto(windowOf(out, padding), x);
    return [out];
  },
  vjp: ([ct], { options: { shape, start, step } }) => sliceOp([ct], { shape, start, step }),
});

/** From where, up to where (exclusive), in steps of what; negative positions count from the end. */
export interface SliceRange {
  readonly start?: number;
  readonly stop?: number;
  readonly step?: number;
}

/**
 * A part of a tensor, with Python's rules for one range an axis: a view, free.
 * @param ranges - one per leading axis; `{}` or undefined takes the whole axis
 * @throws ShapeError for more ranges than axes; ValueError for a step of 0 or a position that is no
 * integer
 * @example slice(x, [{ start: 1 }, { step: -1 }]); // x[1:, ::-1]
 */
export function slice(x: Tensor, ranges: readonly (SliceRange | undefined)[]): Tensor {
  if (ranges.length > x.shape.length)
    throw new ShapeError(
      "slice",
      `at most ${x.shape.length} ranges for ${showShape(x.shape)}`,
      ranges.length,
    );
  const axes = x.shape.map((n, k) => resolve(ranges[k] ?? {}, n));
  const window = {
    shape: axes.map((a) => a.length),
    start: axes.map((a) => a.start),
    step: axes.map((a) => a.step),
  };
  if (sameShape(window.shape, x.shape) && window.step.every((s) => s === 1)) return x;
  return sliceOp([x], window)[0];
}

/** Python's `slice.indices`: first index, number of elements, step. */
function resolve(
  { start, stop, step = 1 }: SliceRange,
  n: number,
): { start: number; length: number; step: number } {
  for (const v of [start ?? 0, stop ?? 0, step])
    if (!Number.isInteger(v)) throw new ValueError("slice", "integers for start, stop and step", v);
  if (step === 0) throw new ValueError("slice", "a step other than 0", step);
  const [low, high] = step > 0 ? [0, n] : [-1, n - 1];
  const place = (v: number) => Math.min(Math.max(v < 0 ? v + n : v, low), high);
  const from = start === undefined ? (step > 0 ? 0 : n - 1) : place(start);
  const to = stop === undefined ? (step > 0 ? n : -1) : place(stop);
  return { start: from, length: Math.max(0, Math.ceil((to - from) / step)), step };
}

/** The part of a tensor in a range along one axis. */
const along = (x: Tensor, axis: number, range: SliceRange): Tensor =>
  slice(x, [...Array<undefined>(axis).fill(undefined), range]);

/** The tensor back to front along an axis: a view, free. */
export const flip = (x: Tensor, axis: number): Tensor =>
  along(x, checkAxis("flip", axis, x.shape.length), { step: -1 });

/**
 * The tensor with `before[k]` and `after[k]` elements of `value` around axis k.
 * @throws ShapeError unless both have one non-negative integer an axis; ValueError for a value that
 * the dtype can't hold
 * @example pad(x, [0, 1], [0, 1]); // one column on either side
 */
export function pad(x: Tensor, before: Shape, after: Shape, value = 0): Tensor {
  const { shape, dtype } = x;
  if (
    checkShape("pad", before).length !== shape.length ||
    checkShape("pad", after).length !== shape.length
  )
    throw new ShapeError(
      "pad",
      `${shape.length} sizes before and after`,
      `${before.length} and ${after.length}`,
    );
  const into = shape.map((n, k) => before[k]! + n + after[k]!);
  const step = shape.map(() => 1);
  checkNumber("pad", value, dtype);
  return sameShape(checkShape("pad", into), shape)
    ? x
    : padOp([x], { shape, start: before, step, into, value })[0];
}

const total = (sizes: Shape): number => sizes.reduce((sum, n) => sum + n, 0);

/** The shape of tensors joined along an axis. */
function joined(xs: readonly { readonly shape: Shape }[], axis: number): Shape {
  const first = xs[0]!.shape;
  const odd = xs.find(({ shape }) => !sameShape(shape.with(axis, 0), first.with(axis, 0)));
  if (odd === undefined) return first.with(axis, total(xs.map(({ shape }) => shape[axis]!)));
  throw new ShapeError(
    "concat",
    `shapes like ${showShape(first)} but for axis ${axis}`,
    showShape(odd.shape),
  );
}

/** The primitive of {@link concat}; its option is the axis. */
export const concatOp: Op<[first: 1, ...rest: 1[]], [y: 1], number> = definePrimitive({
  name: "concat",
  infer: (xs, axis) => [{ shape: joined(xs, axis), dtype: checkDTypes("concat", xs, allDTypes) }],
  forward: (xs, axis) => {
    const out = zerosArray(dtypeOf(xs[0]), joined(xs, axis));
    const start = out.shape.map(() => 0);
    for (const x of xs) {
      copyInto(windowOf(out, { shape: x.shape, start, step: start.map(() => 1) }), x);
      start[axis]! += x.shape[axis]!;
    }
    return [out];
  },
  vjp: ([ct], { inputs, options: axis }) => {
    const sizes = inputs.map((x) => x.shape[axis]!);
    const [first = ct, ...rest] = split(ct, sizes, axis);
    return [first, ...rest];
  },
});

/**
 * Tensors one after another along an axis.
 * @throws ShapeError unless the other axes agree; for no tensors
 */
export function concat(xs: readonly Tensor[], axis = 0): Tensor {
  const [first, ...rest] = xs;
  if (first === undefined) throw new ShapeError("concat", "at least one tensor", 0);
  return concatOp([first, ...rest], checkAxis("concat", axis, first.shape.length))[0];
}

/**
 * Tensors of one shape along a new axis.
 * @throws ShapeError unless the shapes agree; for no tensors
 */
export function stack(xs: readonly Tensor[], axis = 0): Tensor {
  const first = xs[0]?.shape ?? [];
  const odd = xs.find(({ shape }) => !sameShape(shape, first));
  if (odd !== undefined)
    throw new ShapeError("stack", `tensors of shape ${showShape(first)}`, showShape(odd.shape));
  const rows = xs.map((x) => expandDims(x, axis));
  return concat(rows, checkAxis("stack", axis, first.length + 1));
}

/** How a tensor is cut: the sizes of the parts along an axis. */
export interface Cut {
  readonly axis: number;
  readonly sizes: Shape;
}

/**
 * The primitive of {@link split}: one op for all parts, so that their cotangents are joined once,
 * whatever their number.
 */
export const splitOp: Op<[x: 1], [...parts: 1[]], Cut> = definePrimitive({
  name: "split",
  infer: ([x], { axis, sizes }) =>
    sizes.map((n) => ({ shape: x.shape.with(axis, n), dtype: x.dtype })),
  forward: ([x], { axis, sizes }) => {
    const step = x.shape.map(() => 1);
    let at = 0;
    return sizes.map((n) => {
      const start = step.map((_, k) => (k === axis ? at : 0));
      at += n;
      return windowOf(x, { shape: x.shape.slice().with(axis, n), start, step });
    });
  },
  vjp: (cts, { outputs, options: { axis } }) => [
    concat(
      outputs.map((part, i) => cts[i] ?? zeros(part.shape, part)),
      axis,
    ),
  ],
});

/**
 * The tensor cut along an axis into parts of given sizes, or into so many equal ones: views, free.
 * @throws ShapeError unless the sizes make up the axis
 * @example const [r, z, n] = split(gates, 3, -1);
 */
export function split(x: Tensor, sizes: Shape | number, axis = 0): Tensor[] {
  const k = checkAxis("split", axis, x.shape.length);
  const n = x.shape[k]!;
  const parts = typeof sizes === "number" ? Array.from({ length: sizes }, () => n / sizes) : sizes;
  if (
    !Array.isArray(parts) ||
    !parts.every((size) => Number.isSafeInteger(size) && size >= 0) ||
    total(parts) !== n
  )
    throw new ShapeError("split", `sizes that make up ${n}`, showShape(parts));
  return parts.length === 1 ? [x] : [...splitOp([x], { axis: k, sizes: parts })];
}
