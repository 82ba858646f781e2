/** @file Reductions other than the sum, and the running sum. */
import { type DType, dtypeOf } from "../array.ts";
import { ShapeError } from "../errors.ts";
import { definePrimitive, type Op, type Primitive } from "../primitive.ts";
import { type Shape, sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { div, exp, mul, sqrt, square, sub } from "./arithmetic.ts";
import { type ReduceOptions, type Reduction, sum } from "./broadcast.ts";
import { cast, copyArray } from "./cast.ts";
import {
  checkAxes,
  checkAxis,
  checkDTypes,
  floatingDTypes,
  numericDTypes,
  reducedShape,
} from "./check.ts";
import { equal, notEqual, where } from "./logic.ts";
import { foldRows, mapRows } from "./loops.ts";
import { reshape, reshapeArray, transpose } from "./reshape.ts";
import { flip, pad, slice } from "./slice.ts";

/** A reduction, and the primitive behind it. */
export interface ReduceOp {
  (x: Tensor, options?: ReduceOptions): Tensor;
  readonly primitive: Primitive<[x: 1], [y: 1], Reduction>;
}

/** A reduction by a primitive that folds rows; of nothing it has no value. */
export function reduction(op: {
  readonly name: string;
  readonly dtypes: readonly DType[];
  /** dtype of the result; x's unless said. */
  readonly result?: DType;
  readonly fold: (data: ArrayLike<number>, start: number, end: number) => number;
  /** x̄ from the cotangent and the result, both with their axes kept as 1. */
  readonly vjp?: (ct: Tensor, x: Tensor, y: Tensor, axes: Shape) => Tensor;
}): ReduceOp {
  const { name } = op;
  const call = definePrimitive<[x: 1], [y: 1], Reduction>({
    name,
    infer: ([x], { axes, keepdims }) => {
      if (axes.some((k) => x.shape[k] === 0))
        throw new ShapeError(name, "at least one element to reduce", "none");
      const dtype = checkDTypes(name, [x], op.dtypes);
      return [{ shape: reducedShape(x.shape, axes, keepdims), dtype: op.result ?? dtype }];
    },
    forward: ([x], { axes, keepdims }) => {
      const kept = foldRows(x, axes, op.result ?? dtypeOf(x), op.fold);
      return [reshapeArray(kept, reducedShape(x.shape, axes, keepdims))];
    },
    vjp: ([ct], { inputs: [x], outputs: [y], options: { axes } }) => {
      const kept = reducedShape(x.shape, axes, true);
      return [op.vjp?.(reshape(ct, kept), x, reshape(y, kept), axes) ?? null];
    },
  });
  const apply = (x: Tensor, { axis, keepdims = false }: ReduceOptions = {}): Tensor =>
    call([x], { axes: checkAxes(name, axis, x.shape.length), keepdims })[0];
  return Object.assign(apply, { primitive: call.primitive });
}

const extremum = (name: string, better: (a: number, b: number) => boolean): ReduceOp =>
  reduction({
    name,
    dtypes: numericDTypes,
    fold: (v, start, end) => {
      let best = v[start]!;
      for (let i = start + 1; i < end; i++)
        if (better(v[i]!, best) || Number.isNaN(v[i]!)) best = v[i]!;
      return best;
    },
    vjp: (ct, x, y, axis) => {
      const ties = cast(equal(x, y), x.dtype); // equal ones share the cotangent evenly
      return mul(ties, div(ct, sum(ties, { axis, keepdims: true })));
    },
  });

/**
 * Largest element over the axes; NaN wins; equal ones share the cotangent.
 * @throws ShapeError when there is none
 */
export const max: ReduceOp = extremum("max", (a, b) => a > b);

/**
 * Smallest element over the axes; NaN wins; equal ones share the cotangent.
 * @throws ShapeError when there is none
 */
export const min: ReduceOp = extremum("min", (a, b) => a < b);

/** ln Σ eˣ over the axes, shifted by the largest element so that nothing overflows. */
export const logsumexp: ReduceOp = reduction({
  name: "logsumexp",
  dtypes: floatingDTypes,
  fold: (v, start, end) => {
    let top = v[start]!;
    for (let i = start + 1; i < end; i++) if (v[i]! > top || Number.isNaN(v[i]!)) top = v[i]!;
    if (!Number.isFinite(top)) return top;
    let total = 0;
    for (let i = start; i < end; i++) total += Math.exp(v[i]! - top);
    return top + Math.log(total);
  },
  // all −∞: no share for anyone, instead of NaN
  vjp: (ct, x, y) => mul(ct, exp(sub(x, where(equal(y, -Infinity), 0, y)))),
});

/** Number of elements that one result over the axes is made of. */
const countOf = (x: Tensor, { axis }: ReduceOptions): number =>
  sizeOf(checkAxes("reduce", axis, x.shape.length).map((k) => x.shape[k]!));

/** Σ x / count over the axes; NaN for no elements. @example mean(x, { axis: 0 }) */
export const mean = (x: Tensor, options: ReduceOptions = {}): Tensor =>
  div(sum(x, options), countOf(x, options));

/**
 * Σ (x − mean)² / (count − correction) over the axes.
 * @param options - `correction`: 1 (unbiased) unless said, 0 for the mean square deviation
 */
export function variance(
  x: Tensor,
  options: ReduceOptions & { readonly correction?: number } = {},
): Tensor {
  const centred = sub(x, mean(x, { ...options, keepdims: true }));
  return div(
    sum(square(centred), options),
    Math.max(0, countOf(x, options) - (options.correction ?? 1)),
  );
}

/** √variance; the derivative is 0 where it is 0 */
export const std = (
  x: Tensor,
  options: ReduceOptions & { readonly correction?: number } = {},
): Tensor => root(variance(x, options));

/** √Σ x² over the axes; the derivative at the origin is 0 */
export const norm = (x: Tensor, options: ReduceOptions = {}): Tensor =>
  root(sum(square(x), options));

/** √x with derivative 0 at 0. */
function root(x: Tensor): Tensor {
  const zero = equal(x, 0);
  return where(zero, 0, sqrt(where(zero, 1, x)));
}

/**
 * Π x over the axes, 1 for no elements: halves are multiplied until one is left, so zeros need no
 * care.
 */
export function prod(x: Tensor, { axis, keepdims = false }: ReduceOptions = {}): Tensor {
  const axes = checkAxes("prod", axis, x.shape.length);
  checkDTypes("prod", [x], numericDTypes);
  const rest = x.shape.map((_, k) => k).filter((k) => !axes.includes(k));
  const count = countOf(x, { axis: axes });
  let y = reshape(transpose(x, [...rest, ...axes]), [sizeOf(rest.map((k) => x.shape[k]!)), count]);
  if (count === 0) y = pad(y, [0, 0], [0, 1], 1);
  for (let n = count; n > 1; n = Math.ceil(n / 2)) {
    const half = Math.ceil(n / 2);
    const second = slice(y, [{}, { start: half }]);
    y = mul(slice(y, [{}, { stop: half }]), n % 2 === 0 ? second : pad(second, [0, 0], [0, 1], 1));
  }
  return reshape(y, reducedShape(x.shape, axes, keepdims));
}

/** 1 where any element over the axes is not 0 */
export const any = (x: Tensor, options: ReduceOptions = {}): Tensor =>
  notEqual(sum(cast(notEqual(x, 0), "int32"), options), 0);

/** 1 where no element over the axes is 0 */
export const all = (x: Tensor, options: ReduceOptions = {}): Tensor =>
  equal(sum(cast(equal(x, 0), "int32"), options), 0);

/** The primitive of {@link cumsum}; its option is the axis. */
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
});

/** yᵢ = Σⱼ≤ᵢ xⱼ along an axis, accumulated in float64. */
export const cumsum = (x: Tensor, axis: number): Tensor =>
  cumsumOp([x], checkAxis("cumsum", axis, x.shape.length))[0];
