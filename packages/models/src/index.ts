/** @file @spm/models: models made of layers, a folder each. */
export {
  type DrawTokenOptions,
  drawToken,
  type GenerateOptions,
  generate,
} from "./gpt/generate.ts";
export { Gpt, type GptOptions } from "./gpt/gpt.ts";
export { gptOf, type SavedGpt } from "./gpt/saved-gpt.ts";
export { Mlp, type MlpOptions } from "./mlp/mlp.ts";
export { type LinkOptions, type LinkProtocol, linkShifts } from "./paramixer/links.ts";
export { Paramixer, type ParamixerOptions } from "./paramixer/paramixer.ts";
export { ParamixerBlock, type ParamixerBlockOptions } from "./paramixer/paramixer-block.ts";
export { type EdgeOptions, edgesWithin } from "./tensornet/edges.ts";
export {
  type EnergyAndForces,
  type EnergyForceLossOptions,
  energyAndForces,
  energyForceLoss,
} from "./tensornet/forces.ts";
export { TensorNet, type TensorNetOptions } from "./tensornet/tensornet.ts";
