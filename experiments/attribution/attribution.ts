/**
 * @file Data attribution on MNIST with compressed gradients: which compressor keeps what TRAK
 * needs, and for how many seconds. Each part is a run of its own, so that many
 * processes share the work.
 */
import type { LinearKind } from "@spm/nn";
import type { Experiment } from "../parts/experiment.ts";
import { readKinds, readNames, readNumbers, readRates } from "../parts/lists.ts";
import { attributionFindings } from "./findings.ts";
import { type HalfModel, type Images, loadImages, trainHalf } from "./half-models.ts";
import { measureRow, type RowRecord } from "./measure.ts";
import { type Records, readRecords, stored } from "./records.ts";
import { isByLayer, rowNames } from "./rows.ts";
import { timeLayers } from "./throughput.ts";

const PARTS = ["models", "rows", "throughput", "page"] as const;

/** LDS and seconds of each compressor. */
export const attribution: Experiment<{
  part: string;
  from: string;
  kinds: string;
  rows: string;
  k: string;
  images: number;
  testImages: number;
  heldOut: number;
  models: number;
  first: number;
  checkpoints: number;
  epochs: number;
  batch: number;
  rate: number;
  mixerRate: number;
  dampings: string;
  width: number;
  layers: number;
  context: number;
  windows: number;
  rounds: number;
  layerNumbers: number;
}> = {
  name: "attribution",
  question: "Which compressed gradients still say which images a model learned its answer from?",
  settings: {
    part: "all",
    from: "none",
    kinds: "dense,rotation",
    // a Rademacher matrix of full size doesn't fit into memory
    rows: "random mask,selective mask,SJLT,GraSS,FJLT,Gaussian,FactGraSS,LoGra,whole",
    k: "4096",
    images: 5000,
    testImages: 500,
    heldOut: 50,
    models: 50,
    first: 0,
    checkpoints: 10,
    epochs: 50,
    batch: 64,
    rate: 0.01,
    mixerRate: 0.03,
    dampings: "0.00001,0.0001,0.001,0.01,0.1,1",
    width: 256,
    layers: 4,
    context: 128,
    windows: 8,
    rounds: 15,
    layerNumbers: 1024,
  },
  quick: {
    rows: "random mask,GraSS,Gaussian,whole,FactGraSS",
    k: "16",
    images: 60,
    testImages: 12,
    heldOut: 4,
    models: 6,
    checkpoints: 2,
    epochs: 1,
    batch: 30,
    dampings: "0.01,1",
    width: 16,
    layers: 1,
    context: 16,
    windows: 2,
    rounds: 2,
    layerNumbers: 16,
  },
  async run({ settings, seed, signal, log }) {
    const parts = readNames("part", settings.part, PARTS);
    const kinds = readKinds(settings.kinds);
    const read = readRecords(settings.from);
    const trial = { settings, seed, signal, log };
    const images = await loadImages(settings.images, settings.testImages);
    const made: Records = { models: [], rows: [], throughput: [] };
    if (parts.includes("models")) made.models.push(...(await trainAll(images, kinds, trial)));
    if (parts.includes("rows")) {
      const own = [...read.models, ...made.models].filter((model) => model.seed === seed);
      made.rows.push(...(await measureAll(images, own, kinds, trial)));
    }
    if (parts.includes("throughput") && !signal.aborted) {
      const { width, layers, context, windows, rounds, layerNumbers: k } = settings;
      const sizes = { width, layers, context, batch: windows, k, rounds, seed, signal };
      made.throughput.push(...(await timeLayers(sizes)));
    }
    if (settings.part === "page") return { ...attributionFindings(read), results: stored(read, 0) };
    return { ...attributionFindings(made), results: stored(made, settings.checkpoints) };
  },
};

type Own = Parameters<typeof attribution.run>[0];

/** Models `first` to `first + models` of each kind. */
async function trainAll(
  images: Images,
  kinds: readonly LinearKind[],
  { settings, seed, signal, log }: Own,
): Promise<HalfModel[]> {
  const { first, models, epochs, batch } = settings;
  const trained: HalfModel[] = [];
  for (const kind of kinds)
    for (let index = first; index < first + models; index++) {
      const rate = kind === "dense" ? settings.rate : settings.mixerRate;
      const model = await trainHalf(images, { kind, seed, index, epochs, batch, rate, signal });
      if (model === undefined) return trained;
      log(`${kind}, half ${index}: accuracy ${model.accuracy.toFixed(3)}`);
      trained.push(model);
    }
  return trained;
}

/** Every row of the dense network; of mixers the whole gradient. */
async function measureAll(
  images: Images,
  all: readonly HalfModel[],
  kinds: readonly LinearKind[],
  { settings, signal, log }: Own,
): Promise<RowRecord[]> {
  const { checkpoints, heldOut, layerNumbers } = settings;
  const dampings = readRates(settings.dampings);
  const ks = readNumbers("k", settings.k);
  const names = readNames("rows", settings.rows, rowNames);
  const measured: RowRecord[] = [];
  for (const kind of kinds) {
    const models = all.filter((model) => model.kind === kind).sort((a, b) => a.index - b.index);
    for (const row of kind === "dense" ? names : names.filter((name) => name === "whole"))
      for (const k of row === "whole" ? [0] : isByLayer(row) ? [layerNumbers] : ks) {
        if (signal.aborted) return measured;
        const shared = { models, images, checkpoints, heldOut, dampings, signal };
        const record = await measureRow({ row, k, ...shared });
        if (record === undefined) return measured;
        log(`${kind}, ${row}, k = ${k}: LDS ${record.source.lds.toFixed(3)}`);
        measured.push(record);
      }
  }
  return measured;
}
