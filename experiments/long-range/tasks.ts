/**
 * @file The tasks: sequences of numbers of which two are marked, whose mean is asked for ("adding")
 * or the larger of the two ("maximum"), and the pixels of a handwritten digit one after another.
 */
import {
  argmax,
  cast,
  mean,
  notEqual,
  type Rng,
  reshape,
  rng,
  square,
  sub,
  type Tensor,
  tensor,
} from "@spm/core";
import { pixelStatistics, standardizationTable } from "@spm/data";
import { loadMnist } from "@spm/data/mnist";
import { crossEntropy, mse } from "@spm/nn";

/** The names of all tasks. */
export const taskNames = ["adding", "maximum", "digits"] as const;

/** One of {@link taskNames}. */
export type TaskName = (typeof taskNames)[number];

/** Sequences x [count, n, features], and what is asked of each, y [count]. */
export interface Batch {
  readonly x: Tensor;
  readonly y: Tensor;
}

/** Sequences of one length, and the measures of an answer. */
export interface Task {
  readonly length: number;
  readonly features: number;
  /** Whether an answer depends on where in a sequence a number stands. */
  readonly positions: boolean;
  /** Numbers in an answer [count, outputs]. */
  readonly outputs: number;
  /** Sequences to train on. */
  readonly draw: (count: number, random: Rng) => Batch;
  /** Sequences that no training sees, to choose a rate by, or to report. */
  readonly heldOut: (part: "validation" | "test", count: number) => Batch;
  readonly loss: (answer: Tensor, y: Tensor) => Tensor;
  /** The mean squared error, or the share of wrong classes: a scalar. */
  readonly error: (answer: Tensor, y: Tensor) => Tensor;
}

const questions = {
  adding: (a: number, b: number): number => (a + b) / 2,
  maximum: Math.max,
} as const;

/**
 * The mean squared error of the best constant, and the least of any sum of functions of single
 * positions. Numbers are uniform in [−1, 1], so that (a + b)/2 has variance 1/6 and is such a sum;
 * max(a, b) has variance 2/9, of which its dependence on either number alone explains 8/45.
 */
export const floors: {
  readonly [name in "adding" | "maximum"]: { readonly constant: number; readonly additive: number };
} = {
  adding: { constant: 1 / 6, additive: 0 },
  maximum: { constant: 2 / 9, additive: 2 / 45 },
};

/** New sequences [count, n, 2] of numbers and marks, a mark in each half, and the answers. */
function markedNumbers(
  question: (a: number, b: number) => number,
  n: number,
  count: number,
  random: Rng,
): Batch {
  const [x, y] = [new Float32Array(count * n * 2), new Float32Array(count)];
  for (let b = 0; b < count; b++) {
    for (let i = 0; i < n; i++) x[(b * n + i) * 2] = 2 * random.uniform() - 1;
    const mark = (start: number): number => {
      const at = (b * n + start + Math.floor((random.uniform() * n) / 2)) * 2;
      x[at + 1] = 1;
      return x[at] ?? 0;
    };
    y[b] = question(mark(0), mark(n / 2));
  }
  return { x: tensor(x, { shape: [count, n, 2] }), y: tensor(y) };
}

/** A task on marked numbers; n is even. */
function markedTask(name: "adding" | "maximum", n: number): Task {
  const draw = (count: number, random: Rng): Batch =>
    markedNumbers(questions[name], n, count, random);
  const flat = (answer: Tensor): Tensor => reshape(answer, [-1]);
  return {
    length: n,
    features: 2,
    positions: false,
    outputs: 1,
    draw,
    heldOut: (part, count) => draw(count, rng(part === "test" ? 1e6 : 2e6)),
    loss: (answer, y) => mse(flat(answer), y),
    error: (answer, y) => mean(square(sub(flat(answer), y))),
  };
}

/** MNIST's images as sequences of 784 grey values, standardised; the first `images` to train on. */
async function digits(images: number): Promise<Task> {
  const { train, test } = await loadMnist();
  const grey = standardizationTable(pixelStatistics(train.pixels));
  const length = train.features;
  const pick = (of: typeof train, places: readonly number[]): Batch => {
    const x = new Float32Array(places.length * length);
    for (const [b, at] of places.entries())
      for (let i = 0; i < length; i++)
        x[b * length + i] = grey[of.pixels[at * length + i] ?? 0] ?? 0;
    const y = Int32Array.from(places, (at) => of.labels[at] ?? 0);
    return { x: tensor(x, { shape: [places.length, length, 1] }), y: tensor(y) };
  };
  const range = (count: number, from = 0): number[] =>
    Array.from({ length: count }, (_, k) => from + k);
  return {
    length,
    features: 1,
    positions: true,
    outputs: train.classes,
    draw: (count, random) =>
      pick(
        train,
        range(count).map(() => Math.floor(random.uniform() * images)),
      ),
    heldOut: (part, count) =>
      part === "test" ? pick(test, range(count)) : pick(train, range(count, images)),
    loss: crossEntropy,
    error: (answer, y) => mean(cast(notEqual(argmax(answer, -1), y), "float32")),
  };
}

/** A task of sequences of the length n, which digits don't have a choice of. */
export const taskOf = async (name: TaskName, n: number, images: number): Promise<Task> =>
  name === "digits" ? digits(images) : markedTask(name, n);
