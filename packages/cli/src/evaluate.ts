/** @file `spm eval`: every metric of a trained model on its test samples. */
import { readFileSync } from "node:fs";
import { encodeCharacters, nextCharacters } from "@spm/data";
import type { Gpt } from "@spm/models";
import { CheckpointError, classScores, type ProgressStream } from "@spm/trainer";
import { formatCount, formatPercent } from "@spm/trainer/format";
import {
  assess,
  type ClassAssessment,
  classNames,
  type NumberAssessment,
  targetName,
} from "./assess.ts";
import { spmItself } from "./caller.ts";
import { gptOfRun, LEARNED, textOfRun } from "./experiment-run.ts";
import type { Registries } from "./registries.ts";
import { contextOf, savedConfig } from "./saved-config.ts";
import { languageModel, savedGpt } from "./saved-gpt.ts";
import { assertSameSamples, loadModel, openCheckpoint } from "./saved-model.ts";
import type { SavedConfig } from "./saved-task.ts";
import { loadData } from "./task.ts";
import { textTable } from "./text-table.ts";

const MOST_CLASSES = 20;

/** Flags of `spm eval`. */
export interface EvalFlags {
  /** A text that a GPT is scored on, the whole of it. */
  readonly file?: string;
  /** Whether one line of JSON is printed instead of tables. */
  readonly json?: boolean;
}

/** Evaluates a run folder or a checkpoint. @throws CheckpointError, DataError, Node's errors */
async function evaluateSaved(
  given: string,
  file: string | undefined,
  registries: Registries,
): Promise<Evaluated> {
  const path = gptOfRun("eval", given);
  const checkpoint = await openCheckpoint(path);
  const found = languageModel("eval", path, checkpoint);
  const withoutTask = savedGpt("eval", path, checkpoint) !== undefined;
  if (found !== undefined && (withoutTask || file !== undefined))
    return evaluateText(given, file, found);
  if (file !== undefined)
    throw new CheckpointError(
      "eval",
      "a GPT for the text of --file",
      `${path}, another model`,
      `${spmItself.command} predict RUN FILE scores the rows of a file`,
    );
  const config = savedConfig(path, checkpoint, registries);
  const gpt = found?.model;
  const windows = gpt !== undefined;
  const data = await loadData(config.options, registries, { ...contextOf(config), windows });
  const { test, classes, features } = data;
  if (features !== config.features || classes !== config.classes)
    throw new CheckpointError(
      "eval",
      `data of ${config.features} features and ${config.classes} classes, as in training`,
      `${features} and ${classes}`,
    );
  if (windows && data.vocabulary !== config.vocabulary)
    throw new CheckpointError("eval", "a text of the model's characters", config.options.dataset);
  assertSameSamples("eval", ["test"], config, data);
  const model = gpt ?? loadModel(path, checkpoint, registries).model;
  return { config, result: await assess(model, test, config) };
}

/** An assessment, and what it takes to print it. */
interface Evaluated {
  readonly config: Pick<SavedConfig, "encoding" | "classes">;
  readonly result: ClassAssessment | NumberAssessment;
}

/** A GPT on a text, or on the last tenth of that of its run, which it didn't learn from. */
async function evaluateText(
  given: string,
  file: string | undefined,
  { model, vocabulary }: { readonly model: Gpt; readonly vocabulary: string },
): Promise<Evaluated> {
  const whole = file === undefined ? await textOfRun("eval", given) : readFileSync(file, "utf8");
  const all = encodeCharacters(whole, vocabulary, file ?? "the run's text");
  const held = file === undefined ? all.subarray(Math.floor(LEARNED * all.length)) : all;
  const { context } = model;
  const config = { classes: [...vocabulary].length };
  const windows = nextCharacters(held, { context, stride: context });
  return { config, result: await assess(model, windows, config) };
}

/** Prints an evaluation as tables, or as one line of JSON. */
export async function printEvaluation(
  path: string,
  { file, json = false }: EvalFlags,
  stdout: ProgressStream,
  registries: Registries,
): Promise<void> {
  const { config, result } = await evaluateSaved(path, file, registries);
  stdout.write(json ? `${JSON.stringify(result)}\n` : assessmentText(result, config));
}

/** An assessment as tables. */
function assessmentText(
  result: ClassAssessment | NumberAssessment,
  { encoding, classes }: Pick<SavedConfig, "encoding" | "classes">,
): string {
  const samples = ["test samples", formatCount(result.samples)];
  if (!("confusion" in result)) {
    const { loss, r2, rmse, mae } = result;
    const unit = targetName(encoding);
    const rows = Object.entries({
      loss,
      "R²": r2,
      [`RMSE (in ${unit})`]: rmse,
      [`MAE (in ${unit})`]: mae,
    });
    const shown = rows.map(([name, value]) => [name, value.toPrecision(5)]);
    return `${textTable(["metric", "value"], [samples, ...shown])}\n`;
  }
  const rows = [
    samples,
    ["loss", result.loss.toFixed(4)],
    ["perplexity", result.perplexity.toFixed(4)],
    ["accuracy", formatPercent(result.accuracy)],
    ["top-5 accuracy", formatPercent(result.top5)],
    ["macro F1", result.macroF1.toFixed(4)],
    ["calibration error", result.calibrationError.toFixed(4)],
  ];
  const metrics = `${textTable(["metric", "value"], rows)}\n\n`;
  if (result.confusion.length > MOST_CLASSES) return metrics;
  const names = classNames(encoding, classes);
  const scores = classScores(result.confusion);
  const body = result.confusion.map((row, k) => [
    names[k] ?? "",
    ...row.map(String),
    scores[k]!.f1.toFixed(4),
  ]);
  return `${metrics}${textTable(["actual \\ predicted", ...names, "F1"], body)}\n`;
}
