/** @file A callback that writes checkpoints, and keeps the last and the best ones. */
import { checkOptions, type OptionNames, ValueError } from "@spm/core/extend";
import type { Callback, Training } from "../hooks.ts";
import type { Metrics } from "../measurement.ts";
import { encodeCheckpoint } from "./checkpoint-file.ts";
import {
  checkpointSteps,
  keepOnly,
  openCheckpointFolder,
  saveCheckpoint,
} from "./checkpoint-folder.ts";
import type { Json } from "./json.ts";

/** The best checkpoints, by a metric of the evaluations. */
export interface BestCheckpoints {
  /** The name of the metric. */
  readonly metric: string;
  /** Whether a better metric is lower or higher. */
  readonly better: "lower" | "higher";
  /** The number of checkpoints to keep, at least 1. */
  readonly keep: number;
}

/** Options of {@link checkpoints}. */
export interface CheckpointOptions {
  /** The folder of the files. */
  readonly folder: string;
  /**
   * Stored in each checkpoint, to build the model and the data again.
   * @defaultValue null
   */
  readonly config?: Json;
  /** Steps between checkpoints. Without this and `everyMinutes`, one is due at each epoch's end. */
  readonly everySteps?: number;
  /** Minutes between checkpoints. */
  readonly everyMinutes?: number;
  /**
   * The number of last checkpoints to keep, at least 1.
   * @defaultValue 2, so that a damaged file loses little
   */
  readonly keepLast?: number;
  /** The best checkpoints to keep beside these; a checkpoint is then due at evaluations, too. */
  readonly best?: BestCheckpoints;
}

const names: OptionNames<CheckpointOptions> = {
  folder: true,
  config: true,
  everySteps: true,
  everyMinutes: true,
  keepLast: true,
  best: true,
};
const bestNames: OptionNames<BestCheckpoints> = { metric: true, better: true, keep: true };

/** An evaluated step. */
interface Ranked {
  readonly step: number;
  readonly value: number;
}

/**
 * A callback that saves the training state after due steps, at the end and at an interruption, but
 * not after an error.
 *
 * Put it last, so that the states of all other callbacks are up to date. Files are written
 * atomically: a process killed at any moment leaves earlier checkpoints whole.
 *
 * @throws ValueError for a number out of range; OptionError for an unknown option, of `best`, too;
 * CheckpointError, ending the training, when a file can't be written
 * @example
 * ```ts
 * import { checkpoints } from "@spm/trainer/node";
 * const callbacks = [
 *   checkpoints({ folder: "runs/example/checkpoints", everySteps: 100, keepLast: 3 }),
 * ];
 * ```
 */
export function checkpoints(options: CheckpointOptions): Callback {
  checkOptions("checkpoints", options, names);
  if (options.best) checkOptions("checkpoints.best", options.best, bestNames);
  const { folder, config = null, everySteps, everyMinutes, keepLast = 2, best } = options;
  for (const [name, count] of Object.entries({ everySteps, keepLast, "best.keep": best?.keep }))
    if (count !== undefined && !(Number.isInteger(count) && count >= 1))
      throw new ValueError("checkpoints", `a whole ${name} of at least 1`, count);
  if (everyMinutes !== undefined && !(everyMinutes > 0))
    throw new ValueError("checkpoints", "everyMinutes above 0", everyMinutes);

  let ranked: readonly Ranked[] = [];
  let due = false;
  let saved = -1;
  let savedAt = performance.now();

  const rank = (step: number, metrics: Metrics): void => {
    const value = best === undefined ? undefined : metrics[best.metric];
    if (best === undefined || value === undefined || !Number.isFinite(value)) return;
    const sign = best.better === "lower" ? 1 : -1;
    const all = [...ranked.filter((entry) => entry.step !== step), { step, value }];
    ranked = all.sort((a, b) => sign * (a.value - b.value) || a.step - b.step).slice(0, best.keep);
    if (ranked.some((entry) => entry.step === step)) due = true;
  };
  const save = async (step: number, training: Training): Promise<void> => {
    if (step === saved) return;
    saveCheckpoint(folder, step, await encodeCheckpoint(await training.capture(), config));
    const last = checkpointSteps(folder).filter((other) => other <= step);
    keepOnly(folder, new Set([...last.slice(-keepLast), ...ranked.map((entry) => entry.step)]));
    saved = step;
    savedAt = performance.now();
    due = false;
  };

  return {
    name: "checkpoints",
    state: () => ranked.map(({ step, value }) => ({ step, value })),
    restore(state) {
      ranked = state as unknown as Ranked[];
    },
    onStart: () => openCheckpointFolder(folder),
    onEvaluate: ({ step, metrics }) => rank(step, metrics),
    onEpochEnd() {
      if (everySteps === undefined && everyMinutes === undefined) due = true;
    },
    async onSettled({ step }, training) {
      if (everySteps !== undefined && step % everySteps === 0) due = true;
      if (everyMinutes !== undefined && performance.now() - savedAt >= everyMinutes * 60_000)
        due = true;
      if (due) await save(step, training);
    },
    async onEnd({ step, ending }, training) {
      if (ending !== "failed") await save(step, training);
    },
  };
}
