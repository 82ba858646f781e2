/** @file Functions without state: losses, norms, attention, convolution. */
export { type CrossEntropyOptions, crossEntropy, crossEntropyOp } from "./cross-entropy.ts";
export { type FusedDefinition, type FusedOp, fused } from "./fused.ts";
