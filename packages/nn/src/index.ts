/** @file @spm/nn: modules and the functions that they are made of. */
export { BatchNorm1d, type BatchNormOptions } from "./batch-norm.ts";
export { Dropout } from "./dropout.ts";
export { Embedding, type EmbeddingOptions } from "./embedding.ts";
export * from "./functional/index.ts";
export { functionalCall } from "./functional-call.ts";
export { gradcheckModule, gradgradcheckModule } from "./gradcheck-module.ts";
export { Gru, GruCell, type GruOptions } from "./gru.ts";
export {
  type InitialWeights,
  type InitialWeightsOptions,
  initialWeights,
} from "./initial-weights.ts";
export { type DenseOptions, Linear } from "./linear.ts";
export { type LinearChoice, type LinearKind, linear, linearKinds } from "./linear-kinds.ts";
export {
  type LinearEntry,
  type LinearFactory,
  LinearMap,
  type LinearOptions,
} from "./linear-map.ts";
export { MixerLayer, type MixerLayerOptions } from "./mixer-layer.ts";
export {
  enterEvaluation,
  Module,
  ModuleBuffer,
  type Place,
  places,
  type StateDict,
} from "./module.ts";
export { LayerNorm, type NormKind, type NormOptions, normOf, RmsNorm } from "./norms.ts";
export { checkChoice, checkSizes } from "./options.ts";
export { perSampleEmbedding, perSampleLinear, perSampleNorm } from "./per-sample.ts";
export {
  type ReplaceLinearOptions,
  type Replacement,
  type ReplacementReport,
  replaceLinear,
} from "./replace-linear.ts";
export { type Layer, Residual, Sequential } from "./sequential.ts";
export * from "./spatial/index.ts";
export {
  BlockDiagonal,
  type BlockDiagonalOptions,
  Butterfly,
  Circulant,
  LowRank,
  type LowRankOptions,
  Monarch,
  type MonarchOptions,
  StructuredMap,
  Toeplitz,
} from "./structured/index.ts";
export type { Cost } from "./summary.ts";
export { type Summary, type SummaryRow, summary } from "./summary.ts";
export * from "./transformer/index.ts";
