/**
 * @file The options of a training, from which the flags, the schema of configuration files and the
 * defaults are made. Those of data sets, optimizers and schedules are in their registries.
 */
import { type OptionSchema, ValueError } from "@spm/core/extend";
import { BACKENDS, type BackendName, THREADS } from "./backend.ts";
import { shellWord } from "./caller.ts";
import { type OwnOption, ownOptions, suggestedRates } from "./own-options.ts";
import { type Choice, choices, type Registries } from "./registries.ts";

const NON_FINITE = ["stop", "skip", "rollback"] as const;

/** The options of every training; those that aren't optional have a default. */
export interface EveryTrainOptions {
  readonly dataset: string;
  readonly samples?: number;
  readonly testSamples?: number;
  readonly layer: string;
  readonly hidden: number;
  readonly depth: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly accumulate: number;
  readonly seed: number;
  readonly optimizer: string;
  readonly learningRate: number;
  readonly schedule: string;
  readonly warmup: number;
  readonly clip?: number;
  readonly average?: number;
  readonly patience?: number;
  readonly restoreBest: boolean;
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

/**
 * A resolved training: every option that has a value, those of its data set, optimizer and schedule
 * among them.
 */
export type TrainOptions = EveryTrainOptions &
  Readonly<Record<string, NonNullable<OptionSchema["default"]>>>;

/** An option of the command line; `of` names its entries where not every training has it. */
export interface TrainOption {
  readonly schema: OptionSchema;
  readonly of?: OwnOption["of"];
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

/** The options of every training, in the order in which help lists them. */
function commonOptions(
  registries: Registries,
): Readonly<Record<keyof EveryTrainOptions, OptionSchema>> {
  const names = (choice: Choice): string[] => Object.keys(registries[choices[choice]]);
  return {
    dataset: oneOf("what to train on", names("dataset")),
    samples: count("use only the first n training samples", 1),
    testSamples: count("use only the first n test samples", 1),
    layer: oneOf("the linear maps of the MLP", names("layer"), "rotation"),
    hidden: count("width of the hidden layers", 1, 256, 65_536),
    depth: count("number of hidden layers", 0, 2, 64),
    epochs: count("passes over the training samples", 1, 3),
    batchSize: count("samples a batch", 1, 128),
    accumulate: count("batches whose gradients one step averages", 1, 1),
    seed: count("seed of initial weights and shuffling", 0, 1),
    optimizer: oneOf("how the weights are updated", names("optimizer"), "adam"),
    learningRate: above0(`the highest learning rate (default: ${suggestedRates(registries)})`),
    schedule: oneOf("how the learning rate goes on", names("schedule"), "cosine"),
    warmup: count("steps of linear warm-up before the schedule", 0, 0),
    clip: above0("the gradients' largest norm"),
    average: {
      description: "decay of an exponential average of the weights, which evaluations then use",
      type: "number",
      minimum: 0,
      exclusiveMaximum: 1,
    },
    patience: count("stop after this many evaluations without a better loss", 1),
    restoreBest: {
      description: "end with the weights of the best evaluation; with --patience",
      type: "boolean",
      default: false,
    },
    onNonFinite: oneOf("the reaction to a loss or gradient that is not finite", NON_FINITE, "stop"),
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
}

/** Options of the commands themselves; no entry may have one of these names. */
const RESERVED = [
  ...["config", "out", "grid", "range", "trials", "sweepSeed", "jobs", "help", "version", "live"],
  "steps", // of a schedule
];

const tables = new WeakMap<Registries, Readonly<Record<string, TrainOption>>>();

/**
 * All options by name, in the order in which help lists them: those of a data set, an optimizer or
 * a schedule after the option that chooses it.
 *
 * @throws ValueError where two mean different things by one name
 * @example trainOptions(ours).momentum?.of?.entries.sgd?.default; // 0.9
 */
export function trainOptions(registries: Registries): Readonly<Record<string, TrainOption>> {
  const known = tables.get(registries);
  if (known !== undefined) return known;
  const common = commonOptions(registries);
  const taken = new Set([...Object.keys(common), ...RESERVED]);
  const options: Record<string, TrainOption> = {};
  for (const [name, schema] of Object.entries(common)) {
    options[name] = { schema };
    if (name !== "dataset" && name !== "optimizer" && name !== "schedule") continue;
    for (const [own, option] of Object.entries(ownOptions(registries, name))) {
      if (taken.has(own))
        throw new ValueError(choices[name], "options whose names are not taken", `"${own}"`);
      taken.add(own);
      options[own] = option;
    }
  }
  tables.set(registries, options);
  return options;
}

/** The schema of a configuration file: the options, by name, none required. */
export function trainSchema(registries: Registries): object {
  const options = Object.entries(trainOptions(registries));
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "A training of the spm command",
    type: "object",
    properties: {
      $schema: { type: "string" },
      ...Object.fromEntries(options.map(([name, { schema }]) => [name, schema])),
    },
    additionalProperties: false,
  };
}

/** The flag of an option: that of `testSamples` is `--test-samples`. */
export const flagOf = (name: string): string =>
  `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** The negative flag of an option that is true by default in some entry: `--no-nesterov`. */
export function negativeFlagOf(name: string, { schema, of }: TrainOption): string | undefined {
  const yes = Object.values(of?.entries ?? {}).some((own) => own.default === true);
  return schema.type === "boolean" && yes ? `--no-${flagOf(name).slice(2)}` : undefined;
}

/** The command line that gives these options. */
export function commandLine(
  options: Readonly<Record<string, unknown>>,
  table: Readonly<Record<string, TrainOption>> = {},
): string {
  const words = ([name, value]: [string, unknown]): string[] => {
    const option = table[name];
    if (value === true) return [flagOf(name)];
    if (value !== false) return [flagOf(name), String(value)];
    return [option && negativeFlagOf(name, option)].filter((word) => word !== undefined);
  };
  return Object.entries(options).flatMap(words).map(shellWord).join(" ");
}
