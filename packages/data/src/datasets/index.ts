/**
 * @file The public names of `@spm/data/datasets`: data sets by name, from which flags, help and
 * tests are made. Some read files, so this needs Node.
 */
import { clusters } from "./clusters.ts";
import type { DatasetEntry } from "./entry.ts";
import { images } from "./images.ts";
import { mnist } from "./mnist.ts";
import { table } from "./table.ts";
import { text } from "./text.ts";

export type {
  DataEncoding,
  DatasetEntry,
  ImageEncoding,
  LabelledData,
  LoadContext,
} from "./entry.ts";

/**
 * The data sets. A new one is its file and a line here.
 * @example
 * ```ts
 * import { datasets } from "@spm/data/datasets";
 * for (const [name, { description }] of Object.entries(datasets)) console.log(name, description);
 * ```
 */
export const datasets = {
  mnist: mnist as DatasetEntry,
  clusters: clusters as DatasetEntry,
  text: text as DatasetEntry,
  table: table as DatasetEntry,
  images: images as DatasetEntry,
};

/** The names of all data sets. */
export type DatasetName = keyof typeof datasets;
