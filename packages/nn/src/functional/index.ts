/** @file Functions without state: activations, losses, norms, attention, convolution. */
export {
  celu,
  elu,
  type GeluOptions,
  gelu,
  glu,
  type HardtanhOptions,
  hardswish,
  hardtanh,
  leakyRelu,
  mish,
  modRelu,
  prelu,
  selu,
  silu,
  softsign,
} from "./activation.ts";
export {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
} from "./adaptive-pooling.ts";
export { embedding } from "./affine.ts";
export { type AttentionMaskOptions, scaledDotProductAttention } from "./attention.ts";
export { type ClassLossOptions, nll } from "./class-losses.ts";
export {
  type ConvolveOptions,
  conv1d,
  conv2d,
  convTranspose1d,
  convTranspose2d,
  type TransposeOptions,
} from "./convolution.ts";
export { type CrossEntropyOptions, crossEntropy } from "./cross-entropy.ts";
export { type DropoutOptions, dropout } from "./dropout.ts";
export { type BagMode, type EmbeddingBagOptions, embeddingBag } from "./embedding-bag.ts";
export { gruStep } from "./gru-step.ts";
export { type InterpolateOptions, interpolate } from "./interpolate.ts";
export {
  type BceOptions,
  bceWithLogits,
  type HuberOptions,
  huber,
  type KlDivOptions,
  klDiv,
  type LossOptions,
  type LossReduction,
  l1,
  mse,
  type SmoothL1Options,
  smoothL1,
} from "./losses.ts";
export { neighbourSum } from "./neighbours.ts";
export {
  groupNorm,
  instanceNorm,
  type LayerNormOptions,
  layerNorm,
  type NormOptions,
  rmsNorm,
} from "./normalise.ts";
export {
  type CosineEmbeddingOptions,
  type CosineSimilarityOptions,
  cosineEmbedding,
  cosineSimilarity,
  type TripletMarginOptions,
  tripletMargin,
} from "./pair-losses.ts";
export {
  type AvgPoolOptions,
  avgPool1d,
  avgPool2d,
  maxPool1d,
  maxPool2d,
  type PoolOptions,
} from "./pooling.ts";
export { skewExponential } from "./skew-exponential.ts";
export { logSoftmax, softmax } from "./softmax.ts";
export type { SlidingOptions } from "./windows.ts";
