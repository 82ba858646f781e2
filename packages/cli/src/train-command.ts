/**
 * @file The options of training on a command line, and the commands that train: `spm train` and
 * `spm resume`.
 */
import { type Command, Option } from "commander";
import type { Caller } from "./caller.ts";
import { entryList } from "./entry-list.ts";
import { interruptible } from "./interruption.ts";
import { asNumber, asNumbers, wholeNumber } from "./option-values.ts";
import type { OwningChoice } from "./own-options.ts";
import type { Registries } from "./registries.ts";
import { nameOf, runName } from "./run-name.ts";
import { folded } from "./terminal.ts";
import type { Given } from "./train-config.ts";
import { flagOf, negativeFlagOf, type TrainOption, trainOptions } from "./train-options.ts";

/** The exit codes in the help of every command that trains. */
const TRAIN_EXIT_CODES =
  "\nExit codes: 0 done, 1 failed, 2 wrong usage, " +
  "129, 130, 143 interrupted by SIGHUP, Ctrl-C, SIGTERM (after a checkpoint: resume goes on).";

/** Adds the dataset, `--config` and a flag for every option. */
export function addTrainOptions(command: Command, registries: Registries): Command {
  const { dataset: _, ...rest } = trainOptions(registries);
  const names = Object.keys(registries.datasets).join(", ");
  command
    .argument(
      "[dataset]",
      `what to train on, unless the file says: ${names}; or the path of a table or of images`,
    )
    .option(
      "--config <file>",
      "options as JSON (schema/train.schema.json), or a run's config.json; flags go over it, " +
        "it goes over defaults",
    );
  for (const [name, option] of Object.entries(rest))
    for (const flag of flagsFor(name, option)) command.addOption(flag);
  return command;
}

/** The headings of help for the options that only some trainings have. */
const headings: Readonly<Record<OwningChoice, string>> = {
  dataset: "Options of data sets:",
  optimizer: "Options of optimizers:",
  schedule: "Options of schedules:",
};

function flagsFor(name: string, option: TrainOption): Option[] {
  const { schema, of } = option;
  const { type, description, enum: words, default: value } = schema;
  const told = value === undefined || type === "boolean" || of !== undefined;
  const shown = told ? description : `${description} (default: ${value})`;
  const grouped = (flag: Option): Option =>
    of === undefined ? flag : flag.helpGroup(headings[of.choice]);
  if (type === "boolean") {
    const no = negativeFlagOf(name, option);
    const flags = [new Option(flagOf(name), shown)];
    return [...flags, ...(no === undefined ? [] : [new Option(no, `not ${flagOf(name)}`)])].map(
      grouped,
    );
  }
  const placeholder = { string: "name", array: "n,…", integer: "n", number: "n" }[type];
  const flag = grouped(new Option(`${flagOf(name)} <${placeholder}>`, shown));
  if (words !== undefined) return [flag.choices(words)];
  if (type === "array") return [flag.argParser((text) => asNumbers(text))];
  return [type === "string" ? flag : flag.argParser(asNumber)];
}

/** The options that were given: the configuration file's, and the flags'. */
export async function given(
  dataset: string | undefined,
  flags: Given,
  registries: Registries,
): Promise<{ config: Given; flags: Given }> {
  const { readConfig } = await import("./train-config.ts");
  const { config, out: _, live: __, ...rest } = flags;
  return {
    config: typeof config === "string" ? readConfig(config, registries) : {},
    flags: { ...(await datasetOf(dataset, registries)), ...rest },
  };
}

/**
 * The data set that a word names: one of the list, or a table or a folder of images.
 * @throws ValueError for another word
 */
async function datasetOf(word: string | undefined, registries: Registries): Promise<Given> {
  if (word === undefined || Object.hasOwn(registries.datasets, word)) return { dataset: word };
  const { statSync } = await import("node:fs");
  const found = statSync(word, { throwIfNoEntry: false });
  if (found !== undefined)
    return found.isDirectory()
      ? { dataset: "images", folder: word }
      : { dataset: "table", file: word };
  const { ValueError } = await import("@spm/core/extend");
  const names = Object.keys(registries.datasets).join(", ");
  const expected = `one of ${names}, or the path of a table or of a folder of images`;
  throw new ValueError("train", expected, `${JSON.stringify(word)}: no such file or folder`);
}

/** Adds `spm train` and `spm resume`. */
export function addTrainCommands(spm: Command, caller: Caller): void {
  const { registries } = caller;
  addTrainOptions(
    spm.command("train").description("train one model, with checkpoints to resume from"),
    registries,
  )
    .option(
      "--out <folder>",
      "where to write the run, a new or empty folder (default: runs/DATASET-TIME)",
    )
    .addOption(live())
    .addHelpText("after", () => entryList(registries))
    .addHelpText("after", () => folded(TRAIN_EXIT_CODES))
    .action(async (dataset: string | undefined, flags: Given, command: Command) => {
      const { resolveTraining } = await import("./train-config.ts");
      const options = await refusing(command, async () => {
        const all = await given(dataset, flags, registries);
        return resolveTraining(all.config, all.flags, registries);
      });
      const folder = (flags.out as string | undefined) ?? runName(nameOf(options));
      const { train } = await import("./train.ts");
      await untilInterrupted((signal) =>
        train(options, folder, { stdout: process.stdout, signal, caller, ...liveOf(flags) }),
      );
    });

  spm
    .command("resume")
    .description(
      "go on with a training that was stopped or killed, from its newest whole checkpoint",
    )
    .argument("<folder>", "its run folder")
    .option(
      "--set <name=value>",
      "change an option, such as epochs=40 to train on; several times for several",
      (text: string, before: readonly string[]) => [...before, text],
      [],
    )
    .option(
      "--allow-changed",
      "go on though samples, options or versions are not those of the checkpoint",
    )
    .addOption(live())
    .addHelpText("after", () => folded(TRAIN_EXIT_CODES))
    .action(async (folder: string, flags: ResumeFlags, command: Command) => {
      const { givenBySet } = await import("./train-config.ts");
      const set = await refusing(command, async () => givenBySet(flags.set, registries));
      const { resume } = await import("./resume.ts");
      const asked = { set, allowChanged: flags.allowChanged ?? false };
      await untilInterrupted((signal) =>
        resume(folder, asked, { stdout: process.stdout, signal, caller, ...liveOf(flags) }),
      );
    });
}

interface ResumeFlags extends LiveFlags {
  readonly set: readonly string[];
  readonly allowChanged?: true;
}

interface LiveFlags {
  /** A port; true for any. */
  readonly live?: number | true;
}

const live = (): Option =>
  new Option(
    "--live [port]",
    "show the report while it trains, on this machine alone: prints the address",
  ).argParser(wholeNumber(0, 65_535));

const liveOf = ({ live }: LiveFlags): { readonly live?: number } =>
  live === undefined ? {} : { live: live === true ? 0 : live };

/** Runs `f`; what it refuses is wrong usage. */
export async function refusing<T>(command: Command, f: () => Promise<T>): Promise<T> {
  const { ValueError } = await import("@spm/core/extend");
  try {
    return await f();
  } catch (error) {
    if (error instanceof ValueError)
      return command.error(`error: ${error.message}`, { exitCode: 2 });
    throw error;
  }
}

const untilInterrupted = (work: (signal: AbortSignal) => Promise<boolean>): Promise<void> =>
  interruptible(work, process.stderr, "finishing this step and writing a checkpoint");
