/**
 * @file How a rule's update becomes a primitive: one pass over a parameter, its gradient and its
 * slots, for backends to speed up.
 */
import {
  allocate,
  checkDTypes,
  definePrimitive,
  dtypeOf,
  elements,
  type Op,
  ShapeError,
  sameShape,
  showShape,
  sizeOf,
  TapeError,
  type TypedArray,
  wrap,
} from "@spm/core";

/**
 * Writes the next values into `next[0]` (the parameter) and `next[1…]` (its slots); all arrays are
 * row-major, of one length.
 */
export type UpdateLoop<Options> = (
  next: readonly TypedArray[],
  parameter: TypedArray,
  grad: TypedArray,
  slots: readonly TypedArray[],
  options: Options,
) => void;

/**
 * A primitive `[parameter, grad, ...slots] → [parameter, ...slots]`, element by element, with plain
 * numbers as options. It is not differentiable.
 *
 * @param name - for messages
 * @param slots - the most slots that it takes
 * @param loop - the update, on typed arrays
 * @throws ShapeError, DTypeError unless all inputs are of one shape, and all of float32 or all of
 * float64
 * @example
 * const descend = updateOp<{ rate: number }>("descend", 0, ([next], p, g, _, { rate }) => {
 *   for (let i = 0; i < p.length; i++) next![i] = p[i]! - rate * g[i]!;
 * });
 */
export function updateOp<Options>(
  name: string,
  slots: number,
  loop: UpdateLoop<Options>,
): Op<Options> {
  return definePrimitive<Options>({
    name,
    outputs: 1 + slots,
    infer: (inputs) => {
      const [parameter, , ...rest] = inputs;
      for (const x of inputs)
        if (!sameShape(x.shape, parameter!.shape))
          throw new ShapeError(
            name,
            `inputs of one shape ${showShape(parameter!.shape)}`,
            showShape(x.shape),
          );
      const spec = { shape: parameter!.shape, dtype: checkDTypes(name, inputs) };
      return [spec, ...rest.map(() => spec)];
    },
    forward: ([parameter, grad, ...rest], options) => {
      const { shape } = parameter!;
      const dtype = dtypeOf(parameter!);
      const next = [parameter, ...rest].map(() => allocate(dtype, sizeOf(shape)));
      loop(next, elements(parameter!), elements(grad!), rest.map(elements), options);
      return next.map((data) => wrap(data, shape));
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
