/** @file The commands of `spm` and their options. */

import { readFileSync } from "node:fs";
import { Argument, Command, Option } from "commander";
import { BACKENDS, type BackendName, THREADS } from "./backend.ts";
import { type Caller, spmItself } from "./caller.ts";
import type { CompareOptions } from "./compare.ts";
import { entryList } from "./entry-list.ts";
import { addExperimentCommand } from "./experiment-command.ts";
import { interruptible } from "./interruption.ts";
import { namesOf, positiveNumber, wholeNumber } from "./option-values.ts";
import { layerRates } from "./own-options.ts";
import { entryOf, suggestedRate } from "./registries.ts";
import { runName } from "./run-name.ts";
import { addSavedCommands } from "./saved-commands.ts";
import { addSweepCommand } from "./sweep-command.ts";
import { columnsOf, folded } from "./terminal.ts";
import { addTrainCommands } from "./train-command.ts";

/** The layers that are compared by default. */
const COMPARED = ["dense", "rotation", "general"];
const TRAIN_IMAGES = 60_000;
const TEST_IMAGES = 10_000;

interface CompareFlags {
  readonly layers: readonly string[];
  readonly hidden: number;
  readonly epochs?: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly learningRate?: number;
  readonly images?: number;
  readonly testImages?: number;
  readonly equalDense: boolean;
  readonly quick?: true;
  readonly out?: string;
  readonly backend: BackendName;
  readonly threads?: number;
}

/**
 * The `spm` program, ready to parse. Its actions set `process.exitCode` where it is not 0; wrong
 * usage throws CommanderError. Flags and help are made from the registries; what else a command
 * needs is loaded when it runs, so that help and refusals come at once.
 *
 * @param caller - `spm` itself, or a program with kinds of its own
 * @example
 * ```ts
 * import { program } from "@spm/cli";
 * console.log(program().helpInformation());
 * ```
 */
export function program(caller: Caller = spmItself): Command {
  const { registries } = caller;
  const spm = new Command("spm")
    .description(
      "Train models with dense and SPM layers, compare them, and look at what they learned.",
    )
    .showHelpAfterError(`(${caller.command} --help, or … COMMAND --help, lists what there is)`)
    .version(version(), "--version", "print the version")
    .configureHelp({ showGlobalOptions: true, minWidthToWrap: 16 })
    .configureOutput({
      getOutHelpWidth: () => columnsOf(process.stdout),
      getErrHelpWidth: () => columnsOf(process.stderr),
    })
    .exitOverride();

  addCompareCommand(spm, caller);
  addTrainCommands(spm, caller);
  addSweepCommand(spm, registries);
  addSavedCommands(spm, caller);
  addExperimentCommand(spm, caller);
  return spm;
}

function addCompareCommand(spm: Command, caller: Caller): void {
  const { registries } = caller;
  const layers = Object.keys(registries.linearKinds);
  spm
    .command("compare")
    .description("train the same MLP with each kind of layer in turn and compare accuracy and time")
    .addArgument(new Argument("<dataset>", "what to train on").choices(["mnist"]))
    .addOption(
      new Option("--layers <names>", `kinds of layers, from ${layers.join(", ")}`)
        .argParser(namesOf(layers))
        .default(COMPARED, COMPARED.join(",")),
    )
    .option("--hidden <n>", "width of the two hidden layers", wholeNumber(1, 65_536), 1024)
    .option(
      "--epochs <n>",
      "passes over the training images (default: 3, quick: 1)",
      wholeNumber(1),
    )
    .option("--batch-size <n>", "images a batch", wholeNumber(1, TRAIN_IMAGES), 128)
    .option("--seed <n>", "seed of initial weights and shuffling", wholeNumber(0), 1)
    .option(
      "--learning-rate <rate>",
      `learning rate at the start, for all layers (default: ${layerRates(registries)})`,
      positiveNumber,
    )
    .option(
      "--images <n>",
      `use only the first n training images (default: ${TRAIN_IMAGES}, quick: 12000)`,
      wholeNumber(1, TRAIN_IMAGES),
    )
    .option(
      "--test-images <n>",
      `use only the first n test images (default: ${TEST_IMAGES})`,
      wholeNumber(1, TEST_IMAGES),
    )
    .option(
      "--no-equal-dense",
      "train no dense network of the largest other model's number of parameters beside them",
    )
    .option("--quick", "a part of the images and a single epoch: done in well under a minute")
    .option(
      "--out <folder>",
      "where to write the run, a new or empty folder (default: runs/mnist-TIME)",
    )
    .addOption(
      new Option("--backend <name>", "what computes").choices(BACKENDS).default(BACKENDS[0]),
    )
    .option("--threads <n>", THREADS, wholeNumber(1))
    .addHelpText("after", () => entryList(registries, ["linearKinds"]))
    .addHelpText("after", () =>
      folded(
        "\nExit codes: 0 done, 1 failed, 2 wrong usage, " +
          "130 interrupted (the report is written nevertheless).",
      ),
    )
    .action((dataset: string, flags: CompareFlags, command: Command) =>
      compareLayers(dataset, flags, command, caller),
    );
}

async function compareLayers(
  dataset: string,
  flags: CompareFlags,
  command: Command,
  caller: Caller,
): Promise<void> {
  const options = resolve(dataset, flags, caller);
  if (options.batchSize > options.images) {
    command.error(
      `error: expected a batch size of at most ${options.images}, ` +
        `the training images, got ${options.batchSize}`,
      { exitCode: 2 },
    );
  }
  const { compare } = await import("./compare.ts");
  const { useBackend } = await import("./backend.ts");
  await useBackend(flags.backend, flags.threads);
  await interruptible((signal) => compare(options, process.stdout, signal), process.stderr);
}

function version(): string {
  const own = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(own) as { version: string }).version;
}

/** Fills in what `--quick` and the kind of layer decide. */
function resolve(
  dataset: string,
  flags: CompareFlags,
  { registries, command }: Caller,
): CompareOptions {
  const { layers, hidden, batchSize, seed, learningRate, equalDense, quick } = flags;
  const epochs = flags.epochs ?? (quick ? 1 : 3);
  const images = flags.images ?? (quick ? 12_000 : TRAIN_IMAGES);
  const testImages = flags.testImages ?? TEST_IMAGES;
  const out = flags.out ?? runName(dataset);
  const values = {
    layers: layers.join(","),
    hidden,
    epochs,
    "batch-size": batchSize,
    seed,
    "learning-rate": learningRate,
    images,
    "test-images": testImages,
    backend: flags.backend,
  };
  const written = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name} ${value}`],
  );
  if (!equalDense) written.push("--no-equal-dense");
  return {
    layers: layers.map((name) => ({
      name,
      create: entryOf(registries, "layer", name).create,
      learningRate: learningRate ?? suggestedRate(registries, { layer: name, optimizer: "adam" }),
    })),
    equalDense,
    hidden,
    epochs,
    batchSize,
    seed,
    images,
    testImages,
    out,
    command: `${command} compare ${dataset} ${written.join(" ")}`,
  };
}
