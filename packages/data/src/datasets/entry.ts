/** @file A data set by name: its description, its options with their ranges, its loader. */
import type { OptionSchema } from "@spm/core/extend";
import type { Dataset, LabelledBatch } from "../dataset.ts";
import type { PixelStatistics } from "../labelled-images.ts";
import type { TableEncoding } from "../table/encoding.ts";
import type { TableProgress } from "../table/read-table.ts";

/** Training data and test data. */
export interface LabelledData {
  readonly train: Dataset<LabelledBatch>;
  readonly test: Dataset<LabelledBatch>;
  /** Coordinates of a sample. */
  readonly features: number;
  /** The outputs of a model: the number of classes, or 1 for a regression. */
  readonly classes: number;
  /** Of images, the pixels of a row. */
  readonly imageWidth?: number;
  /** Of a text, its characters in the order of their classes. */
  readonly vocabulary?: string;
  /** Of data of one's own, how it became numbers; a checkpoint keeps it. */
  readonly encoding?: DataEncoding;
  /** Of data of one's own, the cells of a sample by column, or the file of an image. */
  readonly rows?: {
    readonly train: (i: number) => Readonly<Record<string, string>>;
    readonly test: (i: number) => Readonly<Record<string, string>>;
  };
}

/** The way from images to numbers: (x / 255 − mean) / std, with the training images' statistics. */
export interface ImageEncoding extends PixelStatistics {
  readonly kind: "images";
  /** The names of the classes, in the order of their numbers. */
  readonly classes: readonly string[];
  readonly width: number;
  readonly height: number;
  /** Numbers a pixel, 1 or 3, plane after plane. */
  readonly channels: number;
}

/** The way from data of one's own to numbers: plain JSON. */
export type DataEncoding = TableEncoding | ImageEncoding;

/** The context in which data is loaded. */
export interface LoadContext {
  /**
   * The encoding of an earlier load, which data of one's own gets again.
   * @defaultValue that of the training samples
   */
  readonly encoding?: DataEncoding;
  /**
   * Of a text, whether samples are windows that don't overlap, x and y int32 [batch, context].
   * @defaultValue false
   */
  readonly windows?: boolean;
  /** Called with what was made of the data, line by line. */
  readonly tell?: (line: string) => void;
  /** Called while files are read. */
  readonly onProgress?: (progress: TableProgress) => void;
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
  load(options: Options, context?: LoadContext): Promise<LabelledData>;
}
