/** @file Networks on the pixels of digits in several orders, the found one among them. */
import { argmax, noGrad, rng, scope, type Tensor, tensor } from "@spm/core";
import { type LabelledImages, type PixelStatistics, pixelStatistics } from "@spm/data";
import { loadMnist } from "@spm/data/mnist";
import type { FoundPairing } from "@spm/mixer/analysis";
import { Mlp } from "@spm/models";
import { crossEntropy, type LinearKind } from "@spm/nn";
import { adam, cosine } from "@spm/optim";
import { trainStep } from "@spm/trainer";
import { steps as stepsOf, uninterrupted } from "../parts/steps.ts";
import {
  neighbours,
  PIXELS,
  type PixelOrder,
  PLACES,
  pixelPairing,
  pixelsOf,
} from "./pixel-orders.ts";

/** A training on pixels in an order. */
export interface PixelTraining {
  readonly order: PixelOrder;
  readonly kind: LinearKind;
  readonly rate: number;
  readonly seed: number;
  readonly parameters: number;
  /** Accuracy on held-out images, which choose the rate, and on test images. */
  readonly validation: number;
  readonly test: number;
  readonly seconds: number;
}

/** What was found of shuffled pixels. */
export interface PixelPairing {
  readonly seed: number;
  readonly samples: number;
  /** The share of pairs that touch in the image. */
  readonly neighbours: number;
  readonly depth: number;
  readonly pValues: readonly (number | null)[];
  readonly seconds: number;
}

/** Options of the trainings. */
export interface PixelPlan {
  readonly orders: readonly PixelOrder[];
  readonly kinds: readonly LinearKind[];
  readonly rates: readonly number[];
  readonly seeds: readonly number[];
  readonly images: number;
  readonly heldOut: number;
  readonly epochs: number;
  /** Images that pairs are found from. */
  readonly samples: number;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/** Images of a batch, and of a forward pass without gradients. */
const [BATCH, PIECE] = [128, 500];
const HIDDEN = 256;

/** The digits: images that train, then those held out of the training set; test images. */
interface Digits {
  readonly train: LabelledImages;
  readonly test: LabelledImages;
}

/** Trains each order and kind: at all rates from the first seed, at the best from the others. */
export async function pixelRecords(
  plan: PixelPlan,
): Promise<{ trainings: PixelTraining[]; pairings: PixelPairing[] }> {
  const digits: Digits = await loadMnist();
  const pairings: PixelPairing[] = [];
  const found = new Map<number, FoundPairing>();
  const foundOf = (seed: number): FoundPairing => {
    const known = found.get(seed);
    if (known !== undefined) return known;
    const started = performance.now();
    const pairing = pixelPairing(digits.train, plan.images, plan.samples, seed);
    const live = liveOf(digits.train.pixels);
    pairings.push({
      ...{ seed, samples: plan.samples, depth: pairing.depth },
      neighbours: neighbours(pairing, seed, live),
      pValues: pairing.levels.map(({ pValue }) => pValue),
      seconds: (performance.now() - started) / 1000,
    });
    found.set(seed, pairing);
    return pairing;
  };
  const trainings: PixelTraining[] = [];
  const rows = plan.orders.flatMap((order) => plan.kinds.map((kind) => ({ order, kind })));
  for await (const { order, kind } of uninterrupted(rows, plan.signal)) {
    const own: PixelTraining[] = [];
    const once = async (rate: number, seed: number): Promise<void> => {
      const pixels = pixelsOf(order, seed, () => foundOf(seed));
      const outcome = await trainOnce(digits, pixels, kind, rate, seed, plan);
      if (outcome === undefined) return;
      own.push({ order, kind, rate, seed, ...outcome });
      const percent = (100 * outcome.test).toFixed(2);
      plan.log(`${order}, ${kind}, rate ${rate}, seed ${seed}: ${percent} %`);
    };
    const [first = 1, ...others] = plan.seeds;
    for (const rate of plan.rates) await once(rate, first);
    const best = own.toSorted((a, b) => b.validation - a.validation)[0]?.rate;
    if (best !== undefined) for (const seed of others) await once(best, seed);
    trainings.push(...own);
  }
  return { trainings, pairings };
}

/** Which pixels are not the same in all images. */
function liveOf(pixels: Uint8Array): Uint8Array {
  const live = new Uint8Array(PIXELS);
  pixels.forEach((value, k) => {
    if (value !== pixels[k % PIXELS]) live[k % PIXELS] = 1;
  });
  return live;
}

/** Images in a row, pixels at their places, standardised; places without a pixel are 0. */
function batchOf(
  { pixels, labels }: LabelledImages,
  rows: readonly number[],
  places: readonly number[],
  { mean, std }: PixelStatistics,
): { x: Tensor; y: Tensor } {
  const x = new Float32Array(rows.length * PLACES);
  for (const [k, row] of rows.entries())
    for (let place = 0; place < PLACES; place++) {
      const pixel = places[place] ?? -1;
      if (pixel >= 0)
        x[k * PLACES + place] = ((pixels[row * PIXELS + pixel] ?? 0) / 255 - mean) / std;
    }
  return {
    x: tensor(x, { shape: [rows.length, PLACES] }),
    y: tensor(Int32Array.from(rows, (row) => labels[row] ?? 0)),
  };
}

async function trainOnce(
  { train, test }: Digits,
  places: readonly number[],
  kind: LinearKind,
  rate: number,
  seed: number,
  { images, heldOut, epochs, signal }: PixelPlan,
): Promise<Omit<PixelTraining, "order" | "kind" | "rate" | "seed"> | undefined> {
  const started = performance.now();
  const statistics = pixelStatistics(train.pixels);
  const [start = rng(seed), order = rng(seed)] = rng(seed + 1000).split(2);
  const sizes = [PLACES, HIDDEN, HIDDEN, 10];
  const model = new Mlp({ sizes, linear: kind, random: start });
  const perEpoch = Math.max(1, Math.floor(images / BATCH));
  const learningRate = cosine({ learningRate: rate, steps: perEpoch * epochs });
  const optimizer = adam(model.parameters(), { learningRate });
  let epoch = order.permutation(images);
  for await (const step of stepsOf(perEpoch * epochs, signal)) {
    const first = (step % perEpoch) * BATCH;
    if (first === 0) epoch = order.permutation(images);
    scope(() => {
      const rows = Array.from(epoch.slice(first, first + BATCH));
      const { x, y } = batchOf(train, rows, places, statistics);
      return trainStep(optimizer, () => crossEntropy(model.forward(x), y));
    }).dispose();
  }
  const accuracy = async (part: LabelledImages, from: number, count: number): Promise<number> => {
    let right = 0;
    for (let k = 0; k < count; k += PIECE) {
      const rows = Array.from({ length: Math.min(PIECE, count - k) }, (_, i) => from + k + i);
      const answers = scope(() =>
        noGrad(() => argmax(model.forward(batchOf(part, rows, places, statistics).x), -1)),
      );
      const values = await answers.data();
      right += rows.filter((row, i) => values[i] === part.labels[row]).length;
      answers.dispose();
    }
    return right / count;
  };
  const outcome = signal.aborted
    ? undefined
    : {
        parameters: model.parameterCount(),
        validation: await accuracy(train, train.count - heldOut, heldOut),
        test: await accuracy(test, 0, Math.min(test.count, 5 * heldOut)),
        seconds: (performance.now() - started) / 1000,
      };
  optimizer.dispose();
  for (const p of model.parameters()) p.dispose();
  return outcome;
}
