/** @file A callback that writes measurements into a run folder. */

import { checkOptions, type OptionNames, ValueError } from "@spm/core/extend";
import { RunError } from "../errors.ts";
import type { Callback, MetricsEvent } from "../hooks.ts";
import type { Json } from "./json.ts";
import type { Split } from "./run-record.ts";
import type { RunWriter } from "./run-writer.ts";

/** Options of {@link recordRun}. */
export interface RecordRunOptions {
  /**
   * Called with a line for each file that is shorter than at the checkpoint, of which lines were
   * set aside, or that was removed while the training ran.
   * @defaultValue `process.emitWarning`
   */
  readonly warn?: (line: string) => void;
}

const names: OptionNames<RecordRunOptions> = { warn: true };
const taken = new Set(["run", "split", "step", "epoch", "learningRate", "seconds", "elapsed"]);

/**
 * A callback that records the metrics of every log and every evaluation, after which the files are
 * synced to the disk. A checkpoint keeps the lengths of the files, to which a resumed training cuts
 * them: the rest goes to `NAME.cut`. A shorter file keeps its whole lines, and training continues.
 *
 * @param run - the model's name in the records, as in `config.models`
 * @throws OptionError for an unknown option; RunError, before the first step, when there are
 * records of another training with this name; ValueError for a metric named as a field of every
 * record
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
    const { loss, accuracy = null, ...others } = metrics;
    for (const name of Object.keys(others))
      if (taken.has(name))
        throw new ValueError("recordRun", "a metric whose name no record has", `"${name}"`);
    writer.metric({ ...position, learningRate, loss, accuracy, ...others });
    writer.timing({ ...position, seconds, elapsed });
  };
  let restored = false;
  const flush = (): void => {
    for (const line of writer.flush()) warn(line);
  };
  return {
    name: `files of ${run}`,
    observes: true,
    state() {
      flush(); // the lengths in a checkpoint are those on the disk
      return writer.offsets;
    },
    restore(offsets) {
      if (!isOffsets(offsets))
        throw new RunError(
          "recordRun",
          "lengths of files in the checkpoint",
          JSON.stringify(offsets),
        );
      restored = true;
      for (const line of writer.truncate(offsets)) warn(line);
    },
    onStart({ step }) {
      if (step === 0 && !restored) writer.begin(run);
      restored = false;
    },
    onLog: (event) => record("train", event),
    onEvaluate(event) {
      record("test", event);
      flush();
    },
    onEnd: flush,
  };
}

function isOffsets(state: Json): state is Readonly<Record<string, number>> {
  return (
    typeof state === "object" &&
    state !== null &&
    Object.values(state).every((size) => Number.isSafeInteger(size) && Number(size) >= 0)
  );
}
