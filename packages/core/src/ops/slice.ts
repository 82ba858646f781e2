/** @file Slicing and its transpose, padding; concatenation is made of both. */

import { copyInto, dtypeOf, type NdArray, wrap, zerosArray } from "../array.ts";
import { ShapeError, ValueError } from "../errors.ts";
import { definePrimitive, type Op, type Primitive } from "../primitive.ts";
import { type Shape, sameShape, showShape, sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { checkAxis, checkDTypes, checkShape } from "./check.ts";
import { reshape } from "./reshape.ts";

/** Where a slice lies: `y[i] = x[start + i·step]` along every axis. */
export interface Window {
  readonly shape: Shape;
  readonly start: readonly number[];
  readonly step: readonly number[];
}

/** The view that a window opens on an array. */
function windowOf(x: NdArray, { shape, start, step }: Window): NdArray {
  const offset = sizeOf(shape) === 0 ? x.offset : start.reduce((at, s, k) => at + s * x.stride[k]!, x.offset);
  return wrap(
    x.data,
    shape,
    x.stride.map((d, k) => d * step[k]!),
    offset,
  );
}

const sliceOp: Op<Window> = definePrimitive({
  name: "slice",
  infer: ([x], { shape }) => [{ shape, dtype: x!.dtype }],
  forward: ([x], window) => [windowOf(x!, window)],
  vjp: ([ct], { inputs: [x], options: window }) => [placeOp([ct!], { window, into: x!.shape, value: 0 })[0]!],
});

const placeOp: Op<{ window: Window; into: Shape; value: number }> = definePrimitive({
  name: "pad",
  infer: ([x], { into }) => [{ shape: into, dtype: x!.dtype }],
  forward: ([x], { window, into, value }) => {
    const out = zerosArray(dtypeOf(x!), into);
    if (value !== 0) out.data.fill(value);
    copyInto(windowOf(out, window), x!);
    return [out];
  },
  vjp: ([ct], { options: { window } }) => [sliceOp([ct!], window)[0]!],
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
 * @throws ShapeError for more ranges than axes; ValueError for a step of 0 or a position that is no integer
 * @example slice(x, [{ start: 1 }, { step: -1 }]); // x[1:, ::-1]
 */
export function slice(x: Tensor, ranges: readonly (SliceRange | undefined)[]): Tensor {
  if (ranges.length > x.shape.length)
    throw new ShapeError("slice", `at most ${x.shape.length} ranges for ${showShape(x.shape)}`, ranges.length);
  const axes = x.shape.map((n, k) => resolve(ranges[k] ?? {}, n));
  const window = { shape: axes.map((a) => a.length), start: axes.map((a) => a.start), step: axes.map((a) => a.step) };
  if (sameShape(window.shape, x.shape) && window.step.every((s) => s === 1)) return x;
  return sliceOp([x], window)[0]!;
}

/** Python's `slice.indices`: first index, number of elements, step. */
function resolve({ start, stop, step = 1 }: SliceRange, n: number): { start: number; length: number; step: number } {
  for (const v of [start ?? 0, stop ?? 0, step])
    if (!Number.isInteger(v)) throw new ValueError("slice", "integers for start, stop and step", v);
  if (step === 0) throw new ValueError("slice", "a step other than 0", step);
  const [low, high] = step > 0 ? [0, n] : [-1, n - 1];
  const place = (v: number) => Math.min(Math.max(v < 0 ? v + n : v, low), high);
  const from = start === undefined ? (step > 0 ? 0 : n - 1) : place(start);
  const to = stop === undefined ? (step > 0 ? n : -1) : place(stop);
  return { start: from, length: Math.max(0, Math.ceil((to - from) / step)), step };
}

/** The tensor back to front along an axis: a view, free. */
export function flip(x: Tensor, axis: number): Tensor {
  const k = checkAxis("flip", axis, x.shape.length);
  return slice(
    x,
    x.shape.map((_, i) => (i === k ? { step: -1 } : undefined)),
  );
}

/**
 * The tensor with `before[k]` and `after[k]` elements of `value` around axis k.
 * @throws ShapeError unless both have one non-negative integer an axis
 * @example pad(x, [0, 1], [0, 1]); // one column on either side
 */
export function pad(x: Tensor, before: readonly number[], after: readonly number[], value = 0): Tensor {
  if (checkShape("pad", before).length !== x.shape.length || checkShape("pad", after).length !== x.shape.length)
    throw new ShapeError("pad", `${x.shape.length} sizes before and after`, `${before.length} and ${after.length}`);
  return place(
    x,
    before,
    x.shape.map((n, k) => before[k]! + n + after[k]!),
    value,
  );
}

const place = (x: Tensor, start: readonly number[], into: Shape, value: number): Tensor =>
  sameShape(into, x.shape)
    ? x
    : placeOp([x], { window: { shape: x.shape, start, step: x.shape.map(() => 1) }, into, value })[0]!;

const concatOp = definePrimitive<number>({
  name: "concat",
  infer: (xs, axis) => {
    const dtype = checkDTypes("concat", xs, ["float32", "float64", "int32", "bool"]);
    const first = xs[0]!.shape;
    for (const { shape } of xs)
      if (shape.length !== first.length || shape.some((n, k) => k !== axis && n !== first[k]))
        throw new ShapeError(
          "concat",
          `shapes equal but for axis ${axis}`,
          `${showShape(first)} and ${showShape(shape)}`,
        );
    return [
      {
        shape: first.with(
          axis,
          xs.reduce((n, x) => n + x.shape[axis]!, 0),
        ),
        dtype,
      },
    ];
  },
  forward: (xs, axis) => {
    const shape = xs[0]!.shape.with(
      axis,
      xs.reduce((n, x) => n + x.shape[axis]!, 0),
    );
    const out = zerosArray(dtypeOf(xs[0]!), shape);
    let at = 0;
    for (const x of xs) {
      const start = shape.map((_, k) => (k === axis ? at : 0));
      copyInto(windowOf(out, { shape: x.shape, start, step: shape.map(() => 1) }), x);
      at += x.shape[axis]!;
    }
    return [out];
  },
  vjp: ([ct], { inputs, options: axis, needs }) => {
    let at = 0;
    return inputs.map((x, i) => {
      const start = at;
      at += x.shape[axis]!;
      const range = { start, stop: at };
      return needs[i]
        ? slice(
            ct!,
            x.shape.map((_, k) => (k === axis ? range : undefined)),
          )
        : null;
    });
  },
});

/** Tensors one after another along an axis. @throws ShapeError unless the other axes agree; for no tensors */
export function concat(xs: readonly Tensor[], axis = 0): Tensor {
  if (xs.length === 0) throw new ShapeError("concat", "at least one tensor", 0);
  return concatOp(xs, checkAxis("concat", axis, xs[0]!.shape.length))[0]!;
}

/** Tensors of one shape along a new axis. @throws ShapeError unless the shapes agree; for no tensors */
export function stack(xs: readonly Tensor[], axis = 0): Tensor {
  if (xs.length === 0) throw new ShapeError("stack", "at least one tensor", 0);
  const k = checkAxis("stack", axis, xs[0]!.shape.length + 1);
  for (const x of xs)
    if (!sameShape(x.shape, xs[0]!.shape)) throw new ShapeError("stack", showShape(xs[0]!.shape), showShape(x.shape));
  return concat(
    xs.map((x) => reshape(x, x.shape.toSpliced(k, 0, 1))),
    k,
  );
}

/** The primitives, for backends. */
export const slicePrimitive: Primitive<Window> = sliceOp.primitive;
export const padPrimitive: Primitive<{ window: Window; into: Shape; value: number }> = placeOp.primitive;
export const concatPrimitive: Primitive<number> = concatOp.primitive;
