/** @file Writes what training measures into a run folder. */

import type { Callback, MetricsEvent } from "../hooks.ts";
import type { Split } from "./run-record.ts";
import type { RunWriter } from "./run-writer.ts";

/**
 * A callback that records every log and every evaluation; after an evaluation the files are flushed
 * to the disk. A checkpoint keeps the bytes that the files have, and a resumed training cuts them
 * to these. What a file has lost since stays lost: training goes on all the same.
 *
 * @param run - the model's name in the records, as in `config.models`.
 * @param warn - is told of each file that has lost something; Node's warnings unless given.
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
  warn: (line: string) => void = (line) => process.emitWarning(line),
): Callback {
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
      writer.flush(); // a checkpoint never knows of more than what is on the disk
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
