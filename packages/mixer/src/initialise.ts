/**
 * @file Initial parameters: orthogonal blocks for every kind that has them, since Gaussian 2×2
 * blocks multiply to a condition of 10⁶ at n = 64. A gain belongs in a diagonal, never in the
 * blocks, where it would act L times.
 */

import { type Rng, type Tensor, tensor } from "@spm/core";
import { checkOptions, checkRandom, type OptionNames, ValueError } from "@spm/core/extend";
import type { MixerKind } from "./mixer.ts";
import { checkMixer } from "./mixer.ts";
import {
  byName,
  inOrder,
  type MixerInit,
  type Named,
  type Names,
} from "./parameterisation/define.ts";
import type { Schedule } from "./schedule.ts";
import { checkSchedule } from "./schedule.ts";

const inits: readonly MixerInit[] = ["haar", "identity", "quarter", "hadamard"];

/** Options of {@link initialParameters}. */
export interface InitOptions {
  /**
   * The distribution.
   * @defaultValue "haar"
   */
  readonly init?: MixerInit;
  /**
   * Standard deviation of what is added to the angles, in radians; `haar` has none.
   * @defaultValue 0.1 for "identity" and "quarter", 0 for "hadamard"
   */
  readonly noise?: number;
  /** @defaultValue "float32" */
  readonly dtype?: "float32" | "float64";
}

const names: OptionNames<InitOptions> = { init: true, noise: true, dtype: true };

/**
 * Initial parameters of a mixer, by name.
 * @returns as the kind says: of rotations and reflections `{ angles }`, [P] in radians; of free
 * blocks `{ blocks, unpairedScales }`, [P, 4] and [R]
 * @throws ValueError for an unknown init, one that the kind does not have, a negative noise, or
 * `hadamard` on another schedule than one pass of a butterfly
 * @example initialParameters(rotationMixer, butterfly(64), rng(1)).angles.shape; // [192]
 */
export function initialParameters<N extends Names>(
  mixer: MixerKind<N>,
  schedule: Schedule,
  random: Rng,
  options: InitOptions = {},
): Named<N, Tensor> {
  checkMixer("initialParameters", mixer);
  const { parameterisation } = mixer;
  checkSchedule("initialParameters", schedule);
  checkRandom("initialParameters", random);
  checkOptions("initialParameters", options, names);
  const { init = "haar", noise, dtype = "float32" } = options;
  if (!inits.includes(init))
    throw new ValueError(
      "initialParameters",
      '"haar", "identity", "quarter" or "hadamard"',
      `"${init as string}"`,
    );
  if (noise !== undefined && !(noise >= 0 && noise < Number.POSITIVE_INFINITY))
    throw new ValueError("initialParameters", "a noise ≥ 0", noise);
  const numbers = inOrder(
    parameterisation,
    parameterisation.initial(schedule, random, init, noise),
  );
  const shapes = parameterisation.shapes(schedule);
  return byName(
    parameterisation,
    numbers.map((data, k) => tensor(data, { shape: shapes[k] ?? [], dtype })),
  );
}
