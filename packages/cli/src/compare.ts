/**
 * @file `spm compare`: the same model with each kind of layer, trained in turn on the same batches.
 */
import { join } from "node:path";
import { currentBackend, rng } from "@spm/core";
import { DataLoader, type Dataset, type LabelledBatch, subset } from "@spm/data";
import { datasets } from "@spm/data/datasets";
import { Mlp } from "@spm/models";
import { type LinearFactory, linearKinds } from "@spm/nn";
import { adam, cosine } from "@spm/optim";
import { type RunSummary, summarize, writeReport } from "@spm/report";
import { classification, fit, type ProgressStream, progress } from "@spm/trainer";
import { formatCount, formatPercent, formatRatio, formatSeconds } from "@spm/trainer/format";
import {
  assertFresh,
  machine,
  makeFolder,
  provenance,
  type RunModel,
  RunWriter,
  readRun,
  recordRun,
  saveModel,
  type TestOutcome,
  writeAtomically,
} from "@spm/trainer/node";
import { testOutcome } from "./assess.ts";
import { folded } from "./terminal.ts";
import { textTable } from "./text-table.ts";
import { modelRecord } from "./train.ts";

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
  /** Whether a dense network with no more parameters than the others is trained beside them. */
  readonly equalDense: boolean;
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

const DENSE = "dense";
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
  const { train, test, ...shape } = await datasets.mnist.load({});
  const trainSet = subset(train, options.images);
  const testSet = subset(test, options.testImages);
  const models = modelsOf(options, shape.features);
  const records = models.map((compared) => recordOf(compared, options.out));
  const stepsPerEpoch = loaderOf(trainSet, options).batchesPerEpoch;
  const midway =
    options.images >= MIDWAY * options.testImages ? { every: Math.ceil(stepsPerEpoch / 2) } : {};
  const writer = new RunWriter(options.out, {
    ...headOf(options, shape.features, { images: train.length, testImages: test.length }),
    models: records,
    stepsPerEpoch,
  });
  const tests: Record<string, TestOutcome> = {};

  try {
    for (const compared of models) {
      const { name, model, learningRate: base } = compared;
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
      if (signal.aborted) break;
      tests[name] = await testOutcome(model, { ...shape, test: testSet });
      writeAtomically(join(options.out, "outcome.json"), `${JSON.stringify({ tests })}\n`);
      makeFolder(join(options.out, "models"));
      await saveModel(join(options.out, fileOf(compared)), model);
    }
  } finally {
    writer.close();
    const report = writeReport(options.out);
    stdout.write(`\n${summaryTable(summarize(readRun(options.out)))}\n\n`);
    stdout.write(`${scope(options, train.length, test.length)}\n`);
    const loadable = records.findLast(({ run, saved }) => saved !== undefined && run in tests);
    if (loadable?.saved !== undefined) {
      stdout.write(`models: ${join(options.out, "models")}; a program that loads one:\n`);
      stdout.write(`${loadable.saved.program.replaceAll(/^(?=.)/gm, "  ")}`);
    }
    stdout.write(`report: ${report}\n`);
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
    provenance: provenance(),
  };
}

/** A model of a comparison. */
interface ComparedModel {
  /** Its name in records. */
  readonly name: string;
  readonly layer: ComparedLayer;
  readonly model: Mlp;
  readonly learningRate: number;
}

/** A model of each layer, and the dense one of the others' size after the dense one. */
function modelsOf(options: CompareOptions, features: number): ComparedModel[] {
  const { layers, hidden, seed, equalDense } = options;
  const build = (layer: ComparedLayer, width: number, name = layer.name): ComparedModel => {
    const sizes = [features, width, width, CLASSES];
    const model = new Mlp({ sizes, linear: layer.create, random: rng(seed) });
    return { name, layer, model, learningRate: layer.learningRate };
  };
  const models = layers.map((layer) => build(layer, hidden));
  const at = layers.findIndex(({ name }) => name === DENSE);
  const [dense, others] = [layers[at], models.toSpliced(at, 1)];
  if (!equalDense || dense === undefined || others.length === 0) return models;
  const budget = Math.max(...others.map(({ model }) => model.parameterCount()));
  const width = widestDense(budget, features);
  if (width < 1 || width >= hidden) return models;
  return models.toSpliced(at + 1, 0, build(dense, width, `${DENSE}, ${width} wide`));
}

/**
 * The width w of both hidden layers of the largest dense network with at most so many parameters,
 * w² + (features + classes + 2) w + classes.
 */
function widestDense(parameters: number, features: number): number {
  const b = features + CLASSES + 2;
  return Math.floor((Math.sqrt(b ** 2 + 4 * (parameters - CLASSES)) - b) / 2);
}

/** The place of a model's parameters in the run folder. */
const fileOf = ({ name }: ComparedModel): string =>
  `models/${name.replaceAll(/[^\w.-]+/g, "-")}.safetensors`;

/** A program that loads a model. */
const programOf = (compared: ComparedModel, out: string): string =>
  `import { loadModel } from "@spm/trainer/node";

const model = loadModel(${JSON.stringify(join(out, fileOf(compared)))});
`;

/** The record of a model in the run folder. */
function recordOf(compared: ComparedModel, out: string): RunModel {
  const { name, model, layer } = compared;
  const ours = Object.hasOwn(linearKinds, layer.name);
  return {
    ...modelRecord(name, model),
    ...(ours && { saved: { file: fileOf(compared), program: programOf(compared, out) } }),
  };
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
  ]
    .map((line) => folded(line))
    .join("\n");
}
