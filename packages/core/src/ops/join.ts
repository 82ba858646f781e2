/** @file Concatenation and its transpose, splitting. */
import { copyInto, dtypeOf, type NdArray, zerosArray } from "../array.ts";
import { ShapeError } from "../errors.ts";
import { definePrimitive, type Op } from "../primitive.ts";
import { showValue } from "../prints-as.ts";
import { type Shape, sameShape, showShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { checkAxis } from "./axes.ts";
import { frontAxis } from "./broadcast.ts";
import { allDTypes, checkDTypes, checkList, checkTensors, inNameOf, shapeOf } from "./check.ts";
import { zeros } from "./create.ts";
import { expandDims } from "./reshape.ts";
import { windowOf } from "./slice.ts";

const total = (sizes: Shape): number => sizes.reduce((sum, n) => sum + n, 0);

/** The shape of tensors that are joined along an axis. */
function joined(xs: readonly { readonly shape: Shape }[], axis: number): Shape {
  const first = xs[0]!.shape;
  const odd = xs.find(({ shape }) => !sameShape(shape.with(axis, 0), first.with(axis, 0)));
  if (odd === undefined) return first.with(axis, total(sizesOf(xs, axis)));
  throw new ShapeError("concat", `shapes like ${showShape(first)} but for axis ${axis}`, odd.shape);
}

/** The views of an array cut along an axis into parts of these sizes. */
function partsOf(x: NdArray, axis: number, sizes: Shape): NdArray[] {
  const step = x.shape.map(() => 1);
  let at = 0;
  return sizes.map((n) => {
    const start = x.shape.map((_, k) => (k === axis ? at : 0));
    at += n;
    return windowOf(x, { shape: x.shape.slice().with(axis, n), start, step });
  });
}

const sizesOf = (xs: readonly { readonly shape: Shape }[], axis: number): number[] =>
  xs.map(({ shape }) => shape[axis]!);

/**
 * The primitive of {@link concat}: [..., nᵢ, ...] each → [..., Σ nᵢ, ...]; its option is the axis.
 * @example concatOp([ones([1]), zeros([2])], 0); // [1, 0, 0]
 */
export const concatOp: Op<[first: 1, ...rest: 1[]], [y: 1], number> = definePrimitive({
  name: "concat",
  infer: (xs, axis) => [{ shape: joined(xs, axis), dtype: checkDTypes("concat", xs, allDTypes) }],
  forward: (xs, axis) => {
    const out = zerosArray(dtypeOf(xs[0]), joined(xs, axis));
    const parts = partsOf(out, axis, sizesOf(xs, axis));
    for (const [i, part] of parts.entries()) copyInto(part, xs[i] ?? part); // there is one for each
    return [out];
  },
  vjp: ([ct], { inputs, options: axis }) => {
    const sizes = sizesOf(inputs, axis);
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
  if (odd) throw new ShapeError("stack", `tensors of shape ${showShape(first)}`, odd.shape);
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
  forward: ([x], { axis, sizes }) => partsOf(x, axis, sizes),
  vjp: (cts, { outputs, options: { axis } }) => {
    const ofPart = ({ shape, dtype, backend }: Tensor, i: number) =>
      cts[i] ?? zeros(shape, { dtype, backend });
    return [concat(outputs.map(ofPart), axis)];
  },
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
  // an empty axis has equal parts of any number, but not without end
  const equal = typeof sizes === "number" && sizes >= 0 && sizes <= Math.max(n, 1e6);
  const parts = equal ? Array.from({ length: sizes }, () => n / sizes) : sizes;
  const whole = (size: number) => Number.isSafeInteger(size) && size >= 0;
  if (!Array.isArray(parts) || !parts.every(whole) || total(parts) !== n)
    throw new ShapeError("split", `sizes that make up ${n}`, showValue(parts));
  return parts.length === 1 ? [x] : [...splitOp([x], { axis: k, sizes: parts })];
}
