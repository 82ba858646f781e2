/** @file The cost of a mixer: trainable values, and floating-point operations a row. */

import { checkOptions, type OptionNames } from "@spm/core/extend";
import type { BackwardMode } from "./forward-backward.ts";
import type { MixerKind } from "./mixer.ts";
import { checkMixer } from "./mixer.ts";
import type { Schedule } from "./schedule.ts";
import { checkSchedule } from "./schedule.ts";

/** The sizes of a mixer, its diagonals and its bias. */
export interface Layout {
  /** @defaultValue the schedule's n */
  readonly inFeatures?: number;
  /** @defaultValue the schedule's n */
  readonly outFeatures?: number;
  /** @defaultValue true */
  readonly diagonals?: boolean;
  /** @defaultValue true */
  readonly bias?: boolean;
}

/** Options of {@link flops}. */
export interface FlopsOptions extends Layout {
  /** @defaultValue "reverse" for an orthogonal kind, "recompute" for others */
  readonly backward?: BackwardMode;
}

const layoutOptions: OptionNames<Layout> = {
  inFeatures: true,
  outFeatures: true,
  diagonals: "boolean",
  bias: "boolean",
};
const flopsOptions: OptionNames<FlopsOptions> = { ...layoutOptions, backward: true };

/**
 * The number of trainable values: P angles, or 4P entries and R scales of unpaired coordinates;
 * in + out of the diagonals, out of the bias.
 * @example parameterCount(rotationMixer, butterfly(4096), { bias: false }); // 32768
 */
export function parameterCount(mixer: MixerKind, schedule: Schedule, layout: Layout = {}): number {
  checkMixer("parameterCount", mixer);
  const { parameterisation } = mixer;
  checkSchedule("parameterCount", schedule);
  checkOptions("parameterCount", layout, layoutOptions);
  const {
    inFeatures = schedule.n,
    outFeatures = schedule.n,
    diagonals = true,
    bias = true,
  } = layout;
  return (
    parameterisation.count(schedule) +
    (diagonals ? inFeatures + outFeatures : 0) +
    (bias ? outFeatures : 0)
  );
}

/**
 * FLOP a row, an addition or a multiplication counting 1; sines and cosines, once a call, are left
 * out. Forward 6P (+ R unless orthogonal); backward 14P (+ 3R) from stored stages, 20P (+ 4R)
 * running forward again, as much walking back, or 16P where the kind has an angle; diagonals and
 * bias take in + 2·out forward, 3·in + 4·out backward. (A stored rotation could do with 10P: its
 * four products a pair come down to one cross product.)
 * @example flops(rotationMixer, butterfly(8)); // { forward: 96, backward: 248 }
 */
export function flops(
  mixer: MixerKind,
  schedule: Schedule,
  options: FlopsOptions = {},
): { forward: number; backward: number } {
  checkMixer("flops", mixer);
  const { parameterisation } = mixer;
  checkSchedule("flops", schedule);
  checkOptions("flops", options, flopsOptions);
  const { orthogonal, angle } = parameterisation;
  const { n } = schedule;
  const { inFeatures = n, outFeatures = n, diagonals = true, bias = true } = options;
  const { backward = orthogonal ? "reverse" : "recompute" } = options;
  const [pairs, unpaired] = [schedule.first.length, orthogonal ? 0 : schedule.unpaired.length];
  const scaling = diagonals ? inFeatures + outFeatures : 0;
  const shift = bias ? outFeatures : 0;
  const forward = 6 * pairs + unpaired;
  const again = backward === "recompute" ? forward : 0;
  const walk = backward !== "reverse" ? 14 : angle === undefined ? 20 : 16;
  return {
    forward: forward + scaling + shift,
    backward: again + walk * pairs + 3 * unpaired + 3 * scaling + shift,
  };
}
