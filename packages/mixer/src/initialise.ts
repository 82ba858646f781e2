/**
 * @file Where training starts. Orthogonal blocks for every kind that has them: Gaussian 2×2 blocks
 * multiply to a condition of 10⁶ at n = 64. A gain belongs in a diagonal, never in the blocks,
 * where it would act L times.
 */
import { type Rng, type Tensor, tensor } from "@spm/core";
import { ValueError } from "@spm/core/extend";
import type { MixerKind } from "./mixer.ts";
import {
  byName,
  inOrder,
  type MixerInit,
  type Named,
  type Names,
} from "./parameterisation/define.ts";
import type { Schedule } from "./schedule.ts";

const inits: readonly MixerInit[] = ["haar", "identity", "quarter", "hadamard"];

/** Options of {@link initialParameters}. */
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
 * Parameters of a mixer to start from, by name: of a rotation mixer `{ angles }`, [P] in radians.
 * @param init - `haar` unless said
 * @throws ValueError for an unknown name, one that the kind does not have, a negative noise, or
 * `hadamard` on another schedule
 * @example const { angles } = initialParameters(rotationMixer, butterfly(64), rng(1));
 */
export function initialParameters<N extends Names>(
  { parameterisation }: MixerKind<N>,
  schedule: Schedule,
  random: Rng,
  init: MixerInit = "haar",
  { noise, dtype = "float32" }: InitOptions = {},
): Named<N, Tensor> {
  if (!inits.includes(init))
    throw new ValueError(
      "initialise",
      '"haar", "identity", "quarter" or "hadamard"',
      `"${init as string}"`,
    );
  if (noise !== undefined && !(noise >= 0 && noise < Number.POSITIVE_INFINITY))
    throw new ValueError("initialise", "a noise ≥ 0", noise);
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
