/**
 * @file @spm/mixer: the Stagewise Pairwise Mixer. Its cost, condition and reach are
 * `@spm/mixer/analysis`; the parts for authors of layers and backends are `@spm/mixer/extend`.
 */

// The op, and its parameterisations

export type { BackwardMode, MixerOptions } from "./forward-backward.ts";
export { type InitOptions, initialParameters } from "./initialise.ts";
export {
  defineMixer,
  generalMixer,
  type Mixer,
  type MixerCallOptions,
  type MixerKind,
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

// Rotations by angles that depend on the input

export {
  type AdaptiveMixerOptions,
  type AdaptiveMode,
  type AdaptiveParameters,
  adaptiveMixer,
  type InitialAdaptiveOptions,
  initialAdaptive,
} from "./adaptive/adaptive-mixer.ts";

// Schedules: the pairs of each stage

export { brick, butterfly, log2Stages, randomMatching, shuffle } from "./patterns.ts";
export { type FromPairsOptions, fromPairs, type Schedule } from "./schedule.ts";
export { blockDiagonal, composeSchedules, reverseSchedule } from "./schedule-algebra.ts";

// A mixer's matrix: apply, invert, multiply, find

export {
  applyInverse,
  applyTranspose,
  inverseMixer,
  logAbsDet,
  toDense,
  transposed,
} from "./algebra.ts";
export { compose } from "./compose.ts";
export {
  type ApplyOptions,
  apply,
  type Factors,
  type GeneralFactors,
  toGeneral,
} from "./factors.ts";
export { type PerSampleMixer, perSampleMixer } from "./per-sample.ts";
export type { Rectangular } from "./rectangular.ts";

// Presets: mixers that are known transforms

export {
  type CircularConvolutionOptions,
  circularConvolution,
  type DftOptions,
  dct,
  dft,
} from "./presets/fourier.ts";
export { type HadamardOptions, hadamard } from "./presets/hadamard.ts";
export {
  fromPermutation,
  type PermutationNetwork,
  type PermutationOptions,
} from "./presets/permutation.ts";
export type { PresetOptions } from "./presets/realise.ts";
