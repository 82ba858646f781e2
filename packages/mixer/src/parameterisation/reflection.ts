/**
 * @file Reflections: one angle θ a pair, in radians. The product stays orthogonal; every block has
 * determinant −1.
 */
import { cos, neg, sin, stack } from "@spm/core";
import { ValueError } from "@spm/core/extend";
import { defineMixer, type Mixer } from "../mixer.ts";
import { checkOnePass } from "../presets/hadamard-angles.ts";
import { angleBlocks, bestAngle, initialAngles, perBlock, times, unitScales } from "./angles.ts";
import { defineParameterisation, type Parameterisation } from "./define.ts";

/**
 * Reflections, [cos θ, sin θ; sin θ, −cos θ]: at the line in the direction of θ/2. Angles [P], in
 * radians.
 * @example reflection.count(butterfly(8)); // 12
 */
export const reflection: Parameterisation<["angles"]> = defineParameterisation({
  name: "reflection",
  description: "reflections of pairs, one angle each: orthogonal, and no identity among them",
  parameters: [{ name: "angles", per: "pair", each: [] }],
  compose: ({ angles }, unpaired) => {
    const [c, s] = [cos(angles), sin(angles)];
    return { blocks: stack([c, s, s, neg(c)], -1), unpairedScales: unitScales(unpaired, angles) };
  },
  blocks: ({ angles }, unpaired) =>
    angleBlocks("reflection", angles, unpaired, (c, s) => [c, s, s, -c]),
  // θ̄ = cos θ (b̄ + c̄) − sin θ (ā − d̄)
  pullBack: ({ blocks: sums }, { blocks }) => ({
    angles: perBlock(sums, ([a, b, c, d], [cos, sin]) => cos * (b + c) - sin * (a - d), blocks),
  }),
  orthogonal: true,
  angle: "angles",
  determinant: -1,
  transpose: (parameters) => parameters,
  nearest: (blocks) => ({ angles: perBlock(blocks, ([a, b, c, d]) => Math.atan2(b + c, a - d)) }),
  initial: (schedule, random, init, noise) => {
    if (init === "identity")
      throw new ValueError(
        "initialParameters",
        '"haar", "quarter" or "hadamard" for reflections',
        `"${init}"`,
      );
    if (init !== "hadamard")
      return { angles: initialAngles("reflection", schedule, random, init, noise) };
    checkOnePass(schedule); // [1, 1; 1, −1]/√2 is the reflection of π/4
    return {
      angles: Float64Array.from(schedule.first, () => Math.PI / 4 + (noise ?? 0) * random.normal()),
    };
  },
  improve: (block, correlation, ga, gc) => {
    const [m0, m1, m2, m3] = block;
    const [g0, g1, g2, g3] = times(times(ga, block), gc);
    const [h0, h1, h2, h3] = correlation;
    // of C = [1, 0; 0, −1] and S = [0, 1; 1, 0]: ⟨H, C⟩, ⟨H, S⟩, ⟨C, Ga C Gc⟩, ⟨C, Ga S Gc⟩, ⟨S, Ga
    // S Gc⟩
    const angle = bestAngle(Math.atan2(m1, m0), {
      p: g0 + h0 - (g3 + h3),
      q: g1 + h1 + (g2 + h2),
      u: ga[0] * gc[0] - 2 * ga[1] * gc[1] + ga[3] * gc[3],
      v: ga[1] * gc[0] + ga[0] * gc[1] - ga[3] * gc[1] - ga[1] * gc[3],
      w: ga[3] * gc[0] + 2 * ga[1] * gc[1] + ga[0] * gc[3],
    });
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    return [c - m0, s - m1, s - m2, -c - m3];
  },
});

/**
 * The mixer of reflections, y = d_out ⊙ (B_L ⋯ B₁ (d_in ⊙ x)) + bias: x [..., in], angles [P] →
 * [..., out], see {@link Mixer}.
 * @example
 * const [random, schedule] = [rng(1), butterfly(8)];
 * const { angles } = initialParameters(reflectionMixer, schedule, random);
 * reflectionMixer(normal(random, [2, 8]), angles, { schedule }).shape; // [2, 8]
 */
export const reflectionMixer: Mixer<["angles"]> = defineMixer(reflection);
