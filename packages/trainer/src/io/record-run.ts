/** @file A callback that writes measurements into a run folder. */

import { checkOptions, type OptionNames } from "@spm/core/extend";
import type { Callback, MetricsEvent } from "../hooks.ts";
import type { Split } from "./run-record.ts";
import type { RunWriter } from "./run-writer.ts";

/** Options of {@link recordRun}. */
export interface RecordRunOptions {
  /**
   * Called with a line for each file that is shorter than at the checkpoint.
   * @defaultValue `process.emitWarning`
   */
  readonly warn?: (line: string) => void;
}

const names: OptionNames<RecordRunOptions> = { warn: true };

/**
 * A callback that records every log and every evaluation, after which the files are synced to the
 * disk. A checkpoint keeps the lengths of the files, to which a resumed training cuts them; a
 * shorter file keeps its whole lines, and training continues.
 *
 * @param run - the model's name in the records, as in `config.models`
 * @throws OptionError for an unknown option
 * @example
 * ```ts
 * import type { RunWriter } from "@spm/trainer/node";
 * import { recordRun } from "@spm/trainer/node";
 * declare const writer: RunWriter;
 * const callbacks = [recordRun(writer, "rotation")];
 * ```
 */
export function recordRun(
  writer: RunWriter,
  run: string,
  options: RecordRunOptions = {},
): Callback {
  checkOptions("recordRun", options, names);
  const { warn = (line: string): void => process.emitWarning(line) } = options;
  const record = (
    split: Split,
    { step, epoch, metrics, learningRate, seconds, elapsed }: MetricsEvent,
  ): void => {
    const position = { run, split, step, epoch };
    writer.metric({
      ...position,
      learningRate,
      loss: metrics.loss,
      accuracy: metrics.accuracy ?? null,
    });
    writer.timing({ ...position, seconds, elapsed });
  };
  return {
    name: `files of ${run}`,
    state() {
      writer.flush(); // the lengths in a checkpoint are those on the disk
      return writer.offsets;
    },
    restore(offsets) {
      for (const line of writer.truncate(offsets as Record<string, number>)) warn(line);
    },
    onLog: (event) => record("train", event),
    onEvaluate(event) {
      record("test", event);
      writer.flush();
    },
    onEnd: () => writer.flush(),
  };
}
