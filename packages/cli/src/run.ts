/** @file Runs a command line: parses, acts, and turns the outcome into an exit code. */

import { CommanderError } from "commander";
import { leaveBackend } from "./backend.ts";
import { programWith, spmItself } from "./caller.ts";
import { endWith, READER_GONE } from "./interruption.ts";
import { program } from "./program.ts";
import type { Registrations } from "./registries.ts";

const FAILED = 1;
const WRONG_USAGE = 2;

/** A training that nobody reads any more ends as one that is interrupted, with a checkpoint. */
const onOutputError = (error: NodeJS.ErrnoException): void => {
  const code = error.code === "EPIPE" ? READER_GONE : FAILED;
  if (!endWith(code)) process.exit(process.exitCode ?? code);
};

/**
 * The `spm` command. It says on stderr what went wrong and sets `process.exitCode`; it throws
 * nothing.
 *
 * @param argv - as `process.argv` has it: the interpreter, the program, and what it was given
 * @param registrations - layers, optimizers, schedules and data sets of the program's own, by name.
 * Flags, help, checks and sweeps are made from them and ours; the runs that they train are resumed
 * and evaluated by the same program.
 * @example
 * ```ts
 * import { main } from "@spm/cli";
 * import { type LinearEntry, LowRank } from "@spm/nn";
 * const entry: LinearEntry = {
 *   description: "a product of two very thin matrices",
 *   learningRate: 0.01,
 *   create: (inputs, outputs, options) => new LowRank(inputs, outputs, { ...options, rank: 2 }),
 * };
 * await main(process.argv, { linearKinds: { "rank-two": entry } });
 * // node program.ts train clusters --layer rank-two
 * ```
 */
export async function main(argv: readonly string[], registrations?: Registrations): Promise<void> {
  for (const stream of [process.stdout, process.stderr])
    if (!stream.listeners("error").includes(onOutputError)) stream.on("error", onOutputError);
  try {
    const caller = registrations === undefined ? spmItself : programWith(registrations);
    await program(caller).parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : WRONG_USAGE; // commander has said why
    } else {
      // what we and the system refuse is told in a line; anything else is a bug and shows its stack
      const { SpmError } = await import("@spm/core");
      const { ValueError } = await import("@spm/core/extend");
      // an option that only the work itself could refuse
      process.exitCode = error instanceof ValueError ? WRONG_USAGE : FAILED;
      const { message, stack = message } =
        error instanceof Error ? error : new Error(String(error));
      const { isSystemError, reasonOf } = await import("@spm/trainer/node");
      const text = isSystemError(error)
        ? `spm: expected to ${error.syscall} ${error.path ?? "a file"}, got ${reasonOf(error)}`
        : error instanceof SpmError
          ? message
          : stack;
      process.stderr.write(`error: ${text}\n`);
    }
  } finally {
    await leaveBackend();
  }
}
