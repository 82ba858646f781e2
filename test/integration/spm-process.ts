/** @file Runs the `spm` command as a process of its own, made of the sources at the first call. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";
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

let command: Promise<string> | undefined;

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
  command ??= bundled(main);
  const options = { cwd: ROOT, env: withData };
  const child = spawn(process.execPath, [await command, ...args], options);
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
