/** @file Writes a run folder line by line, so that an interrupted run keeps its measurements. */

import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { RunError } from "../errors.ts";
import { UNFINISHED, writeAtomically } from "./atomic-write.ts";
import { makeFolder } from "./make-folder.ts";
import type { MetricRecord, RunConfig, TimingRecord } from "./run-record.ts";

const COLUMNS = ["run", "split", "step", "epoch", "learningRate", "loss", "accuracy"] as const;
const FILES = ["metrics.jsonl", "metrics.csv", "timing.jsonl"] as const;

/**
 * A writer of the files of a run: `config.json`, `metrics.jsonl`, `metrics.csv`, `timing.jsonl`.
 *
 * Each record is one write of one whole line, so a crash can lose the end of the last line only.
 * `metrics.*` have values that the seed determines, so they are byte-identical in two runs of one
 * seed; seconds are in `timing.jsonl`.
 *
 * @example
 * ```ts
 * import { RunWriter, machine } from "@spm/trainer/node";
 * const writer = new RunWriter("runs/example", {
 *   title: "example",
 *   command: "node example.js",
 *   started: new Date().toISOString(),
 *   models: [{ run: "dense", parameters: 42 }],
 *   epochs: 1,
 *   stepsPerEpoch: 10,
 *   options: {},
 *   machine: machine(),
 * });
 * const at = { run: "dense", split: "train", step: 10, epoch: 1 } as const;
 * writer.metric({ ...at, learningRate: 1e-3, loss: 0.5, accuracy: 0.8 });
 * writer.timing({ ...at, seconds: 1.2, elapsed: 1.5 });
 * writer.close();
 * ```
 */
export class RunWriter {
  /** The run folder. */
  readonly folder: string;
  readonly #files: Readonly<Record<(typeof FILES)[number], number>>;

  /**
   * Makes the folder and writes `config.json`; without a config, continues the files of the run
   * that is there.
   *
   * @throws RunError when the folder isn't empty, or without a config isn't a run; Node's error
   * when it can't be written
   */
  constructor(folder: string, config?: RunConfig) {
    this.folder = folder;
    if (config === undefined) assertRun(folder);
    else {
      assertFresh(folder);
      makeFolder(folder);
      writeAtomically(join(folder, "config.json"), `${JSON.stringify(config, null, 2)}\n`);
    }
    const open = (name: string): number => openSync(join(folder, name), "a");
    this.#files = {
      "metrics.jsonl": open("metrics.jsonl"),
      "metrics.csv": open("metrics.csv"),
      "timing.jsonl": open("timing.jsonl"),
    };
    if (fstatSync(this.#files["metrics.csv"]).size === 0)
      writeSync(this.#files["metrics.csv"], `${COLUMNS.join(",")}\n`);
  }

  /** The length of each file, in bytes. */
  get offsets(): Record<string, number> {
    return Object.fromEntries(FILES.map((name) => [name, fstatSync(this.#files[name]).size]));
  }

  /**
   * Cuts the files to {@link offsets}, by default those of a new run. A shorter file keeps its
   * whole lines.
   *
   * @returns a warning for each shorter file
   */
  truncate(
    offsets: Readonly<Record<string, number>> = { "metrics.csv": COLUMNS.join(",").length + 1 },
  ): string[] {
    return FILES.flatMap((name) => {
      const path = join(this.folder, name);
      const [size, offset] = [fstatSync(this.#files[name]).size, offsets[name] ?? 0];
      ftruncateSync(
        this.#files[name],
        size < offset ? readFileSync(path).lastIndexOf("\n") + 1 : offset,
      );
      return size < offset
        ? [
            `${path} lacks ${offset - size} of the ${offset} bytes that it had: ` +
              "it goes on from here",
          ]
        : [];
    });
  }

  /** Appends a line to `metrics.jsonl` and `metrics.csv`. */
  metric(record: MetricRecord): void {
    const values = COLUMNS.map((column) => record[column]);
    writeSync(
      this.#files["metrics.jsonl"],
      `${JSON.stringify(Object.fromEntries(COLUMNS.map((column, i) => [column, values[i]])))}\n`,
    );
    writeSync(this.#files["metrics.csv"], `${values.map(csvField).join(",")}\n`);
  }

  /** Appends a line to `timing.jsonl`; seconds are rounded to microseconds. */
  timing({ run, split, step, epoch, seconds, elapsed }: TimingRecord): void {
    const rounded = {
      run,
      split,
      step,
      epoch,
      seconds: microseconds(seconds),
      elapsed: microseconds(elapsed),
    };
    writeSync(this.#files["timing.jsonl"], `${JSON.stringify(rounded)}\n`);
  }

  /** Syncs all lines to the disk. Cost: some milliseconds. */
  flush(): void {
    for (const file of Object.values(this.#files)) fsyncSync(file);
  }

  /** Flushes and closes the files, after which nothing can be written. */
  close(): void {
    this.flush();
    for (const file of Object.values(this.#files)) closeSync(file);
  }
}

/**
 * Refuses a folder that has files already, where two runs would be mixed.
 *
 * @throws RunError when the folder exists and isn't empty
 * @example
 * ```ts
 * import { assertFresh } from "@spm/trainer/node";
 * assertFresh("runs/not-there-yet"); // passes
 * ```
 */
export function assertFresh(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).some((name) => !name.endsWith(UNFINISHED))) {
    throw new RunError(
      "RunWriter",
      "a new or empty folder",
      `${folder} with files in it`,
      "choose another name, or remove the folder",
    );
  }
}

/** @throws RunError when there is no config.json */
function assertRun(folder: string): void {
  if (existsSync(join(folder, "config.json"))) return;
  throw new RunError("RunWriter", "a run folder with config.json", folder);
}

const microseconds = (seconds: number): number => Math.round(seconds * 1e6) / 1e6;

/** Quoted where RFC 4180 requires it. */
function csvField(value: string | number | null): string {
  if (value === null) return "";
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
