/** @file Elements of tensors in CPU memory: results whose shape depends on numbers read them. */
import type { Shape, Tensor, TypedArray } from "@spm/core";
import { BackendError, broadcastArray, elements } from "@spm/core/extend";

/**
 * The elements in row-major order, broadcast to a shape: read-only.
 * @throws BackendError for a tensor on a device, with what to do instead
 */
export function readable(op: string, x: Tensor, help: string, shape: Shape = x.shape): TypedArray {
  if (x.backend.arrayOf !== undefined) return elements(broadcastArray(x.ndarray(), shape));
  throw new BackendError(op, "a tensor in CPU memory", `one on ${x.backend.name}`, help);
}

/** The way around a result whose shape depends on numbers. */
export const sizeDepends: string =
  "the result's size depends on the numbers: where() and maskedFill() keep the shape, " +
  "await to(x, reference) brings them here";
