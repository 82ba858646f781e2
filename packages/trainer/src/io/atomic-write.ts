/**
 * @file Writes a file so that it is there whole or not at all, whatever stops the process or the
 * machine.
 */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/** What the name of a file that is being written ends with. */
export const UNFINISHED = ".part";

/**
 * Writes beside the file, waits for the disk, renames, and waits for the folder: afterwards the
 * content is there for good.
 *
 * @throws Node's error when it cannot be written; what was there before is then untouched, and
 * nothing is left beside it.
 * @example
 * ```ts
 * import { writeAtomically } from "@spm/trainer/node";
 * writeAtomically("result.json", "{}");
 * ```
 */
export function writeAtomically(path: string, content: Uint8Array | string): void {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const beside = `${path}${UNFINISHED}`;
  try {
    const file = openSync(beside, "w");
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
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

/** Waits until a folder's entries are on the disk. */
function syncFolder(folder: string): void {
  if (process.platform === "win32") return; // folders cannot be opened there
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
