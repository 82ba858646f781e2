/** @file Gradient clipping: pure functions between the gradient and the step. */
import { add, clamp, concat, div, mul, noGrad, norm, reshape, split, type Tensor } from "@spm/core";
import { checkList, checkTensors, sizeOf, ValueError } from "@spm/core/extend";
import { checkPositive } from "./check.ts";

/**
 * Scales all gradients by one factor, so that their common norm is at most `maxNorm`.
 *
 * ‖g‖ = √Σᵢ‖gᵢ‖²;  gᵢ ← gᵢ · min(1, maxNorm/(‖g‖ + 1e-6))
 *
 * The norm stays on the device: nothing waits for it. A NaN in one gradient makes all of them NaN.
 * The gradients are concatenated into one vector, and those returned are views of it: a dozen
 * kernels on a GPU, in the place of five for each gradient.
 * @param grads - any shapes, of one dtype and backend
 * @param maxNorm - above 0
 * @returns new gradients [...] of the same shapes, and the norm before clipping, a scalar []
 * @throws ValueError for a norm ≤ 0 or no gradients
 * Source: Pascanu, Mikolov, Bengio, "On the difficulty of training recurrent neural networks", ICML
 * 2013, section 3.2
 * @example
 * const { grads, norm } = clipByGlobalNorm([tensor([3, 4])], 1); // the norm is 5
 * grads[0]; // [0.6, 0.8]
 */
export function clipByGlobalNorm(
  grads: readonly Tensor[],
  maxNorm: number,
): { grads: Tensor[]; norm: Tensor } {
  checkPositive("clipByGlobalNorm", { maxNorm });
  checkGradients("clipByGlobalNorm", grads);
  return noGrad(() => {
    const all = asVector(grads);
    const length = norm(all);
    const factor = clamp(div(maxNorm, add(length, 1e-6)), { max: 1 });
    const shapes = grads.map(({ shape }) => shape);
    const parts = split(mul(all, factor), shapes.map(sizeOf));
    return { grads: parts.map((part, i) => reshape(part, shapes[i]!)), norm: length };
  });
}

/**
 * The common norm of all gradients [...], a scalar [].
 *
 * ‖g‖ = √Σᵢ‖gᵢ‖²
 *
 * @throws ValueError for no gradients
 * @example globalNorm([tensor([3]), tensor([4])]); // 5
 */
export function globalNorm(grads: readonly Tensor[]): Tensor {
  checkGradients("globalNorm", grads);
  return noGrad(() => norm(asVector(grads)));
}

/**
 * @throws DTypeError, ShapeError for anything but a list of tensors; ValueError for an empty one
 */
function checkGradients(op: string, grads: readonly Tensor[]): void {
  checkTensors(op, ...checkList(op, grads, "gradients"));
  if (grads.length === 0) throw new ValueError(op, "at least 1 gradient", 0);
}

export function asVector(grads: readonly Tensor[]): Tensor {
  return concat(grads.map((grad) => reshape(grad, [-1])));
}

/**
 * Limits every element of the gradients to [−limit, limit].
 *
 * @param limit - above 0
 * @returns new gradients of the same shapes
 * @throws ValueError for a limit ≤ 0
 * @example clipByValue([tensor([3, -0.1])], 0.5)[0]; // [0.5, −0.1]
 */
export function clipByValue(grads: readonly Tensor[], limit: number): Tensor[] {
  checkPositive("clipByValue", { limit });
  checkTensors("clipByValue", ...checkList("clipByValue", grads, "gradients"));
  return noGrad(() => grads.map((grad) => clamp(grad, { min: -limit, max: limit })));
}
