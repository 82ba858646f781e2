/** @file A callback that writes checkpoints, and keeps the last and the best ones. */
import { checkOptions, type OptionNames, ValueError } from "@spm/core/extend";
import { CheckpointError, RunError } from "../errors.ts";
import type { Callback, Training } from "../hooks.ts";
import type { Metrics } from "../measurement.ts";
import { verifyCheckpoint } from "./checkpoint-file.ts";
import {
  checkpointPath,
  checkpointSteps,
  keepOnly,
  openCheckpointFolder,
  saveCheckpoint,
  setAside,
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

/** The state in a checkpoint of the callback that wrote it. */
interface CheckpointsState {
  /** The best evaluated steps. */
  readonly ranked: readonly Ranked[];
  /** The steps of this training's files: no others are ever removed. */
  readonly written: readonly number[];
}

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
 * atomically: a process killed at any moment leaves earlier checkpoints whole. Those of another
 * training in the folder stay: a training doesn't begin where there are any, nor goes on where
 * there are later ones. The folder is locked while it trains.
 *
 * @throws ValueError for a number out of range; OptionError for an unknown option, of `best`, too;
 * CheckpointError, ending the training, when a file can't be written; RunError for a folder with
 * checkpoints of another training, or that another one writes to
 * @example
 * ```ts
 * import { checkpoints } from "@spm/trainer/node";
 * const callbacks = [
 *   checkpoints({ folder: "runs/example/checkpoints", everySteps: 100, keepLast: 3 }),
 * ];
 * ```
 */
export function checkpoints(options: CheckpointOptions): Callback {
  checkCheckpointOptions(options);
  const { folder, config = null, everySteps, everyMinutes, keepLast = 2, best } = options;
  let ranked: readonly Ranked[] = [];
  let written: readonly number[] = [];
  let restored = false;
  let unlock = (): void => {};
  let due = false;
  let saved = -1;
  let savedAt = performance.now();

  const save = async (step: number, training: Training): Promise<void> => {
    if (step === saved) return;
    written = [...written.filter((other) => other < step), step];
    await saveCheckpoint(folder, step, await training.capture(), config);
    const kept = new Set([...written.slice(-keepLast), ...ranked.map((entry) => entry.step)]);
    const others = checkpointSteps(folder).filter((other) => !written.includes(other));
    keepOnly(folder, new Set([...kept, ...others]));
    written = written.filter((other) => kept.has(other));
    saved = step;
    savedAt = performance.now();
    due = false;
  };
  return {
    name: "checkpoints",
    observes: true,
    ...(best && { needs: [best.metric] }),
    state: () => ({ ranked: ranked.map(({ step, value }) => ({ step, value })), written }),
    restore(state) {
      ({ ranked, written } = checkedState(state));
      restored = true;
    },
    onStart({ step }) {
      if (step === 0 && !restored) [ranked, written] = [[], []];
      [restored, due, saved, savedAt] = [false, false, -1, performance.now()];
      unlock = openCheckpointFolder(folder);
      refuseOthers(folder, step, written);
    },
    onEvaluate({ step, metrics }) {
      ranked = rankedWith(ranked, step, metrics, best);
      if (ranked.some((entry) => entry.step === step)) due = true;
    },
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
      try {
        if (ending !== "failed") await save(step, training);
      } finally {
        unlock();
      }
    },
  };
}

/** The best evaluated steps, this one among them where it is one. */
function rankedWith(
  ranked: readonly Ranked[],
  step: number,
  metrics: Metrics,
  best: BestCheckpoints | undefined,
): readonly Ranked[] {
  const value = best === undefined ? undefined : metrics[best.metric];
  if (best === undefined || value === undefined || !Number.isFinite(value)) return ranked;
  const sign = best.better === "lower" ? 1 : -1;
  const all = [...ranked.filter((entry) => entry.step !== step), { step, value }];
  return all.sort((a, b) => sign * (a.value - b.value) || a.step - b.step).slice(0, best.keep);
}

/** @throws RunError where a training that is at `step` would take another's files for its own */
function refuseOthers(folder: string, step: number, own: readonly number[]): void {
  const others = checkpointSteps(folder).filter((other) => !own.includes(other));
  const later = others.filter((other) => step === 0 || other > step);
  const inTheWay = later.filter((other) => step === 0 || !setAsideDamaged(folder, other));
  if (inTheWay.length === 0) return;
  throw new RunError(
    "checkpoints",
    step === 0
      ? `a folder without checkpoints for a training that begins`
      : `a folder without checkpoints after step ${step}, where this training is`,
    `steps ${inTheWay.join(", ")} in ${folder}`,
    step === 0
      ? "resume: latestCheckpoint(folder) goes on with it; or choose another folder"
      : "resume from the newest: latestCheckpoint(folder); or choose another folder",
  );
}

/** @throws OptionError for an unknown option; ValueError for one out of range */
function checkCheckpointOptions(options: CheckpointOptions): void {
  checkOptions("checkpoints", options, names);
  if (options.best) checkOptions("checkpoints.best", options.best, bestNames);
  const { folder, everySteps, everyMinutes, keepLast, best } = options;
  for (const [name, count] of Object.entries({ everySteps, keepLast, "best.keep": best?.keep }))
    if (count !== undefined && !(Number.isInteger(count) && count >= 1))
      throw new ValueError("checkpoints", `a whole ${name} of at least 1`, count);
  if (everyMinutes !== undefined && !(everyMinutes > 0))
    throw new ValueError("checkpoints", "everyMinutes above 0", everyMinutes);
  if (typeof folder !== "string" || folder === "")
    throw new ValueError("checkpoints", "the path of a folder", folder);
  if (best !== undefined && best.better !== "lower" && best.better !== "higher")
    throw new ValueError("checkpoints", 'better to be "lower" or "higher"', best.better);
}

/** Sets a step's checkpoint aside where it is damaged. @returns whether it is */
function setAsideDamaged(folder: string, step: number): boolean {
  const path = checkpointPath(folder, step);
  try {
    verifyCheckpoint(path);
    return false;
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    setAside([{ path, reason: error.message }]);
    return true;
  }
}

/** @throws CheckpointError for what isn't a state of this callback */
function checkedState(state: unknown): CheckpointsState {
  if (isState(state)) return state;
  const got = JSON.stringify(state);
  throw new CheckpointError("checkpoints", "the best and the written steps", got);
}

function isState(state: unknown): state is CheckpointsState {
  if (typeof state !== "object" || state === null) return false;
  const { ranked, written } = state as Partial<CheckpointsState>;
  return (
    Array.isArray(written) &&
    written.every((step) => Number.isSafeInteger(step)) &&
    Array.isArray(ranked) &&
    ranked.every((entry: Partial<Ranked> | null) =>
      [entry?.step, entry?.value].every((part) => typeof part === "number"),
    )
  );
}
