/** @file A network of meshes trained, and its accuracy with angles that are off or coarse. */
import {
  add,
  argmax,
  mul,
  noGrad,
  normal,
  type Rng,
  rng,
  round,
  scope,
  type Tensor,
} from "@spm/core";
import { DataLoader, type Dataset, type LabelledBatch } from "@spm/data";
import { crossEntropy } from "@spm/nn";
import { adam, oneCycle } from "@spm/optim";
import { trainStep } from "@spm/trainer";
import { steps as stepsOf } from "../parts/steps.ts";
import { type MeshName, PhotonicNet } from "./meshes.ts";

/** Standard deviations of an angle's error, in radians. */
export const sigmas: readonly number[] = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2];

/** Bits of an angle. */
export const bitCounts: readonly number[] = [4, 5, 6, 8];

/** Draws of the errors that are averaged. */
const DRAWS = 5;
const EVALUATION_BATCH = 500;

/** Shares of wrong classes. */
export interface MeshScores {
  readonly validation: number;
  readonly test: number;
  /** Of the test with errors of each of {@link sigmas}, the mean of five draws. */
  readonly noisy: readonly number[];
  /** Of the test with angles of each of {@link bitCounts}. */
  readonly coarse: readonly number[];
}

/** Options of a training. */
export interface MeshTraining {
  readonly mesh: MeshName;
  /** Standard deviation of the error that every step draws for each angle, in radians. */
  readonly noise: number;
  readonly epochs: number;
  readonly batch: number;
  readonly rate: number;
  readonly seed: number;
  readonly signal: AbortSignal;
}

/** The data of a training. */
export interface MeshData {
  readonly train: Dataset<LabelledBatch>;
  readonly validation: Dataset<LabelledBatch>;
  readonly test: Dataset<LabelledBatch>;
}

/** θ + N(0, σ²) */
const noisy =
  (random: Rng, sigma: number) =>
  (angles: Tensor): Tensor =>
    add(angles, mul(normal(random, angles.shape), sigma));

/** θ at the nearest of 2^b angles around the circle. */
export const coarse =
  (bits: number) =>
  (angles: Tensor): Tensor => {
    const step = (2 * Math.PI) / 2 ** bits;
    return mul(round(mul(angles, 1 / step)), step);
  };

/**
 * Trains by Adam, the rate rising over a tenth of the steps and falling to 0.
 * @returns undefined once the signal is aborted
 */
export async function trainedMesh(
  { train, validation, test }: MeshData,
  { mesh, noise, epochs, batch, rate, seed, signal }: MeshTraining,
): Promise<{ readonly net: PhotonicNet; readonly scores: MeshScores } | undefined> {
  const net = new PhotonicNet(mesh, rng(seed));
  const batches = new DataLoader(train, { batchSize: batch, seed, dropLast: true }).batches();
  const steps = epochs * batches.batchesPerEpoch;
  const learningRate = oneCycle({ learningRate: rate, steps, rise: 0.1 });
  const optimizer = adam(net.parameters(), { learningRate });
  const errors = rng(1000 + seed);
  for await (const _ of stepsOf(steps, signal))
    scope(() => {
      const { x, y } = batches.next();
      trainStep(optimizer, () =>
        crossEntropy(noise > 0 ? net.through(x, noisy(errors, noise)) : net.forward(x), y),
      ).dispose();
    });
  const wrong = (data: Dataset<LabelledBatch>, changed?: (angles: Tensor) => Tensor) =>
    wrongShare(net, data, signal, changed);
  const scores = {
    validation: await wrong(validation),
    test: await wrong(test),
    noisy: [] as number[],
    coarse: [] as number[],
  };
  const random = rng(seed);
  for (const sigma of sigmas) {
    let total = 0;
    for (let k = 0; k < DRAWS; k++) total += await wrong(test, oneDraw(net, random, sigma));
    scores.noisy.push(total / DRAWS);
  }
  for (const bits of bitCounts) scores.coarse.push(await wrong(test, coarse(bits)));
  return signal.aborted ? undefined : { net, scores };
}

/** The same errors of each mesh for a whole evaluation: those of one chip. */
function oneDraw(net: PhotonicNet, random: Rng, sigma: number): (angles: Tensor) => Tensor {
  const chip = new Map<Tensor, Tensor>(
    [net.first, net.second].map((angles) => [angles, normal(random, angles.shape, 0, sigma)]),
  );
  return (angles) => add(angles, chip.get(angles) ?? 0);
}

async function wrongShare(
  net: PhotonicNet,
  data: Dataset<LabelledBatch>,
  signal: AbortSignal,
  changed?: (angles: Tensor) => Tensor,
): Promise<number> {
  const loader = new DataLoader(data, { batchSize: Math.min(EVALUATION_BATCH, data.length) });
  const batches = loader.batches();
  let [wrong, count] = [0, 0];
  for await (const _ of stepsOf(loader.batchesPerEpoch, signal)) {
    const { classes, y } = scope(() => {
      const batch = batches.next();
      const logits = noGrad(() => (changed ? net.through(batch.x, changed) : net.forward(batch.x)));
      return { classes: argmax(logits, -1), y: batch.y };
    });
    const [found, labels] = [await classes.data(), await y.data()];
    for (const tensor of [classes, y]) tensor.dispose();
    for (let i = 0; i < labels.length; i++) if (found[i] !== labels[i]) wrong++;
    count += labels.length;
  }
  return wrong / count;
}
