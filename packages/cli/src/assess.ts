/** @file Numbers for a trained model on samples: the metrics of its kind of task. */
import { mul, noGrad, type Tensor } from "@spm/core";
import { DataLoader, type Dataset, type LabelledBatch } from "@spm/data";
import type { DataEncoding, LabelledData } from "@spm/data/datasets";
import type { NumberTarget } from "@spm/data/table";
import { Gpt, type Mlp } from "@spm/models";
import { crossEntropy, mse } from "@spm/nn";
import { withEvaluation } from "@spm/nn/extend";
import {
  accuracyOf,
  calibrationError,
  classification,
  confusionMatrix,
  type LossFunction,
  macroF1,
  perplexity,
  regression,
  regressionScores,
  topKAccuracy,
} from "@spm/trainer";
import type { TestOutcome, WorstSample } from "@spm/trainer/node";
import { imageOf } from "./plain-image.ts";

const BATCH = 500;
/** Windows of text that a GPT reads at a time. */
const WINDOWS = 8;
/** The samples of the greatest losses that a report has. */
const MOST_WORST = 25;
/** The points of a picture of residuals. */
const MOST_POINTS = 2000;

/** Samples to the outputs for them; a GPT's of windows of text, one for each character. */
type Predictor = Mlp | Gpt;

/** The metrics of a classifier, by name. */
export interface ClassAssessment {
  readonly samples: number;
  readonly loss: number;
  readonly perplexity: number;
  readonly accuracy: number;
  readonly top5: number;
  readonly macroF1: number;
  readonly calibrationError: number;
  readonly confusion: readonly (readonly number[])[];
  /** The samples of the greatest losses, the worst first. */
  readonly worst: readonly WorstSample[];
}

/** The metrics of a regression, by name, in the units of its target. */
export interface NumberAssessment {
  readonly samples: number;
  /** The mean squared error in units of the training targets' variance. */
  readonly loss: number;
  readonly r2: number;
  readonly rmse: number;
  readonly mae: number;
  readonly actual: readonly number[];
  readonly predicted: readonly number[];
}

/** The target of a regression; undefined for classes. */
export const numberTarget = (encoding: DataEncoding | undefined): NumberTarget | undefined =>
  encoding?.kind === "table" && encoding.target.kind === "number" ? encoding.target : undefined;

/** The name of what is learned. */
export const targetName = (encoding: DataEncoding | undefined): string =>
  encoding?.kind === "table" ? encoding.target.name : "class";

/** The names of the classes, in the order of their numbers. */
export function classNames(encoding: DataEncoding | undefined, classes: number): readonly string[] {
  if (encoding?.kind === "images") return encoding.classes;
  if (encoding?.kind === "table" && encoding.target.kind === "category")
    return encoding.target.categories;
  return Array.from({ length: classes }, (_, k) => String(k));
}

/** The loss of a task: cross-entropy, or the squared error with `mae` in the target's units. */
export function lossOf(encoding: DataEncoding | undefined): LossFunction<Mlp, LabelledBatch> {
  const target = numberTarget(encoding);
  if (target === undefined) return classification;
  return (model, batch) => {
    const { metrics: { mae } = {}, ...measured } = regression(model, batch);
    return mae === undefined ? measured : { ...measured, metrics: { mae: mul(mae, target.std) } };
  };
}

/** The outputs of a model for all samples, row after row, and their targets. */
async function outputsOf(
  model: Predictor,
  data: Dataset<LabelledBatch>,
  loss: (out: Tensor, y: Tensor) => Tensor,
): Promise<{ outputs: number[]; targets: number[]; loss: number }> {
  const [outputs, targets]: [number[], number[]] = [[], []];
  let losses = 0;
  const batchSize = Math.min(model instanceof Gpt ? WINDOWS : BATCH, data.length);
  for (const { x, y } of new DataLoader(data, { batchSize })) {
    const read = withEvaluation(model, () =>
      noGrad(() => {
        const out = model.forward(x);
        return { out, loss: loss(out, y) };
      }),
    );
    losses += (await read.loss.item()) * (y.shape[0] ?? 0);
    for (const value of await read.out.data()) outputs.push(value);
    for (const value of await y.data()) targets.push(value);
    for (const t of [read.out, read.loss, x, y]) t.dispose();
  }
  return { outputs, targets, loss: losses / data.length };
}

/** Every metric of a model on samples. */
export async function assess(
  model: Predictor,
  data: Dataset<LabelledBatch>,
  { classes, encoding }: Pick<LabelledData, "classes" | "encoding">,
): Promise<ClassAssessment | NumberAssessment> {
  const target = numberTarget(encoding);
  return target === undefined
    ? assessClasses(model, data, classes)
    : assessNumbers(model, data, target);
}

async function assessClasses(
  model: Predictor,
  data: Dataset<LabelledBatch>,
  classes: number,
): Promise<ClassAssessment> {
  const { outputs, targets, loss } = await outputsOf(model, data, crossEntropy);
  const predicted = targets.map((_, i) => likeliest(outputs.slice(i * classes, (i + 1) * classes)));
  const confusion = confusionMatrix(predicted, targets, classes);
  return {
    samples: targets.length,
    loss,
    perplexity: perplexity(loss),
    accuracy: accuracyOf(confusion),
    top5: topKAccuracy(outputs, targets, Math.min(5, classes)),
    macroF1: macroF1(confusion),
    calibrationError: calibrationError(outputs, targets),
    confusion,
    worst: worstOf(outputs, targets, classes),
  };
}

/** The samples of the least probabilities of what is right. */
function worstOf(
  outputs: readonly number[],
  targets: readonly number[],
  classes: number,
): WorstSample[] {
  const judged = targets.map((actual, index) => {
    const row = outputs.slice(index * classes, (index + 1) * classes);
    const guess = likeliest(row);
    const scores = row.map((logit) => Math.exp(logit - (row[guess] ?? 0)));
    const total = scores.reduce((sum, score) => sum + score, 0);
    const probability = Number((1 / total).toFixed(6));
    return { sample: { index, actual, guess, probability }, right: (scores[actual] ?? 0) / total };
  });
  judged.sort((a, b) => a.right - b.right);
  return judged.slice(0, MOST_WORST).map(({ sample }) => sample);
}

/** The index of the greatest value. */
export const likeliest = (row: readonly number[]): number =>
  row.indexOf(row.reduce((a, b) => Math.max(a, b)));

async function assessNumbers(
  model: Predictor,
  data: Dataset<LabelledBatch>,
  { mean, std }: NumberTarget,
): Promise<NumberAssessment> {
  const { outputs, targets, loss } = await outputsOf(model, data, mse);
  const [predicted, actual] = [outputs, targets].map((all) => all.map((v) => v * std + mean));
  const scores = regressionScores(predicted ?? [], actual ?? []);
  const points = { actual: actual ?? [], predicted: predicted ?? [] };
  return { samples: targets.length, loss, ...scores, ...points };
}

/** The outcome of a model on its test samples as the report has it, with the worst images. */
export async function testOutcome(
  model: Mlp,
  data: Pick<LabelledData, "test" | "classes" | "encoding" | "imageWidth">,
): Promise<TestOutcome> {
  const { test, encoding, imageWidth } = data;
  const outcome = outcomeOf(await assess(model, test, data), encoding);
  if (outcome.kind !== "classes" || imageWidth === undefined) return outcome;
  const channels = encoding?.kind === "images" ? encoding.channels : 1;
  const worst = (outcome.worst ?? []).map(async (sample) => {
    const { pixels } = await imageOf(test, sample.index, channels);
    const [low, high] = [Math.min(...pixels), Math.max(...pixels)];
    const bytes = pixels.map((v) => Math.round((255 * (v - low)) / (high - low || 1)));
    const image = { width: imageWidth, pixels: Buffer.from(bytes).toString("base64") };
    return { ...sample, image };
  });
  return { ...outcome, worst: await Promise.all(worst) };
}

/** An assessment as the report has it. */
export function outcomeOf(
  assessment: Pick<ClassAssessment, "confusion" | "worst"> | NumberAssessment,
  encoding: DataEncoding | undefined,
): TestOutcome {
  if ("confusion" in assessment) {
    const { confusion, worst } = assessment;
    return { kind: "classes", names: classNames(encoding, confusion.length), confusion, worst };
  }
  const { r2, rmse, mae, actual, predicted } = assessment;
  const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
  return {
    kind: "regression",
    target: numberTarget(encoding)?.name ?? "",
    ...{ r2: finite(r2), rmse: finite(rmse), mae: finite(mae) },
    actual: actual.slice(0, MOST_POINTS),
    predicted: predicted.slice(0, MOST_POINTS),
  };
}
