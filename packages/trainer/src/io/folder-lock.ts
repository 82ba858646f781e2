/** @file A lock on a folder that is written to: one process, and one training in it, at a time. */
import {
  closeSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { RunError } from "../errors.ts";
import { writeWhole } from "./pieces.ts";

/** The file of a lock. */
export const LOCK = "spm.lock";

/** Milliseconds after which a lock without a readable owner is what a dead process left. */
const UNREADABLE = 5000;

/** The owner of a lock. */
interface Owner {
  readonly pid: number;
  readonly host: string;
  /** The start of the process in clock ticks, which tells it from a later one with its number. */
  readonly started: string | null;
  readonly since: string;
}

/** The locks that this process holds. */
const held = new Set<string>();

/**
 * Locks a folder for this writer; the lock of a process that is gone is taken over.
 *
 * @param folder - an existing folder
 * @returns what unlocks it
 * @throws RunError when another process, or another training of this one, writes there; Node's
 * error when it can't be written
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, LOCK);
  const owner: Owner = {
    pid: process.pid,
    host: hostname(),
    started: startOf(process.pid),
    since: new Date().toISOString(),
  };
  const text = JSON.stringify(owner);
  if (!written(path, text)) takeOver(folder, path, text);
  held.add(text + path);
  return () => {
    if (!held.delete(text + path) || contentOf(path) !== text) return;
    rmSync(path, { force: true });
  };
}

/** Writes a file that isn't there, whole or not at all; false where it is. */
function written(path: string, text: string): boolean {
  let file: number;
  try {
    file = openSync(path, "wx");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
  try {
    writeWhole(file, new TextEncoder().encode(text));
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  return true;
}

/**
 * Replaces the lock of a dead process. A file beside it makes sure that of two processes that do so
 * at once the second one sees the lock of the first.
 */
function takeOver(folder: string, path: string, text: string): void {
  const guard = `${path}.taken`;
  if (ageOf(guard) >= UNREADABLE) rmSync(guard, { force: true }); // of one that died just here
  if (!written(guard, text)) throw busy(folder, path, contentOf(path));
  try {
    const before = contentOf(path);
    if (before !== undefined && isAlive(path, before)) throw busy(folder, path, before);
    const own = `${path}.${process.pid}`;
    writeFileSync(own, text);
    renameSync(own, path);
  } finally {
    rmSync(guard, { force: true });
  }
}

/** Whether the writer that a lock names still runs. */
function isAlive(path: string, text: string): boolean {
  const { pid, host, started } = ownerOf(text) ?? {};
  if (pid === undefined) return ageOf(path) < UNREADABLE;
  if (host !== hostname()) return true; // nobody here can tell
  if (pid === process.pid && started === startOf(pid)) return held.has(text + path);
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  return started === startOf(pid);
}

/** The start of a process in clock ticks, where /proc tells it; null elsewhere. */
function startOf(pid: number): string | null {
  const stat = contentOf(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
}

function ownerOf(text: string): Partial<Owner> | undefined {
  try {
    return JSON.parse(text) as Partial<Owner>;
  } catch {
    return undefined;
  }
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function ageOf(path: string): number {
  return Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
}

function busy(folder: string, path: string, text: string | undefined): RunError {
  const { pid, host, since } = ownerOf(text ?? "") ?? {};
  const who = pid === undefined ? "another process" : `process ${pid} on ${host} since ${since}`;
  return new RunError(
    "lock",
    `nobody else to write into ${folder}`,
    who,
    `wait until it has ended; if it is gone for good, remove ${path}`,
  );
}
