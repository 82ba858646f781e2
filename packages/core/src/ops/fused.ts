/** @file The second derivative of a fused op, from its composed form. */
import { type Differentiable, dot, grad, vjp } from "../grad.ts";
import type { Tensor } from "../tensor.ts";

/**
 * The vjp of a fused op's backward: of (ȳ, x₁, …) ↦ (x̄₁, …). The op's own backward is a kernel
 * that no tape looks into, so its derivative is taken through `composed`, the same function made of
 * ordinary ops, and is differentiable in turn.
 * @param composed - (x₁, …) ↦ y, equal to the fused op
 * @param ct - ȳ
 * @param inputs - x₁, …
 * @param cotangents - of x̄₁, … (null: zero), in the order of the inputs
 * @returns cotangents of ȳ, x₁, …
 */
export function vjpOfBackward(
  composed: Differentiable,
  ct: Tensor,
  inputs: readonly Tensor[],
  cotangents: readonly (Tensor | null)[],
): Tensor[] {
  const product: Differentiable = (ct, ...xs) =>
    dot("vjp", vjp(composed, ...xs).pullback(ct!), cotangents);
  const all = [ct, ...inputs].map((_, k) => k);
  return grad(product, all)(ct, ...inputs);
}
