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
