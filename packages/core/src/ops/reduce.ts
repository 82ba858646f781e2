/** @file Reductions other than the sum: each brings its axes to the end and folds the rows. */

import { allocate, dtypeOf, elements, type NdArray, wrap } from "../array.ts";
import { ShapeError } from "../errors.ts";
import { definePrimitive, type Primitive } from "../primitive.ts";
import { sizeOf } from "../shape.ts";
import type { Spec, Tensor } from "../tensor.ts";
import { div, equal, exp, mul, sub } from "./arithmetic.ts";
import { broadcastTo, type ReduceOptions, type Reduction, sum } from "./broadcast.ts";
import { cast } from "./cast.ts";
import { checkAxes, checkAxis, checkDTypes, reducedShape } from "./check.ts";
import { reshape } from "./reshape.ts";

/** A reduction of one tensor, and the primitive behind it. */
export interface ReduceOp {
  (x: Tensor, options?: ReduceOptions): Tensor;
  readonly primitive: Primitive<Reduction>;
}

/** `fold(data, start, end)` for each slice over the axes, as an array of `dtype`. */
function foldRows(
  x: NdArray,
  { axes, keepdims }: Reduction,
  dtype: Spec["dtype"],
  fold: (data: ArrayLike<number>, start: number, end: number) => number,
): NdArray {
  const rest = x.shape.map((_, k) => k).filter((k) => !axes.includes(k));
  const rows = elements(x.transpose(...rest, ...axes));
  const shape = reducedShape(x.shape, axes, keepdims);
  const out = allocate(dtype, sizeOf(shape));
  const width = sizeOf(axes.map((k) => x.shape[k]!));
  for (let r = 0; r < out.length; r++) out[r] = fold(rows, r * width, (r + 1) * width);
  return wrap(out, shape);
}

/** Σ x / count over the axes. @example mean(x, { axis: 0 }) */
export function mean(x: Tensor, options: ReduceOptions = {}): Tensor {
  const axes = checkAxes("mean", options.axis, x.shape.length);
  return div(sum(x, { ...options, axis: axes }), sizeOf(axes.map((k) => x.shape[k]!)));
}

function reduction(name: string, dtypes: readonly Spec["dtype"][], x: Spec, { axes, keepdims }: Reduction): Spec {
  if (sizeOf(x.shape) === 0 && axes.some((k) => x.shape[k] === 0))
    throw new ShapeError(name, "at least one element to reduce", "none");
  return { shape: reducedShape(x.shape, axes, keepdims), dtype: checkDTypes(name, [x], dtypes) };
}

const extremum = (name: string, better: (a: number, b: number) => boolean): ReduceOp => {
  const call = definePrimitive<Reduction>({
    name,
    infer: ([x], options) => [reduction(name, ["float32", "float64", "int32"], x!, options)],
    forward: ([x], options) => [
      foldRows(x!, options, dtypeOf(x!), (v, start, end) => {
        let best = v[start]!;
        for (let i = start + 1; i < end; i++) if (better(v[i]!, best) || Number.isNaN(v[i]!)) best = v[i]!;
        return best;
      }),
    ],
    vjp: ([ct], { inputs: [x], outputs: [y], options: { axes } }) => {
      const kept = reducedShape(x!.shape, axes, true); // ties share the cotangent evenly
      const ties = cast(equal(x!, reshape(y!, kept)), x!.dtype);
      return [mul(ties, div(reshape(ct!, kept), sum(ties, { axis: axes, keepdims: true })))];
    },
  });
  const apply = (x: Tensor, { axis, keepdims = false }: ReduceOptions = {}): Tensor =>
    call([x], { axes: checkAxes(name, axis, x.shape.length), keepdims })[0]!;
  return Object.assign(apply, { primitive: call.primitive });
};

/** Largest element over the axes; NaN wins; equal ones share the cotangent. */
export const max: ReduceOp = extremum("max", (a, b) => a > b);

/** Smallest element over the axes; NaN wins; equal ones share the cotangent. */
export const min: ReduceOp = extremum("min", (a, b) => a < b);

const argmaxOp = definePrimitive<Reduction>({
  name: "argmax",
  infer: ([x], options) => [{ ...reduction("argmax", ["float32", "float64", "int32"], x!, options), dtype: "int32" }],
  forward: ([x], options) => [
    foldRows(x!, options, "int32", (v, start, end) => {
      let best = start;
      for (let i = start + 1; i < end; i++)
        if (v[i]! > v[best]! || (Number.isNaN(v[i]!) && !Number.isNaN(v[best]!))) best = i;
      return best - start;
    }),
  ],
  vjp: () => [null],
});

/** Where the largest element along an axis is (the first of equal ones), as int32. */
export function argmax(x: Tensor, { axis = -1, keepdims = false }: { axis?: number; keepdims?: boolean } = {}): Tensor {
  return argmaxOp([x], { axes: [checkAxis("argmax", axis, x.shape.length)], keepdims })[0]!;
}

const logsumexpOp = definePrimitive<Reduction>({
  name: "logsumexp",
  infer: ([x], options) => [reduction("logsumexp", ["float32", "float64"], x!, options)],
  forward: ([x], options) => [
    foldRows(x!, options, dtypeOf(x!), (v, start, end) => {
      let top = v[start]!;
      for (let i = start + 1; i < end; i++) if (v[i]! > top) top = v[i]!;
      if (!Number.isFinite(top)) return top;
      let total = 0;
      for (let i = start; i < end; i++) total += Math.exp(v[i]! - top);
      return top + Math.log(total);
    }),
  ],
  vjp: ([ct], { inputs: [x], outputs: [y], options: { axes } }) => {
    const kept = reducedShape(x!.shape, axes, true);
    const softmax = exp(sub(x!, reshape(y!, kept)));
    return [mul(broadcastTo(reshape(ct!, kept), x!.shape), softmax)];
  },
});

/** ln Σ eˣ over the axes, shifted by the largest element so that nothing overflows. */
export function logsumexp(x: Tensor, { axis, keepdims = false }: ReduceOptions = {}): Tensor {
  return logsumexpOp([x], { axes: checkAxes("logsumexp", axis, x.shape.length), keepdims })[0]!;
}

/** The primitives, for backends. */
export const argmaxPrimitive: Primitive<Reduction> = argmaxOp.primitive;
export const logsumexpPrimitive: Primitive<Reduction> = logsumexpOp.primitive;
