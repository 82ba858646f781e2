/** @file Reductions other than the sum, and the cumulative sum. */
import { dtypeOf } from "../array.ts";
import { definePrimitive, type Op } from "../primitive.ts";
import { type Shape, sizeOf } from "../shape.ts";
import { withoutTapes } from "../tape.ts";
import type { Tensor } from "../tensor.ts";
import { div, exp, mul, square, sub } from "./arithmetic.ts";
import {
  type Axes,
  checkAxis,
  isAxes,
  type ReduceOptions,
  type Reduction,
  reducedShape,
  reductionOf,
} from "./axes.ts";
import { frontAxis, sumOp } from "./broadcast.ts";
import { cast, copyArray } from "./cast.ts";
import { checkDTypes, floatingDTypes, inNameOf, numericDTypes, shapeOf } from "./check.ts";
import { equal, logicalNot, notEqual, where } from "./logic.ts";
import { mapRows } from "./loops.ts";
import type { OptionNames } from "./options.ts";
import { bestOf, type ReduceOp, reduction } from "./reduction.ts";
import { reshape, transpose } from "./reshape.ts";
import { flip, pad, slice } from "./slice.ts";

const extremum = (name: string, better: (a: number, b: number) => boolean): ReduceOp =>
  reduction({
    name,
    dtypes: numericDTypes,
    fold: (v, start, end) => v[bestOf(better, v, start, end)]!,
    vjp: (ct, x, y, axes) => {
      const ties = cast(equal(x, y), x.dtype); // equal ones share the cotangent evenly
      return mul(ties, div(ct, sumOp([ties], { axes, keepdims: true })[0]));
    },
  });

/**
 * The largest element over axes. NaN wins; equal ones share the cotangent.
 * @param x - [...]
 * @param options - an axis, several, or an object (default: all axes)
 * @returns [...] without the axes, or with size 1 there (`keepdims`)
 * @throws ShapeError for no elements, or an axis out of range or given twice; DTypeError for bool
 * @example max(tensor([[1, 5], [7, 2]]), 0); // [7, 5]
 */
export const max: ReduceOp = extremum("max", (a, b) => a > b);

/**
 * The smallest element over axes. NaN wins; equal ones share the cotangent.
 * @param x - [...]
 * @param options - an axis, several, or an object (default: all axes)
 * @returns [...] without the axes, or with size 1 there (`keepdims`)
 * @throws ShapeError for no elements, or an axis out of range or given twice; DTypeError for bool
 * @example min(tensor([[1, 5], [7, 2]]), 0); // [1, 2]
 */
export const min: ReduceOp = extremum("min", (a, b) => a < b);

/**
 * ln Σ eˣ over axes, shifted by the largest element so that nothing overflows; −∞ for no elements.
 * @param x - [...]
 * @param options - an axis, several, or an object (default: all axes)
 * @returns [...] without the axes, or with size 1 there (`keepdims`)
 * @throws ShapeError for an axis out of range or given twice; DTypeError unless x is floating
 * @example logsumexp(tensor([1000, 1000])); // 1000.6931
 */
export const logsumexp: ReduceOp = reduction({
  name: "logsumexp",
  dtypes: floatingDTypes,
  empty: -Infinity,
  fold: (v, start, end) => {
    const top = v[bestOf((a, b) => a > b, v, start, end)]!;
    if (!Number.isFinite(top)) return top;
    let total = 0;
    for (let i = start; i < end; i++) total += Math.exp(v[i]! - top);
    return top + Math.log(total);
  },
  vjp: (ct, x, y, axes) => {
    const none = equal(y, -Infinity); // where all are −∞, all shares are 0 instead of NaN
    return mul(ct, where(none, 0, exp(logShares(where(none, 0, x), axes))));
  },
});

/** x less what is a constant to a derivative, since what follows doesn't depend on the shift. */
const shifted = (x: Tensor, by: () => Tensor): Tensor => sub(x, withoutTapes(by));

/**
 * x − ln Σ eˣ over axes: ln of the shares that the elements' exponentials have in their sum. The
 * largest is subtracted first and ln Σ apart from it, since their sum would round to the digits of
 * the larger one.
 * @param x - [...], floating
 * @returns [...]
 * @example logShares(tensor([1e9, 1e9]), [0]); // [-0.6931, -0.6931]
 */
export function logShares(x: Tensor, axes: Shape): Tensor {
  const over = { axis: axes, keepdims: true };
  const centred = shifted(x, () => max(x, over));
  return sub(centred, logsumexp(centred, over));
}

/** The number of elements of x that make one element of a reduction. */
const countOf = ({ shape }: Tensor, { axes }: Reduction): number =>
  sizeOf(axes.map((k) => shape[k]!));

const sumOver = (x: Tensor, over: Reduction): Tensor => sumOp([x], over)[0];

const meanOver = (x: Tensor, over: Reduction): Tensor => div(sumOver(x, over), countOf(x, over));

/**
 * The mean over axes, Σ x / count; NaN for no elements.
 * @param x - [...]
 * @param options - an axis, several, or an object (default: all axes)
 * @returns [...] without the axes, or with size 1 there (`keepdims`)
 * @throws ShapeError for an axis out of range or given twice; DTypeError unless x is floating
 * @example mean(tensor([[1, 2], [3, 4]]), 0); // [2, 3]
 */
export const mean = (x: Tensor, options?: Axes | ReduceOptions): Tensor =>
  inNameOf("mean", () => meanOver(x, reductionOf("mean", x, options)));

/** {@link ReduceOptions}, and the correction of {@link variance} and {@link std}. */
export interface VarianceOptions extends ReduceOptions {
  /**
   * The number subtracted from the count: 1 makes it unbiased, 0 the mean squared deviation.
   * @defaultValue 1
   */
  readonly correction?: number;
}
const varianceNames: OptionNames<VarianceOptions> = {
  axis: true,
  keepdims: "boolean",
  correction: true,
};

/** x less its mean, and the count less the correction: the parts of a variance. */
function deviations(
  op: string,
  x: Tensor,
  options?: Axes | VarianceOptions,
): { centred: Tensor; over: Reduction; count: number } {
  const over = reductionOf(op, x, options, varianceNames);
  const { correction = 1 }: VarianceOptions = isAxes(options) ? {} : (options ?? {});
  const kept = { ...over, keepdims: true };
  // The rounded mean is near enough for differences without rounding; theirs is what it is off.
  const near = shifted(x, () => meanOver(x, kept));
  const count = Math.max(0, countOf(x, over) - correction);
  return { centred: sub(near, meanOver(near, kept)), over, count };
}

/**
 * The variance over axes, Σ (x − mean)² / (count − correction).
 * @param x - [...]
 * @param options - an axis, several, or an object (default: all axes)
 * @returns [...] without the axes, or with size 1 there (`keepdims`)
 * @throws ShapeError for an axis out of range or given twice; DTypeError unless x is floating
 * @example variance(tensor([1, 2, 3])); // 1
 */
export function variance(x: Tensor, options?: Axes | VarianceOptions): Tensor {
  const { centred, over, count } = inNameOf("variance", () => deviations("variance", x, options));
  return div(sumOver(square(centred), over), count);
}

/**
 * The standard deviation over axes, √variance; its derivative is 0 where it is 0.
 * @param x - [...]
 * @param options - an axis, several, or an object (default: all axes)
 * @returns [...] without the axes, or with size 1 there (`keepdims`)
 * @throws ShapeError for an axis out of range or given twice; DTypeError unless x is floating
 * @example std(tensor([[1, 3], [5, 5]]), { axis: 1, correction: 0 }); // [1, 0]
 */
export function std(x: Tensor, options?: Axes | VarianceOptions): Tensor {
  const { centred, over, count } = inNameOf("std", () => deviations("std", x, options));
  return div(norm(centred, { axis: over.axes, keepdims: over.keepdims }), Math.sqrt(count));
}

/**
 * The Euclidean norm over axes, √Σ x², whose squares may be out of range; its derivative at the
 * origin is 0.
 * @param x - [...]
 * @param options - an axis, several, or an object (default: all axes)
 * @returns [...] without the axes, or with size 1 there (`keepdims`); 0 for no elements
 * @throws ShapeError for an axis out of range or given twice; DTypeError unless x is floating
 * @example norm(tensor([[3, 4], [0, 0]]), 1); // [5, 0]
 */
export const norm: ReduceOp = reduction({
  name: "norm",
  dtypes: floatingDTypes,
  empty: 0,
  fold: (v, start, end) => {
    let top = 0;
    for (let i = start; i < end; i++) top = Math.max(top, Math.abs(v[i]!));
    if (!(top > 0 && top < Infinity)) return top;
    let squares = 0;
    for (let i = start; i < end; i++) squares += (v[i]! / top) ** 2;
    return top * Math.sqrt(squares);
  },
  vjp: (ct, x, y) => mul(ct, div(x, where(equal(y, 0), 1, y))),
});

/**
 * The product over axes, Π x; 1 for no elements. Padded with ones to a power of two, halves are
 * multiplied with each other until one is left, so that the derivative is right at zeros, too.
 * @param x - [...]
 * @param options - an axis, several, or an object (default: all axes)
 * @returns [...] without the axes, or with size 1 there (`keepdims`)
 * @throws ShapeError for an axis out of range or given twice; DTypeError for bool
 * @example prod(tensor([[1, 2], [3, 4]]), 1); // [2, 12]
 */
export function prod(x: Tensor, options?: Axes | ReduceOptions): Tensor {
  const over = reductionOf("prod", x, options);
  const { axes, keepdims } = over;
  checkDTypes("prod", [x], numericDTypes);
  const rest = x.shape.map((_, k) => k).filter((k) => !axes.includes(k));
  const count = countOf(x, over);
  const size = 2 ** Math.ceil(Math.log2(Math.max(1, count)));
  const rows = sizeOf(reducedShape(x.shape, axes, false));
  const factors = reshape(transpose(x, [...rest, ...axes]), [rows, count]);
  let y = pad(factors, [0, 0], [0, size - count], { value: 1 });
  for (let half = size / 2; half >= 1; half /= 2)
    y = mul(slice(y, [{}, { stop: half }]), slice(y, [{}, { start: half }]));
  return reshape(y, reducedShape(x.shape, axes, keepdims));
}

const anyOver = (mask: Tensor, over: Reduction): Tensor =>
  notEqual(sumOver(cast(mask, "int32"), over), 0);

/**
 * Whether any element over axes is not 0; false for no elements.
 * @param x - [...]
 * @param options - an axis, several, or an object (default: all axes)
 * @returns bool [...] without the axes, or with size 1 there (`keepdims`)
 * @throws ShapeError for an axis out of range or given twice
 * @example any(tensor([[true, false], [false, false]]), 1); // [1, 0]
 */
export const any = (x: Tensor, options?: Axes | ReduceOptions): Tensor =>
  inNameOf("any", () => anyOver(notEqual(x, 0), reductionOf("any", x, options)));

/**
 * Whether no element over axes is 0; true for no elements.
 * @param x - [...]
 * @param options - an axis, several, or an object (default: all axes)
 * @returns bool [...] without the axes, or with size 1 there (`keepdims`)
 * @throws ShapeError for an axis out of range or given twice
 * @example all(tensor([[true, true], [true, false]]), 1); // [1, 0]
 */
export const all = (x: Tensor, options?: Axes | ReduceOptions): Tensor =>
  inNameOf("all", () => logicalNot(anyOver(equal(x, 0), reductionOf("all", x, options))));

/**
 * The primitive of {@link cumsum}: [...] → [...]; its option is the axis.
 * @example cumsumOp([tensor([1, 2, 3])], 0); // [1, 3, 6]
 */
export const cumsumOp: Op<[x: 1], [y: 1], number> = definePrimitive({
  name: "cumsum",
  infer: ([x]) => [{ shape: x.shape, dtype: checkDTypes("cumsum", [x], numericDTypes) }],
  forward: ([x], axis) => {
    const sums = mapRows(x, axis, "float64", (row, out) => {
      let total = 0;
      for (let i = 0; i < row.length; i++) out[i] = total += row[i]!;
    });
    return [copyArray(sums, dtypeOf(x), "cumsum")];
  },
  vjp: ([ct], { options: axis }) => [flip(cumsum(flip(ct, axis), axis), axis)],
  batch: frontAxis((axis) => axis + 1),
});

/**
 * The cumulative sum along an axis, yᵢ = Σⱼ≤ᵢ xⱼ, accumulated in float64.
 * @param x - [...]
 * @returns [...]
 * @throws ShapeError for an axis out of range; DTypeError for bool
 * @example cumsum(tensor([1, 2, 3]), 0); // [1, 3, 6]
 */
export const cumsum = (x: Tensor, axis: number): Tensor =>
  cumsumOp([x], checkAxis("cumsum", axis, shapeOf("cumsum", x).length))[0];
