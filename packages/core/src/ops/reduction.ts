/** @file The family of reductions: each is a fold of one row and one derivative. */
import { type DType, dtypeOf } from "../array.ts";
import { ShapeError } from "../errors.ts";
import { definePrimitive, type Primitive } from "../primitive.ts";
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import {
  type Axes,
  type ReduceOptions,
  type Reduction,
  reducedShape,
  reductionOf,
} from "./axes.ts";
import { afterBatch, frontAxis } from "./broadcast.ts";
import { checkDTypes } from "./check.ts";
import { full } from "./create.ts";
import { foldRows } from "./loops.ts";
import { checkOptions } from "./options.ts";
import { reshape, reshapeArray } from "./reshape.ts";

/** A reduction over an axis, several, or all; and the primitive behind it. */
export interface ReduceOp {
  (x: Tensor, options?: Axes | ReduceOptions): Tensor;
  readonly primitive: Primitive<[x: 1], [y: 1], Reduction>;
}

/** A reduction by a fold of rows. */
export interface ReductionDefinition {
  readonly name: string;
  readonly dtypes: readonly DType[];
  /**
   * The dtype of the result.
   * @defaultValue that of the operand
   */
  readonly result?: DType;
  /**
   * The result of no elements.
   * @defaultValue an error
   */
  readonly empty?: number;
  readonly fold: (data: ArrayLike<number>, start: number, end: number) => number;
  /** x̄ from the cotangent and the result, both with size 1 at the axes. */
  readonly vjp?: (ct: Tensor, x: Tensor, y: Tensor, axes: Shape) => Tensor;
}

/** The place of the best of some numbers, the first of equal ones: see argmax. NaN wins. */
export function bestOf(
  better: (a: number, b: number) => boolean,
  v: ArrayLike<number>,
  start: number,
  end: number,
): number {
  let best = start;
  for (let i = start + 1; i < end; i++)
    if (better(v[i]!, v[best]!) || (Number.isNaN(v[i]!) && !Number.isNaN(v[best]!))) best = i;
  return best;
}

/**
 * A reduction [...] → [...] without the axes, from a fold of one row and its derivative. It throws
 * ShapeError for no elements, unless it has a result of them.
 * @throws OptionError for a field that a definition does not have
 * @example
 * const first = reduction({
 *   name: "first",
 *   dtypes: allDTypes,
 *   fold: (row, start) => row[start] ?? 0,
 * });
 * first(tensor([[1, 2], [3, 4]]), 1); // [1, 3]
 */
export function reduction(op: ReductionDefinition): ReduceOp {
  const known = { name: true, dtypes: true, result: true, empty: true, fold: true, vjp: true };
  checkOptions("reduction", op, known);
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
    batch: frontAxis(afterBatch),
  });
  const apply = (x: Tensor, options?: Axes | ReduceOptions): Tensor => {
    const over = reductionOf(name, x, options);
    const { dtype, backend, shape } = x;
    if (op.empty === undefined || over.axes.every((k) => shape[k] !== 0)) return call([x], over)[0];
    checkDTypes(name, [x], op.dtypes);
    return full(reducedShape(shape, over.axes, over.keepdims), op.empty, { dtype, backend });
  };
  return Object.assign(apply, { primitive: call.primitive });
}
