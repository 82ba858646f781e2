/** @file A data set by name: what it is, its options with their ranges, and how it is loaded. */
import type { OptionSchema } from "@spm/core/extend";
import type { Dataset, LabelledBatch } from "../dataset.ts";

/** Data to learn from and data to test with. */
export interface LabelledData {
  readonly train: Dataset<LabelledBatch>;
  readonly test: Dataset<LabelledBatch>;
  /** Numbers a sample. */
  readonly features: number;
  readonly classes: number;
  /** The characters of a text, in the order of their classes. */
  readonly vocabulary?: string;
}

/**
 * A data set as a list of data sets has it; {@link datasets} are those of this package.
 *
 * @example
 * ```ts
 * import { sampleDataset } from "@spm/data";
 * import type { DatasetEntry } from "@spm/data/datasets";
 * const exclusiveOr: DatasetEntry = {
 *   description: "two bits, and whether one of them alone is set",
 *   options: {},
 *   load: async () => {
 *     const bits = [[0, 0], [0, 1], [1, 0], [1, 1]] as const;
 *     const all = sampleDataset(bits.map(([a, b]) => ({ x: [a, b], y: a ^ b })));
 *     return { train: all, test: all, features: 2, classes: 2 };
 *   },
 * };
 * ```
 */
export interface DatasetEntry<Options extends object = object> {
  /** One line. */
  readonly description: string;
  /**
   * What each of its options may be. A default is what {@link load} takes where the option is left
   * out; beyond a bound it throws.
   */
  readonly options: Readonly<Record<Extract<keyof Options, string>, OptionSchema>> &
    Readonly<Record<string, OptionSchema>>;
  /** The options that have to be given. */
  readonly required?: readonly string[];
  /** @throws DataError, ValueError for data that is not there, too little, or not of its form */
  load(options: Options): Promise<LabelledData>;
}
