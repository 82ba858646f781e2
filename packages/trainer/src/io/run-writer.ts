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
  statSync,
} from "node:fs";
import { join } from "node:path";
import { RunError } from "../errors.ts";
import { UNFINISHED, writeAtomically } from "./atomic-write.ts";
import { cut, isAt } from "./cut-file.ts";
import { helpWith, orRefuse } from "./file-error.ts";
import { LOCK, lockFolder } from "./folder-lock.ts";
import { makeFolder } from "./make-folder.ts";
import { COLUMNS, columnsOf, csvLine, csvOf, hasRecordsOf } from "./metric-columns.ts";
import { writeWhole } from "./pieces.ts";
import type { MetricRecord, RunConfig, TimingRecord } from "./run-record.ts";

const FILES = ["metrics.jsonl", "metrics.csv", "timing.jsonl"] as const;
type FileName = (typeof FILES)[number];

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
 * const writer = new RunWriter("runs/new", {
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
  readonly #files: Record<FileName, number>;
  readonly #unlock: () => void;
  /** The content of config.json. */
  #config: string;
  #columns: readonly string[];

  /**
   * Makes the folder and writes `config.json`; without a config, continues the files of the run
   * that is there.
   *
   * @throws RunError when the folder isn't empty, without a config isn't a run, can't be written,
   * or another process writes there
   */
  constructor(folder: string, config?: RunConfig) {
    this.folder = folder;
    const path = join(folder, "config.json");
    this.#unlock = writing(folder, () => {
      if (config === undefined) assertRun(folder);
      else {
        assertFresh(folder);
        makeFolder(folder);
      }
      return lockFolder(folder);
    });
    try {
      this.#config = writing(path, () => {
        if (config === undefined) return readFileSync(path, "utf8");
        const text = `${JSON.stringify(config, null, 2)}\n`;
        writeAtomically(path, text);
        return text;
      });
      this.#files = {
        "metrics.jsonl": this.#open("metrics.jsonl"),
        "metrics.csv": this.#open("metrics.csv"),
        "timing.jsonl": this.#open("timing.jsonl"),
      };
      this.#columns = this.#columnsThere();
    } catch (error) {
      this.#unlock();
      throw error;
    }
  }

  /**
   * Writes `config.json` anew.
   * @throws RunError when it can't; it is then as it was
   */
  configure(config: RunConfig): void {
    const path = join(this.folder, "config.json");
    const text = `${JSON.stringify(config, null, 2)}\n`;
    writing(path, () => writeAtomically(path, text));
    this.#config = text;
  }

  /** The length of each file, in bytes. */
  get offsets(): Record<string, number> {
    return Object.fromEntries(FILES.map((name) => [name, fstatSync(this.#files[name]).size]));
  }

  /**
   * Cuts the files to {@link offsets}, by default those of a new run. What is cut off goes to the
   * end of `NAME.cut`. A shorter file keeps its whole lines.
   *
   * @returns a line for each file of which lines were cut off, or that is shorter
   * @throws RunError when a file can't be written; it is then as it was
   */
  truncate(
    offsets: Readonly<Record<string, number>> = { "metrics.csv": COLUMNS.join(",").length + 1 },
  ): string[] {
    const said = FILES.flatMap((name) => {
      const path = join(this.folder, name);
      return writing(path, () => cut(path, this.#files[name], offsets[name] ?? 0));
    });
    this.#columns = this.#columnsThere();
    this.#rewriteTable();
    return said;
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
   *
   * @throws RunError when it can't
   */
  metric(record: MetricRecord): void {
    const names = [...new Set([...COLUMNS, ...Object.keys(record)])];
    const line = Object.fromEntries(names.map((name) => [name, record[name]]));
    this.#append("metrics.jsonl", JSON.stringify(line));
    const added = names.filter((name) => !this.#columns.includes(name));
    this.#columns = [...this.#columns, ...added];
    if (added.length > 0) this.#rewriteTable();
    else this.#append("metrics.csv", csvLine(this.#columns.map((name) => record[name])));
  }

  #columnsThere(): string[] {
    const path = join(this.folder, "metrics.jsonl");
    return writing(path, () => columnsOf(path));
  }

  /** Writes `metrics.csv` anew, from `metrics.jsonl`. */
  #rewriteTable(): void {
    writing(join(this.folder, "metrics.csv"), () => {
      const text = csvOf(join(this.folder, "metrics.jsonl"), this.#columns);
      ftruncateSync(this.#files["metrics.csv"], 0);
      writeWhole(this.#files["metrics.csv"], new TextEncoder().encode(text));
    });
  }

  /**
   * Appends a line to `timing.jsonl`; seconds are rounded to microseconds.
   * @throws RunError when it can't
   */
  timing({ run, split, step, epoch, seconds, elapsed }: TimingRecord): void {
    const rounded = {
      run,
      split,
      step,
      epoch,
      seconds: microseconds(seconds),
      elapsed: microseconds(elapsed),
    };
    this.#append("timing.jsonl", JSON.stringify(rounded));
  }

  /**
   * Syncs all lines to the disk. A file that somebody has removed begins anew, so that what follows
   * isn't lost. Cost: some milliseconds.
   *
   * @returns a line for each such file
   * @throws RunError when the system refuses
   */
  flush(): string[] {
    for (const name of FILES) writing(join(this.folder, name), () => fsyncSync(this.#files[name]));
    const lost = FILES.filter((name) => !isAt(join(this.folder, name), this.#files[name]));
    for (const name of lost) {
      closeSync(this.#files[name]);
      this.#files[name] = this.#open(name);
    }
    const config = join(this.folder, "config.json");
    if (!existsSync(config)) writing(config, () => writeAtomically(config, this.#config));
    return lost.map((name) => `${join(this.folder, name)} was removed: it begins anew`);
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

  #open(name: FileName): number {
    return writing(join(this.folder, name), () => {
      makeFolder(this.folder);
      const file = openSync(join(this.folder, name), "a");
      if (name === "metrics.csv" && fstatSync(file).size === 0)
        writeWhole(file, bytesOf(COLUMNS.join(",")));
      return file;
    });
  }

  #append(name: FileName, line: string): void {
    writing(join(this.folder, name), () => writeWhole(this.#files[name], bytesOf(line)));
  }
}

const bytesOf = (line: string): Uint8Array => new TextEncoder().encode(`${line}\n`);

/** The result of `write`; the system's refusals name the file, and help. */
const writing = <T>(path: string, write: () => T): T =>
  orRefuse(write, (reason, error) => {
    const remedy = helpWith(error);
    const help = remedy && `${remedy}, then resume: what was written before is whole`;
    return new RunError("RunWriter", `to write ${path}`, reason, help);
  });

/**
 * Refuses a folder that has files already, where two runs would be mixed, and a file.
 *
 * @throws RunError when the folder exists and isn't empty, or isn't a folder
 * @example
 * ```ts
 * import { assertFresh } from "@spm/trainer/node";
 * assertFresh("runs/not-there-yet"); // passes
 * ```
 */
export function assertFresh(folder: string): void {
  assertFolder(folder);
  if (existsSync(folder) && readdirSync(folder).some(isOfRun)) {
    throw new RunError(
      "RunWriter",
      "a new or empty folder",
      `${folder} with files in it`,
      "choose another name, or remove the folder",
    );
  }
}

/**
 * Refuses what is there and is no folder.
 *
 * @throws RunError for a file
 * @example
 * ```ts
 * import { assertFolder } from "@spm/trainer/node";
 * assertFolder("runs/not-there-yet"); // passes
 * ```
 */
export function assertFolder(folder: string): void {
  if (existsSync(folder) && !statSync(folder).isDirectory())
    throw new RunError("RunWriter", "a folder", `${folder}, a file`, "choose another name");
}

const isOfRun = (name: string): boolean => !name.endsWith(UNFINISHED) && !name.startsWith(LOCK);

/** @throws RunError when there is no config.json */
function assertRun(folder: string): void {
  if (existsSync(join(folder, "config.json"))) return;
  throw new RunError("RunWriter", "a run folder with config.json", folder);
}

const microseconds = (seconds: number): number => Math.round(seconds * 1e6) / 1e6;
