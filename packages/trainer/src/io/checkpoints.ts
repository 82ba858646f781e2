/**
 * @file Writes checkpoints while training runs: every so many steps or minutes, the last ones and
 * the best ones kept.
 */
import { ValueError } from "@spm/core/extend";
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

/** When to write checkpoints, and which to keep. */
export interface CheckpointOptions {
  readonly folder: string;
  /** Stored in each checkpoint: what it takes to build the model and the data again. */
  readonly config?: Json;
  /** Steps between checkpoints; at each epoch's end unless this or `everyMinutes` is given. */
  readonly everySteps?: number;
  /** Minutes between checkpoints. */
  readonly everyMinutes?: number;
  /** How many of the last to keep, at least 1; default 2, so that one damaged file loses little. */
  readonly keepLast?: number;
  /**
   * How many of the best to keep beside these, by a metric of the evaluations; each evaluation then
   * has a checkpoint.
   */
  readonly best?: {
    readonly metric: string;
    readonly better: "lower" | "higher";
    readonly keep: number;
  };
}

/** An evaluated step. */
interface Ranked {
  readonly step: number;
  readonly value: number;
}

/**
 * A callback that saves the whole training: after a due step, at the end, and when it is
 * interrupted; not after an error.
 *
 * Give it last, so that every other callback has told what it keeps. Each file is written beside,
 * synced and renamed: a process killed at any moment leaves the checkpoints before it whole.
 *
 * @throws ValueError for a number out of range; CheckpointError, ending the training, when the disk
 * refuses
 * @example
 * ```ts
 * import { checkpoints } from "@spm/trainer/node";
 * const callbacks = [
 *   checkpoints({ folder: "runs/example/checkpoints", everySteps: 100, keepLast: 3 }),
 * ];
 * ```
 */
export function checkpoints(options: CheckpointOptions): Callback {
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
