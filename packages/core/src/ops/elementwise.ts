/**
 * @file Families of element-wise ops: each op is one function of numbers and one derivative.
 * Broadcasting and its transpose are done here.
 */
import { type DType, dtypeOf, isFloating, type Loop2, type NdArray, zerosArray } from "../array.ts";
import { DTypeError, ValueError } from "../errors.ts";
import { definePrimitive, type Primitive } from "../primitive.ts";
import { kindOf, Tensor } from "../tensor.ts";
import { broadcastArray, broadcasting, sumTo } from "./broadcast.ts";
import { copyArray } from "./cast.ts";
import { broadcastShapes, checkDTypes, floatingDTypes } from "./check.ts";
import { checkNumber, scalar } from "./create.ts";
import { mapArray, zipLoop } from "./loops.ts";
import { checkOptions } from "./options.ts";

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
  checkOptions("unary", op, { name: true, dtypes: true, forward: true, vjp: true });
  const { name, forward, dtypes = floatingDTypes } = op;
  if (typeof forward !== "function") refuse(name, "forward: (x) => number", forward);
  if (typeof op.vjp !== "function") refuse(name, "vjp: (ct, x, y) => x̄", op.vjp);
  const call = definePrimitive<[x: 1]>({
    name,
    infer: ([x]) => [{ shape: x.shape, dtype: checkDTypes(name, [x], dtypes) }],
    forward: ([x]) => exact(name, dtypeOf(x), (dtype) => mapArray(forward, x, dtype)),
    vjp: ([ct], { inputs: [x], outputs: [y] }) => [op.vjp(ct, x, y)],
    batch: broadcasting,
  });
  return Object.assign((x: Tensor): Tensor => call([x])[0], { primitive: call.primitive });
}

/** The definition of a {@link binary} op. */
export type BinaryDefinition = {
  readonly name: string;
  /** @defaultValue float32 and float64 */
  readonly dtypes?: readonly DType[];
  /** @defaultValue the operands' dtype */
  readonly result?: DType;
  /** May be left out where the result is int32 or bool, which have no derivatives. */
  readonly vjp?: (
    ct: Tensor,
    a: Tensor,
    b: Tensor,
    y: Tensor,
  ) => readonly [() => Tensor, () => Tensor];
} & (
  | { readonly forward: (a: number, b: number) => number; readonly loop?: undefined }
  | { readonly loop: Loop2; readonly forward?: undefined }
);

/**
 * z[i] = f(x[i], y[i]) with NumPy's broadcasting. `vjp(z̄, x, y, z)` returns two functions,
 * () => x̄ and () => ȳ, called for those that someone needs. x̄ and ȳ have z's shape: the sum down
 * to the operands' shapes is done here.
 * @param op - f is `forward`, a function of two numbers, or `loop`, which writes a whole array
 * @returns the op: x [...], y [...] → their broadcast shape, with its primitive
 * @throws OptionError for a field that a definition does not have; ValueError for one with neither
 * or both of them, with a function of two numbers as `loop`, or without a `vjp` that its dtypes
 * need; from the derivative, for a `vjp` that returns something else
 * @example
 * const hypot = binary({
 *   name: "hypot",
 *   forward: Math.hypot,
 *   vjp: (ct, x, y, z) => [() => mul(ct, div(x, z)), () => mul(ct, div(y, z))],
 * });
 */
export function binary(op: BinaryDefinition): BinaryOp {
  const known = { name: true, dtypes: true, result: true, forward: true, loop: true, vjp: true };
  checkOptions("binary", op, known);
  const { name, dtypes = floatingDTypes } = op;
  const loop = loopOf(op);
  if (typeof op.vjp !== "function" && (op.result ? [op.result] : dtypes).some(isFloating))
    refuse(name, "vjp: (ct, a, b, y) => [() => ā, () => b̄]", op.vjp);
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
      if (op.vjp === undefined) return [null, null];
      const made = op.vjp(ct, a, b, y);
      const cotangentOf = (k: 0 | 1, { shape }: Tensor): Tensor | null => {
        if (!needs[k]) return null;
        const by = Array.isArray(made) ? made[k] : made;
        if (typeof by !== "function") return refuse(name, "two functions from vjp", by);
        const cotangent = by();
        return cotangent instanceof Tensor ? sumTo(cotangent, shape) : cotangent;
      };
      return [cotangentOf(0, a), cotangentOf(1, b)];
    },
    batch: broadcasting,
  });
  const apply = (a: TensorLike, b: TensorLike): Tensor =>
    call(a instanceof Tensor && b instanceof Tensor ? [a, b] : operands(name, a, b), undefined)[0];
  return Object.assign(apply, { primitive: call.primitive });
}

/** The loop of a definition, which has one, or a function of two numbers to make it from. */
function loopOf({ name, forward, loop }: BinaryDefinition): Loop2 {
  if (typeof forward === "function" && loop === undefined) return zipLoop(forward);
  if (typeof loop === "function" && forward === undefined && loop.length !== 2) return loop;
  const help = "a loop is (out, a, b) => void; a function of two numbers is a forward";
  return refuse(name, "forward: (a, b) => number, or else a loop", loop ?? forward, help);
}

/** @throws ValueError for a part of a definition, or what a vjp returned */
function refuse(op: string, expected: string, got: unknown, help?: string): never {
  const arity = typeof got === "function" ? ` of ${got.length} arguments` : "";
  throw new ValueError(op, expected, `${kindOf(got)}${arity}`, help);
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
