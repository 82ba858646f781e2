/**
 * @file The same MLP on MNIST with every kind of linear map: accuracy against parameters, bytes and
 * seconds.
 */
import { currentBackend, rng } from "@spm/core";
import {
  type Batches,
  DataLoader,
  imageDataset,
  type LabelledBatch,
  pixelStatistics,
  subset,
} from "@spm/data";
import { loadMnist } from "@spm/data/mnist";
import { Mlp } from "@spm/models";
import { MixerLayer } from "@spm/nn";
import { adam, cosine } from "@spm/optim";
import { classification } from "@spm/trainer";
import type { Experiment } from "../parts/experiment.ts";
import { linearNames } from "../parts/lists.ts";
import { MixerAlbum } from "../parts/mixer-album.ts";
import { sampleRange } from "../parts/sample-range.ts";
import { earlierAttempts, seedsFrom } from "../parts/sweep.ts";
import { sweepInTurn, type TurnAttempt } from "../parts/sweep-in-turn.ts";
import { mnistFindings } from "./findings.ts";
import { type MnistRow, mapsOf, mnistRow } from "./rows.ts";

const CLASSES = 10;
const TEST_BATCH = 1000;
const SCORES = 8;

const settings = {
  /** By name, with commas; `all` is every linear map at the width below. */
  rows: "all",
  width: 256,
  epochs: 3,
  images: 55_000,
  /** Images that choose the rates, the last of the training set. */
  held: 5000,
  testImages: 10_000,
  batch: 128,
  seeds: 1,
  /** Learning rates to choose from; a row's own without any. */
  rates: "",
  /** A folder of runs of this experiment: their results as one report, without training. */
  from: "",
};

/** The rows of a tuned comparison: every kind, and plain maps of as many numbers as the mixers. */
const tunedRows = [
  ...linearNames,
  ...["sparse-rotation", "sparse-general", "rotation-1024"],
  ...["dense-13", "dense-25", "dense-37", "dense-73", "dense-120", "monarch-64", "monarch-128"],
  "tied-dense-37x4",
].join(",");

/** The accuracy of each structure by parameters, bytes and seconds. */
export const mnist: Experiment<typeof settings> = {
  name: "mnist",
  question: "How accurate is an MLP with structured layers, by bytes and by seconds?",
  settings,
  quick: { width: 32, epochs: 1, images: 640, held: 100, testImages: 100 },
  tune: { rows: tunedRows, epochs: 12, rates: "0.001,0.003,0.01,0.03", seeds: 3 },
  async run({ settings: given, seed, signal, log }) {
    const { width, epochs, held, batch, seeds, rates, from } = given;
    if (from !== "") return mnistFindings(earlierAttempts<TurnAttempt>(from, "mnist"), []);
    const names = given.rows === "all" ? linearNames : given.rows.split(",");
    const rows = names.map((name) => mnistRow(name.trim()));
    const { train, test } = await loadMnist();
    const statistics = pixelStatistics(train.pixels);
    const learning = imageDataset(train, statistics);
    const learned = subset(learning, given.images);
    const batches = (own: number): Batches<LabelledBatch> =>
      new DataLoader(learned, { batchSize: batch, seed: own, dropLast: true }).batches();
    const steps = epochs * batches(seed).batchesPerEpoch;
    const albums = new Map<string, MixerAlbum>();
    const attempts = await sweepInTurn<Mlp, LabelledBatch, MnistRow>(rows, {
      ...{ rates, seeds: seedsFrom(seed, seeds), signal, log, steps },
      loss: classification,
      score: ({ accuracy = 0 }) => 1 - accuracy,
      flops: ({ layers }) => layers.reduce((total, layer) => total + layer.flops(), 0),
      validation: sampleRange(learning, train.count - held, held),
      test: subset(imageDataset(test, statistics), given.testImages),
      evaluationBatch: TEST_BATCH,
      every: Math.ceil(steps / SCORES),
      start({ width: own = width, layers: hidden = 2, rate, ...row }, k) {
        const sizes = [train.features, ...new Array<number>(hidden).fill(own), CLASSES];
        const model = new Mlp({ sizes, linear: mapsOf(row), random: rng(k) });
        const learningRate = cosine({ learningRate: rate, steps });
        const optimizer = adam(model.parameters(), { learningRate });
        return { model, optimizer, batches: batches(k) };
      },
      onScore({ row }, k, step, model) {
        if (k === seed && rates === "") takeFrame(albums, row, model, step);
      },
    });
    return mnistFindings(attempts, signal.aborted ? [] : [...albums.values()]);
  },
};

/** A frame of the layer between the hidden ones, if it is a mixer in CPU memory. */
function takeFrame(
  albums: Map<string, MixerAlbum>,
  row: string,
  { layers }: Mlp,
  step: number,
): void {
  const layer = layers[1];
  if (currentBackend().arrayOf === undefined || !(layer instanceof MixerLayer)) return;
  const title = `${row}, ${layer.inFeatures} → ${layer.outFeatures}`;
  const album = albums.get(row) ?? new MixerAlbum(title, layer);
  albums.set(row, album);
  album.take(`step ${step}`);
}
