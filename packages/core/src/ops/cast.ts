/** @file Between dtypes, and into memory of one's own. */
import {
  copyInto,
  type DType,
  dtypeOf,
  elements,
  isFloating,
  type NdArray,
  zerosArray,
} from "../array.ts";
import { ValueError } from "../errors.ts";
import { definePrimitive, type Op } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";

/**
 * A row-major copy, cast to `dtype`: truncated towards zero for int32, `≠ 0` for bool.
 * @throws ValueError for a number that no 32-bit integer comes close to, in the name of `op`
 */
export function copyArray(array: NdArray, dtype: DType = dtypeOf(array), op = "cast"): NdArray {
  const out = zerosArray(dtype, array.shape);
  if (dtype === dtypeOf(array) || isFloating(dtype)) copyInto(out, array);
  else {
    const from = elements(array);
    const convert =
      dtype === "bool" ? (v: number) => Number(v !== 0) : (v: number) => toInt32(op, v);
    for (let i = 0; i < from.length; i++) out.data[i] = convert(from[i]!);
  }
  return out;
}

function toInt32(op: string, value: number): number {
  const whole = Math.trunc(value);
  if ((whole | 0) === whole) return whole;
  throw new ValueError(op, "numbers in [-2^31, 2^31) for int32", value);
}

/** The primitive of {@link cast} and {@link clone}; its option is the dtype. */
export const castOp: Op<[x: 1], [y: 1], DType> = definePrimitive({
  name: "cast",
  infer: ([x], dtype) => [{ shape: x.shape, dtype }],
  forward: ([x], dtype) => [copyArray(x, dtype)],
  vjp: ([ct], { inputs: [x] }) => [isFloating(x.dtype) ? cast(ct, x.dtype) : null],
});

/**
 * The tensor in another dtype: truncated towards zero for int32, `≠ 0` for bool. Differentiable
 * between floats.
 * @throws ValueError for a number that int32 can't hold
 * @example cast(tensor([1.7]), "int32"); // [1]
 */
export const cast = (x: Tensor, dtype: DType): Tensor =>
  x.dtype === dtype ? x : castOp([x], dtype)[0];

/**
 * The same numbers in memory of their own: what outlives an assigned parameter, and every view.
 * @example clone(weight)
 */
export const clone = (x: Tensor): Tensor => castOp([x], x.dtype)[0];
