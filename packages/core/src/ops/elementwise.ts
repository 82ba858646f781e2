/** @file How element-wise ops are made: one function of numbers, one derivative; broadcasting and its transpose come for free. */

import { type DType, dtypeOf, zerosArray } from "../array.ts";
import { DTypeError } from "../errors.ts";
import { definePrimitive, type Primitive, type VjpContext } from "../primitive.ts";
import { Tensor } from "../tensor.ts";
import { broadcastArray, sumTo } from "./broadcast.ts";
import { broadcastShapes, checkDTypes } from "./check.ts";
import { scalar } from "./create.ts";
import { type Loop2, mapArray } from "./loops.ts";

/** A tensor, or a number that takes the dtype of what it stands beside. */
export type TensorLike = Tensor | number;

/** An op of one tensor, and the primitive behind it. */
export interface UnaryOp<Options> {
  (x: Tensor, ...options: Options extends void ? [] : [Options]): Tensor;
  readonly primitive: Primitive<Options>;
}

/** An op of two tensors that broadcast, and the primitive behind it. */
export interface BinaryOp {
  (a: TensorLike, b: TensorLike): Tensor;
  readonly primitive: Primitive<void>;
}

const numeric: readonly DType[] = ["float32", "float64", "int32"];
const floating: readonly DType[] = ["float32", "float64"];

/** y[i] = f(x[i]). The vjp gets the cotangent and returns x's. */
export function unary<Options = void>(op: {
  readonly name: string;
  readonly dtypes?: readonly DType[];
  readonly forward: (x: number, options: Options) => number;
  readonly vjp: (ct: Tensor, context: VjpContext<Options>) => Tensor | null;
}): UnaryOp<Options> {
  const { name, forward } = op;
  const call = definePrimitive<Options>({
    name,
    infer: ([x]) => [{ shape: x!.shape, dtype: checkDTypes(name, [x!], op.dtypes ?? floating) }],
    forward: ([x], options) => [
      mapArray(options === undefined ? (forward as (v: number) => number) : (v) => forward(v, options), x!),
    ],
    vjp: ([ct], context) => [op.vjp(ct!, context)],
  });
  return Object.assign((x: Tensor, ...options: unknown[]) => call([x], options[0] as Options)[0]!, {
    primitive: call.primitive,
  }) as UnaryOp<Options>;
}

/** z[i] = f(x[i], y[i]) with NumPy's broadcasting. The vjp is written for full shapes: the sum back is done here. */
export function binary(op: {
  readonly name: string;
  readonly dtypes?: readonly DType[];
  /** dtype of the result; that of the operands unless said. */
  readonly result?: DType;
  readonly loop: Loop2;
  readonly vjp: (ct: Tensor, context: VjpContext<void>) => readonly (Tensor | null)[];
}): BinaryOp {
  const { name } = op;
  const call = definePrimitive<void>({
    name,
    infer: ([a, b]) => {
      const dtype = checkDTypes(name, [a!, b!], op.dtypes ?? numeric);
      return [{ shape: broadcastShapes(name, a!.shape, b!.shape), dtype: op.result ?? dtype }];
    },
    forward: ([a, b]) => {
      const shape = broadcastShapes(name, a!.shape, b!.shape);
      const out = zerosArray(op.result ?? dtypeOf(a!), shape);
      op.loop(out, broadcastArray(a!, shape), broadcastArray(b!, shape));
      return [out];
    },
    vjp: ([ct], context) =>
      op.vjp(ct!, context).map((g, k) => (g === null ? null : sumTo(g, context.inputs[k]!.shape))),
  });
  const apply = (a: TensorLike, b: TensorLike): Tensor => call(operands(name, a, b), undefined)[0]!;
  return Object.assign(apply, { primitive: call.primitive });
}

/** Numbers become scalars of the other operand's dtype. @throws DTypeError when there is no tensor among them */
export function operands(op: string, ...values: readonly TensorLike[]): Tensor[] {
  const like = values.find((v) => v instanceof Tensor);
  if (like === undefined)
    throw new DTypeError(op, "a tensor among the operands", values.map((v) => typeof v).join(" and "));
  return values.map((v) => (v instanceof Tensor ? v : scalar(v, like.dtype)));
}
