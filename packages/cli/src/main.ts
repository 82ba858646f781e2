#!/usr/bin/env node
/** @file The `spm` command: parses, runs, and turns the outcome into an exit code. */

import { CommanderError } from "commander";
import { leaveBackend } from "./backend.ts";
import { program } from "./program.ts";

const FAILED = 1;
const WRONG_USAGE = 2;
/** As after SIGPIPE, 128 + 13: the reader of our output left. */
const READER_GONE = 141;

process.stdout.on("error", (error: NodeJS.ErrnoException) =>
  process.exit(error.code === "EPIPE" ? READER_GONE : FAILED),
);

try {
  await program().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : WRONG_USAGE; // commander has said why
  } else {
    // what we and the system refuse is told in a line; anything else is a bug and shows its stack
    const { SpmError, ValueError } = await import("@spm/core");
    // an option that only the work itself could refuse
    process.exitCode = error instanceof ValueError ? WRONG_USAGE : FAILED;
    const { message, stack = message } = error instanceof Error ? error : new Error(String(error));
    const expected = error instanceof SpmError || (error instanceof Error && "syscall" in error);
    process.stderr.write(`error: ${expected ? message : stack}\n`);
  }
} finally {
  await leaveBackend();
}
