/** @file @spm/mixer/extend: the parts for authors of layers, schedules and backends. */

// Whether a parameterisation is right

export { checkParameterisation, type ParameterisationReport } from "./check-parameterisation.ts";

// The op beneath a mixer, and its operands

export type { AngleSource } from "./adaptive/angle-sources.ts";
export type { AdaptiveOptions } from "./adaptive/kernel.ts";
export { adaptiveOp } from "./adaptive/op.ts";
export { composedMixer, type MixerPlaces } from "./composed.ts";
export { inFeatures, outFeatures } from "./factors.ts";
export { checkMixer, type Diagonals, type MixerOp } from "./mixer.ts";
export {
  byName,
  inOrder,
  type Named,
  type Names,
  type ParameterLayout,
  type Quad,
} from "./parameterisation/define.ts";
export { type PerSampleOptions, type PerSamplePlaces, perSampleOp } from "./per-sample-op.ts";
export type { Blocks } from "./stages.ts";

// Presets

export { hadamardAngles } from "./presets/hadamard-angles.ts";

// Schedules, pair by pair

export { defaultSchedule } from "./patterns.ts";
export {
  type AddPair,
  type BuildScheduleOptions,
  buildSchedule,
  eachPair,
  eachUnpaired,
  type Pair,
  pairsOf,
} from "./schedule.ts";

// Passes of a kernel

export { type PlannedPass, planPasses } from "./passes.ts";

// Maps that are not square

export { applyTiled, planTiling, type Tiling, type TilingOptions } from "./rectangular.ts";
