/** @file Runs a command and takes its time. */
import { spawn } from "node:child_process";

/** How a command ended. */
export interface TimedRun {
  /** Its exit code; 1 where a signal ended it. */
  readonly code: number;
  readonly seconds: number;
}

/** Runs a line of the shell, or a program with arguments, in this terminal. */
export function runTimed(
  command: string,
  args?: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<TimedRun> {
  const begun = performance.now();
  const options = { stdio: "inherit", env: { ...process.env, ...env } } as const;
  const child =
    args === undefined
      ? spawn(command, { ...options, shell: true })
      : spawn(command, args, options);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code: code ?? 1, seconds: (performance.now() - begun) / 1000 });
    });
  });
}
