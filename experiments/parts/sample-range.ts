/** @file A part of a data set. */
import type { Dataset } from "@spm/data";

/** `length` samples from the one at `start` on. */
export const sampleRange = <Batch>(
  data: Dataset<Batch>,
  start: number,
  length: number,
): Dataset<Batch> => ({
  length,
  batch: (indices) => data.batch(indices.map((index) => start + index)),
});
