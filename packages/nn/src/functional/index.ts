/** @file Functions without state: losses, norms, attention, convolution. */
export { elu, gelu, leakyRelu, silu } from "./activation.ts";
export { affine, embedding } from "./affine.ts";
export { type AttentionMaskOptions, scaledDotProductAttention } from "./attention.ts";
export { conv1d, conv2d } from "./convolution.ts";
export { type CrossEntropyOptions, crossEntropy, crossEntropyOp } from "./cross-entropy.ts";
export { dropout } from "./dropout.ts";
export { gruStep, gruStepOp } from "./gru-step.ts";
export { bceWithLogits, huber, klDiv, l1, mse, type Reduction } from "./losses.ts";
export { layerNorm, layerNormOp, rmsNorm, rmsNormOp } from "./normalise.ts";
export { avgPool1d, avgPool2d, maxPool1d, maxPool2d } from "./pooling.ts";
export { logSoftmax, logSoftmaxOp, softmax, softmaxOp } from "./softmax.ts";
export { addWindowsOp, type SlidingOptions, windows, windowsOp } from "./windows.ts";
