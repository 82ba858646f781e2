/** @file Networks trained on random halves of some images of MNIST. */
import { margin } from "@spm/attribution";
import { argmax, concat, noGrad, relu, reshape, rng, scope, type Tensor, tensor } from "@spm/core";
import {
  DataLoader,
  type Dataset,
  imageDataset,
  type LabelledBatch,
  pixelStatistics,
  subset,
} from "@spm/data";
import { loadMnist } from "@spm/data/mnist";
import { crossEntropy, Dropout, type LinearKind, type LinearMap, linear, Module } from "@spm/nn";
import { sgd } from "@spm/optim";
import { trainStep } from "@spm/trainer";
import { steps } from "../parts/steps.ts";

/** The classifier 784-128-64-10, with dropout after both hidden layers. */
export class Classifier extends Module {
  readonly first: LinearMap;
  readonly second: LinearMap;
  readonly head: LinearMap;
  readonly dropout: Dropout;

  constructor(kind: LinearKind, seed: number) {
    super();
    const random = rng(seed);
    this.first = linear(kind, 784, 128, { random, gain: Math.SQRT2 });
    this.second = linear(kind, 128, 64, { random, gain: Math.SQRT2 });
    this.head = linear("dense", 64, 10, { random });
    this.dropout = new Dropout(0.1, { random });
  }

  forward(x: Tensor): Tensor {
    const hidden = this.dropout.forward(relu(this.first.forward(x)));
    return this.head.forward(this.dropout.forward(relu(this.second.forward(hidden))));
  }
}

/** The images that models learn from, and those that they are asked about. */
export interface Images {
  readonly train: Dataset<LabelledBatch>;
  readonly test: Dataset<LabelledBatch>;
}

/** The first images of MNIST, standardised by the whole training set. */
export async function loadImages(train: number, test: number): Promise<Images> {
  const mnist = await loadMnist();
  const statistics = pixelStatistics(mnist.train.pixels);
  return {
    train: subset(imageDataset(mnist.train, statistics), train),
    test: subset(imageDataset(mnist.test, statistics), test),
  };
}

/** All samples of a dataset as one batch. */
export const wholeBatch = (data: Dataset<LabelledBatch>): LabelledBatch =>
  data.batch(Int32Array.from({ length: data.length }, (_, i) => i));

/** Half of n samples, for one model; the same for every kind of layer. */
export const halfOf = (n: number, seed: number, index: number): Int32Array =>
  rng(1000 * seed + index)
    .permutation(n)
    .slice(0, Math.floor(n / 2))
    .sort();

/** A model that was trained on a half, and what it makes of the test images. */
export interface HalfModel {
  readonly kind: LinearKind;
  readonly seed: number;
  readonly index: number;
  /** Of the test images. */
  readonly margins: readonly number[];
  readonly accuracy: number;
  readonly seconds: number;
  /** All numbers of its parameters, in their order. */
  readonly parameters: Float32Array;
}

/** Options of {@link trainHalf}. */
export interface HalfTraining {
  readonly kind: LinearKind;
  readonly seed: number;
  readonly index: number;
  readonly epochs: number;
  readonly batch: number;
  readonly rate: number;
  readonly signal: AbortSignal;
}

/** Trains a model on its half; undefined once that is interrupted. */
export async function trainHalf(
  { train, test }: Images,
  { kind, seed, index, epochs, batch, rate, signal }: HalfTraining,
): Promise<HalfModel | undefined> {
  const started = performance.now();
  const half = halfOf(train.length, seed, index);
  const own: Dataset<LabelledBatch> = {
    length: half.length,
    batch: (indices) => train.batch(indices.map((i) => half[i] ?? 0)),
  };
  const loader = new DataLoader(own, { batchSize: Math.min(batch, half.length), seed: index });
  const batches = loader.batches();
  const model = new Classifier(kind, 1000 * seed + index);
  const optimizer = sgd(model.parameters(), { learningRate: rate, momentum: 0.9 });
  for await (const _ of steps(epochs * loader.batchesPerEpoch, signal))
    scope(() => {
      const { x, y } = batches.next();
      trainStep(optimizer, () => crossEntropy(model.forward(x), y));
    });
  if (signal.aborted) return undefined;
  model.eval();
  const { x, y } = wholeBatch(test);
  const logits = noGrad(() => model.forward(x));
  const [found, labels] = await Promise.all([argmax(logits, 1).data(), y.data()]);
  const right = labels.filter((label, t) => label === found[t]).length;
  const all = concat(
    model.parameters().map((p) => reshape(p, [-1])),
    0,
  );
  return {
    kind,
    seed,
    index,
    margins: [...(await margin(logits, y).data())],
    accuracy: right / labels.length,
    seconds: (performance.now() - started) / 1000,
    parameters: Float32Array.from(await all.data()),
  };
}

/** The model with these parameters, in evaluation mode. */
export function modelOf({ kind, parameters }: HalfModel): Classifier {
  const model = new Classifier(kind, 0);
  let at = 0;
  for (const parameter of model.parameters()) {
    const { shape } = parameter;
    const count = shape.reduce((product, n) => product * n, 1);
    parameter.assign(tensor(parameters.slice(at, at + count), { shape }));
    at += count;
  }
  return model.eval();
}
