/** @file `spm experiment` on a command line. */
import { Argument, type Command, Option } from "commander";
import { BACKENDS, type BackendName, THREADS } from "./backend.ts";
import type { Caller } from "./caller.ts";
import { shellWord } from "./caller.ts";
import { experimentsOfClone } from "./experiments.ts";
import { interruptible } from "./interruption.ts";
import { wholeNumber } from "./option-values.ts";
import { runName } from "./run-name.ts";
import { folded } from "./terminal.ts";
import { textTable } from "./text-table.ts";

interface ExperimentFlags {
  readonly set: readonly string[];
  readonly quick?: true;
  readonly tune?: true;
  readonly seed: number;
  readonly out?: string;
  readonly backend: BackendName;
  readonly threads?: number;
}

/** Adds it; the experiments themselves are loaded when it runs. */
export function addExperimentCommand(spm: Command, caller: Caller): void {
  spm
    .command("experiment")
    .description(
      "run one of the experiments that show where a mixer pays and where it does not; " +
        "without a name, list them (in a clone of the repository)",
    )
    .addArgument(new Argument("[name]", "which"))
    .option("--quick", "the small form: the same code in seconds")
    .option("--tune", "the full form: train every row at several rates, held-out samples choose")
    .option(
      "--set <name=value>",
      "change a setting; several times for several",
      (text, before: readonly string[]) => [...before, text],
      [],
    )
    .option("--seed <n>", "everything random follows from it", wholeNumber(0), 1)
    .option(
      "--out <folder>",
      "where to write the run, a new or empty folder (default: runs/NAME-TIME)",
    )
    .addOption(
      new Option("--backend <name>", "what computes").choices(BACKENDS).default(BACKENDS[0]),
    )
    .option("--threads <n>", THREADS, wholeNumber(1))
    .addHelpText("after", () =>
      folded(
        "\nExit codes: 0 done, 1 failed, 2 wrong usage, " +
          "130 interrupted (the report is written nevertheless).",
      ),
    )
    .action((name: string | undefined, flags: ExperimentFlags, command: Command) =>
      runNamed(name, flags, command, caller),
    );
}

type Clone = Awaited<ReturnType<typeof experimentsOfClone>>;
type Ran = Awaited<ReturnType<Clone["runExperiment"]>>;

/** Runs the experiment of that name; without a name, lists all. */
async function runNamed(
  name: string | undefined,
  flags: ExperimentFlags,
  command: Command,
  caller: Caller,
): Promise<void> {
  const { experiments, readSettings, runExperiment, tuneOf } = await experimentsOfClone();
  if (name === undefined) return list(experiments);
  const experiment = experiments.find((e) => e.name === name);
  if (experiment === undefined) {
    const names = experiments.map((e) => e.name).join(", ");
    return command.error(`error: expected one of ${names}, got "${name}"`, { exitCode: 2 });
  }
  const settings = refusal(command, () => readSettings(experiment, flags.set));
  const { seed, out = runName(name), backend, quick = false, tune = false } = flags;
  if (tune) refusal(command, () => tuneOf(experiment));
  const { useBackend } = await import("./backend.ts");
  await useBackend(backend, flags.threads);
  await interruptible(async (signal) => {
    const ran = await runExperiment(experiment, {
      settings,
      quick,
      tune,
      seed,
      out,
      command: commandOf(caller, name, flags),
      signal,
      log: (line) => void process.stdout.write(`${line}\n`),
    });
    print(ran);
    return signal.aborted;
  }, process.stderr).catch(async (error: unknown) => {
    const { ShapeError } = await import("@spm/core/extend");
    // a width, say, that settings gave
    const unfit = error instanceof ShapeError && flags.set.length > 0;
    if (unfit) return command.error(`error: ${error.message}`, { exitCode: 2 });
    throw error;
  });
}

/** Names, questions and settings. */
function list(experiments: Clone["experiments"]): void {
  const lines = experiments.map(({ name, question, settings }) => {
    const values = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
    return folded(`${name}: ${question}\n    ${values.join(" ")}`, undefined, 4);
  });
  process.stdout.write(`${lines.join("\n")}\n`);
}

/** The command line that repeats a run. */
function commandOf(caller: Caller, name: string, flags: ExperimentFlags): string {
  const given = [
    ...(flags.quick ? ["--quick"] : []),
    ...(flags.tune ? ["--tune"] : []),
    ...flags.set.flatMap((line) => ["--set", line]),
  ].map(shellWord);
  const { seed, backend, threads } = flags;
  const workers = threads === undefined ? [] : ["--threads", threads];
  const start = [caller.command, "experiment", name, ...given];
  return [...start, "--seed", seed, "--backend", backend, ...workers].join(" ");
}

/** Prints the sections that have a table, or no figure, then the summary. */
function print({ findings, report }: Ran): void {
  for (const { heading, text, table } of findings.sections.filter(
    (section) => section.table ?? !section.figure,
  )) {
    const parts = [heading, text && folded(text), table && textTable(table.head, table.rows)];
    process.stdout.write(`\n${parts.filter(Boolean).join("\n")}\n`);
  }
  process.stdout.write(`\n${folded(findings.summary)}\n\nreport: ${report}\n`);
}

/** Turns the error of a wrong setting into wrong usage. */
function refusal<T>(command: Command, read: () => T): T {
  try {
    return read();
  } catch (error) {
    return command.error(`error: ${(error as Error).message}`, { exitCode: 2 });
  }
}
