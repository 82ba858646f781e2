/**
 * @file The same MLP on MNIST with every kind of linear map: accuracy against parameters and
 * against seconds.
 */
import { currentBackend, rng } from "@spm/core";
import {
  DataLoader,
  type Dataset,
  imageDataset,
  type LabelledBatch,
  pixelStatistics,
  subset,
} from "@spm/data";
import { loadMnist } from "@spm/data/mnist";
import { Mlp } from "@spm/models";
import { type LinearKind, linearKinds, MixerLayer } from "@spm/nn";
import { adam, cosine } from "@spm/optim";
import { classification } from "@spm/trainer";
import type { Experiment } from "../parts/experiment.ts";
import { readKinds, readNumbers } from "../parts/lists.ts";
import { MixerAlbum } from "../parts/mixer-album.ts";
import { type Reading, type Runner, trainInTurn } from "../parts/train-in-turn.ts";
import { mnistFindings, type Outcome } from "./findings.ts";

const CLASSES = 10;
const TEST_BATCH = 1000;

/** The accuracy of each structure by parameters, and by seconds. */
export const mnist: Experiment<{
  layers: string;
  widths: string;
  epochs: number;
  images: number;
  testImages: number;
  batch: number;
  seeds: number;
  rate: number;
}> = {
  name: "mnist",
  question: "How accurate is an MLP with structured layers, by parameters and by seconds?",
  settings: {
    layers: "all",
    widths: "256",
    epochs: 3,
    images: 60_000,
    testImages: 10_000,
    batch: 128,
    seeds: 1,
    rate: 0,
  },
  quick: { widths: "32", epochs: 1, images: 640, testImages: 100 },
  async run({ settings, seed, signal, log }) {
    const { layers, widths, epochs, images, testImages, batch, seeds, rate } = settings;
    const kinds = readKinds(layers);
    const { train, test } = await loadMnist();
    const statistics = pixelStatistics(train.pixels);
    const trainSet = subset(imageDataset(train, statistics), images);
    const testSet = subset(imageDataset(test, statistics), testImages);
    const albums: MixerAlbum[] = [];
    const outcomes: Outcome[] = [];
    for (const width of readNumbers("widths", widths))
      for (let k = 0; k < seeds && !signal.aborted; k++) {
        const learning = { epochs, batch, seed: seed + k, rate };
        const runners = kinds.map((kind) =>
          runnerOf(kind, trainSet, { features: train.features, width, ...learning }),
        );
        const steps = epochs * runners[0]!.batches.batchesPerEpoch;
        const watched = k > 0 ? [] : runners.flatMap((runner) => albumOf(runner, width));
        albums.push(...watched.map(({ album }) => album));
        const trained = await trainInTurn(runners, {
          loss: classification,
          evalData: new DataLoader(testSet, { batchSize: Math.min(TEST_BATCH, testImages) }),
          steps,
          every: Math.ceil(steps / 8),
          signal,
          onReading: ({ name }, { step, metrics }) => {
            log(
              `${name} of width ${width}, seed ${seed + k}, ` +
                `step ${step}: accuracy ${metrics.accuracy?.toFixed(4)}`,
            );
            watched.find((one) => one.name === name)?.album.take(`step ${step}`);
          },
        });
        outcomes.push(
          ...trained.map(({ name, model, readings }) =>
            outcome(name, width, seed + k, model, readings),
          ),
        );
      }
    return mnistFindings(outcomes, signal.aborted ? [] : albums);
  },
};

interface Learning {
  readonly features: number;
  readonly width: number;
  readonly epochs: number;
  readonly batch: number;
  readonly seed: number;
  readonly rate: number;
}

function runnerOf(
  kind: LinearKind,
  data: Dataset<LabelledBatch>,
  { features, width, epochs, batch, seed, rate }: Learning,
): Runner<Mlp, LabelledBatch> & { readonly name: LinearKind } {
  const model = new Mlp({
    sizes: [features, width, width, CLASSES],
    linear: kind,
    random: rng(seed),
  });
  const batches = new DataLoader(data, { batchSize: batch, seed, dropLast: true }).batches();
  const base = rate || linearKinds[kind].learningRate;
  const learningRate = cosine({ learningRate: base, steps: epochs * batches.batchesPerEpoch });
  return { name: kind, model, optimizer: adam(model.parameters(), { learningRate }), batches };
}

/** An album of the layer between the hidden ones, if it is a mixer in CPU memory. */
function albumOf(
  { name, model }: Runner<Mlp, LabelledBatch>,
  width: number,
): { name: string; album: MixerAlbum }[] {
  const layer = model.layers[1];
  if (currentBackend().arrayOf === undefined || !(layer instanceof MixerLayer)) return [];
  return [{ name, album: new MixerAlbum(`${name}, ${width} → ${width}`, layer) }];
}

function outcome(
  kind: LinearKind,
  width: number,
  seed: number,
  model: Mlp,
  readings: readonly Reading[],
): Outcome {
  const flops = model.layers.reduce((total, layer) => total + layer.flops(), 0);
  return { kind, width, seed, parameters: model.parameterCount(), flops, readings };
}
