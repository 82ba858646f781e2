/** @file @spm/models: models made of layers, a folder each. */
export {
  type DrawTokenOptions,
  drawToken,
  type GenerateOptions,
  generate,
} from "./gpt/generate.ts";
export { Gpt, type GptOptions } from "./gpt/gpt.ts";
export { gptOf, type SavedGpt } from "./gpt/saved-gpt.ts";
export * from "./image-flow/index.ts";
export {
  AttentionBlock,
  ResidualBlock,
  type ResidualBlockOptions,
  unitNorm,
} from "./layer-norm-net/blocks.ts";
export {
  LayerNormResNet,
  type LayerNormResNetOptions,
  LayerNormTransformer,
  type LayerNormTransformerOptions,
} from "./layer-norm-net/layer-norm-net.ts";
export { squaredNorm } from "./layer-norm-net/squared-norm.ts";
export { Mlp, type MlpOptions } from "./mlp/mlp.ts";
export { modelKinds } from "./module-kinds.ts";
export { type LinkOptions, type LinkProtocol, linkShifts } from "./paramixer/links.ts";
export { Paramixer, type ParamixerOptions } from "./paramixer/paramixer.ts";
export { ParamixerBlock, type ParamixerBlockOptions } from "./paramixer/paramixer-block.ts";
export { type InputMap, type InputMapName, inputMaps } from "./quantised/input-maps.ts";
export {
  codedState,
  divergence,
  type QuantisedGpt,
  type QuantisedGptOptions,
  quantisedGpt,
  type Rounding,
} from "./quantised/quantised-gpt.ts";
export type { CodedMatrix, QuantisedLinear, RoundedLinear } from "./quantised/quantised-linear.ts";
export { Bottleneck, type BottleneckOptions } from "./resnet/bottleneck.ts";
export { ResNet, type ResNetOptions } from "./resnet/resnet.ts";
export { RotorNet, type RotorNetOptions } from "./rotor-net/rotor-net.ts";
export { type EdgeOptions, edgesWithin } from "./tensornet/edges.ts";
export {
  type EnergyAndForces,
  type EnergyForceLossOptions,
  energyAndForces,
  energyForceLoss,
} from "./tensornet/forces.ts";
export { TensorNet, type TensorNetOptions } from "./tensornet/tensornet.ts";
export { Transformer, type TransformerOptions } from "./transformer/transformer.ts";
