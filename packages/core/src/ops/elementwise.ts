/**
 * @file Families of element-wise ops: each op is one function of numbers and one derivative.
 * Broadcasting and its transpose are done here.
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
import { checkOptions, type OptionNames } from "./options.ts";

/** A tensor, or a number that takes the dtype of the other operand. */
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

/** An element-wise op of one tensor. */
export interface UnaryDefinition {
  readonly name: string;
  /** @defaultValue float32 and float64 */
  readonly dtypes?: readonly DType[];
  readonly forward: (x: number) => number;
  /** x̄ from ȳ, x and y; null where it is zero. */
  readonly vjp: (ct: Tensor, x: Tensor, y: Tensor) => Tensor | null;
}
const unaryNames: OptionNames<UnaryDefinition> = {
  name: true,
  dtypes: true,
  forward: true,
  vjp: true,
};

/**
 * An op y[i] = f(x[i]), [...] → [...], from f and its derivative.
 * @throws OptionError for a field that a definition does not have
 * @example
 * const atan = unary({
 *   name: "atan",
 *   forward: Math.atan,
 *   vjp: (ct, x) => div(ct, add(1, square(x))),
 * });
 * atan(tensor([0, 1])); // [0, 0.7854]
 */
export function unary(op: UnaryDefinition): UnaryOp {
  checkOptions("unary", op, unaryNames);
  const { name, forward, dtypes = floatingDTypes } = op;
  const call = definePrimitive<[x: 1]>({
    name,
    infer: ([x]) => [{ shape: x.shape, dtype: checkDTypes(name, [x], dtypes) }],
    forward: ([x]) => exact(name, dtypeOf(x), (dtype) => mapArray(forward, x, dtype)),
    vjp: ([ct], { inputs: [x], outputs: [y] }) => [op.vjp(ct, x, y)],
  });
  return Object.assign((x: Tensor): Tensor => call([x])[0], { primitive: call.primitive });
}

/** An element-wise op of two tensors. */
export interface BinaryDefinition {
  readonly name: string;
  /** @defaultValue float32, float64 and int32 */
  readonly dtypes?: readonly DType[];
  /**
   * The dtype of the result.
   * @defaultValue that of the operands
   */
  readonly result?: DType;
  readonly loop: Loop2;
  /**
   * Functions that compute ā and b̄ from ȳ, a, b and y, each called only where it is needed. They
   * are written for full shapes: the sum down to the operand's shape is done here. Without a vjp
   * the op has no derivative.
   */
  readonly vjp?: (
    ct: Tensor,
    a: Tensor,
    b: Tensor,
    y: Tensor,
  ) => readonly [() => Tensor, () => Tensor];
}
const binaryNames: OptionNames<BinaryDefinition> = {
  name: true,
  dtypes: true,
  result: true,
  loop: true,
  vjp: true,
};

/**
 * An op y[i] = f(a[i], b[i]) with NumPy's broadcasting: [...] and [...] → [...].
 * @throws OptionError for a field that a definition does not have
 * @example
 * const difference = binary({
 *   name: "difference",
 *   loop: zipLoop((a, b) => Math.abs(a - b)),
 *   vjp: (ct, a, b) => [() => mul(ct, sign(sub(a, b))), () => mul(ct, sign(sub(b, a)))],
 * });
 * difference(tensor([1, 5]), 3); // [2, 2]
 */
export function binary(op: BinaryDefinition): BinaryOp {
  checkOptions("binary", op, binaryNames);
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
 * A result of `dtype`. int32 is computed in float64, so that an overflow is an error instead of a
 * wrong number.
 */
const exact = (op: string, dtype: DType, compute: (dtype: DType) => NdArray): [y: NdArray] =>
  dtype === "int32" ? [copyArray(compute("float64"), dtype, op)] : [compute(dtype)];

/**
 * Both operands as tensors: a number becomes a scalar of the other one's dtype.
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
