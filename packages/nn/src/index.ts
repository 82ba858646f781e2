/** @file @spm/nn: modules and the functions that they are made of. */
export { type LinearFactory, type LinearKind, linear, linearKinds } from "./factory.ts";
export * from "./functional/index.ts";
export { Linear, type LinearOptions } from "./linear.ts";
export { GeneralMixer, type MixerLayerOptions, RotationMixer } from "./mixer.ts";
export { Mlp, type MlpOptions } from "./mlp.ts";
export { Module, type StateDict } from "./module.ts";
