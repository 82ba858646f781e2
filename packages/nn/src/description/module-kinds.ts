/** @file Every kind of module of this package that files describe. A new one is a line here. */
import { adaptiveMixerModule } from "../adaptive-mixer.ts";
import { batchNormModules } from "../batch-norm.ts";
import { dropoutModule } from "../dropout.ts";
import { embeddingBagModule, embeddingModule } from "../embedding.ts";
import { instanceNormModules } from "../instance-norm.ts";
import { linearModule } from "../linear.ts";
import { mixerModule } from "../mixer-layer-kind.ts";
import { normModules } from "../norms.ts";
import { preluModule } from "../prelu.ts";
import { cellModules } from "../recurrent/cells.ts";
import { recurrentModules } from "../recurrent/module-kinds.ts";
import { rotorLinearModule } from "../rotor/rotor-linear.ts";
import { sequentialModules } from "../sequential.ts";
import { spatialModules } from "../spatial/module-kinds.ts";
import { blockDiagonalModule } from "../structured/block-diagonal.ts";
import { blockHadamardModule } from "../structured/block-hadamard.ts";
import { butterflyModule } from "../structured/butterfly.ts";
import { circulantModule } from "../structured/circulant.ts";
import { circulantDiagonalModule } from "../structured/circulant-diagonal.ts";
import { lowRankModule } from "../structured/low-rank.ts";
import { monarchModule } from "../structured/monarch.ts";
import { toeplitzModule } from "../structured/toeplitz.ts";
import { attentionModule } from "../transformer/attention.ts";
import { decoderBlockModule } from "../transformer/decoder-block.ts";
import { feedForwardModule } from "../transformer/feed-forward.ts";
import { positionsModule } from "../transformer/positions.ts";
import { blockModule } from "../transformer/transformer-block.ts";
import type { ModuleKind } from "./module-kind.ts";

/**
 * The kinds of module of @spm/nn, for `buildModel`.
 * @example moduleKinds.some(({ name }) => name === "Gru"); // true
 */
export const moduleKinds: readonly ModuleKind[] = [
  linearModule,
  mixerModule,
  ...[adaptiveMixerModule, rotorLinearModule, lowRankModule, monarchModule],
  ...[blockDiagonalModule, blockHadamardModule, butterflyModule],
  ...[circulantModule, circulantDiagonalModule, toeplitzModule],
  ...[embeddingModule, embeddingBagModule, positionsModule, dropoutModule, preluModule],
  ...normModules,
  ...batchNormModules,
  ...instanceNormModules,
  ...cellModules,
  ...recurrentModules,
  ...[attentionModule, feedForwardModule, blockModule, decoderBlockModule],
  ...spatialModules,
  ...sequentialModules,
];
