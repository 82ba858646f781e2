/** @file Reads a run folder back, finished or not. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { RunError } from "./errors.ts";
import type { MetricRecord, RunConfig, TimingRecord } from "./run-record.ts";

/** A run folder in memory. */
export interface Run {
  readonly config: RunConfig;
  readonly metrics: readonly MetricRecord[];
  readonly timings: readonly TimingRecord[];
}

/**
 * Reads `config.json`, `metrics.jsonl` and `timing.jsonl` of a run, still running or not.
 *
 * A last line without its newline (the process died in the write) is left out.
 *
 * @throws RunError when `config.json` is missing or a whole line is not JSON.
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
    config: JSON.parse(readFileSync(path, "utf8")) as RunConfig,
    metrics: readLines<MetricRecord>(join(folder, "metrics.jsonl")),
    timings: readLines<TimingRecord>(join(folder, "timing.jsonl")),
  };
}

function readLines<T>(path: string): T[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n");
  lines.pop(); // what follows the last newline: nothing, or a line cut short
  return lines.map((line, index) => {
    try {
      return JSON.parse(line) as T;
    } catch {
      throw new RunError("readRun", `JSON on line ${index + 1} of ${path}`, JSON.stringify(line.slice(0, 80)));
    }
  });
}
