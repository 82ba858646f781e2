/**
 * @file @spm/attribution: which training samples made a model say what it says. Gradients of each
 * sample are compressed, and products of them scored.
 */

// Compressors of gradients, behind one interface

export { type Compressor, chain, wholeGradient } from "./compressor.ts";
export {
  gradientMask,
  type MaskOptions,
  randomMask,
  type SelectiveMaskOptions,
  selectiveMask,
} from "./masks.ts";
export {
  fjlt,
  type GrassOptions,
  gaussianProjection,
  grass,
  type ProjectionOptions,
  projection,
  rademacherProjection,
  type SjltOptions,
  sjlt,
  sparseProjection,
} from "./projections.ts";

// Compressors of a linear layer's gradient, by its factors

export {
  type FactGrassOptions,
  type FactoredOptions,
  factGrass,
  factored,
  type LayerCompressor,
  type LograOptions,
  logra,
} from "./factored.ts";

// Compressed gradients of each sample

export {
  type CompressedOptions,
  compressedGradients,
  type FactoredGradientsOptions,
  factoredGradients,
  type GradientBlocks,
  margin,
} from "./gradients.ts";

// Scores, and what they are worth

export {
  type DampingSearch,
  lds,
  type SearchDampingOptions,
  searchDamping,
  spearman,
} from "./datamodelling.ts";
export { type SpanOptions, spanCoordinates } from "./factorisation.ts";
export {
  type CheckpointGradients,
  type Damping,
  influence,
  type ScoreOptions,
  type ScoresOf,
  type TrakCheckpoint,
  type TrakOptions,
  trak,
} from "./scores.ts";
