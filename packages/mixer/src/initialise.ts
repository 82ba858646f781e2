/** @file Where training starts. Orthogonal blocks for both variants: Gaussian 2×2 blocks multiply to a condition of 10⁶ at n = 64. */
import { type Rng, type Tensor, tensor, ValueError } from "@spm/core";
import type { Schedule } from "./schedule.ts";

/** `haar`: uniform angles, W has entries of variance 1/n. `identity`: angles N(0, 0.1²), W near the identity. */
export type MixerInit = "haar" | "identity";

function draw(init: MixerInit, random: Rng): number {
  if (init === "haar") return (2 * random.uniform() - 1) * Math.PI;
  if (init === "identity") return 0.1 * random.normal();
  throw new ValueError("initialise", '"haar" or "identity"', init);
}

/** Angles [P] for a rotation mixer, in radians. */
export function initialAngles({ first }: Schedule, random: Rng, init: MixerInit = "haar"): Tensor {
  return tensor(Float32Array.from(first, () => draw(init, random)));
}

/** Blocks [P, 4] for a general mixer: rotations, and with `haar` a reflection in every second draw. */
export function initialBlocks({ first }: Schedule, random: Rng, init: MixerInit = "haar"): Tensor {
  const data = new Float32Array(4 * first.length);
  for (let p = 0; p < first.length; p++) {
    const angle = draw(init, random);
    const flip = init === "haar" && random.uniform() < 0.5 ? -1 : 1;
    data.set([Math.cos(angle), -flip * Math.sin(angle), Math.sin(angle), flip * Math.cos(angle)], 4 * p);
  }
  return tensor(data, { shape: [first.length, 4] });
}
