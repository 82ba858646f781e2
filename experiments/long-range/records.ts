/** @file The records of runs: what `results.json` holds, and how they are read back. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { ValueError } from "@spm/core/extend";
import type { Contender } from "./contenders.ts";
import type { TaskName } from "./tasks.ts";

/** A training of a contender, at one rate from one seed. */
export interface ErrorRecord {
  readonly task: TaskName;
  readonly contender: Contender;
  readonly n: number;
  readonly width: number;
  readonly batch: number;
  readonly steps: number;
  readonly rate: number;
  readonly seed: number;
  readonly parameters: number;
  /** On sequences that choose the rate. */
  readonly validation: number;
  /** On those that are reported. */
  readonly test: number;
  /** The errors of training, means over tenths of the steps. */
  readonly curve: readonly number[];
  /** Of the training, on whatever computed it. */
  readonly seconds: number;
}

/** Seconds and bytes of a training step. */
export interface CostRecord {
  readonly contender: Contender;
  readonly backend: string;
  readonly n: number;
  readonly width: number;
  readonly batch: number;
  /** The most bytes of tensors in a step, without parameters and Adam's means. */
  readonly bytes: number;
  /** Seconds of a step in each round. */
  readonly seconds: readonly number[];
}

/** All that was measured. */
export interface Records {
  readonly errors: readonly ErrorRecord[];
  readonly costs: readonly CostRecord[];
}

/**
 * The records of this experiment's run folders, anywhere below a folder, in the order of names.
 * @throws ValueError where there are none
 */
export function readRecords(folder: string): Records {
  const read = (path: string): unknown => JSON.parse(readFileSync(join(folder, path), "utf8"));
  const runs = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => basename(path) === "config.json")
    .filter((path) => (read(path) as { experiment?: string }).experiment === "long-range")
    .sort()
    .map((path) => read(join(dirname(path), "results.json")) as Records);
  if (runs.length === 0)
    throw new ValueError("experiment", "a folder with runs of long-range", `"${folder}"`);
  return {
    errors: runs.flatMap(({ errors }) => errors),
    costs: runs.flatMap(({ costs }) => costs),
  };
}
