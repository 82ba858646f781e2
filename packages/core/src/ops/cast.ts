/** @file Between dtypes, and copies with storages of their own. */
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
import { shapeOf } from "./check.ts";

/**
 * A row-major copy [...] → [...], cast to `dtype`: truncated towards zero for int32, `≠ 0` for
 * bool.
 * @param dtype - default: the array's own
 * @param op - the op in whose name an error is thrown (default "cast")
 * @throws ValueError for a number outside of int32's range
 * @example dtypeOf(copyArray(zerosArray("float32", [2]), "float64")); // "float64"
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

/**
 * The primitive of {@link cast} and {@link clone}: [...] → [...]; its option is the dtype.
 * @example castOp([tensor([1.7])], "int32"); // [1]
 */
export const castOp: Op<[x: 1], [y: 1], DType> = definePrimitive({
  name: "cast",
  infer: ([x], dtype) => [{ shape: x.shape, dtype }],
  forward: ([x], dtype) => [copyArray(x, dtype)],
  vjp: ([ct], { inputs: [x] }) => [isFloating(x.dtype) ? cast(ct, x.dtype) : null],
  batch: (op, [x], _, dtype) => op([x], dtype),
});

/**
 * The tensor in another dtype, [...] → [...]: truncated towards zero for int32, `≠ 0` for bool.
 * Differentiable between floats; the tensor itself where it has the dtype already.
 * @throws ValueError for a number outside of int32's range
 * @example cast(tensor([1.7]), "int32"); // [1]
 */
export const cast = (x: Tensor, dtype: DType): Tensor =>
  shapeOf("cast", x) && x.dtype === dtype ? x : castOp([x], dtype)[0];

/**
 * A copy with a storage of its own, [...] → [...]: it outlives an assigned parameter, as no view
 * does.
 * @example clone(weight)
 */
export const clone = (x: Tensor): Tensor => shapeOf("clone", x) && castOp([x], x.dtype)[0];
