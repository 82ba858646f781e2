/**
 * @file The public names of @spm/data, which run in a browser. MNIST reads files, so it is in
 * `@spm/data/mnist`; tables and images of one's own are in `@spm/data/table` and `@spm/data/files`.
 */

export {
  type CharactersOptions,
  characters,
  encodeCharacters,
  vocabularyOf,
} from "./characters.ts";
export { type Dataset, imageDataset, type LabelledBatch, subset } from "./dataset.ts";
export { digestOf } from "./digest.ts";
export { epochOrder } from "./epoch-order.ts";
export { DataError } from "./errors.ts";
export { type GaussianClustersOptions, gaussianClusters } from "./gaussian-clusters.ts";
export { type IdxArray, type ParseIdxOptions, parseIdx } from "./idx.ts";
export {
  type LabelledImages,
  type PixelStatistics,
  pixelStatistics,
  standardizationTable,
} from "./labelled-images.ts";
export {
  Batches,
  type BatchOrder,
  DataLoader,
  type LoaderOptions,
  type LoaderState,
} from "./loader.ts";
export {
  type NextCharactersOptions,
  nextCharacters,
  type WindowBatch,
} from "./next-characters.ts";
export {
  collectSamples,
  type MapBatchesOptions,
  type MappedDataset,
  mapBatches,
  type Sample,
  sampleDataset,
} from "./samples.ts";
export { type SplitOptions, select, splitIndices } from "./split.ts";
export { inGroups, type PrefetchOptions, prefetch } from "./stream.ts";
