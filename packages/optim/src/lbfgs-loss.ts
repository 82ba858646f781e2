/** @file The result of a function that L-BFGS evaluates, checked. */
import { Tensor } from "@spm/core";
import { DTypeError, kindOf, ShapeError, showShape, TapeError } from "@spm/core/extend";

/** A loss and its gradients [...] by the parameters, as `valueAndGrad` gives them. */
export interface LossAndGrads {
  readonly value: Tensor;
  readonly grads: readonly Tensor[];
}

/**
 * The result of an evaluation, if it is a loss with its gradients.
 * @throws TapeError for a promise; DTypeError without a loss or gradients; ShapeError for a loss
 * that is no scalar
 */
export function lossAndGrads(result: unknown): LossAndGrads {
  const [op, help] = ["lbfgs.step", "() => valueAndGrad(() => loss, parameters)"];
  if (result instanceof Promise)
    throw new TapeError(op, "a synchronous function", "one that returns a promise", help);
  const { value, grads } = Object(result) as { value?: unknown; grads?: unknown };
  if (result instanceof Tensor || !(value instanceof Tensor) || !Array.isArray(grads))
    throw new DTypeError(op, "a function that returns { value, grads }", kindOf(result), help);
  if (value.shape.length > 0)
    throw new ShapeError(op, "a loss of shape []", showShape(value.shape), help);
  return { value, grads };
}
