/** @file `spm sweep` on a command line. */
import { availableParallelism } from "node:os";
import type { Command } from "commander";
import { entryList } from "./entry-list.ts";
import { interruptible } from "./interruption.ts";
import { wholeNumber } from "./option-values.ts";
import type { Registries } from "./registries.ts";
import { runName } from "./run-name.ts";
import { folded } from "./terminal.ts";
import { addTrainOptions, given, refusing } from "./train-command.ts";
import type { Given } from "./train-config.ts";

interface SweepFlags {
  readonly grid: readonly string[];
  readonly range: readonly string[];
  readonly trials: number;
  readonly jobs: number;
  readonly sweepSeed: number;
  readonly out?: string;
}

const collected = (text: string, before: readonly string[]): readonly string[] => [...before, text];

/** Adds it. */
export function addSweepCommand(spm: Command, registries: Registries): void {
  addTrainOptions(
    spm
      .command("sweep")
      .description("train many times with varied options, each in a process of its own"),
    registries,
  )
    .option(
      "--grid <name=values>",
      "vary an option: --grid layer=dense,rotation, or lists --grid betas=0.9:0.99,0.8:0.99; " +
        "several give all combinations",
      collected,
      [],
    )
    .option(
      "--range <name=from:to>",
      "draw an option: --range learningRate=0.0001:0.1:log",
      collected,
      [],
    )
    .option(
      "--trials <n>",
      "draws from the ranges for each combination of the grid",
      wholeNumber(1),
      10,
    )
    .option("--sweep-seed <n>", "seed of the draws", wholeNumber(0), 1)
    .option("--jobs <n>", "trials at a time", wholeNumber(1, 256), 1)
    .option(
      "--out <folder>",
      "where the trials go; " +
        "the folder of a sweep that was stopped goes on (default: runs/sweep-TIME)",
    )
    .addHelpText("after", () => entryList(registries))
    .addHelpText("after", () =>
      folded(
        "\nExit codes: 0 all trials done, 1 some failed, " +
          "2 wrong usage, 130 interrupted (the same command goes on).",
      ),
    )
    .action((dataset: string | undefined, flags: SweepFlags & Given, command: Command) =>
      runSweep(dataset, flags, command, registries),
    );
}

async function runSweep(
  dataset: string | undefined,
  all: SweepFlags & Given,
  command: Command,
  registries: Registries,
): Promise<void> {
  const { grid, range, trials, jobs, sweepSeed, out = runName("sweep"), ...flags } = all;
  const { sweepPlan } = await import("./sweep-plan.ts");
  const plan = await refusing(command, async () => {
    const options = await given(dataset, flags, registries);
    // a trial's threads where the options name none
    const threads = Math.max(1, Math.floor(availableParallelism() / jobs));
    return sweepPlan(
      { grid, range, trials, seed: sweepSeed },
      { threads, ...options.config },
      options.flags,
      registries,
    );
  });
  const { sweep } = await import("./sweep.ts");
  await interruptible(
    async (signal) => {
      const failed = await sweep(plan, { out, jobs, stdout: process.stdout, signal });
      if (failed > 0) process.exitCode = 1;
      return signal.aborted;
    },
    process.stderr,
    "waiting for a checkpoint of each running trial",
  );
}
