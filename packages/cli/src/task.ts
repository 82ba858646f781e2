/** @file What a training works on: data, model, and the loss between them, all from its options. */
import { readFileSync } from "node:fs";
import { rng } from "@spm/core";
import {
  characters,
  DataError,
  type Dataset,
  gaussianClusters,
  imageDataset,
  type LabelledBatch,
  pixelStatistics,
  subset,
  vocabularyOf,
} from "@spm/data";
import { Mlp } from "@spm/nn";
import type { TrainOptions } from "./train-options.ts";

/** Data to learn from and data to test with. */
export interface TaskData {
  readonly train: Dataset<LabelledBatch>;
  readonly test: Dataset<LabelledBatch>;
  readonly features: number;
  readonly classes: number;
  /** The characters of a text, in the order of their classes. */
  readonly vocabulary?: string;
}

const CLUSTERS = { count: 1200, features: 16, classes: 5, spread: 1, seed: 7 } as const;
const CLUSTERS_TRAIN = 1000;
const TEXT_TRAIN = 0.9;

/** Loads the data. @throws DataError, ValueError for data that is not there or too little */
export async function loadData(options: TrainOptions): Promise<TaskData> {
  const { samples, testSamples } = options;
  const data = await loadAll(options);
  return {
    ...data,
    train: samples === undefined ? data.train : subset(data.train, samples),
    test: testSamples === undefined ? data.test : subset(data.test, testSamples),
  };
}

async function loadAll({ dataset, file, context }: TrainOptions): Promise<TaskData> {
  if (dataset === "mnist") {
    const { loadMnist } = await import("@spm/data/mnist");
    const { train, test } = await loadMnist();
    const statistics = pixelStatistics(train.pixels);
    const { features, classes } = train;
    return {
      train: imageDataset(train, statistics),
      test: imageDataset(test, statistics),
      features,
      classes,
    };
  }
  if (dataset === "clusters") {
    const all = gaussianClusters(CLUSTERS);
    const held: Dataset<LabelledBatch> = {
      length: all.length - CLUSTERS_TRAIN,
      batch: (indices) => all.batch(indices.map((i) => i + CLUSTERS_TRAIN)),
    };
    return {
      train: subset(all, CLUSTERS_TRAIN),
      test: held,
      features: CLUSTERS.features,
      classes: CLUSTERS.classes,
    };
  }
  const text = [...readFileSync(file ?? "", "utf8")];
  const vocabulary = vocabularyOf(text.join(""));
  const size = [...vocabulary].length;
  const cut = Math.floor(TEXT_TRAIN * text.length);
  if (text.length - cut <= context)
    throw new DataError("train", `a text of over ${10 * context} characters`, text.length);
  const part = (from: number, to?: number): Dataset<LabelledBatch> =>
    characters(text.slice(from, to).join(""), { context, vocabulary });
  return {
    train: part(0, cut),
    test: part(cut),
    features: context * size,
    classes: size,
    vocabulary,
  };
}

/** The model before training. */
export function buildModel(
  { hidden, depth, layer, seed }: TrainOptions,
  { features, classes }: { readonly features: number; readonly classes: number },
): Mlp {
  const widths = Array.from({ length: depth }, () => hidden);
  return new Mlp({ sizes: [features, ...widths, classes], linear: layer, random: rng(seed) });
}
