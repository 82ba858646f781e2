/** @file The records of a run: metrics, which a seed repeats, and times, which nothing repeats. */

/** The samples that a metric was measured on. */
export type Split = "train" | "test";

/** The run and the position of a record. */
export interface RecordPosition {
  /** The model's name within the run folder, e.g. "rotation". */
  readonly run: string;
  /** `"train"` is the mean since the previous train record, `"test"` an evaluation. */
  readonly split: Split;
  /** Optimizer steps taken. */
  readonly step: number;
  /** The epoch that step belongs to, from 1. */
  readonly epoch: number;
}

/** A line of `metrics.jsonl`: values that the same seed repeats to the last bit. */
export interface MetricRecord extends RecordPosition {
  readonly learningRate: number;
  /** Mean over the samples; null where it isn't finite. */
  readonly loss: number | null;
  /** Fraction in [0, 1]; null where it isn't measured. */
  readonly accuracy: number | null;
  /** The loss function's other metrics, by name; null where one isn't finite. */
  readonly [metric: string]: string | number | null;
}

/** A line of `timing.jsonl`. */
export interface TimingRecord extends RecordPosition {
  /** Seconds of training steps since the model's first one, without evaluations. */
  readonly seconds: number;
  /** Seconds of wall clock since the model's first step, with evaluations. */
  readonly elapsed: number;
}

/** The machine of a run. */
export interface MachineRecord {
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  /** Memory in GiB. */
  readonly memory: number;
}

/** A trained model of a run folder. */
export interface RunModel {
  /** The model's name in records. */
  readonly run: string;
  /** Trainable scalars. */
  readonly parameters: number;
  /** Its modules with their shapes, as it prints itself. */
  readonly summary?: string;
  /** The file of its trained parameters, in the run folder, and a program that loads it. */
  readonly saved?: { readonly file: string; readonly program: string };
  /** Its epochs and steps of an epoch, where they aren't the run's: of several runs in one page. */
  readonly epochs?: number;
  readonly stepsPerEpoch?: number;
}

/** The program of a run. */
export interface ProvenanceRecord {
  /** The git commit of the folder that it ran in. */
  readonly commit?: string;
  /** Whether files that git knows were not as committed. */
  readonly changed?: boolean;
  /** The version of each package, and of Node. */
  readonly versions: Readonly<Record<string, string>>;
}

/** A change that a resumed training was allowed to have. */
export interface RunChange {
  /** Steps taken when it was made. */
  readonly step: number;
  /** An option, or another fact that a checkpoint has. */
  readonly name: string;
  readonly from: string | number | boolean | readonly number[] | null;
  readonly to: string | number | boolean | readonly number[] | null;
}

/** `config.json`: the facts about a run that are known before it starts. */
export interface RunConfig {
  readonly title: string;
  /** The command line that repeats it. */
  readonly command: string;
  /** ISO 8601. */
  readonly started: string;
  /** The models in training order. */
  readonly models: readonly RunModel[];
  /** The epochs of each model. */
  readonly epochs: number;
  /** Optimizer steps of an epoch. */
  readonly stepsPerEpoch: number;
  /** The options of the run, by name. */
  readonly options: Readonly<Record<string, string | number | boolean | readonly number[]>>;
  readonly machine: MachineRecord;
  readonly provenance?: ProvenanceRecord;
  /**
   * The changes at a resumption.
   * @defaultValue nothing
   */
  readonly changes?: readonly RunChange[];
}

/** The outcome of a finished training on its test samples, for the report. */
export type TestOutcome = ClassOutcome | NumberOutcome;

/** The outcome of a classifier. */
export interface ClassOutcome {
  readonly kind: "classes";
  /** The names of the classes. */
  readonly names: readonly string[];
  /** Counts of samples by actual (row) and predicted class. */
  readonly confusion: readonly (readonly number[])[];
  /** The samples of the greatest losses, the worst first. */
  readonly worst?: readonly WorstSample[];
}

/** A test sample on which a classifier lost much. */
export interface WorstSample {
  /** Its place among the test samples. */
  readonly index: number;
  /** Its class, and the likeliest one by the model, which gives it that probability. */
  readonly actual: number;
  readonly guess: number;
  readonly probability: number;
  /** Of images: pixels a row, and intensities 0 to 255 as base64, row by row. */
  readonly image?: { readonly width: number; readonly pixels: string };
}

/** The outcome of a regression. */
export interface NumberOutcome {
  readonly kind: "regression";
  /** The name of the target. */
  readonly target: string;
  /** R², RMSE and MAE over all test samples; null where one isn't finite. */
  readonly r2: number | null;
  readonly rmse: number | null;
  readonly mae: number | null;
  /** Of the first test samples, what is right and what is predicted. */
  readonly actual: readonly number[];
  readonly predicted: readonly number[];
}
