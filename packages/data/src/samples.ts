/** @file Samples as rows of numbers in memory, checked to have one length. */
import { type Rng, tensor } from "@spm/core";
import { checkOptions, type OptionNames, ValueError } from "@spm/core/extend";
import { checkDataset, type Dataset, type LabelledBatch } from "./dataset.ts";
import { digestOf } from "./digest.ts";
import { DataError } from "./errors.ts";

/** One sample. */
export interface Sample {
  /** The features, of the same number in every sample. */
  readonly x: ArrayLike<number>;
  /** The class, a whole number ≥ 0. */
  readonly y: number;
}

/**
 * A dataset of samples in memory.
 *
 * @returns batches of x float32 [batch, features] and y int32 [batch]. Cost: one copy of all
 * samples
 * @throws DataError for no samples, and naming the first sample of another length; ValueError for a
 * class that isn't a whole number ≥ 0
 * @example
 * ```ts
 * import { sampleDataset } from "@spm/data";
 * const data = sampleDataset([{ x: [0, 1], y: 0 }, { x: [1, 0], y: 1 }]);
 * console.log(data.batch(Int32Array.of(1)).x.shape); // [1, 2]
 * ```
 */
export function sampleDataset(samples: readonly Sample[]): Dataset<LabelledBatch> {
  const [first] = samples;
  if (first === undefined) throw new DataError("sampleDataset", "at least one sample", 0);
  const features = first.x.length;
  const values = new Float32Array(samples.length * features);
  const classes = new Int32Array(samples.length);
  for (const [i, { x, y }] of samples.entries()) {
    if (x.length !== features) throw ragged("sampleDataset", i, features, x.length);
    if (!Number.isInteger(y) || y < 0)
      throw new ValueError("sampleDataset", `a whole class ≥ 0 in sample ${i}`, y);
    values.set(x, i * features);
    classes[i] = y;
  }
  return {
    length: samples.length,
    digest: () => digestOf(values, classes),
    batch(indices) {
      const x = new Float32Array(indices.length * features);
      indices.forEach((sample, row) => {
        x.set(values.subarray(sample * features, (sample + 1) * features), row * features);
      });
      const y = Int32Array.from(indices, (sample) => classes[sample]!);
      return { x: tensor(x, { shape: [indices.length, features] }), y: tensor(y) };
    },
  };
}

/**
 * A dataset of all samples of an asynchronous source, such as the lines of a file or the rows of a
 * database.
 *
 * @returns batches of x float32 [batch, features] and y int32 [batch]
 * @throws any error of the source; DataError, ValueError as {@link sampleDataset} does
 * @example
 * ```ts
 * import { collectSamples } from "@spm/data";
 * async function* rows() {
 *   yield { x: [0, 1], y: 0 };
 *   yield { x: [1, 0], y: 1 };
 * }
 * console.log((await collectSamples(rows())).length); // 2
 * ```
 */
export async function collectSamples(
  source: AsyncIterable<Sample>,
): Promise<Dataset<LabelledBatch>> {
  const samples: Sample[] = [];
  for await (const sample of source) {
    const features = samples[0]?.x.length ?? sample.x.length;
    if (sample.x.length !== features)
      throw ragged("collectSamples", samples.length, features, sample.x.length);
    samples.push(sample);
  }
  return sampleDataset(samples);
}

const ragged = (op: string, i: number, expected: number, got: number): DataError =>
  new DataError(
    op,
    `${expected} features in every sample, as in sample 0`,
    `${got} in sample ${i}`,
    "pad or cut it",
  );

/** Options of {@link mapBatches}. */
export interface MapBatchesOptions {
  /**
   * The generator that `f` draws from. A training finds it here, saves its state in checkpoints,
   * and refuses one that `f` has from elsewhere.
   */
  readonly random?: Rng;
}

const mapNames: OptionNames<MapBatchesOptions> = { random: true };

/** Samples whose batches are mapped; its fields show the source, and the generator of the map. */
export interface MappedDataset<Batch> extends Dataset<Batch> {
  readonly source: Dataset<unknown>;
  readonly random: Rng | undefined;
}

/**
 * The same samples with every batch mapped by `f`, as for augmentation; `f` runs when a batch is
 * drawn.
 *
 * @throws ValueError for anything but a dataset and a function; OptionError for an unknown option
 * @example
 * ```ts
 * import { add, normal, rng } from "@spm/core";
 * import { gaussianClusters, mapBatches } from "@spm/data";
 * const data = gaussianClusters({ count: 9, features: 2, classes: 3, seed: 1 });
 * const random = rng(2);
 * const noisy = mapBatches(data, ({ x, y }) => ({ x: add(x, normal(random, x.shape)), y }), {
 *   random,
 * });
 * ```
 */
export function mapBatches<From, To>(
  dataset: Dataset<From>,
  f: (batch: From) => To,
  options: MapBatchesOptions = {},
): MappedDataset<To> {
  checkDataset("mapBatches", dataset);
  if (typeof f !== "function") throw new ValueError("mapBatches", "a function of a batch", f);
  checkOptions("mapBatches", options, mapNames);
  const { digest } = dataset;
  return {
    source: dataset as Dataset<unknown>,
    random: options.random,
    length: dataset.length,
    batch: (indices) => f(dataset.batch(indices)),
    ...(digest && { digest: () => digest.call(dataset) }),
  };
}
