/** @file Gradients beside their owners, checked to fit them. */
import type { Tensor } from "@spm/core";
import {
  BackendError,
  checkList,
  checkTensors,
  DTypeError,
  ShapeError,
  sameShape,
  showShape,
  ValueError,
} from "@spm/core/extend";

/**
 * Pairs of owners and gradients.
 * @param like - the tensor whose shape, dtype and backend an owner's gradient must have
 * @throws ValueError for another number of gradients; ShapeError, DTypeError, BackendError for one
 * that doesn't fit; TapeError for a released one
 */
export function checkedGradients<T>(
  op: string,
  grads: readonly Tensor[],
  owners: readonly T[],
  like: (owner: T) => Tensor,
  help: string,
): { owner: T; grad: Tensor }[] {
  checkTensors(op, ...checkList(op, grads, "gradients"));
  const unlike = () => new ValueError(op, `${owners.length} gradients`, grads.length, help);
  if (grads.length !== owners.length) throw unlike();
  return owners.map((owner, i) => {
    const grad = grads[i];
    if (grad === undefined) throw unlike();
    const { shape, dtype, backend } = like(owner);
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
    return { owner, grad };
  });
}
