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
import { LOCK, lockFolder } from "./folder-lock.ts";
import { makeFolder } from "./make-folder.ts";
import { COLUMNS, columnsOf, csvLine, csvOf, hasRecordsOf } from "./metric-columns.ts";
import type { MetricRecord, RunConfig, TimingRecord } from "./run-record.ts";

const FILES = ["metrics.jsonl", "metrics.csv", "timing.jsonl"] as const;

/**
 * A writer of the files of a run: `config.json`, `metrics.jsonl`, `metrics.csv`, `timing.jsonl`.
 * The folder is locked until it is closed.
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
  readonly #unlock: () => void;
  #columns: readonly string[];

  /**
   * Makes the folder and writes `config.json`; without a config, continues the files of the run
   * that is there.
   *
   * @throws RunError when the folder isn't empty, or without a config isn't a run, or another
   * process writes there; Node's error when it can't be written
   */
  constructor(folder: string, config?: RunConfig) {
    this.folder = folder;
    if (config === undefined) assertRun(folder);
    else {
      assertFresh(folder);
      makeFolder(folder);
    }
    this.#unlock = lockFolder(folder);
    if (config !== undefined) this.configure(config);
    const open = (name: string): number => openSync(join(folder, name), "a");
    this.#files = {
      "metrics.jsonl": open("metrics.jsonl"),
      "metrics.csv": open("metrics.csv"),
      "timing.jsonl": open("timing.jsonl"),
    };
    this.#columns = columnsOf(join(folder, "metrics.jsonl"));
    if (fstatSync(this.#files["metrics.csv"]).size === 0)
      writeSync(this.#files["metrics.csv"], `${COLUMNS.join(",")}\n`);
  }

  /** Writes `config.json` anew. */
  configure(config: RunConfig): void {
    writeAtomically(join(this.folder, "config.json"), `${JSON.stringify(config, null, 2)}\n`);
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
    const warnings = FILES.flatMap((name) => {
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
    this.#columns = columnsOf(join(this.folder, "metrics.jsonl"));
    this.#rewriteTable();
    return warnings;
  }

  /**
   * Begins the records of a run.
   * @throws RunError when there are some of another training
   */
  begin(run: string): void {
    if (hasRecordsOf(join(this.folder, "metrics.jsonl"), run))
      throw new RunError(
        "recordRun",
        "a name of its own for each training of a run folder",
        `records of "${run}" in ${this.folder} already`,
        "recordRun(writer, name) with another name",
      );
  }

  /**
   * Appends a line to `metrics.jsonl` and `metrics.csv`, in which a metric that wasn't there before
   * gets a column.
   */
  metric(record: MetricRecord): void {
    const names = [...new Set([...COLUMNS, ...Object.keys(record)])];
    const line = Object.fromEntries(names.map((name) => [name, record[name]]));
    writeSync(this.#files["metrics.jsonl"], `${JSON.stringify(line)}\n`);
    const added = names.filter((name) => !this.#columns.includes(name));
    this.#columns = [...this.#columns, ...added];
    if (added.length > 0) this.#rewriteTable();
    else
      writeSync(
        this.#files["metrics.csv"],
        `${csvLine(this.#columns.map((name) => record[name]))}\n`,
      );
  }

  /** Writes `metrics.csv` anew, from `metrics.jsonl`. */
  #rewriteTable(): void {
    const text = csvOf(join(this.folder, "metrics.jsonl"), this.#columns);
    ftruncateSync(this.#files["metrics.csv"], 0);
    writeSync(this.#files["metrics.csv"], text);
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
    try {
      this.flush();
      for (const file of Object.values(this.#files)) closeSync(file);
    } finally {
      this.#unlock();
    }
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
  if (existsSync(folder) && readdirSync(folder).some(isOfRun)) {
    throw new RunError(
      "RunWriter",
      "a new or empty folder",
      `${folder} with files in it`,
      "choose another name, or remove the folder",
    );
  }
}

const isOfRun = (name: string): boolean => !name.endsWith(UNFINISHED) && !name.startsWith(LOCK);

/** @throws RunError when there is no config.json */
function assertRun(folder: string): void {
  if (existsSync(join(folder, "config.json"))) return;
  throw new RunError("RunWriter", "a run folder with config.json", folder);
}

const microseconds = (seconds: number): number => Math.round(seconds * 1e6) / 1e6;
