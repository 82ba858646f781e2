/**
 * @file @spm/core: tensors on ndarray, a tape, primitives with their derivatives, and what is made
 * of them.
 */
export * from "./array.ts";
export * from "./backend.ts";
export { detectAnomaly, printTape } from "./debug.ts";
export * from "./errors.ts";
export * from "./grad.ts";
export * from "./gradcheck.ts";
export * from "./ops/index.ts";
export type { OptionSchema } from "./option-schema.ts";
export * from "./primitive.ts";
export { printsAs, showValue } from "./prints-as.ts";
export { keep, noGrad, own, scope } from "./scope.ts";
export * from "./shape.ts";
export { type Residual, Storage, View } from "./storage.ts";
export { isRecording } from "./tape.ts";
export { Parameter, type Spec, showSpec, Tensor } from "./tensor.ts";
