/**
 * @file Rotations: one angle θ a pair, in radians. The product stays orthogonal, with
 * determinant 1.
 */
import { cos, neg, sin, stack } from "@spm/core";
import { defineMixer, type Mixer } from "../mixer.ts";
import { hadamardAngles } from "../presets/hadamard-angles.ts";
import { angleBlocks, bestAngle, initialAngles, perBlock, times, unitScales } from "./angles.ts";
import { defineParameterisation, type Parameterisation } from "./define.ts";

/**
 * Rotations, [cos θ, −sin θ; sin θ, cos θ]. Angles [P], in radians.
 * @example rotation.count(butterfly(8)); // 12
 */
export const rotation: Parameterisation<["angles"]> = defineParameterisation({
  name: "rotation",
  description: "rotations of pairs, one angle each: orthogonal",
  parameters: [{ name: "angles", per: "pair", each: [] }],
  compose: ({ angles }, unpaired) => {
    const [c, s] = [cos(angles), sin(angles)];
    return { blocks: stack([c, neg(s), s, c], -1), unpairedScales: unitScales(unpaired, angles) };
  },
  blocks: ({ angles }, unpaired) =>
    angleBlocks("rotation", angles, unpaired, (c, s) => [c, -s, s, c]),
  // θ̄ = cos θ (c̄ − b̄) − sin θ (ā + d̄)
  pullBack: ({ blocks: sums }, { blocks }) => ({
    angles: perBlock(sums, ([a, b, c, d], [cos, , sin]) => cos * (c - b) - sin * (a + d), blocks),
  }),
  orthogonal: true,
  angle: "angles",
  determinant: 1,
  transpose: ({ angles }) => ({ angles: neg(angles) }),
  nearest: (blocks) => ({ angles: perBlock(blocks, ([a, b, c, d]) => Math.atan2(c - b, a + d)) }),
  initial: (schedule, random, init, noise) => {
    if (init !== "hadamard")
      return { angles: initialAngles("rotation", schedule, random, init, noise) };
    return {
      angles: hadamardAngles(schedule).map((angle) => angle + (noise ?? 0) * random.normal()),
    };
  },
  improve: (block, correlation, ga, gc) => {
    const [m0, m1, m2, m3] = block;
    const [g0, g1, g2, g3] = times(times(ga, block), gc);
    const [h0, h1, h2, h3] = correlation;
    const [k0, k1, k2, k3] = times(ga, gc);
    const angle = bestAngle(Math.atan2(m2, m0), {
      p: g0 + h0 + (g3 + h3),
      q: g2 + h2 - (g1 + h1),
      u: k0 + k3,
      v: k2 - k1,
      w: ga[3] * gc[0] - 2 * ga[1] * gc[1] + ga[0] * gc[3],
    });
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    return [c - m0, -s - m1, s - m2, c - m3];
  },
});

/**
 * The mixer of rotations, y = d_out ⊙ (B_L ⋯ B₁ (d_in ⊙ x)) + bias: x [..., in], angles [P] →
 * [..., out], see {@link Mixer}.
 * @example
 * const [random, schedule] = [rng(1), butterfly(8)];
 * const { angles } = initialParameters(rotationMixer, schedule, random);
 * rotationMixer(normal(random, [2, 8]), angles, { schedule }).shape; // [2, 8]
 */
export const rotationMixer: Mixer<["angles"]> = defineMixer(rotation);
