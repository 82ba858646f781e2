/**
 * @file Replaces the layers of a trained dense network by structured ones, and continues its
 * training.
 */
import { readFileSync } from "node:fs";
import { noGrad, rng, type Tensor } from "@spm/core";
import { ValueError } from "@spm/core/extend";
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
import { type LinearMap, linearKinds, MixerLayer, replaceLinear } from "@spm/nn";
import { adam, cosine } from "@spm/optim";
import { classification, evaluate, fit } from "@spm/trainer";
import { formatPercent } from "@spm/trainer/format";
import type { Experiment } from "../parts/experiment.ts";
import { readNames } from "../parts/lists.ts";
import { sampleRange } from "../parts/sample-range.ts";
import { uninterrupted } from "../parts/steps.ts";
import { atBestRates, earlierAttempts, type Plan, seedsFrom, sweep } from "../parts/sweep.ts";
import { mlpFrom } from "./checkpoint.ts";
import { type CompressAttempt, DENSE, findings, type Projection, type Start } from "./findings.ts";
import { type Method, methods } from "./methods.ts";

const settings = {
  checkpoint: "",
  methods: "all",
  hidden: 256,
  epochs: 3,
  /** Epochs of training after the projection. */
  further: 1,
  images: 20_000,
  /** Images that choose the rates, the last of the training set. */
  held: 5000,
  testImages: 10_000,
  batch: 128,
  sweeps: 1,
  seeds: 1,
  /** Learning rates to choose from; a row's own without any. */
  rates: "",
  /** A folder of runs of this experiment: their results as one report, without training. */
  from: "",
};

/** A row of the sweep: a family from one of its starts. */
interface CompressRow {
  readonly row: string;
  readonly ownRate: number;
  readonly method: Method;
  readonly start: Start;
}

/** Error and accuracy against parameters, as projected and after some more training. */
export const compress: Experiment<typeof settings> = {
  name: "compress",
  question: "How much of a trained dense network survives in a mixer?",
  settings,
  quick: {
    methods: "rotation,svd-4,monarch",
    hidden: 16,
    epochs: 1,
    images: 640,
    held: 100,
    testImages: 100,
    sweeps: 0,
  },
  tune: { rates: "0.0003,0.001,0.003,0.01,0.03", seeds: 3 },
  async run({ settings: given, seed, signal, log }) {
    if (given.from !== "")
      return findings(earlierAttempts<CompressAttempt>(given.from, "compress"));
    const names = methods.map(({ name }) => name);
    const chosen = readNames("methods", given.methods, names);
    const images = await loadImages(given);
    const learning = { ...given, images, signal };
    const attempts: CompressAttempt[] = [];
    for await (const k of uninterrupted(seedsFrom(seed, given.seeds), signal)) {
      const trained = await denseNet(learning, k);
      attempts.push(...trained.attempts);
      if (trained.model === undefined) break;
      const dense = trained.model;
      for await (const method of uninterrupted(
        methods.filter(({ name }) => chosen.includes(name)),
        signal,
      )) {
        const projected = await projection(method, dense, learning, k);
        if (projected === undefined) break;
        const rows = (["projected", "random"] as const).map(
          (start): CompressRow => ({
            ...{ method, start, row: `${method.name}, ${start}` },
            ownRate: method.learningRate,
          }),
        );
        const train = async (plans: readonly Plan<CompressRow>[]): Promise<CompressAttempt[]> => {
          const found: CompressAttempt[] = [];
          for await (const plan of uninterrupted(plans, signal)) {
            const fresh = (): Mlp => structured(method, dense, k, Math.SQRT2);
            const model = plan.start === "projected" ? projected.copy() : fresh();
            const scores = await learned(model, given.further, plan.rate, learning, k);
            if (scores === undefined) break;
            const { row, rate, start } = plan;
            const { facts } = projected;
            found.push({ row, rate, seed: k, family: method.name, start, ...facts, ...scores });
          }
          return found;
        };
        // each seed has a dense network of its own, and with it rates of its own
        const own = await sweep(rows, { rates: given.rates, seeds: [k], signal }, train);
        attempts.push(...own);
        const said = atBestRates(own).map(
          ({ row, rate, runs }) => `${row}, rate ${rate}: ${formatPercent(1 - runs[0].test)}`,
        );
        log(`seed ${k}, ${projected.facts.parameters} parameters: ${said.join("; ")}`);
      }
    }
    return findings(attempts);
  },
};

/** The images: to learn from, to choose rates by, and to report. */
interface Images {
  readonly train: Dataset<LabelledBatch>;
  readonly validation: DataLoader<LabelledBatch>;
  readonly test: DataLoader<LabelledBatch>;
  readonly features: number;
  readonly classes: number;
}

type Learning = Omit<typeof settings, "images"> & {
  readonly images: Images;
  readonly signal: AbortSignal;
};

async function loadImages({ images, held, testImages }: typeof settings): Promise<Images> {
  const { train, test } = await loadMnist();
  const statistics = pixelStatistics(train.pixels);
  const all = imageDataset(train, statistics);
  const loader = (data: Dataset<LabelledBatch>): DataLoader<LabelledBatch> =>
    new DataLoader(data, { batchSize: Math.min(1000, data.length) });
  return {
    train: subset(all, images),
    validation: loader(sampleRange(all, train.count - held, held)),
    test: loader(subset(imageDataset(test, statistics), testImages)),
    features: train.features,
    classes: train.classes,
  };
}

type Scores = Pick<CompressAttempt, "validation" | "test">;

/** Shares of wrong classes; undefined after an interruption. */
async function scored(model: Mlp, { images, signal }: Learning): Promise<Scores | undefined> {
  const wrong = async (data: DataLoader<LabelledBatch>): Promise<number | undefined> => {
    const metrics = await evaluate(model, data, classification, { signal });
    return metrics && 1 - (metrics.accuracy ?? 0);
  };
  const [validation, test] = [await wrong(images.validation), await wrong(images.test)];
  return validation === undefined || test === undefined ? undefined : { validation, test };
}

/** Trains by Adam, the rate falling to 0 by a cosine. */
async function learned(
  model: Mlp,
  epochs: number,
  rate: number,
  learning: Learning,
  seed: number,
): Promise<Scores | undefined> {
  const { images, batch, signal } = learning;
  const loader = new DataLoader(images.train, { batchSize: batch, seed, dropLast: true });
  const steps = Math.max(1, epochs * loader.batchesPerEpoch);
  const optimizer = adam(model.parameters(), {
    learningRate: cosine({ learningRate: rate, steps }),
  });
  await fit(model, loader, { loss: classification, optimizer, epochs, signal });
  return scored(model, learning);
}

/** The dense network of a seed at its best rate, or the one of a file. */
async function denseNet(
  learning: Learning,
  seed: number,
): Promise<{ readonly attempts: CompressAttempt[]; readonly model?: Mlp }> {
  const { checkpoint, hidden, epochs, images, rates, signal } = learning;
  const facts = { row: DENSE, seed, family: DENSE, start: "random", errors: [] } as const;
  if (checkpoint !== "") {
    const model = checked(mlpFrom(readFileSync(checkpoint)), images);
    const scores = await scored(model, learning);
    const parameters = model.parameterCount();
    if (scores === undefined) return { attempts: [] };
    return {
      model,
      attempts: [{ ...facts, ...scores, rate: 0, projected: scores.test, parameters }],
    };
  }
  const models = new Map<number, Mlp>();
  const sizes = [images.features, hidden, hidden, images.classes];
  const row = { row: DENSE, ownRate: linearKinds.dense.learningRate };
  const attempts = await sweep([row], { rates, seeds: [seed], signal }, async (plans) => {
    const found: CompressAttempt[] = [];
    for await (const { rate } of uninterrupted(plans, signal)) {
      const model = new Mlp({ sizes, random: rng(seed) });
      const scores = await learned(model, epochs, rate, learning, seed);
      if (scores === undefined) break;
      models.set(rate, model);
      const parameters = model.parameterCount();
      found.push({ ...facts, ...scores, rate, projected: scores.test, parameters });
    }
    return found;
  });
  const model = models.get(atBestRates(attempts)[0]?.rate ?? Number.NaN);
  return { attempts, ...(model && { model }) };
}

/** Refuses a network of other sizes. */
function checked(dense: Mlp, { features, classes }: Images): Mlp {
  const [first, last] = [dense.layers[0]?.inFeatures, dense.layers.at(-1)?.outFeatures];
  if (first === features && last === classes && dense.layers.length >= 2) return dense;
  const condition = "a network of two layers or more from 784 to 10";
  throw new ValueError("compress", condition, `${first} to ${last}`);
}

/** An MLP of the dense one's sizes, every layer but the last of the family. */
function structured(
  { create }: Method,
  dense: Mlp,
  seed: number,
  gain: number,
  fromDense?: (weight: Tensor, map: LinearMap) => void,
): Mlp {
  const widths = dense.layers.map((layer) => layer.outFeatures);
  const sizes = [dense.layers[0]?.inFeatures ?? 0, ...widths];
  const model = new Mlp({ sizes, random: rng(seed) });
  if (fromDense) noGrad(() => model.loadStateDict(dense.stateDict()));
  replaceLinear(model, create, {
    random: rng(seed),
    where: (_, path) => path !== `layers.${dense.layers.length - 1}`,
    ...(fromDense ? { fromDense } : { gain }),
  });
  return model;
}

/** The dense network in a family, to be copied. */
async function projection(
  method: Method,
  dense: Mlp,
  learning: Learning,
  seed: number,
): Promise<{ readonly facts: Projection; readonly copy: () => Mlp } | undefined> {
  const errors: number[] = [];
  const model = structured(method, dense, seed, 1, (weight, map) => {
    errors.push(nearest(map, weight, learning.sweeps));
  });
  const scores = await scored(model, learning);
  if (scores === undefined) return undefined;
  return {
    facts: { errors, projected: scores.test, parameters: model.parameterCount() },
    copy() {
      const copy = structured(method, dense, seed, 1);
      noGrad(() => copy.loadStateDict(model.stateDict()));
      return copy;
    },
  };
}

/** Sets the map to the nearest one to W that is found. @returns ‖W′ − W‖ / ‖W‖ */
const nearest = (map: LinearMap, weight: Tensor, sweeps: number): number =>
  map instanceof MixerLayer ? map.assignDense(weight, { sweeps }) : map.assignDense(weight);
