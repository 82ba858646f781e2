/**
 * @file `spm compare`: the same model with each kind of layer, trained in turn on the same batches.
 */

import { currentBackend, rng } from "@spm/core";
import { DataLoader, type Dataset, type LabelledBatch, subset } from "@spm/data";
import { datasets } from "@spm/data/datasets";
import { Mlp } from "@spm/models";
import type { LinearFactory } from "@spm/nn";
import { adam, cosine } from "@spm/optim";
import { type RunSummary, summarize, writeReport } from "@spm/report";
import { classification, fit, type ProgressStream, progress } from "@spm/trainer";
import { formatCount, formatPercent, formatRatio, formatSeconds } from "@spm/trainer/format";
import { assertFresh, machine, RunWriter, readRun, recordRun } from "@spm/trainer/node";
import { textTable } from "./text-table.ts";

/** A kind of layer in a comparison. */
interface ComparedLayer {
  readonly name: string;
  readonly create: LinearFactory;
  /** Adam's rate at the first step. */
  readonly learningRate: number;
}

/** Everything that determines a comparison, all of it known before it starts. */
export interface CompareOptions {
  readonly layers: readonly ComparedLayer[];
  /** Width of both hidden layers. */
  readonly hidden: number;
  readonly epochs: number;
  /** Images a batch. */
  readonly batchSize: number;
  readonly seed: number;
  /** Training images used, the first so many. */
  readonly images: number;
  /** Test images used, the first so many. */
  readonly testImages: number;
  /** The run folder. */
  readonly out: string;
  /** The command line that repeats the comparison. */
  readonly command: string;
}

const TEST_BATCH = 1000;
const CLASSES = 10;
/**
 * From this many training images a test image on, an epoch is evaluated halfway, too: it costs
 * little then.
 */
const MIDWAY = 4;

/**
 * Trains, writes the run folder, and prints the table and the report's path.
 *
 * @param signal - ends the comparison after the step in which it is aborted; the report then
 * has what was trained.
 * @returns whether it was interrupted.
 * @throws RunError when the run folder is not empty, DataError when MNIST cannot be read,
 * NonFiniteError when a training diverged; the report is then written, too.
 */
export async function compare(
  options: CompareOptions,
  stdout: ProgressStream,
  signal: AbortSignal,
): Promise<boolean> {
  assertFresh(options.out);
  const { train, test, features } = await datasets.mnist.load({});
  const trainSet = subset(train, options.images);
  const testSet = subset(test, options.testImages);

  const models = options.layers.map((layer) => ({
    ...layer,
    model: buildModel(layer.create, features, options),
  }));
  const stepsPerEpoch = loaderOf(trainSet, options).batchesPerEpoch;
  const midway =
    options.images >= MIDWAY * options.testImages ? { every: Math.ceil(stepsPerEpoch / 2) } : {};
  const writer = new RunWriter(options.out, {
    ...headOf(options, features, { images: train.length, testImages: test.length }),
    models: models.map(({ name, model }) => ({ run: name, parameters: model.parameterCount() })),
    stepsPerEpoch,
  });

  try {
    for (const { name, model, learningRate: base } of models) {
      if (signal.aborted) break;
      const steps = options.epochs * stepsPerEpoch;
      const learningRate = cosine({ learningRate: base, steps });
      await fit(model, loaderOf(trainSet, options), {
        loss: classification,
        optimizer: adam(model.parameters(), { learningRate }),
        epochs: options.epochs,
        evaluate: { data: new DataLoader(testSet, { batchSize: TEST_BATCH }), ...midway },
        callbacks: [progress(name, stdout), recordRun(writer, name)],
        signal,
      });
    }
  } finally {
    writer.close();
    const report = writeReport(options.out);
    stdout.write(`\n${summaryTable(summarize(readRun(options.out)))}\n\n`);
    stdout.write(`${scope(options, train.length, test.length)}\nreport: ${report}\n`);
  }
  return signal.aborted;
}

/** The record of a comparison in the run folder, but for its models. */
function headOf(
  options: CompareOptions,
  features: number,
  available: { readonly images: number; readonly testImages: number },
) {
  return {
    title: `MNIST: ${listing(options.layers.map(({ name }) => name))} layers`,
    command: options.command,
    started: new Date().toISOString(),
    epochs: options.epochs,
    options: {
      model:
        `${features}-${options.hidden}-${options.hidden}-${CLASSES}, ReLU; ` +
        "the last layer is dense",
      "training images": `${formatCount(options.images)} of ${formatCount(available.images)}`,
      "test images": `${formatCount(options.testImages)} of ${formatCount(available.testImages)}`,
      epochs: options.epochs,
      batchSize: options.batchSize,
      seed: options.seed,
      optimizer: "Adam, cosine decay to 0",
      "learning rate": options.layers
        .map(({ name, learningRate }) => `${name} ${learningRate}`)
        .join(", "),
      backend: currentBackend().report().name,
    },
    machine: machine(),
  };
}

function buildModel(
  linear: LinearFactory,
  features: number,
  { hidden, seed }: CompareOptions,
): Mlp {
  return new Mlp({ sizes: [features, hidden, hidden, CLASSES], linear, random: rng(seed) });
}

/** Every model sees the same batches: the order depends on the seed alone. */
const loaderOf = (
  data: Dataset<LabelledBatch>,
  { batchSize, seed }: CompareOptions,
): DataLoader<LabelledBatch> => new DataLoader(data, { batchSize, seed, dropLast: true });

const listing = (names: readonly string[]): string =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;

function summaryTable(rows: readonly RunSummary[]): string {
  const head = [
    "layer",
    "parameters",
    "test accuracy",
    "seconds per epoch",
    "total seconds",
    "ratio to dense",
  ];
  return textTable(
    head,
    rows.map((row) => [
      row.run,
      formatCount(row.parameters),
      formatPercent(row.accuracy),
      formatSeconds(row.secondsPerEpoch),
      formatSeconds(row.totalSeconds),
      formatRatio(row.ratioToDense),
    ]),
  );
}

/** The number of images and the machine of the measurements, and their meaning. */
function scope(
  { images, testImages, epochs }: CompareOptions,
  allImages: number,
  allTestImages: number,
): string {
  const part = images < allImages || testImages < allTestImages ? "part of MNIST" : "full MNIST";
  return [
    `${part}: ${formatCount(images)} of ${formatCount(allImages)} training images, ` +
      `${epochs} epoch${epochs === 1 ? "" : "s"}, ` +
      `${formatCount(testImages)} of ${formatCount(allTestImages)} test images`,
    "ratio to dense: seconds per epoch divided by the dense model's, below 1 is faster; " +
      "total seconds include evaluations",
  ].join("\n");
}
