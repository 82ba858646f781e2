/** @file Runs the `spm` command as a process of its own, made of the sources once for all files. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, inject } from "vitest";
import { buildCommand } from "../resume/built-command.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** How a process ended. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const main = "packages/cli/src/main.ts";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/**
 * Bundles a program, and gives back its file: to start it takes a quarter of what loading the
 * sources does.
 */
export async function bundled(program: string): Promise<string> {
  const folder = await buildCommand(join(ROOT, main), program);
  folders.push(folder);
  return join(folder, "dist/main.js");
}

/** `spm` of the sources as one file, which the first test file that asks makes for all. */
async function spmItself(): Promise<string> {
  const shared = join(inject("builtOnce"), "spm");
  if (!existsSync(shared)) {
    const made = await buildCommand(join(ROOT, main));
    try {
      renameSync(made, shared);
    } catch (error) {
      rmSync(made, { recursive: true });
      if (!existsSync(shared)) throw error; // else another file was first
    }
  }
  return join(shared, "dist/main.js");
}
let command: Promise<string> | undefined;
/** The file of `spm`, a bundle. */
export const bundledSpm = (): Promise<string> => {
  command ??= spmItself();
  return command;
};

/** With packages of data, which a bundle finds only so. */
export const withData: NodeJS.ProcessEnv = {
  ...process.env,
  NODE_PATH: ["packages/data", "experiments"]
    .map((folder) => join(ROOT, folder, "node_modules"))
    .join(delimiter),
};

/**
 * Starts `spm` with arguments; `onOutput` sees all of its standard output so far, each time there
 * is more.
 */
export async function spm(
  args: readonly string[],
  onOutput?: (stdout: string, child: ChildProcess) => void,
): Promise<Outcome> {
  const options = { cwd: ROOT, env: withData };
  const child = spawn(process.execPath, [await bundledSpm(), ...args], options);
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
