/**
 * @file How a rule's update becomes a primitive: one pass over a parameter, its gradient and its
 * slots, for backends to speed up.
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

/** An update: `S` are the places of its slots, which a rule keeps for each parameter. */
export type UpdateOp<S extends Places, Options> = Op<
  [parameter: 1, grad: 1, ...S],
  [parameter: 1, ...S],
  Options
>;

/**
 * Writes the next values of the parameter and of its slots; all arrays are row-major, of one
 * length.
 */
export type UpdateLoop<S extends Places, Options> = (
  next: Each<[parameter: 1, ...S], TypedArray>,
  parameter: TypedArray,
  grad: TypedArray,
  slots: Each<S, TypedArray>,
  options: Options,
) => void;

/**
 * A primitive `[parameter, grad, ...slots] → [parameter, ...slots]`, element by element, with plain
 * numbers as options. It is not differentiable.
 *
 * @param name - for messages
 * @param loop - the update, on typed arrays
 * @throws ShapeError, DTypeError unless all inputs are of one shape, and all of float32 or all of
 * float64
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
