/** @file All parameters or gradients as one vector, and numbers of vectors. */
import {
  abs,
  clone,
  max,
  mul,
  noGrad,
  type Parameter,
  reshape,
  split,
  sum,
  type Tensor,
} from "@spm/core";
import { assignAll, sizeOf } from "@spm/core/extend";

/** ⟨a, b⟩ of vectors. */
export const dot = (a: Tensor, b: Tensor): Tensor => sum(mul(a, b));

/** The largest size of an element. */
export const largest = (a: Tensor): Tensor => max(abs(a));

/** The number of elements of all. */
export const sizeOfAll = (parts: readonly Tensor[]): number =>
  parts.reduce((total, { shape }) => total + sizeOf(shape), 0);

/** Assigns a vector of all parameters. */
export function assignFlat(parameters: readonly Parameter[], values: () => Tensor): void {
  noGrad(() => {
    const parts = split(
      values(),
      parameters.map(({ shape }) => sizeOf(shape)),
    );
    assignAll(parameters.map((p, k) => [p, clone(reshape(parts[k] ?? p, p.shape))] as const));
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
