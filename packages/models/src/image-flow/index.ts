/** @file A normalising flow of images, and the linear bijections that it mixes channels with. */
export { bitsPerDimension, dequantise } from "./bits.ts";
export {
  type CouplingFactory,
  type FlowSampleOptions,
  ImageFlow,
  type ImageFlowOptions,
} from "./image-flow.ts";
export {
  type InvertibleChoice,
  type InvertibleEntry,
  type InvertibleKind,
  invertible,
  invertibleKinds,
} from "./invertible-kinds.ts";
export {
  FixedPermutation,
  InvertibleDense,
  type InvertibleFactory,
  InvertibleLu,
  type InvertibleMap,
  type InvertibleOptions,
} from "./invertible-maps.ts";
