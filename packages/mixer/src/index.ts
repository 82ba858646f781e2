/**
 * @file @spm/mixer: the Stagewise Pairwise Mixer. What one asks about a mixer is
 * `@spm/mixer/analysis`; what authors of layers and backends need besides is `@spm/mixer/extend`.
 */

// The op, and its parameterisations

export { type InitOptions, initialParameters } from "./initialise.ts";
export {
  type BackwardMode,
  defineMixer,
  generalMixer,
  type Mixer,
  type MixerCallOptions,
  type MixerKind,
  type MixerOptions,
} from "./mixer.ts";
export { mixers } from "./mixers.ts";
export {
  defineParameterisation,
  type MixerInit,
  type Parameterisation,
  type ParameterisationDefinition,
} from "./parameterisation/define.ts";
export { general } from "./parameterisation/general.ts";
export { reflection, reflectionMixer } from "./parameterisation/reflection.ts";
export { rotation, rotationMixer } from "./parameterisation/rotation.ts";

// Schedules: who meets whom in which stage

export {
  brick,
  butterfly,
  fromPairs,
  log2Stages,
  randomMatching,
  type Schedule,
  shuffle,
} from "./schedule.ts";
export { blockDiagonal, composeSchedules, reverseSchedule } from "./schedule-algebra.ts";

// A mixer's matrix: apply, invert, multiply, find

export { applyTranspose, inverse, logAbsDet, solve, toDense, transposed } from "./algebra.ts";
export { compose } from "./compose.ts";
export { apply, type Factors, type GeneralFactors, toGeneral } from "./factors.ts";
export { type PerSampleGradients, perSampleGradients } from "./per-sample.ts";
export type { Rectangular } from "./rectangular.ts";

// Presets: mixers that are transforms one knows

export { circularConvolution, type DftOptions, dct, dft } from "./presets/fourier.ts";
export { type HadamardOptions, hadamard } from "./presets/hadamard.ts";
export {
  fromPermutation,
  type PermutationNetwork,
  type PermutationOptions,
} from "./presets/permutation.ts";
export type { PresetOptions } from "./presets/realise.ts";
