/**
 * @file The options of training on a command line, and the commands that train: `spm train` and
 * `spm resume`.
 */
import { Argument, type Command, Option } from "commander";
import { INTERRUPTED, interruptible } from "./interruption.ts";
import { runName } from "./run-name.ts";
import type { Given } from "./train-config.ts";
import { flagOf, type OptionSchema, trainOptions } from "./train-options.ts";

/** What every command that trains says about its exit code. */
const TRAIN_EXIT_CODES =
  "\nExit codes: 0 done, 1 failed, 2 wrong usage, " +
  "130 interrupted (after a checkpoint: spm resume goes on).";

/** Adds the dataset, `--config` and a flag for every option. */
export function addTrainOptions(command: Command): Command {
  const { dataset, ...rest } = trainOptions;
  command
    .addArgument(
      new Argument("[dataset]", `${dataset.description}, unless the file says`).choices(
        dataset.enum ?? [],
      ),
    )
    .option(
      "--config <file>",
      "options as JSON (schema/train.schema.json); flags go over it, it goes over defaults",
    );
  for (const [name, schema] of Object.entries(rest)) command.addOption(flagFor(name, schema));
  return command;
}

function flagFor(name: string, schema: OptionSchema): Option {
  const { type, description, enum: names, default: value } = schema;
  const shown =
    value === undefined || type === "boolean" ? description : `${description} (default: ${value})`;
  if (type === "boolean") return new Option(flagOf(name), shown);
  const option = new Option(`${flagOf(name)} <${type === "string" ? "name" : "n"}>`, shown);
  if (names !== undefined) return option.choices(names);
  return type === "string" ? option : option.argParser(asNumber);
}

/**
 * A number where the text is one; anything else stays as it is, and the schema refuses it by name.
 */
export const asNumber = (text: string): number | string =>
  text.trim() === "" || Number.isNaN(Number(text)) ? text : Number(text);

/** The options that were given: the configuration file's, and the flags'. */
export async function given(
  dataset: string | undefined,
  flags: Given,
): Promise<{ config: Given; flags: Given }> {
  const { readConfig } = await import("./train-config.ts");
  const { config, out: _, ...rest } = flags;
  return {
    config: typeof config === "string" ? readConfig(config) : {},
    flags: { dataset, ...rest },
  };
}

/** Adds `spm train` and `spm resume`. */
export function addTrainCommands(spm: Command): void {
  addTrainOptions(
    spm.command("train").description("train one model, with checkpoints to resume from"),
  )
    .option(
      "--out <folder>",
      "where to write the run, a new or empty folder (default: runs/DATASET-TIME)",
    )
    .addHelpText("after", TRAIN_EXIT_CODES)
    .action(async (dataset: string | undefined, flags: Given, command: Command) => {
      const { resolveTraining } = await import("./train-config.ts");
      const options = await refusing(command, async () => {
        const all = await given(dataset, flags);
        return resolveTraining(all.config, all.flags);
      });
      const folder = (flags.out as string | undefined) ?? runName(options.dataset);
      const { train } = await import("./train.ts");
      await untilInterrupted((signal) =>
        train(options, folder, { stdout: process.stdout, signal }),
      );
    });

  spm
    .command("resume")
    .description(
      "go on with a training that was stopped or killed, from its newest whole checkpoint",
    )
    .argument("<folder>", "its run folder")
    .addHelpText("after", TRAIN_EXIT_CODES)
    .action(async (folder: string) => {
      const { train } = await import("./train.ts");
      await untilInterrupted((signal) =>
        train(undefined, folder, { stdout: process.stdout, signal }),
      );
    });
}

/** Runs `f`; what it refuses is wrong usage. */
export async function refusing<T>(command: Command, f: () => Promise<T>): Promise<T> {
  const { ValueError } = await import("@spm/core");
  try {
    return await f();
  } catch (error) {
    if (error instanceof ValueError)
      return command.error(`error: ${error.message}`, { exitCode: 2 });
    throw error;
  }
}

async function untilInterrupted(work: (signal: AbortSignal) => Promise<boolean>): Promise<void> {
  if (await interruptible(work, process.stderr, "finishing this step and writing a checkpoint"))
    process.exitCode = INTERRUPTED;
}
