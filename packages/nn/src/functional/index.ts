/** @file Functions without state: activations, losses, norms, attention, convolution. */
export { elu, type GeluOptions, gelu, leakyRelu, silu } from "./activation.ts";
export { embedding } from "./affine.ts";
export { type AttentionMaskOptions, scaledDotProductAttention } from "./attention.ts";
export { conv1d, conv2d } from "./convolution.ts";
export { type CrossEntropyOptions, crossEntropy } from "./cross-entropy.ts";
export { type DropoutOptions, dropout } from "./dropout.ts";
export { gruStep } from "./gru-step.ts";
export {
  bceWithLogits,
  type HuberOptions,
  huber,
  klDiv,
  type LossOptions,
  type LossReduction,
  l1,
  mse,
} from "./losses.ts";
export { neighbourSum } from "./neighbours.ts";
export { layerNorm, type NormOptions, rmsNorm } from "./normalise.ts";
export { avgPool1d, avgPool2d, maxPool1d, maxPool2d } from "./pooling.ts";
export { logSoftmax, softmax } from "./softmax.ts";
export type { SlidingOptions } from "./windows.ts";
