/**
 * @file Where training starts. Orthogonal blocks for both variants: Gaussian 2×2 blocks multiply to
 * a condition of 10⁶ at n = 64. A gain belongs in a diagonal, never in the blocks, where it would
 * act L times.
 */
import { type Rng, type Tensor, tensor, ValueError } from "@spm/core";
import { hadamardAngles } from "./exact/hadamard.ts";
import type { Schedule } from "./schedule.ts";

/**
 * `haar`: blocks uniform over SO(2), or over O(2) for a general mixer, rotations and reflections
 * alike: entries of W have variance 1/n. `identity`: angles N(0, noise²), W near the identity.
 * `quarter`: ±π/4 + N(0, noise²), where W is flat, |W_ij| ≈ 1/√n. `hadamard`: the Hadamard matrix,
 * for one pass of a butterfly (for n = 2 with its second column negated), with N(0, noise²) added
 * to the angles.
 */
export type MixerInit = "haar" | "identity" | "quarter" | "hadamard";

/** Options of the initialisations. */
export interface InitOptions {
  /**
   * Standard deviation in radians; 0.1 for `identity` and `quarter`, 0 for `hadamard`, unless said.
   * `haar` has none.
   */
  readonly noise?: number;
  /** float32 unless said. */
  readonly dtype?: "float32" | "float64";
}

/**
 * Angles [P] for a rotation mixer, in radians.
 * @throws ValueError for an unknown name, a negative noise, or `hadamard` on another schedule
 */
export function initialAngles(
  schedule: Schedule,
  random: Rng,
  init: MixerInit = "haar",
  { noise, dtype = "float32" }: InitOptions = {},
): Tensor {
  return tensor(angles(schedule, random, init, noise), { dtype });
}

/**
 * Blocks [P, 4] for a general mixer, each orthogonal: rotations, and with `haar` a reflection in
 * every second draw.
 * @throws as {@link initialAngles}
 */
export function initialBlocks(
  schedule: Schedule,
  random: Rng,
  init: MixerInit = "haar",
  { noise, dtype = "float32" }: InitOptions = {},
): Tensor {
  const turns = angles(schedule, random, init, noise);
  const data = new Float64Array(4 * turns.length);
  turns.forEach((angle, p) => {
    const flip = init === "haar" && random.uniform() < 0.5 ? -1 : 1;
    data.set(
      [Math.cos(angle), -flip * Math.sin(angle), Math.sin(angle), flip * Math.cos(angle)],
      4 * p,
    );
  });
  return tensor(data, { shape: [turns.length, 4], dtype });
}

function angles(
  schedule: Schedule,
  random: Rng,
  init: MixerInit,
  noise = init === "hadamard" ? 0 : 0.1,
): Float64Array {
  if (!(noise >= 0 && noise < Number.POSITIVE_INFINITY))
    throw new ValueError("initialise", "a noise ≥ 0", noise);
  const { first } = schedule;
  switch (init) {
    case "haar":
      return Float64Array.from(first, () => (2 * random.uniform() - 1) * Math.PI);
    case "identity":
      return Float64Array.from(first, () => noise * random.normal());
    case "quarter":
      return Float64Array.from(
        first,
        () => (random.uniform() < 0.5 ? -Math.PI : Math.PI) / 4 + noise * random.normal(),
      );
    case "hadamard":
      return hadamardAngles(schedule).map((angle) => angle + noise * random.normal());
    default:
      throw new ValueError(
        "initialise",
        '"haar", "identity", "quarter" or "hadamard"',
        `"${init as string}"`,
      );
  }
}
