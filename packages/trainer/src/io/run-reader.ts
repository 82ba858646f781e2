/** @file Reads a run folder, finished or not. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { RunError } from "../errors.ts";
import type { MetricRecord, RunConfig, TimingRecord } from "./run-record.ts";

/** A run folder in memory. */
export interface Run {
  readonly config: RunConfig;
  readonly metrics: readonly MetricRecord[];
  readonly timings: readonly TimingRecord[];
}

/**
 * Reads `config.json`, `metrics.jsonl` and `timing.jsonl` of a run, finished or not. A last line
 * without a newline, from an interrupted write, is left out.
 *
 * @throws RunError when `config.json` is missing or damaged, or a whole line isn't JSON
 * @example
 * ```ts
 * import { readRun } from "@spm/trainer/node";
 * const { config, metrics } = readRun("runs/example");
 * console.log(config.title, metrics.length);
 * ```
 */
export function readRun(folder: string): Run {
  const path = join(folder, "config.json");
  if (!existsSync(path)) throw new RunError("readRun", "a run folder with config.json", folder);
  return {
    config: readRunConfig(path),
    metrics: readLines<MetricRecord>(join(folder, "metrics.jsonl")),
    timings: readLines<TimingRecord>(join(folder, "timing.jsonl")),
  };
}

/** @throws RunError for a file that isn't the config of a training */
function readRunConfig(path: string): RunConfig {
  let config: Partial<RunConfig> | null;
  try {
    config = JSON.parse(readFileSync(path, "utf8")) as typeof config;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new RunError(
      "readRun",
      `JSON in ${path}`,
      error.message,
      "put back the file as the run wrote it",
    );
  }
  if (
    Array.isArray(config?.models) &&
    typeof config.options === "object" &&
    config.options !== null
  )
    return config as RunConfig;
  throw new RunError(
    "readRun",
    `the models and options of a training in ${path}`,
    "a file without them",
  );
}

function readLines<T>(path: string): T[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n");
  lines.pop(); // the text after the last newline: empty, or a line cut short
  return lines.map((line, index) => {
    try {
      return JSON.parse(line) as T;
    } catch {
      throw new RunError(
        "readRun",
        `JSON on line ${index + 1} of ${path}`,
        JSON.stringify(line.slice(0, 80)),
      );
    }
  });
}
