/** @file @spm/mixer: the Stagewise Pairwise Mixer. */
export { applyTranspose, inverse, logAbsDet, solve, toDense, transposed } from "./algebra.ts";
export { compose } from "./compose.ts";
export { composedMixer } from "./composed.ts";
export { type Condition, condition } from "./condition.ts";
export { type Connectivity, connectivity, pathCounts } from "./connectivity.ts";
export { flops, type Layout, parameterCount } from "./cost.ts";
export { degreesOfFreedom } from "./degrees-of-freedom.ts";
export { circularConvolution, dct, dft } from "./exact/fourier.ts";
export { hadamard } from "./exact/hadamard.ts";
export { type PermutationNetwork, permutation } from "./exact/permutation.ts";
export type { ExactOptions } from "./exact/start.ts";
export {
  type Factors,
  type FactorsOf,
  fanIn,
  fanOut,
  type GeneralFactors,
  mix,
  type RotationFactors,
  toGeneral,
} from "./factors.ts";
export { type FromDenseOptions, fromDense } from "./from-dense/from-dense.ts";
export * from "./initialise.ts";
export {
  type BackwardMode,
  generalMixer,
  generalOp,
  type MixerOp,
  type MixerOptions,
  rotationMixer,
  rotationOp,
  type Surroundings,
} from "./mixer.ts";
export { general, type Parameterisation, rotation } from "./parameterisation.ts";
export { type PerSampleGradients, perSampleGradients } from "./per-sample.ts";
export { type Arrangement, arrange, mixArranged, type Rectangular } from "./rectangular.ts";
export * from "./schedule.ts";
export { inSeries, reversed, sideBySide } from "./schedule-algebra.ts";
