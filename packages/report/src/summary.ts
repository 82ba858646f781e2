/** @file What a run comes to: one row a model. */

import type { MetricRecord, Run, TimingRecord } from "@spm/trainer/node";

/** The model that the others' times are divided by. */
const BASELINE = "dense";

/** One model's outcome. What was not reached is null. */
export interface SummaryRow {
  readonly run: string;
  readonly parameters: number;
  /** Epochs trained, a fraction where the run was interrupted. */
  readonly epochs: number;
  /** Fraction of the test samples that the last evaluation got right. */
  readonly accuracy: number | null;
  /** Mean loss over the test samples at the last evaluation. */
  readonly loss: number | null;
  /** Seconds of training an epoch, evaluations left out. */
  readonly secondsPerEpoch: number | null;
  /** Seconds of wall clock, evaluations included. */
  readonly totalSeconds: number | null;
  /** Seconds an epoch divided by the dense model's; null without a dense model. */
  readonly ratioToDense: number | null;
}

/**
 * Sums up a run, finished or interrupted.
 *
 * @returns a row for each model in `config.models`, in that order.
 * @example
 * ```ts
 * import { summarize } from "@spm/report";
import { readRun } from "@spm/trainer/node";
 * for (const row of summarize(readRun("runs/example"))) console.log(row.run, row.accuracy);
 * ```
 */
export function summarize({ config, metrics, timings }: Run): SummaryRow[] {
  const outcome = (
    run: string,
  ): {
    test: MetricRecord | undefined;
    time: TimingRecord | undefined;
    perEpoch: number | null;
  } => {
    const test = metrics.findLast((record) => record.run === run && record.split === "test");
    const time = timings.findLast((record) => record.run === run);
    const perEpoch =
      time === undefined || time.step === 0
        ? null
        : (time.seconds / time.step) * config.stepsPerEpoch;
    return { test, time, perEpoch };
  };
  const baseline = outcome(BASELINE).perEpoch;
  return config.models.map(({ run, parameters }) => {
    const { test, time, perEpoch } = outcome(run);
    return {
      run,
      parameters,
      epochs: (time?.step ?? 0) / config.stepsPerEpoch,
      accuracy: test?.accuracy ?? null,
      loss: test?.loss ?? null,
      secondsPerEpoch: perEpoch,
      totalSeconds: time?.elapsed ?? null,
      ratioToDense: perEpoch === null || baseline === null ? null : perEpoch / baseline,
    };
  });
}
