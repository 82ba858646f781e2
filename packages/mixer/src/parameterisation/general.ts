/**
 * @file General blocks: four numbers [a, b, c, d] a pair, and a factor for each unpaired
 * coordinate.
 */
import { div, mul, neg, reshape, slice, stack, sub, type Tensor } from "@spm/core";
import { hadamardAngles } from "../presets/hadamard-angles.ts";
import { initialAngles, times } from "./angles.ts";
import { defineParameterisation, type Parameterisation, type Quad } from "./define.ts";

/**
 * Free blocks: the parameters are the blocks themselves, [a, b, c, d] of each pair, [P, 4], and the
 * scale of each unpaired coordinate, [R].
 * @example general.count(butterfly(8)); // 48
 */
export const general: Parameterisation<["blocks", "unpairedScales"]> = defineParameterisation({
  name: "general",
  description: "free 2×2 blocks, started orthogonal",
  parameters: [
    { name: "blocks", per: "pair", each: [4] },
    { name: "unpairedScales", per: "unpaired", each: [] },
  ],
  compose: (parameters) => parameters,
  blocks: ({ blocks, unpairedScales }) => ({
    blocks: Float64Array.from(blocks),
    unpairedScales: Float64Array.from(unpairedScales),
  }),
  pullBack: (sums) => sums,
  orthogonal: false,
  determinant: "any",
  transpose: ({ blocks, unpairedScales }) => {
    const [a, b, c, d] = columns(blocks);
    return { blocks: stack([a, c, b, d], -1), unpairedScales };
  },
  inverse: ({ blocks, unpairedScales }) => {
    const [a, b, c, d] = columns(blocks);
    const adjugate = stack([d, neg(b), neg(c), a], 1);
    const determinants = sub(mul(a, d), mul(b, c));
    return {
      blocks: div(adjugate, reshape(determinants, [-1, 1])),
      unpairedScales: div(1, unpairedScales),
    };
  },
  nearest: (blocks, unpairedScales) => ({ blocks, unpairedScales }),
  initial: (schedule, random, init, noise) => {
    const turns =
      init === "hadamard"
        ? hadamardAngles(schedule).map((angle) => angle + (noise ?? 0) * random.normal())
        : initialAngles("general", schedule, random, init, noise);
    const blocks = new Float64Array(4 * turns.length);
    for (const [p, angle] of turns.entries()) {
      const flip = init === "haar" && random.uniform() < 0.5 ? -1 : 1;
      blocks.set(
        [Math.cos(angle), -flip * Math.sin(angle), Math.sin(angle), flip * Math.cos(angle)],
        4 * p,
      );
    }
    return { blocks, unpairedScales: new Float64Array(schedule.unpaired.length).fill(1) };
  },
  improve: (_, correlation, ga, gc) => times(times(inverse(ga), correlation), inverse(gc)),
  scaleRows: ({ blocks, unpairedScales }, first, second, unpaired) => ({
    blocks: mul(blocks, stack([first, first, second, second], 1)),
    unpairedScales: mul(unpairedScales, unpaired),
  }),
});

/** [P, 4] → a, b, c, d, each [P]. */
export function columns(blocks: Tensor): [a: Tensor, b: Tensor, c: Tensor, d: Tensor] {
  const column = (k: number) =>
    reshape(slice(blocks, [undefined, { start: k, stop: k + 1 }]), [-1]);
  return [column(0), column(1), column(2), column(3)];
}

/**
 * The inverse of a Gram matrix, with 10⁻¹² of its trace on the diagonal: a direction that reaches
 * nothing is left alone.
 */
function inverse([a, b, c, d]: Quad): Quad {
  const ridge = 1e-12 * (a + d);
  const det = (a + ridge) * (d + ridge) - b * c;
  return det > 0 ? [(d + ridge) / det, -b / det, -c / det, (a + ridge) / det] : [0, 0, 0, 0];
}
