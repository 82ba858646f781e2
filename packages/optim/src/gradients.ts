/** @file Gradients are checked against what they belong to before anything is done with them. */
import {
  BackendError,
  DTypeError,
  ShapeError,
  sameShape,
  showShape,
  type Tensor,
  ValueError,
} from "@spm/core";

/**
 * @param like - what `grads[i]` must resemble in shape, dtype and backend
 * @throws ValueError for another number of gradients; ShapeError, DTypeError, BackendError for one
 * that differs; TapeError for a released one
 */
export function checkGradients(
  op: string,
  grads: readonly Tensor[],
  like: readonly Tensor[],
  help: string,
): void {
  if (grads.length !== like.length)
    throw new ValueError(op, `${like.length} gradients`, grads.length, help);
  grads.forEach((grad, i) => {
    const { shape, dtype, backend } = like[i]!;
    grad.assertReadable();
    if (!sameShape(grad.shape, shape))
      throw new ShapeError(
        op,
        `gradient ${i} of shape ${showShape(shape)}`,
        showShape(grad.shape),
        help,
      );
    if (grad.dtype !== dtype)
      throw new DTypeError(op, `gradient ${i} of ${dtype}`, grad.dtype, help);
    if (grad.backend !== backend)
      throw new BackendError(op, `gradient ${i} on ${backend.name}`, grad.backend.name, help);
  });
}
