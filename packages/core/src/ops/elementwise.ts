/**
 * @file How element-wise ops are made: one function of numbers, one derivative; broadcasting and
 * its transpose come for free.
 */
import { type DType, dtypeOf, type Loop2, type NdArray, zerosArray } from "../array.ts";
import { DTypeError } from "../errors.ts";
import { definePrimitive, type Primitive } from "../primitive.ts";
import { kindOf, Tensor } from "../tensor.ts";
import { broadcastArray, sumTo } from "./broadcast.ts";
import { copyArray } from "./cast.ts";
import { broadcastShapes, checkDTypes, floatingDTypes, numericDTypes } from "./check.ts";
import { checkNumber, scalar } from "./create.ts";
import { mapArray } from "./loops.ts";

/** A tensor, or a number that takes the dtype of what it stands beside. */
export type TensorLike = Tensor | number;

/** An op of one tensor, and the primitive behind it. */
export interface UnaryOp {
  (x: Tensor): Tensor;
  readonly primitive: Primitive<[x: 1], [y: 1], void>;
}

/** An op of two tensors that broadcast, and the primitive behind it. */
export interface BinaryOp {
  (a: TensorLike, b: TensorLike): Tensor;
  readonly primitive: Primitive<[a: 1, b: 1], [y: 1], void>;
}

/** y[i] = f(x[i]). `vjp(ȳ, x, y)` returns x̄, or null where it is zero. */
export function unary(op: {
  readonly name: string;
  /** float32 and float64 unless said. */
  readonly dtypes?: readonly DType[];
  readonly forward: (x: number) => number;
  readonly vjp: (ct: Tensor, x: Tensor, y: Tensor) => Tensor | null;
}): UnaryOp {
  const { name, forward, dtypes = floatingDTypes } = op;
  const call = definePrimitive<[x: 1]>({
    name,
    infer: ([x]) => [{ shape: x.shape, dtype: checkDTypes(name, [x], dtypes) }],
    forward: ([x]) => exact(name, dtypeOf(x), (dtype) => mapArray(forward, x, dtype)),
    vjp: ([ct], { inputs: [x], outputs: [y] }) => [op.vjp(ct, x, y)],
  });
  return Object.assign((x: Tensor): Tensor => call([x])[0], { primitive: call.primitive });
}

/**
 * z[i] = f(x[i], y[i]) with NumPy's broadcasting. `vjp(z̄, x, y, z)` returns how to get x̄ and ȳ,
 * called for those that someone needs. It is written for full shapes: the sum back is done here.
 */
export function binary(op: {
  readonly name: string;
  /** float32, float64 and int32 unless said. */
  readonly dtypes?: readonly DType[];
  /** dtype of the result; that of the operands unless said. */
  readonly result?: DType;
  readonly loop: Loop2;
  readonly vjp?: (
    ct: Tensor,
    a: Tensor,
    b: Tensor,
    y: Tensor,
  ) => readonly [() => Tensor, () => Tensor];
}): BinaryOp {
  const { name, loop, dtypes = numericDTypes } = op;
  const call = definePrimitive<[a: 1, b: 1]>({
    name,
    infer: ([a, b]) => {
      const dtype = checkDTypes(name, [a, b], dtypes);
      return [{ shape: broadcastShapes(name, a.shape, b.shape), dtype: op.result ?? dtype }];
    },
    forward: ([a, b]) => {
      const shape = broadcastShapes(name, a.shape, b.shape);
      return exact(name, op.result ?? dtypeOf(a), (dtype) => {
        const out = zerosArray(dtype, shape);
        loop(out, broadcastArray(a, shape), broadcastArray(b, shape));
        return out;
      });
    },
    vjp: ([ct], { inputs: [a, b], outputs: [y], needs }) => {
      const [byA, byB] = op.vjp?.(ct, a, b, y) ?? [];
      return [
        byA && needs[0] ? sumTo(byA(), a.shape) : null,
        byB && needs[1] ? sumTo(byB(), b.shape) : null,
      ];
    },
  });
  const apply = (a: TensorLike, b: TensorLike): Tensor =>
    call(a instanceof Tensor && b instanceof Tensor ? [a, b] : operands(name, a, b), undefined)[0];
  return Object.assign(apply, { primitive: call.primitive });
}

/**
 * A result of `dtype`; int32 is worked out in float64, so that overflow is an error and not another
 * number.
 */
const exact = (op: string, dtype: DType, compute: (dtype: DType) => NdArray): [y: NdArray] =>
  dtype === "int32" ? [copyArray(compute("float64"), dtype, op)] : [compute(dtype)];

/**
 * Numbers become scalars of the other operand's dtype.
 * @throws DTypeError when neither is a tensor, or one is something else
 */
export function operands(op: string, a: TensorLike, b: TensorLike): [a: Tensor, b: Tensor] {
  for (const v of [a, b])
    if (!(v instanceof Tensor) && typeof v !== "number")
      throw new DTypeError(op, "tensors and numbers", kindOf(v), "make it one: tensor(value)");
  const like = a instanceof Tensor ? a : b instanceof Tensor ? b : null;
  if (like === null)
    throw new DTypeError(op, "a tensor among the operands", `${typeof a} and ${typeof b}`);
  const taken = (v: TensorLike) =>
    v instanceof Tensor ? v : scalar(checkNumber(op, v, like.dtype), like.dtype);
  return [taken(a), taken(b)];
}
