/** @file Every kind of module of this package that files describe. A new one is a line here. */
import type { ModuleKind } from "@spm/nn/extend";
import { gptModule } from "./gpt/gpt.ts";
import { imageFlowModule } from "./image-flow/image-flow.ts";
import { invertibleModules } from "./image-flow/invertible-maps.ts";
import { layerNormBlockModules } from "./layer-norm-net/blocks.ts";
import { layerNormNetModules } from "./layer-norm-net/layer-norm-net.ts";
import { mlpModule } from "./mlp/mlp.ts";
import { paramixerModule } from "./paramixer/paramixer.ts";
import { paramixerBlockModule } from "./paramixer/paramixer-block.ts";
import { bottleneckModule } from "./resnet/bottleneck.ts";
import { resNetModule } from "./resnet/resnet.ts";
import { rotorNetModule } from "./rotor-net/rotor-net.ts";
import { tensorNetModule } from "./tensornet/tensornet.ts";
import { transformerModule } from "./transformer/transformer.ts";

/**
 * The kinds of module of @spm/models, for `buildModel`.
 * @example modelKinds.some(({ name }) => name === "Gpt"); // true
 */
export const modelKinds: readonly ModuleKind[] = [
  ...[mlpModule, gptModule, transformerModule, resNetModule, bottleneckModule, rotorNetModule],
  ...[paramixerModule, paramixerBlockModule, tensorNetModule, imageFlowModule],
  ...layerNormNetModules,
  ...layerNormBlockModules,
  ...invertibleModules,
];
