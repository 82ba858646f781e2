/**
 * @file What a run leaves behind, line by line: metrics that a seed repeats, and times that nothing
 * repeats.
 */

/** Which samples a metric was measured on. */
export type Split = "train" | "test";

/** Where in which run a line belongs. */
export interface RecordPosition {
  /** The model's name within the run folder, e.g. "rotation". */
  readonly run: string;
  /** "train": the mean since the previous train record; "test": an evaluation. */
  readonly split: Split;
  /** Optimizer steps taken. */
  readonly step: number;
  /** The epoch that step belongs to, from 1. */
  readonly epoch: number;
}

/** One line of `metrics.jsonl`: only values that the same seed repeats to the last bit. */
export interface MetricRecord extends RecordPosition {
  readonly learningRate: number;
  /** Mean over the samples; null where it was not finite. */
  readonly loss: number | null;
  /** Fraction in [0, 1]; null where it was not measured. */
  readonly accuracy: number | null;
}

/** One line of `timing.jsonl`. */
export interface TimingRecord extends RecordPosition {
  /** Seconds spent in training steps since the model's first, evaluations left out. */
  readonly seconds: number;
  /** Seconds of wall clock since the model's first step, evaluations included. */
  readonly elapsed: number;
}

/** The machine that a run ran on. */
export interface Machine {
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  /** Memory in GiB. */
  readonly memory: number;
}

/** One trained model of a run folder. */
export interface RunModel {
  /** The name that records carry. */
  readonly run: string;
  /** Trainable scalars. */
  readonly parameters: number;
}

/** `config.json`: everything about a run that is known before it starts. */
export interface RunConfig {
  readonly title: string;
  /** The command line that repeats it. */
  readonly command: string;
  /** ISO 8601. */
  readonly started: string;
  /** The models in training order. */
  readonly models: readonly RunModel[];
  /** The epochs each model trains for. */
  readonly epochs: number;
  /** Optimizer steps of an epoch. */
  readonly stepsPerEpoch: number;
  /** The options as given, by name. */
  readonly options: Readonly<Record<string, string | number | boolean | readonly number[]>>;
  readonly machine: Machine;
}
