/** @file @spm/mixer: the Stagewise Pairwise Mixer. */
export { composedMixer } from "./composed.ts";
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
export * from "./schedule.ts";
