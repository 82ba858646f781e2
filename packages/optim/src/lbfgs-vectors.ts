/** @file All parameters or gradients as one vector, and numbers of vectors. */
import {
  abs,
  clone,
  concat,
  max,
  mul,
  noGrad,
  type Parameter,
  reshape,
  slice,
  sum,
  type Tensor,
} from "@spm/core";
import { assignAll, sizeOf } from "@spm/core/extend";

/** ⟨a, b⟩ of vectors. */
export const dot = (a: Tensor, b: Tensor): Tensor => sum(mul(a, b));

/** The largest size of an element. */
export const largest = (a: Tensor): Tensor => max(abs(a));

/** All elements of tensors, one after another. */
export const flat = (parts: readonly Tensor[]): Tensor =>
  concat(parts.map((x) => reshape(x, [-1])));

/** The number of elements of all. */
export const sizeOfAll = (parts: readonly Tensor[]): number =>
  parts.reduce((total, { shape }) => total + sizeOf(shape), 0);

/** Assigns a vector of all parameters. */
export function assignFlat(parameters: readonly Parameter[], values: () => Tensor): void {
  noGrad(() => {
    const all = values();
    let start = 0;
    const pairs = parameters.map((p) => {
      const part = slice(all, [{ start, stop: start + sizeOf(p.shape) }]);
      start += sizeOf(p.shape);
      return [p, clone(reshape(part, p.shape))] as const;
    });
    assignAll(pairs);
  });
}

/** The numbers of a tensor, which is released. */
export async function taken(tensor: Tensor): Promise<Iterable<number>> {
  try {
    return await tensor.data();
  } finally {
    tensor.dispose();
  }
}
