/** @file Slicing and its transpose, padding; concatenation and its transpose, splitting. */
import { copyInto, dtypeOf, type NdArray, wrap, zerosArray } from "../array.ts";
import { ShapeError, ValueError } from "../errors.ts";
import { definePrimitive, type Op } from "../primitive.ts";
import { showValue } from "../prints-as.ts";
import { type Shape, sameShape, showShape, sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { type Axes, checkAxes, checkAxis } from "./axes.ts";
import { frontAxis } from "./broadcast.ts";
import {
  allDTypes,
  checkDTypes,
  checkList,
  checkShape,
  checkTensors,
  inNameOf,
  shapeOf,
} from "./check.ts";
import { checkNumber, zeros } from "./create.ts";
import { checkOptions, type OptionNames } from "./options.ts";
import { resolveRange, type SliceRange } from "./range.ts";
import { expandDims } from "./reshape.ts";

/** The elements of a slice: `y[i] = x[start + i·step]` along every axis. */
export interface Window {
  readonly shape: Shape;
  readonly start: Shape;
  readonly step: Shape;
}

/** A window of a larger array, and the value of the elements outside of it. */
export interface Padding extends Window {
  readonly into: Shape;
  readonly value: number;
}

/** A window of each sample. */
const wholeBatch = ({ shape, start, step }: Window, size: number): Window => ({
  shape: [size, ...shape],
  start: [0, ...start],
  step: [1, ...step],
});

/** The view of an array through a window. */
function windowOf(x: NdArray, { shape, start, step }: Window): NdArray {
  const stride = x.stride.map((d, k) => d * step[k]!);
  const offset = start.reduce((at, s, k) => at + s * x.stride[k]!, x.offset);
  return wrap(x.data, shape, stride, sizeOf(shape) === 0 ? x.offset : offset);
}

/**
 * The primitive of {@link slice}: [...] → [...].
 * @example sliceOp([tensor([5, 6, 7])], { shape: [2], start: [0], step: [2] }); // [5, 7]
 */
export const sliceOp: Op<[x: 1], [y: 1], Window> = definePrimitive({
  name: "slice",
  infer: ([x], { shape }) => [{ shape, dtype: x.dtype }],
  forward: ([x], window) => [windowOf(x, window)],
  vjp: ([ct], { inputs: [x], options: window }) =>
    padOp([ct], { ...window, into: x.shape, value: 0 }),
  batch: frontAxis(wholeBatch),
});

/**
 * The primitive of {@link pad}: [...] → [...]. The transpose of any slice, so that it may also
 * leave gaps between the elements and reverse them.
 * @example
 * const window = { shape: [2], start: [0], step: [2] };
 * padOp([ones([2])], { ...window, into: [3], value: 0 }); // [1, 0, 1]
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
  batch: frontAxis((padding, size) => ({
    ...wholeBatch(padding, size),
    into: [size, ...padding.into],
    value: padding.value,
  })),
});

/**
 * A part of a tensor, with Python's rules for the range of each axis: a view, free.
 * @param x - [...]
 * @param ranges - one for each leading axis; `{}` or undefined is the whole axis
 * @returns [...], as many axes as x
 * @throws ShapeError for more ranges than axes; ValueError for a step of 0 or a position that is no
 * integer; OptionError for a range with an unknown key
 * @example slice(tensor([[1, 2], [3, 4]]), [{ start: 1 }, { step: -1 }]); // [[4, 3]]
 */
export function slice(x: Tensor, ranges: readonly (SliceRange | undefined)[]): Tensor {
  shapeOf("slice", x);
  if (!Array.isArray(ranges)) {
    const help = "slice(x, [{ start: 0, stop: 1 }])";
    throw new ValueError("slice", "an array with a range for each axis", ranges, help);
  }
  if (ranges.length > x.shape.length)
    throw new ShapeError(
      "slice",
      `at most ${x.shape.length} ranges for ${showShape(x.shape)}`,
      ranges.length,
    );
  const axes = x.shape.map((n, k) => resolveRange("slice", ranges[k] ?? {}, n));
  const window = {
    shape: axes.map((a) => a.length),
    start: axes.map((a) => a.start),
    step: axes.map((a) => a.step),
  };
  if (sameShape(window.shape, x.shape) && window.step.every((s) => s === 1)) return x;
  return sliceOp([x], window)[0];
}

/**
 * The tensor in reverse order along an axis, or several: a view, free.
 * @param x - [...]
 * @returns [...]
 * @throws ShapeError for an axis out of range or given twice
 * @example flip(tensor([1, 2, 3]), 0); // [3, 2, 1]
 */
export function flip(x: Tensor, axis: Axes): Tensor {
  const axes = checkAxes("flip", axis, shapeOf("flip", x).length);
  const ranges = x.shape.map((_, k) => (axes.includes(k) ? { step: -1 } : undefined));
  return slice(x, ranges);
}

/** Options of {@link pad}. */
export interface PadOptions {
  /**
   * The new elements.
   * @defaultValue 0
   */
  readonly value?: number;
}
const padNames: OptionNames<PadOptions> = { value: true };

/**
 * The tensor with new elements around it: `before[k]` and `after[k]` of them along axis k.
 * @param x - [...]
 * @returns [...], larger by before + after
 * @throws ShapeError unless both have one non-negative integer an axis; ValueError for a value that
 * the dtype can't hold
 * @example pad(tensor([[1], [2]]), [0, 1], [0, 1]); // [[0, 1, 0], [0, 2, 0]]
 */
export function pad(x: Tensor, before: Shape, after: Shape, options: PadOptions = {}): Tensor {
  checkOptions("pad", options, padNames);
  const { value = 0 } = options;
  const shape = shapeOf("pad", x);
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
  checkNumber("pad", value, x.dtype);
  return sameShape(checkShape("pad", into), shape)
    ? x
    : padOp([x], { shape, start: before, step, into, value })[0];
}

const total = (sizes: Shape): number => sizes.reduce((sum, n) => sum + n, 0);

/** The shape of tensors that are joined along an axis. */
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

/**
 * The primitive of {@link concat}: [..., nᵢ, ...] each → [..., Σ nᵢ, ...]; its option is the axis.
 * @example concatOp([ones([1]), zeros([2])], 0); // [1, 0, 0]
 */
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
  batch: frontAxis((axis) => axis + 1),
});

/**
 * Tensors one after another along an axis.
 * @param xs - [..., nᵢ, ...] each
 * @param axis - that of nᵢ (default 0)
 * @returns [..., Σ nᵢ, ...]
 * @throws ShapeError unless the other axes agree, and for no tensors; DTypeError unless the dtypes
 * agree
 * @example concat([tensor([1, 2]), tensor([3])]); // [1, 2, 3]
 */
export function concat(xs: readonly Tensor[], axis = 0): Tensor {
  checkTensors("concat", ...checkList("concat", xs, "tensors"));
  const [first, ...rest] = xs;
  if (first === undefined) throw new ShapeError("concat", "at least one tensor", 0);
  return concatOp([first, ...rest], checkAxis("concat", axis, first.shape.length))[0];
}

/**
 * Tensors of one shape along a new axis.
 * @param xs - [...] each
 * @param axis - its place in the result (default 0); a negative one counts from the back
 * @returns [..., count, ...]
 * @throws ShapeError unless the shapes agree, and for no tensors; DTypeError unless the dtypes
 * agree
 * @example stack([tensor([1, 2]), tensor([3, 4])], 1); // [[1, 3], [2, 4]]
 */
export function stack(xs: readonly Tensor[], axis = 0): Tensor {
  checkTensors("stack", ...checkList("stack", xs, "tensors"));
  const first = xs[0]?.shape ?? [];
  const odd = xs.find(({ shape }) => !sameShape(shape, first));
  if (odd !== undefined)
    throw new ShapeError("stack", `tensors of shape ${showShape(first)}`, showShape(odd.shape));
  const at = checkAxis("stack", axis, first.length + 1);
  const rows = xs.map((x) => expandDims(x, at));
  return inNameOf("stack", () => concat(rows, at));
}

/** The sizes of the parts of a tensor along an axis. */
export interface Cut {
  readonly axis: number;
  readonly sizes: Shape;
}

/**
 * The primitive of {@link split}: [..., Σ nᵢ, ...] → [..., nᵢ, ...] each. It is one op for all
 * parts, so that their cotangents are joined once.
 * @example splitOp([tensor([1, 2, 3])], { axis: 0, sizes: [2, 1] }).length; // 2
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
      outputs.map(
        (part, i) => cts[i] ?? zeros(part.shape, { dtype: part.dtype, backend: part.backend }),
      ),
      axis,
    ),
  ],
  batch: frontAxis(({ axis, sizes }) => ({ axis: axis + 1, sizes })),
});

/**
 * The tensor cut along an axis into parts of given sizes, or into a number of equal ones: views,
 * free.
 * @param x - [..., n, ...]
 * @param sizes - of each part, or their number
 * @param axis - that of n (default 0)
 * @returns [..., size, ...] each
 * @throws ShapeError unless the sizes add up to n
 * @example split(tensor([1, 2, 3]), [2, 1])[0]; // [1, 2]
 * @example const [r, z, n] = split(gates, 3, -1);
 */
export function split(x: Tensor, sizes: Shape | number, axis = 0): Tensor[] {
  const k = checkAxis("split", axis, shapeOf("split", x).length);
  const n = x.shape[k]!;
  const many = typeof sizes === "number" && sizes <= n;
  const parts = many ? Array.from({ length: sizes }, () => n / sizes) : sizes;
  if (
    !Array.isArray(parts) ||
    !parts.every((size) => Number.isSafeInteger(size) && size >= 0) ||
    total(parts) !== n
  )
    throw new ShapeError("split", `sizes that make up ${n}`, showValue(parts));
  return parts.length === 1 ? [x] : [...splitOp([x], { axis: k, sizes: parts })];
}
