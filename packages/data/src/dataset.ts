/** @file A dataset: samples by index, gathered into batches. */

import { type Tensor, tensor } from "@spm/core";
import { ValueError } from "@spm/core/extend";
import { digestOf } from "./digest.ts";
import { DataError } from "./errors.ts";
import {
  type LabelledImages,
  type PixelStatistics,
  standardizationTable,
} from "./labelled-images.ts";

/** Samples 0 … length − 1, gathered into batches of any type. */
export interface Dataset<Batch> {
  /** The number of samples. */
  readonly length: number;
  /**
   * Gathers samples, in the order of `indices`.
   *
   * @param indices - each in [0, length), with or without repetition
   */
  batch(indices: Int32Array): Batch;
  /**
   * A text that changes with the samples, such as {@link digestOf} their numbers: a resumed
   * training compares it with the checkpoint's. Without one, only their number is compared.
   */
  digest?(): string;
}

/** @throws ValueError for anything but a dataset */
export function checkDataset(op: string, dataset: Dataset<unknown>): void {
  const { length, batch, digest } = (dataset ?? {}) as Partial<Dataset<unknown>>;
  const whole = typeof length === "number" && Number.isSafeInteger(length) && length >= 0;
  if (whole && typeof batch === "function" && ["function", "undefined"].includes(typeof digest))
    return;
  const got: unknown = dataset;
  throw new ValueError(
    op,
    "a dataset { length, batch(indices) }",
    Array.isArray(got) ? `an array of ${got.length}` : kindOf(got),
    "sampleDataset(samples) makes one of rows { x, y }",
  );
}

const kindOf = (value: unknown): string =>
  typeof value !== "object" || value === null
    ? String(value)
    : `an object with ${Object.keys(value).slice(0, 5).join(", ") || "no keys"}`;

/** Inputs and their classes. */
export interface LabelledBatch {
  /** float32, shape [batch, features]. */
  readonly x: Tensor;
  /** int32, shape [batch], each in [0, classes). */
  readonly y: Tensor;
}

/**
 * Standardised images with their classes.
 *
 * x = (pixel / 255 − mean) / std
 *
 * @param statistics - those of the training set, for the test set too
 * @returns batches of x float32 [batch, features] and y int32 [batch], at a cost of
 * O(batch · features) each
 * @throws DataError when the arrays don't have `count · features` pixels and `count` labels
 * @example
 * ```ts
 * import { imageDataset, pixelStatistics } from "@spm/data";
 * import { loadMnist } from "@spm/data/mnist";
 * const { train } = await loadMnist();
 * const { x, y } = imageDataset(train, pixelStatistics(train.pixels)).batch(Int32Array.of(0, 1));
 * console.log(x.shape, y.shape); // [2, 784] [2]
 * ```
 */
export function imageDataset(
  images: LabelledImages,
  statistics: PixelStatistics,
): Dataset<LabelledBatch> {
  const { pixels, labels, count, features } = images;
  if (pixels.length !== count * features || labels.length !== count) {
    throw new DataError(
      "imageDataset",
      `${count * features} pixels and ${count} labels`,
      `${pixels.length} and ${labels.length}`,
    );
  }
  const table = standardizationTable(statistics);
  return {
    length: count,
    digest: () => digestOf(pixels, labels, table),
    batch(indices) {
      const x = new Float32Array(indices.length * features);
      const y = new Int32Array(indices.length);
      for (let row = 0; row < indices.length; row++) {
        const from = (indices[row] as number) * features;
        const to = row * features;
        for (let f = 0; f < features; f++) x[to + f] = table[pixels[from + f] as number] as number;
        y[row] = labels[indices[row] as number] as number;
      }
      return {
        x: tensor(x, { shape: [indices.length, features] }),
        y: tensor(y, { shape: [indices.length] }),
      };
    },
  };
}

/**
 * The first `length` samples of a dataset.
 *
 * @throws ValueError when `length` isn't a whole number in [1, dataset.length]
 * @example
 * ```ts
 * import { gaussianClusters, subset } from "@spm/data";
 * console.log(
 *   subset(gaussianClusters({ count: 100, features: 2, classes: 3, seed: 1 }), 10).length,
 * ); // 10
 * ```
 */
export function subset<Batch>(dataset: Dataset<Batch>, length: number): Dataset<Batch> {
  checkDataset("subset", dataset);
  if (!Number.isInteger(length) || length < 1 || length > dataset.length) {
    throw new ValueError("subset", `a whole length in [1, ${dataset.length}]`, `${length}`);
  }
  return {
    ...dataset,
    length,
    batch: (indices) => dataset.batch(indices),
    ...(dataset.digest && { digest: () => digestOf(dataset.digest?.() ?? "", length) }),
  };
}
