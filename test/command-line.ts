/** @file `spm` in the process of a test file: what it prints, and a folder for what it writes. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, vi } from "vitest";
import type { Registrations } from "../packages/cli/src/registries.ts";
import { main } from "../packages/cli/src/run.ts";

/** What a command printed, and the exit code that it left. */
interface Outcome {
  readonly out: string;
  readonly err: string;
  readonly code: typeof process.exitCode;
}

/** What a test file runs commands with. */
interface CommandLine {
  /** Removed after the file's tests. */
  readonly folder: string;
  /** What the command that was run last has printed so far. */
  readonly printed: { out: string; err: string };
  /** Called with its standard output so far, each time there is more, until the test ends. */
  onOutput(out: string): void;
  /** A folder of the test's own inside `folder`, empty. */
  fresh(): string;
  /** Runs `spm` with the words of a line, which one space parts. */
  run(line: string, registrations?: Registrations): Promise<Outcome>;
}

/** A command line for the tests of the file that calls this. */
export function commandLine(): CommandLine {
  const folder = mkdtempSync(join(tmpdir(), "spm-"));
  const ignore = (): void => {};
  const printed = { out: "", err: "" };
  const spm: CommandLine = {
    folder,
    printed,
    onOutput: ignore,
    fresh: () => mkdtempSync(join(folder, "test-")),
    run: async (line, registrations) => {
      Object.assign(printed, { out: "", err: "" });
      process.exitCode = undefined;
      await main(["node", "spm", ...line.split(" ")], registrations);
      return { ...printed, code: process.exitCode };
    },
  };
  beforeEach(() => {
    spm.onOutput = ignore;
    vi.spyOn(process.stdout, "write").mockImplementation((chunk) => {
      printed.out += String(chunk);
      spm.onOutput(printed.out);
      return true;
    });
    vi.spyOn(process.stderr, "write").mockImplementation((chunk) => {
      printed.err += String(chunk);
      return true;
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
    process.exitCode = undefined;
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  return spm;
}
