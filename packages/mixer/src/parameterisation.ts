/**
 * @file Where the 2×2 blocks come from: angles (rotation) or themselves (general). They know
 * nothing of pairs or kernels.
 */
import {
  cos,
  neg,
  ones,
  type Shape,
  sin,
  stack,
  type Tensor,
  type TypedArray,
  ValueError,
} from "@spm/core";
import type { Blocks } from "./stages.ts";

/** Operands of a mixer: x, the diagonals and the bias around the stages, then the parameters. */
export type MixerPlaces = [x: 1, dIn: 1, dOut: 1, bias: 1, ...parameters: 1[]];

/** A way to parameterise the blocks of P pairs and the factors of R leftovers. */
export interface Parameterisation {
  readonly name: "rotation" | "general";
  /** Names of its parameters. */
  readonly parameters: readonly string[];
  /** Their shapes. */
  shapes(pairs: number, leftovers: number): readonly Shape[];
  /** Parameters → blocks, in float64. @throws ValueError for an angle that is not finite */
  blocks(parameters: readonly TypedArray[], leftovers: number): Blocks;
  /** Gradients of the blocks → gradients of the parameters. */
  pullBack(sums: Blocks, at: Blocks): readonly Float64Array[];
  /** The same map in differentiable ops: blocks [P, 4] and scales [R]. */
  compose(parameters: readonly Tensor[], leftovers: number): { blocks: Tensor; scales: Tensor };
}

/**
 * One angle θ a pair, in radians: [cos θ, −sin θ; sin θ, cos θ]. Leftovers pass unchanged: the
 * product stays orthogonal, det +1.
 */
export const rotation: Parameterisation = {
  name: "rotation",
  parameters: ["angles"],
  shapes: (pairs) => [[pairs]],
  blocks: ([angles], leftovers) => {
    const blocks = new Float64Array(4 * angles!.length);
    for (let p = 0; p < angles!.length; p++) {
      if (!Number.isFinite(angles![p]))
        throw new ValueError(
          "rotation",
          "finite angles",
          `${angles![p]} for pair ${p}`,
          "did training diverge?",
        );
      const c = Math.cos(angles![p]!);
      const s = Math.sin(angles![p]!);
      blocks[4 * p] = blocks[4 * p + 3] = c;
      blocks[4 * p + 1] = -s;
      blocks[4 * p + 2] = s;
    }
    return { blocks, scales: new Float64Array(leftovers).fill(1) };
  },
  // θ̄ = −sin θ (ā + d̄) + cos θ (c̄ − b̄)
  pullBack: ({ blocks: g }, { blocks: m }) => {
    const angles = new Float64Array(g.length / 4);
    for (let p = 0, k = 0; k < g.length; p++, k += 4)
      angles[p] = m[k]! * (g[k + 2]! - g[k + 1]!) - m[k + 2]! * (g[k]! + g[k + 3]!);
    return [angles];
  },
  compose: ([angles], leftovers) => {
    const [c, s] = [cos(angles!), sin(angles!)];
    const dtype = angles!.dtype as "float32" | "float64";
    return {
      blocks: stack([c, neg(s), s, c], -1),
      scales: ones([leftovers], { dtype, backend: angles!.backend }),
    };
  },
};

/** Four numbers [a, b, c, d] a pair, and a factor for each leftover. */
export const general: Parameterisation = {
  name: "general",
  parameters: ["blocks", "scales"],
  shapes: (pairs, leftovers) => [[pairs, 4], [leftovers]],
  blocks: ([blocks, scales]) => ({
    blocks: Float64Array.from(blocks!),
    scales: Float64Array.from(scales!),
  }),
  pullBack: ({ blocks, scales }) => [blocks, scales],
  compose: ([blocks, scales]) => ({ blocks: blocks!, scales: scales! }),
};
