/** @file The interface of experiments: settings, a run, findings. */
import type { Json } from "@spm/trainer";

/** The settings of an experiment by name; each can be given on a command line. */
export type Settings = Readonly<Record<string, number | string>>;

/** The context of a run. */
export interface Trial<S extends Settings> {
  readonly settings: S;
  /** The seed of all random numbers. */
  readonly seed: number;
  /** Once aborted, the run ends after the current step and reports what was measured by then. */
  readonly signal: AbortSignal;
  /** Prints a line on the progress. */
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
  /** Its meaning, in plain sentences. */
  readonly text?: string;
  readonly table?: Table;
  /** A picture that becomes `NAME.svg` in the run folder. */
  readonly figure?: { readonly name: string; readonly svg: string };
}

/** The outcome of a run. */
export interface Findings {
  /** The outcome in a sentence or a few, losses as plainly as wins. */
  readonly summary: string;
  readonly sections: readonly Section[];
  /**
   * Every number measured: `results.json`. The same seed gives the same bits, except under the key
   * "seconds".
   */
  readonly results: { readonly [name: string]: Json };
  /** More files for the run folder, e.g. trained models. */
  readonly files?: readonly { readonly name: string; readonly bytes: Uint8Array }[];
}

/** An experiment: a question, and the run that answers it. */
export interface Experiment<S extends Settings = Settings> {
  /** The name on the command line: `spm experiment NAME`. */
  readonly name: string;
  /** The question, in one line. */
  readonly question: string;
  /** All settings with their defaults. */
  readonly settings: S;
  /** The settings that are smaller in the quick form, which tests run in seconds. */
  readonly quick: Partial<S>;
  /** The settings of `--tune`: the rates that every row trains at, held-out samples choosing. */
  readonly tune?: Partial<S>;
  /** @throws SpmError for settings that make no sense */
  run(trial: Trial<S>): Promise<Findings>;
}
