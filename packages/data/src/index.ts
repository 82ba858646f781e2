/** @file The public names of @spm/data. MNIST itself reads files and lives in `@spm/data/mnist`, so that this runs in a browser. */

export { DataError } from "./errors.ts";
export { type IdxArray, parseIdx } from "./idx.ts";
export { type LabelledImages, type PixelStatistics, pixelStatistics, standardizationTable } from "./labelled-images.ts";
