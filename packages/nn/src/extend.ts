/** @file @spm/nn/extend: the parts for authors of layers, linear kinds and backends. */

// Layers and linear kinds

export { withEvaluation } from "./evaluation-mode.ts";
export { affine, affineOp } from "./functional/affine.ts";
export { type WindowsOptions, windows } from "./functional/windows.ts";
export { generatorsOf, instancesIn } from "./held.ts";
export {
  type InitialWeights,
  type InitialWeightsOptions,
  initialWeights,
} from "./initial-weights.ts";
export { LinearMap } from "./linear-map.ts";
export { checkModule, ModuleBuffer, type Place, places, stateOf } from "./module.ts";
export { nonFiniteIn } from "./non-finite.ts";
export { normOf } from "./norms.ts";
export { checkChoice, checkSizes } from "./options.ts";
export { perSampleEmbedding, perSampleLinear, perSampleNorm } from "./per-sample.ts";
export { RecurrentCell, type RecurrentState } from "./recurrent/cells.ts";
export { Recurrent } from "./recurrent/recurrent.ts";
export { StructuredMap } from "./structured/index.ts";
export { type Tap, withTaps } from "./taps.ts";
export { refuseUnseen, unseenIn } from "./unseen.ts";

// The primitives of its functions

export {
  type AttentionSettings,
  attentionOp,
  maskedAttentionOp,
} from "./functional/attention-op.ts";
export { crossEntropyOp } from "./functional/cross-entropy.ts";
export { type GeluForm, geluOp } from "./functional/gelu-op.ts";
export { gruStepOp } from "./functional/gru-step.ts";
export {
  type NeighbourSum,
  type Neighbours,
  neighbourProductsOp,
  neighbourSumOp,
} from "./functional/neighbours.ts";
export { layerNormOp, rmsNormOp } from "./functional/norm-ops.ts";
export { logSoftmaxOp, softmaxOp } from "./functional/softmax.ts";
export { addWindowsOp, type Sliding, windowedShape, windowsOp } from "./functional/windows.ts";
export { geometricProductOp } from "./rotor/index.ts";

// Modules in files

export { isBuilding } from "./description/allowance.ts";
export { type BuildModelOptions, buildModel, checkDescription } from "./description/build-model.ts";
export {
  describeModel,
  type ModelDescription,
  type SameModule,
} from "./description/describe-model.ts";
export { type Field, fields, type Json } from "./description/fields.ts";
export {
  type BuildOptions,
  type Description,
  describe,
  type Fields,
  type ModuleKind,
  moduleKind,
  partKinds,
  present,
  type ValuesOf,
} from "./description/module-kind.ts";
export { moduleKinds } from "./description/module-kinds.ts";
export { Unbuilt } from "./description/unbuilt.ts";
export { blockFields, blockValues } from "./transformer/transformer-block.ts";
