/** @file What a mixer costs: trainable values, and floating-point operations a row. */
import type { BackwardMode } from "./mixer.ts";
import type { Schedule } from "./schedule.ts";

/** What stands around the stages; n → n with both diagonals and a bias unless said. */
export interface Layout {
  readonly fanIn?: number;
  readonly fanOut?: number;
  readonly diagonals?: boolean;
  readonly bias?: boolean;
}

/**
 * Trainable values: P angles, or 4P entries and R scales; in + out for the diagonals, out for the
 * bias.
 * @example
 * parameterCount("rotation", butterfly(4096), { bias: false });
 * // 32,768: nL/2 + 2n; dense n² is 512 times that
 */
export function parameterCount(
  kind: "rotation" | "general",
  schedule: Schedule,
  layout: Layout = {},
): number {
  const { fanIn = schedule.n, fanOut = schedule.n, diagonals = true, bias = true } = layout;
  const stages =
    kind === "rotation"
      ? schedule.first.length
      : 4 * schedule.first.length + schedule.leftovers.length;
  return stages + (diagonals ? fanIn + fanOut : 0) + (bias ? fanOut : 0);
}

/**
 * FLOP a row, an addition or a multiplication counting 1; sines and cosines, once a call, are left
 * out. Forward 6P (+ R for general); backward 14P (+ 3R) from stored stages, 16P walking back, 20P
 * (+ 4R) running forward again; around the stages in + 2·out forward, 3·in + 4·out backward. (A
 * stored rotation could do with 10P: its four products a pair come down to one cross product.)
 */
export function flops(
  kind: "rotation" | "general",
  schedule: Schedule,
  backward: BackwardMode,
  { fanIn = schedule.n, fanOut = schedule.n, diagonals = true, bias = true }: Layout = {},
): { forward: number; backward: number } {
  const [pairs, leftovers] = [
    schedule.first.length,
    kind === "general" ? schedule.leftovers.length : 0,
  ];
  const ends = diagonals
    ? { forward: fanIn + fanOut, backward: 3 * (fanIn + fanOut) }
    : { forward: 0, backward: 0 };
  const shift = bias ? fanOut : 0;
  const forward = 6 * pairs + leftovers;
  const again = backward === "recompute" ? forward : 0;
  const walk = backward === "reverse" ? 16 : 14;
  return {
    forward: forward + ends.forward + shift,
    backward: again + walk * pairs + 3 * leftovers + ends.backward + shift,
  };
}
