/** @file What a mixer costs: trainable values, and floating-point operations a row. */
import type { BackwardMode, MixerKind } from "./mixer.ts";
import type { Schedule } from "./schedule.ts";

/** What stands around the stages; n → n with both diagonals and a bias unless said. */
export interface Layout {
  readonly fanIn?: number;
  readonly fanOut?: number;
  readonly diagonals?: boolean;
  readonly bias?: boolean;
}

/**
 * Trainable values: those of the parameterisation (P angles, or 4P entries and R unpairedScales);
 * in + out for the diagonals, out for the bias.
 * @example
 * parameterCount(rotationMixer, butterfly(4096), { bias: false });
 * // 32,768: nL/2 + 2n; dense n² is 512 times that
 */
export function parameterCount(
  { parameterisation }: MixerKind,
  schedule: Schedule,
  layout: Layout = {},
): number {
  const { fanIn = schedule.n, fanOut = schedule.n, diagonals = true, bias = true } = layout;
  return parameterisation.count(schedule) + (diagonals ? fanIn + fanOut : 0) + (bias ? fanOut : 0);
}

/**
 * FLOP a row, an addition or a multiplication counting 1; sines and cosines, once a call, are left
 * out. Forward 6P (+ R unless orthogonal); backward 14P (+ 3R) from stored stages, 20P (+ 4R)
 * running forward again, as much walking back, or 16P where the kind has an angle;
 * around the stages in + 2·out forward, 3·in + 4·out backward. (A stored rotation could do with
 * 10P: its four products a pair come down to one cross product.)
 */
export function flops(
  { parameterisation }: MixerKind,
  schedule: Schedule,
  backward: BackwardMode,
  { fanIn = schedule.n, fanOut = schedule.n, diagonals = true, bias = true }: Layout = {},
): { forward: number; backward: number } {
  const { orthogonal, angle } = parameterisation;
  const [pairs, unpaired] = [schedule.first.length, orthogonal ? 0 : schedule.unpaired.length];
  const ends = diagonals
    ? { forward: fanIn + fanOut, backward: 3 * (fanIn + fanOut) }
    : { forward: 0, backward: 0 };
  const shift = bias ? fanOut : 0;
  const forward = 6 * pairs + unpaired;
  const again = backward === "recompute" ? forward : 0;
  const walk = backward !== "reverse" ? 14 : angle === undefined ? 20 : 16;
  return {
    forward: forward + ends.forward + shift,
    backward: again + walk * pairs + 3 * unpaired + ends.backward + shift,
  };
}
