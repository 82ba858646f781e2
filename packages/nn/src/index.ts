/**
 * @file @spm/nn: modules and the functions that they are made of. The parts for authors of layers,
 * linear kinds and backends are `@spm/nn/extend`.
 */

// Modules

export { functionalCall } from "./functional-call.ts";
export { gradcheckModule, gradgradcheckModule } from "./gradcheck-module.ts";
export type { LoadOptions, LoadReport, StoredTensors } from "./load-state.ts";
export { Module, type StateDict } from "./module.ts";
export { type Layer, Residual, Sequential } from "./sequential.ts";
export { type Cost, type Summary, type SummaryRow, summary } from "./summary.ts";
export { type PerSampleGradients, perSampleGradients } from "./taps.ts";

// Linear maps

export { type DenseOptions, Linear } from "./linear.ts";
export { type LinearChoice, type LinearKind, linear, linearKinds } from "./linear-kinds.ts";
export type { LinearEntry, LinearFactory, LinearMap, LinearOptions } from "./linear-map.ts";
export { MixerLayer, type MixerLayerOptions } from "./mixer-layer.ts";
export {
  type ReplaceLinearOptions,
  type Replacement,
  type ReplacementReport,
  replaceLinear,
} from "./replace-linear.ts";
export {
  geometricProduct,
  type Plane,
  planePairs,
  RotorLinear,
  type RotorLinearOptions,
  reversion,
  rotor,
  sandwich,
  toPlanes,
} from "./rotor/index.ts";
export {
  BlockDiagonal,
  type BlockDiagonalOptions,
  BlockHadamard,
  type BlockHadamardOptions,
  Butterfly,
  Circulant,
  CirculantDiagonal,
  type CirculantDiagonalOptions,
  LowRank,
  type LowRankOptions,
  Monarch,
  type MonarchOptions,
  type StructuredMap,
  Toeplitz,
} from "./structured/index.ts";

// Other layers

export { AdaptiveMixer, type AdaptiveMixerLayerOptions } from "./adaptive-mixer.ts";
export { BatchNorm1d, BatchNorm2d } from "./batch-norm.ts";
export { Dropout } from "./dropout.ts";
export {
  Embedding,
  EmbeddingBag,
  type EmbeddingBagLayerOptions,
  type EmbeddingOptions,
} from "./embedding.ts";
export { InstanceNorm1d, InstanceNorm2d } from "./instance-norm.ts";
export {
  type AffineNormOptions,
  GroupNorm,
  LayerNorm,
  type NormKind,
  RmsNorm,
} from "./norms.ts";
export { Prelu, type PreluOptions } from "./prelu.ts";
export * from "./recurrent/index.ts";
export type { RunningNormOptions } from "./running-norm.ts";
export * from "./spatial/index.ts";
export * from "./transformer/index.ts";

// Functions

export * from "./functional/index.ts";
