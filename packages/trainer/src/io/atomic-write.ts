/** @file Atomic writes: a file is whole or missing, whatever stops the process or the machine. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { blocks, writeWhole } from "./pieces.ts";

/** The suffix of a file that is being written. */
export const UNFINISHED = ".part";

/**
 * Writes a file of any size whole or not at all: beside it first, synced to the disk, then renamed,
 * and the folder synced.
 *
 * @param content - text, bytes, or bytes in pieces
 * @throws Node's error when it can't be written; a file that was there is then untouched, unless
 * the folder alone couldn't be synced, and none is left beside it
 * @example
 * ```ts
 * import { writeAtomically } from "@spm/trainer/node";
 * writeAtomically("result.json", "{}");
 * ```
 */
export function writeAtomically(
  path: string,
  content: string | Uint8Array | Iterable<Uint8Array>,
): void {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const beside = `${path}${UNFINISHED}`;
  try {
    const file = openSync(beside, "w");
    try {
      for (const block of blocks(bytes instanceof Uint8Array ? [bytes] : bytes))
        writeWhole(file, block);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
  syncFolder(dirname(path));
}

/** Syncs a folder's entries to the disk. */
function syncFolder(folder: string): void {
  if (process.platform === "win32") return; // which cannot open folders
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
