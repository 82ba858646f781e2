/** @file Samples cut into training and test part by a seed. */
import { rng } from "@spm/core";
import { checkOptions, type OptionNames, ValueError } from "@spm/core/extend";
import { checkDataset, type Dataset } from "./dataset.ts";
import { digestOf } from "./digest.ts";
import { DataError } from "./errors.ts";

/** Options of {@link splitIndices}. */
export interface SplitOptions {
  /** The seed that determines which samples are test samples. */
  readonly seed: number;
  /**
   * The share of test samples, in (0, 1).
   * @defaultValue 0.2
   */
  readonly testShare?: number;
}

const names: OptionNames<SplitOptions> = { seed: true, testShare: true };

/**
 * Indices of training and test samples, in a random order that the seed determines.
 *
 * @returns together each of 0, …, length − 1 once: train [length − tests], test [tests]
 * @throws DataError where one part would have no sample; ValueError for a share out of range, a
 * seed that isn't a safe integer; OptionError for an unknown option
 * @example
 * ```ts
 * import { splitIndices } from "@spm/data";
 * const { train, test } = splitIndices(10, { seed: 1 });
 * console.log(train.length, test.length); // 8 2
 * ```
 */
export function splitIndices(
  length: number,
  options: SplitOptions,
): { readonly train: Int32Array; readonly test: Int32Array } {
  checkOptions("splitIndices", options, names);
  const { seed, testShare = 0.2 } = options;
  if (!(testShare > 0 && testShare < 1))
    throw new ValueError("splitIndices", "a testShare in (0, 1)", testShare);
  const tests = Math.round(testShare * length);
  if (tests < 1 || tests >= length)
    throw new DataError(
      "splitIndices",
      `samples for a training part and ${testShare} of them for a test part`,
      `${length} samples`,
    );
  const order = rng(seed).permutation(length);
  return { train: order.slice(tests), test: order.slice(0, tests) };
}

/**
 * The samples at some indices, in their order.
 *
 * @throws ValueError for an index that no sample has
 * @example
 * ```ts
 * import { gaussianClusters, select, splitIndices } from "@spm/data";
 * const all = gaussianClusters({ count: 100, features: 2, classes: 3, seed: 1 });
 * const { test } = splitIndices(all.length, { seed: 1 });
 * console.log(select(all, test).length); // 20
 * ```
 */
export function select<Batch>(dataset: Dataset<Batch>, indices: Int32Array): Dataset<Batch> {
  checkDataset("select", dataset);
  const bad = indices.findIndex((i) => !(i >= 0 && i < dataset.length));
  if (bad >= 0) throw new ValueError("select", `indices in [0, ${dataset.length})`, indices[bad]);
  return {
    ...dataset,
    length: indices.length,
    batch: (wanted) => dataset.batch(wanted.map((i) => indices[i] ?? -1)),
    ...(dataset.digest && { digest: () => digestOf(dataset.digest?.() ?? "", indices) }),
  };
}
