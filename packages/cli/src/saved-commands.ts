/**
 * @file The commands that look at what was trained: `spm eval`, `spm sample`, `spm inspect`,
 * `spm report`.
 */
import type { Command } from "commander";
import { asNumber, wholeNumber } from "./option-values.ts";
import type { Registries } from "./registries.ts";

interface SampleFlags {
  readonly prompt: string;
  readonly length: number;
  readonly temperature: number;
  readonly seed: number;
}

const EXIT_CODES = "\nExit codes: 0 done, 1 failed, 2 wrong usage.";

/** Adds them. */
export function addSavedCommands(spm: Command, registries: Registries): void {
  addEval(spm, registries);
  addSample(spm, registries);
  addInspect(spm);
  addReport(spm);
}

function addEval(spm: Command, registries: Registries): void {
  spm
    .command("eval")
    .description(
      "accuracy, top-5, perplexity, F1, calibration and confusion matrix on the test samples",
    )
    .argument("<path>", "a run folder or a checkpoint of spm train")
    .option("--json", "one line of JSON instead of tables")
    .addHelpText("after", EXIT_CODES)
    .action(async (path: string, { json }: { readonly json?: true }) => {
      const { printEvaluation } = await import("./evaluate.ts");
      await printEvaluation(path, json === true, process.stdout, registries);
    });
}

function addSample(spm: Command, registries: Registries): void {
  spm
    .command("sample")
    .description("write text with a model that was trained on text")
    .argument(
      "<path>",
      "a run folder or a checkpoint of spm train text, " +
        "or a gpt-….safetensors of spm experiment charlm",
    )
    .option("--prompt <text>", "what to go on with", "")
    .option("--length <n>", "characters to write", wholeNumber(1), 200)
    .option("--temperature <n>", "0 takes the likeliest, above 1 is more varied", asNumber, 1)
    .option("--seed <n>", "another seed, another text", wholeNumber(0), 1)
    .addHelpText("after", EXIT_CODES)
    .action(async (path: string, flags: SampleFlags) => {
      const { sample } = await import("./sample.ts");
      process.stdout.write(`${await sample(path, flags, registries)}\n`);
    });
}

function addInspect(spm: Command): void {
  spm
    .command("inspect")
    .description("list the tensors and the metadata of a checkpoint, or of any safetensors file")
    .argument("<checkpoint>", "the file")
    .option("--full", "print long metadata whole")
    .addHelpText(
      "after",
      "\nExit codes: 0 done, 1 failed or the checkpoint is damaged, 2 wrong usage.",
    )
    .action(async (path: string, flags: { readonly full?: true }) => {
      const { inspectFile } = await import("./inspect.ts");
      const { text, damage } = inspectFile(path, flags.full);
      process.stdout.write(text);
      if (damage === undefined) return;
      process.stderr.write(`error: ${damage}\n`);
      process.exitCode = 1;
    });
}

function addReport(spm: Command): void {
  spm
    .command("report")
    .description(
      "write report.html of a run folder anew, or one report of several runs laid over each other",
    )
    .argument("<folders...>", "run folders, finished or not")
    .option("--out <file>", "where the report of several runs goes", "report.html")
    .option("--svg <file>", "write the curves as a picture of their own, too")
    .addHelpText("after", EXIT_CODES)
    .action(
      async (
        folders: readonly string[],
        flags: { readonly out: string; readonly svg?: string },
      ) => {
        const { report } = await import("./report.ts");
        report(folders, flags, process.stdout);
      },
    );
}
