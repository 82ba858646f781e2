/** @file Between dtypes. */
import { copyArray, type DType } from "../array.ts";
import { definePrimitive, type Primitive } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";

const castOp = definePrimitive<DType>({
  name: "cast",
  infer: ([x], dtype) => [{ shape: x!.shape, dtype }],
  forward: ([x], dtype) => [copyArray(x!, dtype)],
  vjp: ([ct], { inputs: [x] }) => [x!.dtype === "float32" || x!.dtype === "float64" ? cast(ct!, x!.dtype) : null],
});

/** The tensor in another dtype: truncated towards zero for int32, `≠ 0` for bool. Differentiable between floats. */
export const cast = (x: Tensor, dtype: DType): Tensor => (x.dtype === dtype ? x : castOp([x], dtype)[0]!);

/** The primitive, for backends. */
export const castPrimitive: Primitive<DType> = castOp.primitive;
