/** @file The summary of a run: a row for each model. */

import type { MetricRecord, Run, RunModel, TimingRecord } from "@spm/trainer/node";

/** The model whose time is the unit of the others' ratios. */
const BASELINE = "dense";

/** The outcome of one model; null where an interrupted run has no value. */
export interface RunSummary {
  readonly run: string;
  readonly parameters: number;
  /** Epochs trained, a fraction where the run was interrupted. */
  readonly epochs: number;
  /** The epochs that it was to train. */
  readonly asked: number;
  /** The accuracy of the last evaluation, a fraction of the test samples. */
  readonly accuracy: number | null;
  /** R² of a regression on the test samples, once it has ended. */
  readonly r2: number | null;
  /** The mean loss of the last evaluation. */
  readonly loss: number | null;
  /** Seconds of training per epoch, without evaluations. */
  readonly secondsPerEpoch: number | null;
  /** Seconds of wall clock, with evaluations. */
  readonly totalSeconds: number | null;
  /** Seconds per epoch over those of the dense model; null without a dense model. */
  readonly ratioToDense: number | null;
}

/**
 * The summary of a run, finished or interrupted.
 *
 * @returns a row for each model of `config.models`, in that order
 * @example
 * ```ts
 * import { summarize } from "@spm/report";
 * import { readRun } from "@spm/trainer/node";
 * for (const row of summarize(readRun("runs/example"))) console.log(row.run, row.accuracy);
 * ```
 */
export function summarize({ config, metrics, timings, tests = {} }: Run): RunSummary[] {
  const outcome = ({
    run,
    stepsPerEpoch = config.stepsPerEpoch,
  }: RunModel): {
    test: MetricRecord | undefined;
    time: TimingRecord | undefined;
    perEpoch: number | null;
    epochs: number;
  } => {
    const test = metrics.findLast((record) => record.run === run && record.split === "test");
    const time = timings.findLast((record) => record.run === run);
    const perEpoch =
      time === undefined || time.step === 0 ? null : (time.seconds / time.step) * stepsPerEpoch;
    return { test, time, perEpoch, epochs: (time?.step ?? 0) / stepsPerEpoch };
  };
  const dense = config.models.find(({ run }) => run === BASELINE);
  const baseline = dense === undefined ? null : outcome(dense).perEpoch;
  return config.models.map((model) => {
    const { run, parameters } = model;
    const { test, time, perEpoch, epochs } = outcome(model);
    const judged = Object.hasOwn(tests, run) ? tests[run] : undefined;
    return {
      run,
      parameters,
      epochs,
      asked: model.epochs ?? config.epochs,
      accuracy: test?.accuracy ?? null,
      r2: judged?.kind === "regression" ? judged.r2 : null,
      loss: test?.loss ?? null,
      secondsPerEpoch: perEpoch,
      totalSeconds: time?.elapsed ?? null,
      ratioToDense: perEpoch === null || baseline === null ? null : perEpoch / baseline,
    };
  });
}
