/**
 * @file The public names of @spm/data. MNIST itself reads files and lives in `@spm/data/mnist`, so
 * that this runs in a browser.
 */

export {
  type CharactersOptions,
  characters,
  encodeCharacters,
  vocabularyOf,
} from "./characters.ts";
export { type Dataset, imageDataset, type LabelledBatch, subset } from "./dataset.ts";
export { epochOrder } from "./epoch-order.ts";
export { DataError } from "./errors.ts";
export { type GaussianClustersOptions, gaussianClusters } from "./gaussian-clusters.ts";
export { type IdxArray, parseIdx } from "./idx.ts";
export {
  type LabelledImages,
  type PixelStatistics,
  pixelStatistics,
  standardizationTable,
} from "./labelled-images.ts";
export { DataLoader, type LoaderOptions, type LoaderState } from "./loader.ts";
export { collectSamples, mapBatches, type Sample, sampleDataset } from "./samples.ts";
export { inGroups, prefetch } from "./stream.ts";
