/** @file A data set by name: its description, its options with their ranges, its loader. */
import type { OptionSchema } from "@spm/core/extend";
import type { Dataset, LabelledBatch } from "../dataset.ts";

/** Training data and test data. */
export interface LabelledData {
  readonly train: Dataset<LabelledBatch>;
  readonly test: Dataset<LabelledBatch>;
  /** Coordinates of a sample. */
  readonly features: number;
  readonly classes: number;
  /** Of images, the pixels of a row. */
  readonly imageWidth?: number;
  /** Of a text, its characters in the order of their classes. */
  readonly vocabulary?: string;
}

/**
 * A data set with its description and the ranges of its options, as a record of data sets has it;
 * {@link datasets} are those of this package.
 *
 * @example
 * ```ts
 * import { sampleDataset } from "@spm/data";
 * import type { DatasetEntry } from "@spm/data/datasets";
 * const exclusiveOr: DatasetEntry = {
 *   description: "two bits, and their exclusive or",
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
   * The range of each option. A default is the value that {@link load} takes where the option is
   * left out; beyond a bound it throws.
   */
  readonly options: Readonly<Record<Extract<keyof Options, string>, OptionSchema>> &
    Readonly<Record<string, OptionSchema>>;
  /** The names of options without a default. */
  readonly required?: readonly string[];
  /** @throws DataError, ValueError for data that is missing, too little or of another format */
  load(options: Options): Promise<LabelledData>;
}
