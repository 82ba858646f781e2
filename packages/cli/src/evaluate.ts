/** @file `spm eval`: every metric of a trained classifier on its test samples. */
import { noGrad } from "@spm/core";
import { DataLoader } from "@spm/data";
import { crossEntropy } from "@spm/nn";
import {
  accuracyOf,
  CheckpointError,
  calibrationError,
  classScores,
  confusionMatrix,
  macroF1,
  type ProgressStream,
  perplexity,
  topKAccuracy,
} from "@spm/trainer";
import { formatCount, formatPercent } from "@spm/trainer/format";
import type { Registries } from "./registries.ts";
import { savedConfig } from "./saved-config.ts";
import { loadModel, openCheckpoint } from "./saved-model.ts";
import { loadData } from "./task.ts";
import { textTable } from "./text-table.ts";

const BATCH = 500;
const MOST_CLASSES = 20;

/** The numbers that `spm eval` prints, by name. */
interface Evaluation {
  readonly samples: number;
  readonly loss: number;
  readonly perplexity: number;
  readonly accuracy: number;
  readonly top5: number;
  readonly macroF1: number;
  readonly calibrationError: number;
  readonly confusion: readonly (readonly number[])[];
}

/** Evaluates a run folder or a checkpoint. @throws CheckpointError, DataError, Node's errors */
async function evaluateSaved(path: string, registries: Registries): Promise<Evaluation> {
  const checkpoint = await openCheckpoint(path);
  const config = savedConfig(path, checkpoint, registries);
  const { test, classes, features } = await loadData(config.options, registries);
  if (features !== config.features || classes !== config.classes)
    throw new CheckpointError(
      "eval",
      `data of ${config.features} features and ${config.classes} classes, as in training`,
      `${features} and ${classes}`,
    );
  const { model } = loadModel(path, checkpoint, registries);
  const [logits, labels]: [number[], number[]] = [[], []];
  let losses = 0;
  for (const { x, y } of new DataLoader(test, { batchSize: Math.min(BATCH, test.length) })) {
    const { out, loss } = noGrad(() => {
      const out = model.forward(x);
      return { out, loss: crossEntropy(out, y) };
    });
    losses += (await loss.item()) * (y.shape[0] ?? 0);
    for (const value of await out.data()) logits.push(value);
    for (const label of await y.data()) labels.push(label);
    for (const t of [out, loss]) t.dispose();
  }
  const predicted = labels.map((_, i) => {
    const row = logits.slice(i * classes, (i + 1) * classes);
    return row.indexOf(row.reduce((a, b) => Math.max(a, b)));
  });
  const confusion = confusionMatrix(predicted, labels, classes);
  const loss = losses / labels.length;
  return {
    samples: labels.length,
    loss,
    perplexity: perplexity(loss),
    accuracy: accuracyOf(confusion),
    top5: topKAccuracy(logits, labels, Math.min(5, classes)),
    macroF1: macroF1(confusion),
    calibrationError: calibrationError(logits, labels),
    confusion,
  };
}

/** Prints an evaluation as tables, or as one line of JSON. */
export async function printEvaluation(
  path: string,
  json: boolean,
  stdout: ProgressStream,
  registries: Registries,
): Promise<void> {
  const result = await evaluateSaved(path, registries);
  if (json) {
    stdout.write(`${JSON.stringify(result)}\n`);
    return;
  }
  const rows = [
    ["test samples", formatCount(result.samples)],
    ["loss", result.loss.toFixed(4)],
    ["perplexity", result.perplexity.toFixed(4)],
    ["accuracy", formatPercent(result.accuracy)],
    ["top-5 accuracy", formatPercent(result.top5)],
    ["macro F1", result.macroF1.toFixed(4)],
    ["calibration error", result.calibrationError.toFixed(4)],
  ];
  stdout.write(`${textTable(["metric", "value"], rows)}\n\n`);
  if (result.confusion.length > MOST_CLASSES) return;
  const names = result.confusion.map((_, k) => String(k));
  const scores = classScores(result.confusion);
  const body = result.confusion.map((row, k) => [
    String(k),
    ...row.map(String),
    scores[k]!.f1.toFixed(4),
  ]);
  stdout.write(`${textTable(["actual \\ predicted", ...names, "F1"], body)}\n`);
}
