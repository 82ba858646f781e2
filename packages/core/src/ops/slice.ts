/** @file Slicing and its transpose, padding. */
import { copyInto, dtypeOf, type NdArray, wrap, zerosArray } from "../array.ts";
import { ShapeError } from "../errors.ts";
import { definePrimitive, type Op } from "../primitive.ts";
import { type Shape, sameShape, showShape, sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { type Axes, checkAxes } from "./axes.ts";
import { frontAxis } from "./broadcast.ts";
import { checkList, checkShape, shapeOf } from "./check.ts";
import { checkNumber } from "./create.ts";
import { checkOptions, type OptionNames } from "./options.ts";
import { resolveRange, type SliceRange } from "./range.ts";

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
const ofBatch = ({ shape, start, step }: Window, size: number): Window => ({
  shape: [size, ...shape],
  start: [0, ...start],
  step: [1, ...step],
});

/** The view of an array through a window. */
export function windowOf(x: NdArray, { shape, start, step }: Window): NdArray {
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
  batch: frontAxis(ofBatch),
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
  batch: frontAxis(({ into, value, ...window }, size) => {
    return { ...ofBatch(window, size), into: [size, ...into], value };
  }),
});

/**
 * A part of a tensor, with Python's rules for the range of each axis: a view, at no cost.
 * @param x - [...]
 * @param ranges - one for each leading axis; `{}` or undefined is the whole axis
 * @returns [...], as many axes as x
 * @throws ShapeError for more ranges than axes; ValueError for a step of 0 or a position that is no
 * integer; OptionError for a range with an unknown key
 * @example slice(tensor([[1, 2], [3, 4]]), [{ start: 1 }, { step: -1 }]); // [[4, 3]]
 */
export function slice(x: Tensor, ranges: readonly (SliceRange | undefined)[]): Tensor {
  shapeOf("slice", x);
  if (checkList("slice", ranges, "ranges, one for each axis").length > x.shape.length) {
    const expected = `at most ${x.shape.length} ranges for ${showShape(x.shape)}`;
    throw new ShapeError("slice", expected, ranges.length);
  }
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
 * The tensor in reverse order along an axis, or several: a view, at no cost.
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
  const [lower, upper] = [checkShape("pad", before).length, checkShape("pad", after).length];
  if (lower !== shape.length || upper !== shape.length)
    throw new ShapeError("pad", `${shape.length} sizes before and after`, `${lower} and ${upper}`);
  const into = shape.map((n, k) => before[k]! + n + after[k]!);
  checkNumber("pad", value, x.dtype);
  if (sameShape(checkShape("pad", into), shape)) return x;
  return padOp([x], { shape, start: before, step: shape.map(() => 1), into, value })[0];
}
