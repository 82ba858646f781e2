/** @file The checkpoints of a run, one file a step; training resumes from the newest whole one. */
import { readdirSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { CheckpointError } from "../errors.ts";
import type { TrainingState } from "../training-state.ts";
import { UNFINISHED } from "./atomic-write.ts";
import { type Checkpoint, loadCheckpoint, unreadable, writeCheckpoint } from "./checkpoint-file.ts";
import { helpWith, isSystemError, orRefuse, reasonOf } from "./file-error.ts";
import { lockFolder } from "./folder-lock.ts";
import type { Json } from "./json.ts";
import { makeFolder } from "./make-folder.ts";

const NAME = /^step-(\d{10})\.safetensors$/;
const DAMAGED = ".damaged";

/** A checkpoint and its file. */
export interface FoundCheckpoint extends Checkpoint {
  readonly path: string;
  /** Newer ones that are damaged, with the reasons; see {@link setAside}. */
  readonly damaged: readonly DamagedFile[];
}

/** A file that can't be used. */
export interface DamagedFile {
  readonly path: string;
  readonly reason: string;
}

/**
 * The steps of a folder's checkpoints, ascending; none for a folder that doesn't exist.
 *
 * @throws CheckpointError for a folder that can't be listed
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
 * The newest whole checkpoint of a folder. Newer ones that are damaged, or that the disk can't
 * read, are named; nothing is changed.
 *
 * @returns undefined where the folder has none
 * @throws CheckpointError when all of them are damaged, or one can't be read for another reason
 * @example
 * ```ts
 * import { latestCheckpoint } from "@spm/trainer/node";
 * const found = latestCheckpoint("runs/example/checkpoints");
 * for (const { path, reason } of found?.damaged ?? []) console.log(path, reason);
 * ```
 */
export function latestCheckpoint(folder: string): FoundCheckpoint | undefined {
  const damaged: DamagedFile[] = [];
  for (const step of checkpointSteps(folder).reverse()) {
    const path = checkpointPath(folder, step);
    try {
      return { ...loadCheckpoint(path), path, damaged };
    } catch (error) {
      const system = isSystemError(error);
      if (system && error.code === "ENOENT") continue; // a training that goes on has removed it
      if (system && error.code !== "EIO") throw unreadable(path, reasonOf(error));
      if (!system && !(error instanceof CheckpointError)) throw error;
      damaged.push({ path, reason: system ? reasonOf(error) : error.message });
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
 * Renames damaged files to `….damaged`: for a training that goes on and will write their steps.
 *
 * @throws CheckpointError when it can't
 * @example
 * ```ts
 * import { latestCheckpoint, setAside } from "@spm/trainer/node";
 * const found = latestCheckpoint("runs/example/checkpoints");
 * if (found) setAside(found.damaged);
 * ```
 */
export function setAside(damaged: readonly DamagedFile[]): void {
  for (const { path } of damaged) writing(path, () => renameSync(path, `${path}${DAMAGED}`));
}

/**
 * Makes the folder where it doesn't exist, locks it, and removes the remains of interrupted writes.
 * @returns what unlocks it
 * @throws CheckpointError when it can't be made; RunError when another training writes to it
 */
export function openCheckpointFolder(folder: string): () => void {
  writing(folder, () => makeFolder(folder));
  const unlock = lockFolder(folder);
  try {
    writing(folder, () => {
      for (const name of filesOf(folder)) if (name.endsWith(UNFINISHED)) rmSync(join(folder, name));
    });
  } catch (error) {
    unlock();
    throw error;
  }
  return unlock;
}

/**
 * Writes a step's checkpoint, whole or not at all, into a folder that is made anew where somebody
 * has removed it.
 *
 * @throws CheckpointError when it can't be written; earlier ones are untouched
 */
export async function saveCheckpoint(
  folder: string,
  step: number,
  state: TrainingState,
  config: Json,
): Promise<string> {
  const path = checkpointPath(folder, step);
  try {
    makeFolder(folder);
    await writeCheckpoint(path, state, config);
  } catch (error) {
    throw isSystemError(error) ? refused(path, reasonOf(error), error, folder) : error;
  }
  return path;
}

/**
 * Removes the checkpoints of all other steps.
 * @throws CheckpointError when it can't
 */
export function keepOnly(folder: string, steps: ReadonlySet<number>): void {
  for (const step of checkpointSteps(folder)) {
    const path = checkpointPath(folder, step);
    if (!steps.has(step)) writing(path, () => rmSync(path, { force: true }));
  }
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isSystemError(error) && error.code === "ENOENT") return [];
    throw new CheckpointError("checkpoints", `to list ${folder}`, reasonOf(error));
  }
}

function hasCheckpoints(folder: string): boolean {
  try {
    return checkpointSteps(folder).length > 0;
  } catch {
    return false; // a folder that cannot even be listed
  }
}

const writing = (path: string, write: () => void): void =>
  orRefuse(write, (reason, error) => refused(path, reason, error));

/** The error of a write, for a person who wants to go on. */
function refused(
  path: string,
  reason: string,
  error: NodeJS.ErrnoException,
  folder = path,
): CheckpointError {
  const remedy = helpWith(error) ?? "see to the folder";
  const help = hasCheckpoints(folder)
    ? `${remedy}, then resume: the checkpoints before this one are whole`
    : `${remedy} or choose another folder, then start again: there is no checkpoint yet`;
  return new CheckpointError("checkpoint", `to write ${basename(path)}`, reason, help);
}
