/** @file Runs the `spm` command as a process of its own, made of the sources at the first call. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildCommand } from "../resume/built-command.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** How a process ended. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const main = "packages/cli/src/main.ts";

/** A file with the whole command: to start it takes a quarter of what loading the sources does. */
let bundle: Promise<string> | undefined;

async function bundled(): Promise<string[]> {
  bundle ??= buildCommand(join(ROOT, main)).then((folder) => {
    process.once("exit", () => rmSync(folder, { recursive: true }));
    return join(folder, "dist/main.js");
  });
  return [await bundle];
}

/** What reads data of packages, which a bundle has not. */
const ofTheClone = ["compare", "charlm"];
const sources = ["--import", "tsx", "--conditions=@spm/source", main];

/**
 * Starts `spm` with arguments; `onOutput` sees all of its standard output so far, each time there
 * is more.
 */
export async function spm(
  args: readonly string[],
  onOutput?: (stdout: string, child: ChildProcess) => void,
): Promise<Outcome> {
  const program = args.slice(0, 2).some((word) => ofTheClone.includes(word))
    ? sources
    : await bundled();
  const child = spawn(process.execPath, [...program, ...args], { cwd: ROOT });
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
