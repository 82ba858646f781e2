/** @file On whose behalf a command runs: what it can name, and how one types it again. */
import { relative } from "node:path";
import { SPM } from "./command-name.ts";
import { ours, type Registrations, type Registries, registriesWith } from "./registries.ts";
import { shellWord } from "./shell-word.ts";

/** The command `spm`, or a program that calls its `main`. */
export interface Caller {
  readonly registries: Registries;
  /** What stands before the name of a command. */
  readonly command: string;
}

/** `spm` itself. */
export const spmItself: Caller = { registries: ours, command: SPM };

/**
 * A program with kinds of its own: this process is it.
 * @throws ValueError for registrations that don't fit
 */
export function programWith(own: Registrations): Caller {
  const script = relative("", process.argv[1] ?? "");
  return {
    registries: registriesWith(own),
    command: ["node", ...process.execArgv, script].map(shellWord).join(" "),
  };
}
