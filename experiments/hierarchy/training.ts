/** @file A training of one network on samples of a hierarchy. */
import { argmax, noGrad, rng, scope, type Tensor, tensor } from "@spm/core";
import { crossEntropy } from "@spm/nn";
import { adam, clipByGlobalNorm, cosine, warmup } from "@spm/optim";
import { trainStep } from "@spm/trainer";
import type { Sequences } from "../parts/random-hierarchy.ts";
import { steps as stepsOf } from "../parts/steps.ts";
import { type NetName, type NetSizes, netOf } from "./nets.ts";

/** The sizes of a training. */
export interface Training {
  readonly sizes: Omit<NetSizes, "random">;
  readonly steps: number;
  readonly batch: number;
  readonly rate: number;
  readonly seed: number;
  readonly signal: AbortSignal;
}

/** Samples of a hierarchy. */
export interface Parts {
  readonly training: Sequences;
  readonly validation: Sequences;
  readonly test: Sequences;
}

/** The outcome of a training: shares of right answers. */
export interface Outcome {
  readonly parameters: number;
  readonly training: number;
  readonly validation: number;
  readonly test: number;
  readonly seconds: number;
}

/** Sequences of a forward pass without gradients. */
const PIECE = 500;

/** Rows of sequences, each input at its place in the order. */
function batchOf(
  { symbols, labels }: Sequences,
  rows: ArrayLike<number>,
  order: readonly number[],
): { x: Tensor; y: Tensor } {
  const n = order.length;
  const x = new Int32Array(rows.length * n);
  const y = new Int32Array(rows.length);
  for (let k = 0; k < rows.length; k++) {
    const row = rows[k] ?? 0;
    order.forEach((input, place) => {
      x[k * n + place] = symbols[row * n + input] ?? 0;
    });
    y[k] = labels[row] ?? 0;
  }
  return { x: tensor(x, { shape: [rows.length, n] }), y: tensor(y) };
}

/**
 * Trains by Adam on batches drawn from the training samples: a tenth of the steps warms up, the
 * rate then falls to 0 by a cosine, gradients are clipped to norm 3.
 * @returns undefined once the signal is aborted
 */
export async function trained(
  name: NetName,
  parts: Parts,
  order: readonly number[],
  { sizes, steps, batch, rate, seed, signal }: Training,
): Promise<Outcome | undefined> {
  const [start = rng(seed), batches = rng(seed)] = rng(seed + 1000).split(2);
  const net = netOf(name, { ...sizes, random: start });
  const parameters = net.parameters();
  const warm = Math.max(1, Math.floor(steps / 10));
  const falling = cosine({ learningRate: rate, steps: Math.max(1, steps - warm) });
  const optimizer = adam(parameters, { learningRate: warmup(falling, { steps: warm }) });
  const { training } = parts;
  const started = performance.now();
  for await (const _ of stepsOf(steps, signal)) {
    const rows = Array.from({ length: batch }, () =>
      Math.floor(training.labels.length * batches.uniform()),
    );
    const loss = scope(() => {
      const { x, y } = batchOf(training, rows, order);
      return trainStep(optimizer, () => crossEntropy(net.forward(x), y), {
        gradients: (grads) => clipByGlobalNorm(grads, 3).grads,
      });
    });
    loss.dispose();
  }
  const accuracy = async (part: Sequences): Promise<number> => {
    const count = part.labels.length;
    let right = 0;
    for (let first = 0; first < count; first += PIECE) {
      const rows = Array.from({ length: Math.min(PIECE, count - first) }, (_, k) => first + k);
      const answers = scope(() =>
        noGrad(() => argmax(net.forward(batchOf(part, rows, order).x), -1)),
      );
      const found = await answers.data();
      right += rows.filter((row, k) => found[k] === part.labels[row]).length;
      answers.dispose();
    }
    return right / count;
  };
  const seen = { symbols: training.symbols, labels: training.labels.subarray(0, 2000) };
  const outcome = signal.aborted
    ? undefined
    : {
        parameters: net.parameterCount(),
        training: await accuracy(seen),
        validation: await accuracy(parts.validation),
        test: await accuracy(parts.test),
        seconds: (performance.now() - started) / 1000,
      };
  optimizer.dispose();
  for (const p of parameters) p.dispose();
  return outcome;
}
