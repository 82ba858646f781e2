/** @file `spm predict`: what a trained model says of a table or of images of one's own. */
import { statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { noGrad, type Tensor } from "@spm/core";
import { DataError, DataLoader, type Dataset, imageDataset } from "@spm/data";
import type { DataEncoding, ImageEncoding } from "@spm/data/datasets";
import { imageFiles, openTable, readImages } from "@spm/data/files";
import {
  cellsOf,
  readOptionsFor,
  readTable,
  type TableEncoding,
  tableInputs,
  tableTargets,
  unknownValues,
} from "@spm/data/table";
import type { Mlp } from "@spm/models";
import { softmax } from "@spm/nn";
import { CheckpointError, type ProgressStream } from "@spm/trainer";
import { formatCount } from "@spm/trainer/format";
import { writeAtomically } from "@spm/trainer/node";
import { likeliest } from "./assess.ts";
import { assertNew, freePlace } from "./new-file.ts";
import {
  type Answers,
  htmlOf,
  outcomeFor,
  scoreOf,
  targetOf,
  warningFor,
} from "./predicted-outcome.ts";
import { reading } from "./reading.ts";
import type { Registries } from "./registries.ts";
import { savedConfig } from "./saved-config.ts";
import { folderOf, loadModel, openCheckpoint } from "./saved-model.ts";
import type { SavedConfig } from "./saved-task.ts";
import { folded } from "./terminal.ts";
import { trainedRows } from "./trained-rows.ts";

/** Options of {@link predict}. */
export interface PredictOptions {
  readonly out?: string;
  readonly badRows?: "error" | "skip";
  /** The command line that repeats it. */
  readonly command: string;
}

const BATCH = 500;

/** Samples to predict, each with its name in the file of predictions. */
interface AskedSamples extends Answers {
  readonly inputs: Dataset<{ readonly x: Tensor }>;
  /** The heading of the names: "line", "row" or "file". */
  readonly heading: string;
  readonly names: readonly (string | number)[];
}

/**
 * Writes a CSV with a prediction for each row or image, and where the right answers are there, too,
 * a page with the residuals or the confusion matrix; prints their paths. Where some of these rows
 * are ones that the model was trained on, it says how many, and scores the others alone, too.
 *
 * @param path - a run folder or a checkpoint of `spm train` on data of one's own
 * @param file - a table with the columns of the training's, a folder of images, or an image
 * @throws CheckpointError for another run; DataError for a file that doesn't fit it; RunError where
 * the place that is asked for is taken
 */
export async function predict(
  path: string,
  file: string,
  options: PredictOptions,
  stdout: ProgressStream,
  registries: Registries,
): Promise<void> {
  const checkpoint = await openCheckpoint(path);
  const config = savedConfig(path, checkpoint, registries);
  const { encoding } = config;
  if (encoding === undefined)
    throw new CheckpointError(
      "predict",
      "a run on a table or a folder of images",
      `${path}, which is on ${config.options.dataset}`,
    );
  const name = `predictions-${basename(file).replace(/\.\w+$/, "")}`;
  const out = options.out ?? freePlace(folderOf(path), name, [".csv", ".html"]);
  assertNew("predict", out, pageOf(out));
  const asked =
    encoding.kind === "table"
      ? await tableAsked(file, encoding, config, options, stdout)
      : await imagesAsked(file, encoding, options, stdout);
  const { model } = loadModel(path, checkpoint, registries);
  const outputs = await outputsOf(model, asked.inputs);
  writeAtomically(out, predictionsCsv(asked, outputs, encoding));
  stdout.write(`predictions: ${out} (${formatCount(asked.names.length)})\n`);
  const outcome = outcomeFor(asked, outputs, encoding);
  if (outcome === undefined) return;
  const trained = await trainedRows(config, registries);
  const warning = trained && warningFor(asked, outputs, encoding, trained);
  const page = pageOf(out);
  writeAtomically(page, htmlOf(basename(file), { outcome, warning }, config, options.command));
  stdout.write(`${scoreOf(outcome)}\n${warning ? `${folded(`warning: ${warning}`)}\n` : ""}`);
  stdout.write(`page: ${page}\n`);
}

/** The page beside a file of predictions. */
const pageOf = (out: string): string =>
  join(dirname(out), `${basename(out).replace(/\.csv$/, "")}.html`);

async function tableAsked(
  file: string,
  encoding: TableEncoding,
  { options: { missing, header, encoding: text } }: SavedConfig,
  { badRows }: PredictOptions,
  stdout: ProgressStream,
): Promise<AskedSamples> {
  const rows = await openTable(file, {
    ...(typeof header === "boolean" && { header }),
    ...(typeof text === "string" && { encoding: text }),
  });
  const { tell, onProgress } = reading(stdout);
  const table = await readTable(rows, {
    ...readOptionsFor(rows, encoding),
    ...(typeof missing === "string" && { missing: ["", ...missing.split(",")] }),
    ...(badRows !== undefined && { badRows }),
    onProgress,
  });
  for (const { name, count } of unknownValues(table, encoding))
    tell(`${name}: ${formatCount(count)} values that the training rows didn't have`);
  if (table.skipped.count > 0) tell(`bad rows: ${formatCount(table.skipped.count)} left out`);
  const known = rows.columns.includes(encoding.target.name);
  return {
    inputs: tableInputs(table, encoding),
    heading: table.unit,
    names: [...table.lines],
    cells: (i) => cellsOf(table, i),
    actual: known ? tableTargets(table, encoding.target) : undefined,
  };
}

async function imagesAsked(
  file: string,
  encoding: ImageEncoding,
  { badRows }: PredictOptions,
  stdout: ProgressStream,
): Promise<AskedSamples> {
  const { width, height, channels, classes } = encoding;
  const { tell, onProgress } = reading(stdout);
  const read = await readImages(statSync(file).isDirectory() ? await imageFiles(file) : [file], {
    ...(width === height && { size: width }),
    channels,
    ...(badRows !== undefined && { badRows }),
    onProgress: (rows, total) => onProgress({ rows, bytes: rows, total }),
  });
  if (read.width !== width || read.height !== height)
    throw new DataError(
      "predict",
      `images of ${width} × ${height} pixels, as in training`,
      `${read.width} × ${read.height}`,
    );
  const all = formatCount(read.files.length);
  if (read.scaled > 0)
    tell(`${formatCount(read.scaled)} of ${all} images scaled to ${width} × ${height} pixels`);
  for (const { problem } of read.skipped.first) tell(`bad image: ${problem}`);
  if (read.skipped.count > 0) tell(`bad images: ${formatCount(read.skipped.count)} left out`);
  const [count, features] = [read.files.length, channels * width * height];
  const labels = new Uint8Array(count);
  const images = { pixels: read.pixels, labels, count, features, classes: classes.length };
  const actual = read.files.map((name) => classes.indexOf(basename(dirname(name))));
  return {
    inputs: imageDataset(images, encoding),
    heading: "file",
    names: read.files,
    cells: (i) => ({ file: read.files[i] ?? "" }),
    actual: actual.some((k) => k >= 0) ? actual : undefined,
  };
}

/** The outputs for all samples: probabilities of classes, or a standardised number. */
async function outputsOf(
  model: Mlp,
  inputs: Dataset<{ readonly x: Tensor }>,
): Promise<readonly (readonly number[])[]> {
  const rows: number[][] = [];
  for (const { x } of new DataLoader(inputs, { batchSize: Math.min(BATCH, inputs.length) })) {
    const out = noGrad(() => model.forward(x));
    const width = out.shape[1] ?? 1;
    const shown = width === 1 ? out : noGrad(() => softmax(out));
    const values = [...(await shown.data())];
    for (let at = 0; at < values.length; at += width) rows.push(values.slice(at, at + width));
    for (const t of [x, out, shown]) t.dispose();
  }
  return rows;
}

/** A cell of a CSV, in quotes where it needs them. */
const cell = (value: string | number): string =>
  /[",\n\r]/.test(`${value}`) ? `"${`${value}`.replaceAll('"', '""')}"` : `${value}`;

function predictionsCsv(
  { heading, names, actual }: AskedSamples,
  outputs: readonly (readonly number[])[],
  encoding: DataEncoding,
): string {
  const target = targetOf(encoding);
  const answer = actual === undefined ? [] : [`actual ${target.name}`];
  const nameOf = (k: number): string => target.names[k] ?? "";
  const head =
    target.kind === "number"
      ? [heading, `predicted ${target.name}`, ...answer]
      : [heading, `predicted ${target.name}`, "probability", ...answer];
  const lines = outputs.map((row, i) => {
    const right = actual?.[i] ?? Number.NaN;
    const name = names[i] ?? "";
    if (target.kind === "number") {
      const value = (row[0] ?? Number.NaN) * target.std + target.mean;
      return [name, digits(value), ...answer.map(() => (Number.isNaN(right) ? "" : right))];
    }
    const best = likeliest(row);
    const share = row[best] ?? Number.NaN;
    return [name, nameOf(best), digits(share), ...answer.map(() => nameOf(right))];
  });
  return `${[head, ...lines].map((line) => line.map(cell).join(",")).join("\n")}\n`;
}

/** As many digits as float32 has. */
const digits = (value: number): number => Number(value.toPrecision(7));
