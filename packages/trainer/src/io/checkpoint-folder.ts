/** @file The checkpoints of a run, one file a step; training resumes from the newest whole one. */
import { readdirSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { CheckpointError } from "../errors.ts";
import { UNFINISHED, writeAtomically } from "./atomic-write.ts";
import { type Checkpoint, readCheckpoint } from "./checkpoint-file.ts";
import { lockFolder } from "./folder-lock.ts";
import { makeFolder } from "./make-folder.ts";

const NAME = /^step-(\d{10})\.safetensors$/;
const DAMAGED = ".damaged";

/** A checkpoint and its file. */
export interface FoundCheckpoint extends Checkpoint {
  readonly path: string;
  /** Newer ones that are damaged and were renamed, with the reasons. */
  readonly damaged: readonly { readonly path: string; readonly reason: string }[];
}

/**
 * The steps of a folder's checkpoints, ascending; none for a folder that doesn't exist.
 *
 * @example
 * ```ts
 * import { checkpointSteps } from "@spm/trainer/node";
 * console.log(checkpointSteps("runs/example/checkpoints")); // e.g. [100, 200]
 * ```
 */
export function checkpointSteps(folder: string): number[] {
  return filesOf(folder)
    .flatMap((name) => NAME.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

/**
 * The path of a step's checkpoint.
 *
 * @example
 * ```ts
 * import { checkpointPath } from "@spm/trainer/node";
 * checkpointPath("checkpoints", 100); // "checkpoints/step-0000000100.safetensors"
 * ```
 */
export function checkpointPath(folder: string, step: number): string {
  return join(folder, `step-${String(step).padStart(10, "0")}.safetensors`);
}

/**
 * The newest whole checkpoint of a folder. Newer ones that are damaged are renamed to `….damaged`.
 *
 * @returns undefined where the folder has none
 * @throws CheckpointError when all of them are damaged
 * @example
 * ```ts
 * import { latestCheckpoint } from "@spm/trainer/node";
 * const found = latestCheckpoint("runs/example/checkpoints");
 * for (const { path, reason } of found?.damaged ?? []) console.log(path, reason);
 * ```
 */
export function latestCheckpoint(folder: string): FoundCheckpoint | undefined {
  const damaged: { path: string; reason: string }[] = [];
  for (const step of checkpointSteps(folder).reverse()) {
    const path = checkpointPath(folder, step);
    try {
      const found = readCheckpoint(path);
      for (const { path: bad } of damaged) renameSync(bad, `${bad}${DAMAGED}`);
      return { ...found, path, damaged };
    } catch (error) {
      if (!(error instanceof CheckpointError)) throw error;
      damaged.push({ path, reason: error.message });
    }
  }
  if (damaged.length === 0) return undefined;
  const list = damaged.map(({ reason }) => reason).join("; ");
  throw new CheckpointError(
    "latestCheckpoint",
    `a whole checkpoint in ${folder}`,
    `${damaged.length} damaged: ${list}`,
  );
}

/**
 * Makes the folder where it doesn't exist, locks it, and removes the remains of interrupted writes.
 * @returns what unlocks it
 * @throws CheckpointError when it can't be made; RunError when another training writes to it
 */
export function openCheckpointFolder(folder: string): () => void {
  reporting(folder, folder, () => makeFolder(folder));
  const unlock = lockFolder(folder);
  reporting(folder, folder, () => {
    for (const name of filesOf(folder)) if (name.endsWith(UNFINISHED)) rmSync(join(folder, name));
  });
  return unlock;
}

/**
 * Writes a step's checkpoint, whole or not at all.
 * @throws CheckpointError when it can't be written; earlier ones are untouched
 */
export function saveCheckpoint(folder: string, step: number, file: Uint8Array): string {
  const path = checkpointPath(folder, step);
  reporting(folder, path, () => writeAtomically(path, file));
  return path;
}

/** Removes the checkpoints of all other steps. */
export function keepOnly(folder: string, steps: ReadonlySet<number>): void {
  for (const step of checkpointSteps(folder))
    if (!steps.has(step)) rmSync(checkpointPath(folder, step));
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function hasCheckpoints(folder: string): boolean {
  try {
    return checkpointSteps(folder).length > 0;
  } catch {
    return false; // a folder that cannot even be listed
  }
}

function reporting(folder: string, path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    const help = hasCheckpoints(folder)
      ? "free some space, then resume: the checkpoints before this one are whole"
      : "free some space or choose another folder, then start again: there is no checkpoint yet";
    throw new CheckpointError(
      "checkpoint",
      `to write ${basename(path)}`,
      (error as Error).message,
      help,
    );
  }
}
