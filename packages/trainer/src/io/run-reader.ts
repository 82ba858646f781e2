/** @file Reads a run folder, finished or not, and changes nothing in it. */

import { closeSync, existsSync, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import type { ValidateFunction } from "ajv";
import { RunError } from "../errors.ts";
import { orRefuse } from "./file-error.ts";
import { lineOf } from "./json-scan.ts";
import { metricRecord, misfit, runConfig, runOutcome, timingRecord } from "./record-schema.ts";
import type { MetricRecord, RunConfig, TestOutcome, TimingRecord } from "./run-record.ts";

/** A run folder in memory. */
export interface Run {
  readonly config: RunConfig;
  readonly metrics: readonly MetricRecord[];
  readonly timings: readonly TimingRecord[];
  /** Of finished trainings, by model. */
  readonly tests?: Readonly<Record<string, TestOutcome>>;
}

/** Bytes that are read at a time. */
const PIECE = 2 ** 20;

/**
 * Reads `config.json`, `metrics.jsonl`, `timing.jsonl` and `outcome.json` of a run, finished or
 * not. A last line without a newline, from an interrupted write, is left out.
 *
 * @throws RunError when `config.json` is missing, a file can't be read, or what it says isn't what
 * a run writes; it names the file and the line
 * @example
 * ```ts
 * import { readRun } from "@spm/trainer/node";
 * const { config, metrics } = readRun("runs/example");
 * console.log(config.title, metrics.length);
 * ```
 */
export function readRun(folder: string): Run {
  return {
    config: readRunConfig(folder),
    metrics: readLines(join(folder, "metrics.jsonl"), metricRecord()),
    timings: readLines(join(folder, "timing.jsonl"), timingRecord()),
    ...readOutcome(join(folder, "outcome.json")),
  };
}

/** The outcomes on test samples in `outcome.json`, where it is there. */
function readOutcome(path: string): Pick<Run, "tests"> {
  const text = reading(path, () => readFileSync(path, "utf8"));
  if (text === undefined) return {};
  const value = parsed(text, (message) => new RunError("readRun", `JSON in ${path}`, message));
  const bad = misfit(runOutcome(), value);
  if (bad !== undefined) throw new RunError("readRun", `${bad.expected} in ${path}`, bad.got);
  const { tests } = value as Pick<Run, "tests">;
  return tests === undefined ? {} : { tests };
}

/**
 * Reads `config.json` of a run: all that a training needs to go on from a checkpoint.
 *
 * @throws RunError as {@link readRun}
 * @example
 * ```ts
 * import { readRunConfig } from "@spm/trainer/node";
 * console.log(readRunConfig("runs/example").options);
 * ```
 */
export function readRunConfig(folder: string): RunConfig {
  const path = join(folder, "config.json");
  const text = reading(path, () => readFileSync(path, "utf8"));
  if (text === undefined) throw new RunError("readRun", "a run folder with config.json", folder);
  const value = parsed(text, (message) => {
    const help = "put back the file as the run wrote it";
    return new RunError("readRun", `JSON in ${path}`, message, help);
  });
  const bad = misfit(runConfig(), value);
  if (bad === undefined) return value as RunConfig;
  const line = lineOf(text, bad.path);
  throw new RunError("readRun", `${bad.expected} on line ${line} of ${path}`, bad.got);
}

/** The result of `read`; undefined for a missing file. @throws RunError for other errors */
function reading<T>(path: string, read: () => T): T | undefined {
  if (!existsSync(path)) return undefined;
  return orRefuse(read, (reason) => new RunError("readRun", `to read ${path}`, reason));
}

function parsed(text: string, refuse: (message: string) => RunError): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw refuse((error as Error).message);
  }
}

/** The records of a file of lines; none where there is no file. */
function readLines<T>(path: string, validate: ValidateFunction<T>): T[] {
  const records: T[] = [];
  const add = (line: string): void => {
    const at = `line ${records.length + 1} of ${path}`;
    const shown = JSON.stringify(line.slice(0, 80));
    const value = parsed(line, () => new RunError("readRun", `JSON on ${at}`, shown));
    const bad = misfit(validate, value);
    if (bad !== undefined) throw new RunError("readRun", `${bad.expected} on ${at}`, bad.got);
    records.push(value as T);
  };
  reading(path, () => {
    for (const line of linesOf(path)) add(line);
  });
  return records;
}

/** The whole lines of a file of any size. The text after the last newline is left out. */
function* linesOf(path: string): Generator<string> {
  const file = openSync(path, "r");
  try {
    const decoder = new TextDecoder();
    const piece = new Uint8Array(PIECE);
    let begun = "";
    for (let read = readSync(file, piece); read > 0; read = readSync(file, piece)) {
      const lines = decoder.decode(piece.subarray(0, read), { stream: true }).split("\n");
      for (let k = 0; k < lines.length - 1; k++) {
        yield begun + lines[k];
        begun = "";
      }
      begun += lines.at(-1);
    }
  } finally {
    closeSync(file);
  }
}
