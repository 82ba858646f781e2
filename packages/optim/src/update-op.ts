/**
 * @file A rule's update as a primitive: one pass over a parameter, its gradient and its slots, for
 * which a backend may have a kernel.
 */
import type { NdArray, TypedArray } from "@spm/core";
import {
  checkDTypes,
  definePrimitive,
  dtypeOf,
  type Each,
  each,
  elements,
  type Op,
  type Places,
  ShapeError,
  sameShape,
  showShape,
  TapeError,
  zerosArray,
} from "@spm/core/extend";

/** An update as an op; `S` are the places of its slots. */
export type UpdateOp<S extends Places, Options> = Op<
  [parameter: 1, grad: 1, ...S],
  [parameter: 1, ...S],
  Options
>;

/** Writes the next values of the parameter and its slots into row-major arrays of one length. */
export type UpdateLoop<S extends Places, Options> = (
  next: Each<[parameter: 1, ...S], TypedArray>,
  parameter: TypedArray,
  grad: TypedArray,
  slots: Each<S, TypedArray>,
  options: Options,
) => void;

/**
 * A primitive `[parameter, grad, ...slots] → [parameter, ...slots]`, element by element, with plain
 * numbers as options. It has no derivative.
 *
 * @param name - the name in messages
 * @param loop - the update, on typed arrays
 * @returns an op; it throws ShapeError, DTypeError unless all inputs have one shape, and all are
 * float32 or all float64
 * @example
 * const descend: UpdateOp<[], { rate: number }> = updateOp(
 *   "descend",
 *   ([next], p, g, _, { rate }) => {
 *     for (const [i, value] of p.entries()) next[i] = value - rate * (g[i] ?? 0);
 *   },
 * );
 */
export function updateOp<S extends Places, Options>(
  name: string,
  loop: UpdateLoop<S, Options>,
): UpdateOp<S, Options>;
export function updateOp(
  name: string,
  loop: UpdateLoop<Places, unknown>,
): UpdateOp<Places, unknown> {
  return definePrimitive({
    name,
    infer: (inputs) => {
      const [{ shape }, , ...slots] = inputs;
      for (const x of inputs)
        if (!sameShape(x.shape, shape))
          throw new ShapeError(name, `inputs of one shape ${showShape(shape)}`, showShape(x.shape));
      const spec = { shape, dtype: checkDTypes(name, inputs) };
      return [spec, ...slots.map(() => spec)];
    },
    forward: ([parameter, grad, ...slots], options) => {
      const fresh = (): NdArray => zerosArray(dtypeOf(parameter), parameter.shape);
      const next = [fresh(), ...slots.map(fresh)] as const;
      loop(
        each(next, ({ data }) => data),
        elements(parameter),
        elements(grad),
        slots.map(elements),
        options,
      );
      return next;
    },
    vjp: () => {
      throw new TapeError(
        name,
        "an update outside of what is differentiated",
        "its vjp",
        "call step() after the gradient",
      );
    },
  });
}
