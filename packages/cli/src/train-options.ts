/**
 * @file Every option of a training, once: from here come the flags, the schema of configuration
 * files, and the defaults.
 */
import type { LinearKind } from "@spm/nn";
import { BACKENDS, type BackendName, THREADS } from "./backend.ts";

const LAYERS = [
  "dense",
  "rotation",
  "general",
  "low-rank",
  "block-diagonal",
  "monarch",
  "butterfly",
  "circulant",
  "toeplitz",
] as const satisfies readonly LinearKind[];
const DATASETS = ["mnist", "clusters", "text"] as const;
const OPTIMIZERS = [
  "adam",
  "adamw",
  "sgd",
  "rmsprop",
  "adagrad",
  "nadam",
  "radam",
  "adamax",
  "lion",
  "muon",
] as const;
const SCHEDULES = ["constant", "linear", "cosine", "one-cycle"] as const;
const NON_FINITE = ["stop", "skip", "rollback"] as const;

/** A resolved training: every option that has a value. */
export interface TrainOptions {
  readonly dataset: (typeof DATASETS)[number];
  readonly file?: string;
  readonly context: number;
  readonly samples?: number;
  readonly testSamples?: number;
  readonly layer: LinearKind;
  readonly hidden: number;
  readonly depth: number;
  readonly epochs: number;
  readonly batch: number;
  readonly seed: number;
  readonly optimizer: (typeof OPTIMIZERS)[number];
  readonly lr?: number;
  readonly schedule: (typeof SCHEDULES)[number];
  readonly warmup: number;
  readonly weightDecay?: number;
  readonly clip?: number;
  readonly average?: number;
  readonly patience?: number;
  readonly onNonFinite: (typeof NON_FINITE)[number];
  readonly logEvery: number;
  readonly checkpointSteps?: number;
  readonly checkpointMinutes?: number;
  readonly keepLast: number;
  readonly keepBest: number;
  readonly tensorboard: boolean;
  readonly backend: BackendName;
  readonly threads?: number;
}

/** JSON Schema of one option's value. */
export interface OptionSchema {
  readonly description: string;
  readonly type: "string" | "integer" | "number" | "boolean";
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly default?: string | number | boolean;
}

const count = (
  description: string,
  minimum: number,
  value?: number,
  maximum?: number,
): OptionSchema => ({
  description,
  type: "integer",
  minimum,
  ...(maximum !== undefined && { maximum }),
  ...(value !== undefined && { default: value }),
});
const above0 = (description: string): OptionSchema => ({
  description,
  type: "number",
  exclusiveMinimum: 0,
});
const oneOf = (description: string, names: readonly string[], value?: string): OptionSchema => ({
  description,
  type: "string",
  enum: names,
  ...(value !== undefined && { default: value }),
});

/** All options by name, in the order in which help lists them. */
export const trainOptions: Readonly<Record<keyof TrainOptions, OptionSchema>> = {
  dataset: oneOf("what to train on", DATASETS),
  file: { description: "the text file of dataset text", type: "string" },
  context: count("characters that a model of text sees", 1, 8, 1024),
  samples: count("use only the first n training samples", 1),
  testSamples: count("use only the first n test samples", 1),
  layer: oneOf("the linear maps of the MLP", LAYERS, "rotation"),
  hidden: count("width of the hidden layers", 1, 256, 65_536),
  depth: count("number of hidden layers", 0, 2, 64),
  epochs: count("passes over the training samples", 1, 3),
  batch: count("samples a batch", 1, 128),
  seed: count("seed of initial weights and shuffling", 0, 1),
  optimizer: oneOf("how the weights are updated", OPTIMIZERS, "adam"),
  lr: above0("learning rate at its highest (default: 0.001 for dense layers, 0.003 for others)"),
  schedule: oneOf("how the learning rate goes on", SCHEDULES, "cosine"),
  warmup: count("steps of linear warm-up before the schedule", 0, 0),
  weightDecay: { description: "strength of weight decay", type: "number", minimum: 0 },
  clip: above0("the gradients' largest norm"),
  average: {
    description: "decay of an exponential average of the weights, which evaluations then use",
    type: "number",
    minimum: 0,
    exclusiveMaximum: 1,
  },
  patience: count("stop after this many evaluations without a better loss", 1),
  onNonFinite: oneOf("what to do about a loss or gradient that is not finite", NON_FINITE, "stop"),
  logEvery: count("steps that one training record averages over", 1, 10),
  checkpointSteps: count("steps between checkpoints (default: one an epoch)", 1),
  checkpointMinutes: above0("minutes between checkpoints"),
  keepLast: count("checkpoints to keep", 1, 2),
  keepBest: count("checkpoints of the lowest test losses to keep beside these", 1, 1),
  tensorboard: {
    description: "write TensorBoard event files, too",
    type: "boolean",
    default: false,
  },
  backend: oneOf("what computes", BACKENDS, BACKENDS[0]),
  threads: count(THREADS, 1),
};

/** The schema of a configuration file: the options, by name, none required. */
export const trainSchema: object = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "A training of the spm command",
  type: "object",
  properties: { $schema: { type: "string" }, ...trainOptions },
  additionalProperties: false,
};

/** What an option is called on the command line: `testSamples` is `--test-samples`. */
export const flagOf = (name: string): string =>
  `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** The command line that gives these options. */
export function commandLine(options: Readonly<Record<string, unknown>>): string {
  return Object.entries(options)
    .flatMap(([name, value]) =>
      value === false ? [] : value === true ? [flagOf(name)] : [flagOf(name), String(value)],
    )
    .map((word) => (/^[\w./:@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(" ");
}
