/**
 * @file The caller of a command: `spm` or a program with kinds of its own, and how to run it again.
 */
import { relative } from "node:path";
import { ours, type Registrations, type Registries, registriesWith } from "./registries.ts";

/** The command `spm`, or a program that calls its `main`. */
export interface Caller {
  readonly registries: Registries;
  /** The words before the name of a command. */
  readonly command: string;
}

/**
 * As one types it here: source files run in a clone only, by the script of that name; npx finds
 * what isn't on the path.
 */
const installed = process.env.npm_command === "exec" ? "npx spm" : "spm";
const SPM: string = import.meta.url.endsWith(".ts") ? "npm run -s spm --" : installed;

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

/** A word of a command line, in quotes where a shell would split it: "my text.txt". */
export const shellWord = (word: string): string =>
  /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
