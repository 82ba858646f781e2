/** @file @spm/mixer: the Stagewise Pairwise Mixer. */
export { applyTranspose, inverse, logAbsDet, solve, toDense, transposed } from "./algebra.ts";
export { compose } from "./compose.ts";
export { composedMixer, type MixerPlaces } from "./composed.ts";
export { type Condition, condition } from "./condition.ts";
export { type Connectivity, connectivity, pathCounts } from "./connectivity.ts";
export { flops, type Layout, parameterCount } from "./cost.ts";
export { degreesOfFreedom } from "./degrees-of-freedom.ts";
export { type Factors, fanIn, fanOut, type GeneralFactors, mix, toGeneral } from "./factors.ts";
export { type FromDense, type FromDenseOptions, fromDense } from "./from-dense/from-dense.ts";
export { type InitOptions, initialParameters } from "./initialise.ts";
export {
  type BackwardMode,
  defineMixer,
  generalMixer,
  type Mixer,
  type MixerCallOptions,
  type MixerKind,
  type MixerOp,
  type MixerOptions,
  type Surroundings,
} from "./mixer.ts";
export { mixers } from "./mixers.ts";
export {
  byName,
  defineParameterisation,
  inOrder,
  type MixerInit,
  type Named,
  type Names,
  type Parameterisation,
  type ParameterisationDefinition,
  type ParameterLayout,
  type Quad,
} from "./parameterisation/define.ts";
export { general } from "./parameterisation/general.ts";
export { reflection, reflectionMixer } from "./parameterisation/reflection.ts";
export { rotation, rotationMixer } from "./parameterisation/rotation.ts";
export { type PerSampleGradients, perSampleGradients } from "./per-sample.ts";
export { circularConvolution, type DftOptions, dct, dft } from "./presets/fourier.ts";
export { type HadamardOptions, hadamard } from "./presets/hadamard.ts";
export {
  type PermutationNetwork,
  type PermutationOptions,
  permutation,
} from "./presets/permutation.ts";
export type { PresetOptions } from "./presets/realise.ts";
export { type Arrangement, arrange, mixArranged, type Rectangular } from "./rectangular.ts";
export * from "./schedule.ts";
export { inSeries, reversed, sideBySide } from "./schedule-algebra.ts";
export type { Blocks } from "./stages.ts";
