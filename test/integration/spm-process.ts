/** @file Runs the `spm` command as a process of its own, from the sources. */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** How a process ended. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Starts `spm` with arguments; `onOutput` sees all of its standard output so far, each time there
 * is more.
 */
export function spm(
  args: readonly string[],
  onOutput?: (stdout: string, child: ChildProcess) => void,
): Promise<Outcome> {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", "--conditions=@spm/source", "packages/cli/src/main.ts", ...args],
    { cwd: ROOT },
  );
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
    onOutput?.(stdout, child);
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** Calls `f` with the path of a folder that does not exist yet, and removes it afterwards. */
export async function withRunFolder<T>(f: (folder: string) => Promise<T>): Promise<T> {
  const parent = mkdtempSync(join(tmpdir(), "spm-"));
  try {
    return await f(join(parent, "run"));
  } finally {
    rmSync(parent, { recursive: true });
  }
}
