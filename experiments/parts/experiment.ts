/** @file What an experiment is: settings, a run, findings. */
import type { Json } from "@spm/trainer";

/** The settings of an experiment by name; each is what a command line can say. */
export type Settings = Readonly<Record<string, number | string>>;

/** What an experiment is run with. */
export interface Trial<S extends Settings> {
  readonly settings: S;
  /** Everything random follows from it. */
  readonly seed: number;
  /** Once aborted, the run ends after its present step and reports what it has. */
  readonly signal: AbortSignal;
  /** Says in a line what is going on. */
  readonly log: (line: string) => void;
}

/** A table; the first column names the row. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A part of the report. */
export interface Section {
  readonly heading: string;
  /** What to make of it, in plain sentences. */
  readonly text?: string;
  readonly table?: Table;
  /** A picture that becomes `NAME.svg` in the run folder. */
  readonly figure?: { readonly name: string; readonly svg: string };
}

/** What came out. */
export interface Findings {
  /** The outcome in a sentence or a few, losses as plainly as wins. */
  readonly summary: string;
  readonly sections: readonly Section[];
  /**
   * Every number measured: `results.json`. The seed repeats it to the last bit, but for what is
   * under the key "seconds".
   */
  readonly results: { readonly [name: string]: Json };
  /** More files for the run folder, e.g. trained models. */
  readonly files?: readonly { readonly name: string; readonly bytes: Uint8Array }[];
}

/** A question put to the machine. */
export interface Experiment<S extends Settings = Settings> {
  /** As on the command line: `spm experiment NAME`. */
  readonly name: string;
  /** What it asks, in one line. */
  readonly question: string;
  /** All settings and their usual values. */
  readonly settings: S;
  /** What is smaller in the quick form, which tests run in seconds. */
  readonly quick: Partial<S>;
  /** @throws SpmError for settings that make no sense */
  run(trial: Trial<S>): Promise<Findings>;
}
