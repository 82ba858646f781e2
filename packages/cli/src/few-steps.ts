/** @file The warning of a training that takes too few steps to learn much. */
import { formatCount } from "@spm/trainer/format";
import type { TrainOptions } from "./train-options.ts";

/** Fewer steps than this are few; a training of as many and more is what is advised. */
const FEW = 100;
const ENOUGH = 500;
/** The batch that is advised where the samples make few of a larger one. */
const SMALL_BATCH = 32;

/**
 * The steps of a training that are few, and the flags for more; undefined where there are enough.
 *
 * @param samples - of the training part
 */
export function fewSteps(
  { epochs, batchSize, accumulate }: Pick<TrainOptions, "epochs" | "batchSize" | "accumulate">,
  samples: number,
): string | undefined {
  const stepsOf = (batch: number): number =>
    Math.max(1, Math.ceil(Math.floor(samples / batch) / accumulate));
  const steps = epochs * stepsOf(batchSize);
  if (steps >= FEW) return undefined;
  const batch = Math.min(batchSize, SMALL_BATCH);
  const longer = Math.max(epochs, Math.ceil(ENOUGH / stepsOf(batch)));
  const flags = batch < batchSize ? `--batch-size ${batch} --epochs` : "--epochs";
  return (
    `${steps} ${steps === 1 ? "step" : "steps"} in all, each on ${batchSize} of the ` +
    `${formatCount(samples)} training samples, are few to learn from: ${flags} ${longer} takes ` +
    formatCount(longer * stepsOf(batch))
  );
}
