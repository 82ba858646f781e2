/**
 * @file The commands on what was trained: `spm eval`, `spm predict`, `spm sample`, `spm quantise`,
 * `spm attribute`, `spm export`, `spm inspect`, `spm report`.
 */
import { type Command, Option } from "commander";
import { type Caller, shellWord } from "./caller.ts";
import type { EvalFlags } from "./evaluate.ts";
import type { ExportModelOptions } from "./export.ts";
import { interruptible } from "./interruption.ts";
import { asNumber, positiveNumber, sampleInput, wholeNumber } from "./option-values.ts";
import type { QuantiseOptions } from "./quantise.ts";
import type { Registries } from "./registries.ts";
import { folded } from "./terminal.ts";
import { commandLine } from "./train-options.ts";

interface SampleFlags {
  readonly prompt: string;
  readonly length: number;
  readonly temperature: number;
  readonly seed: number;
}

const EXIT_CODES = "\nExit codes: 0 done, 1 failed, 2 wrong usage.";

interface PredictFlags {
  readonly out?: string;
  readonly badRows?: "error" | "skip";
}

/** Adds them. */
export function addSavedCommands(spm: Command, caller: Caller): void {
  const { registries } = caller;
  addEval(spm, registries);
  addPredict(spm, caller);
  addSample(spm, registries);
  addQuantise(spm);
  addAttribute(spm, caller);
  addExport(spm, registries);
  addInspect(spm);
  addReport(spm);
}

function addEval(spm: Command, registries: Registries): void {
  spm
    .command("eval")
    .description(
      "accuracy, top-5, perplexity, F1, calibration and confusion matrix on the test samples",
    )
    .argument(
      "<path>",
      "a run folder, a checkpoint or the model of spm train, a run or a gpt-….safetensors of " +
        "spm experiment charlm or spm quantise, or a GPT of PyTorch",
    )
    .option(
      "--file <text>",
      "of a GPT, a text to score it on (default: the last tenth of that of the run)",
    )
    .option("--json", "one line of JSON instead of tables")
    .addHelpText("after", () => folded(EXIT_CODES))
    .action(async (path: string, flags: EvalFlags) => {
      const { printEvaluation } = await import("./evaluate.ts");
      await printEvaluation(path, flags, process.stdout, registries);
    });
}

function addPredict(spm: Command, { registries, command }: Caller): void {
  spm
    .command("predict")
    .description("write what a model says of a table or of images of yours, as CSV and as a page")
    .argument("<path>", "a run folder, a checkpoint or the model of spm train on a table or images")
    .argument("<file>", "a table with the same columns, a folder of images, or an image")
    .option(
      "--out <file>",
      "a new file for predictions (default: predictions-FILE.csv in the run folder, or -2, -3, …)",
    )
    .addOption(
      new Option("--bad-rows <name>", "rows or images that can't be read").choices([
        "error",
        "skip",
      ]),
    )
    .addHelpText("after", () => folded(EXIT_CODES))
    .action(async (path: string, file: string, flags: PredictFlags) => {
      const { predict } = await import("./predict.ts");
      const words = [
        command,
        "predict",
        shellWord(path),
        shellWord(file),
        commandLine({ ...flags }),
      ];
      const line = words.join(" ").trimEnd();
      await predict(path, file, { ...flags, command: line }, process.stdout, registries);
    });
}

function addSample(spm: Command, registries: Registries): void {
  spm
    .command("sample")
    .description("write text with a model that was trained on text")
    .argument(
      "<path>",
      "a run folder or a checkpoint of spm train text, " +
        "a run or a gpt-….safetensors of spm experiment charlm or spm quantise, " +
        "or a GPT of PyTorch (docs/interop.md)",
    )
    .option("--prompt <text>", "what to go on with", "")
    .option("--length <n>", "characters to write", wholeNumber(1), 200)
    .option("--temperature <n>", "0 takes the likeliest, above 1 is more varied", asNumber, 1)
    .option("--seed <n>", "another seed, another text", wholeNumber(0), 1)
    .addHelpText("after", () => folded(EXIT_CODES))
    .action(async (path: string, flags: SampleFlags) => {
      const { sample } = await import("./sample.ts");
      process.stdout.write(`${await sample(path, flags, registries)}\n`);
    });
}

interface QuantiseFlags extends Omit<QuantiseOptions, "angles"> {
  readonly angles: "8" | "16";
}

function addQuantise(spm: Command): void {
  const bits = wholeNumber(2, 8);
  const names = ["mixer", "hadamard", "scales", "none", "dense"];
  spm
    .command("quantise")
    .description("round the weights of a GPT to few bits, and write it as a smaller file")
    .argument(
      "<path>",
      "a run folder of spm experiment charlm, or a gpt-….safetensors of dense maps",
    )
    .option(
      "--file <text>",
      "a text of the kind that the model writes, to learn clips on (default: that of the run)",
    )
    .option("--weights <bits>", "of a weight, 2 to 8", bits, 4)
    .option("--activations <bits>", "of an activation, 2 to 8 (default: not rounded)", bits)
    .addOption(
      new Option("--map <name>", "what inputs go through before they are rounded")
        .choices(names)
        .default("mixer"),
    )
    .addOption(
      new Option("--angles <bits>", "of an angle of the mixer").choices(["8", "16"]).default("16"),
    )
    .option("--epochs <n>", "passes over 256 windows of the text", wholeNumber(1), 20)
    .option(
      "--learning-rate <rate>",
      "(default: 0.03 mixer; 0.01 none, scales, hadamard; 0.003 dense)",
      positiveNumber,
    )
    .option("--seed <n>", "of signs and of the order of windows", wholeNumber(0), 1)
    .option("--out <file>", "a new file (default: beside the GPT, with -w and the bits)")
    .addHelpText("after", () =>
      folded(`${EXIT_CODES.slice(0, -1)}, 130 interrupted (nothing is written).`),
    )
    .action(async (path: string, { angles: bits, ...flags }: QuantiseFlags) => {
      const { quantise } = await import("./quantise.ts");
      const options = { ...flags, angles: bits === "8" ? 8 : 16 } as const;
      await interruptible(
        (signal) => quantise(path, options, process.stdout, signal),
        process.stderr,
        "nothing is written",
      );
    });
}

interface AttributeFlags {
  readonly test: number;
  readonly samples?: number;
  readonly damping: number;
  readonly out?: string;
}

function addAttribute(spm: Command, { registries, command }: Caller): void {
  spm
    .command("attribute")
    .description(
      "write a page of the training samples that helped and harmed a test sample most (TRAK)",
    )
    .argument("<path>", "a run folder or a checkpoint of spm train on images or a table")
    .requiredOption("--test <n>", "the index of the test sample", wholeNumber(0))
    .option(
      "--samples <n>",
      "score only the first n training samples (default: all that the run had)",
      wholeNumber(1),
    )
    .option(
      "--damping <lambda>",
      "of the gradients' covariance, as a multiple of the mean of its diagonal",
      positiveNumber,
      1,
    )
    .option(
      "--out <file>",
      "a new file for the page (default: attribution-N.html in the run folder, or -2, -3, …)",
    )
    .addHelpText("after", () => folded(EXIT_CODES))
    .action(async (path: string, flags: AttributeFlags) => {
      const { attribute } = await import("./attribute.ts");
      const given = Object.entries(flags).map(
        ([name, value]) => `--${name} ${shellWord(`${value}`)}`,
      );
      const line = [command, "attribute", shellWord(path), ...given].join(" ");
      await attribute(path, { ...flags, command: line }, process.stdout, registries);
    });
}

function addExport(spm: Command, registries: Registries): void {
  spm
    .command("export")
    .description("write a model in a format that other programs run: ONNX")
    .argument(
      "<path>",
      "a run folder, a checkpoint or the model of spm train, a run folder or a " +
        "gpt-….safetensors of spm experiment charlm, or with --input any other file " +
        "that describes its model",
    )
    .requiredOption("--onnx <file>", "a new file for it, for a batch of any size")
    .option(
      "--input <sizes>",
      "one sample without its batch, needed for a file of saveModel, which has no task: " +
        "28,6 of float32, int32:64 of tokens, uint8:3,32,32 of pixels",
      sampleInput,
    )
    .addHelpText("after", () => folded(EXIT_CODES))
    .action(async (path: string, flags: ExportModelOptions) => {
      const { exportModel } = await import("./export.ts");
      await exportModel(path, flags, process.stdout, registries);
    });
}

function addInspect(spm: Command): void {
  spm
    .command("inspect")
    .description(
      "list the model, the tensors and the metadata of a checkpoint, or of any safetensors file",
    )
    .argument("<checkpoint>", "the file")
    .option("--full", "print long metadata whole")
    .addHelpText("after", () =>
      folded("\nExit codes: 0 done, 1 failed or the checkpoint is damaged, 2 wrong usage."),
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
    .option(
      "--out <file>",
      "a new file for the report (default: report.html of the run, which is written anew; " +
        "of several runs report.html here, or -2, -3, …)",
    )
    .option("--svg <file>", "a new file for the curves as a picture, too")
    .addOption(
      new Option("--axis <name>", "of that picture (default: charts for both)").choices([
        "step",
        "seconds",
      ]),
    )
    .addHelpText("after", () => folded(EXIT_CODES))
    .action(
      async (
        folders: readonly string[],
        flags: { readonly out?: string; readonly svg?: string; readonly axis?: "step" | "seconds" },
      ) => {
        const { report } = await import("./report.ts");
        report(folders, flags, process.stdout);
      },
    );
}
