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
    process.exitCode = FAILED;
    process.stderr.write(`error: ${await describe(error)}\n`);
  }
} finally {
  await leaveBackend();
}

/** What we and the system refuse is told in a line; anything else is a bug and shows its stack. */
async function describe(error: unknown): Promise<string> {
  if (!(error instanceof Error)) return String(error);
  const { SpmError } = await import("@spm/core");
  const expected = error instanceof SpmError || "syscall" in error;
  return expected ? error.message : (error.stack ?? error.message);
}
