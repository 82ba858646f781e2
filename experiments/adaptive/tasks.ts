/**
 * @file What is learned: an adaptive mixer of mode input or local, digits, and the next character
 * of a text. Every score is the better the less it is.
 */
import {
  argmax,
  mean,
  noGrad,
  normal,
  type Rng,
  square,
  sub,
  type Tensor,
  tensor,
} from "@spm/core";
import { encodeCharacters, imageDataset, pixelStatistics, vocabularyOf } from "@spm/data";
import { loadMnist } from "@spm/data/mnist";
import { adaptiveMixer, butterfly, initialAdaptive } from "@spm/mixer";
import { crossEntropy, type Module } from "@spm/nn";
import { loadMobyDick } from "../charlm/moby-dick.ts";
import type { Samples } from "../parts/train.ts";
import { relativeError } from "../two-mixers/methods.ts";
import { imageNets, type Nets, studentNets, textNets } from "./students.ts";

/** Samples to learn from, to choose the rate by, and to report. */
export interface Split {
  readonly learned: Samples;
  readonly validation: Samples;
  readonly test: Samples;
}

/** A task with its data at hand. */
export interface Task {
  readonly nets: Nets;
  /** The data of a seed. */
  split(random: Rng): Split;
  loss(net: Module, samples: Samples): Tensor;
  score(net: Module, samples: Samples): Promise<number>;
}

/** The sizes that tasks depend on. */
export interface TaskSizes {
  readonly n: number;
  /** Samples of a seed that are drawn to learn from. */
  readonly samples: number;
  /** Samples for validation, and for the test. */
  readonly held: number;
  /** Images of MNIST to learn from, at most 50,000. */
  readonly images: number;
}

/** The names of the tasks. */
export const taskNames = ["input", "local", "mnist", "charlm"] as const;

/** One of {@link taskNames}. */
export type TaskName = (typeof taskNames)[number];

/** What a task's score is. */
export const measures: Readonly<Record<TaskName, string>> = {
  input: "relative squared error",
  local: "relative squared error",
  mnist: "errors, %",
  charlm: "bits per character",
};

/** Loads a task. */
export function loadTask(name: TaskName, sizes: TaskSizes): Promise<Task> {
  if (name === "mnist") return digits(sizes);
  if (name === "charlm") return characters(sizes);
  return Promise.resolve(teacher(name, sizes));
}

/** The deviation of a teacher's θ − θ⁰ from row to row, in radians. */
const TURN = 0.5;

/**
 * y of an adaptive mixer over a butterfly, x ~ N(0, I). A is drawn so that angles turn alike in
 * both modes: by n numbers of x with a variance of TURN²/n each, by two of z with TURN²/2.
 */
function teacher(mode: "input" | "local", { n, samples, held }: TaskSizes): Task {
  const schedule = butterfly(n);
  const pairs = schedule.first.length;
  const deviation = TURN * (mode === "input" ? 1 : Math.sqrt(n / 2)); // of A · √n
  const numbers = pairs + 2 * n + pairs * (mode === "input" ? n : 2);
  return {
    nets: studentNets(n, numbers),
    split(random) {
      const own = initialAdaptive(schedule, random, { mode, deviation });
      const draw = (count: number): Samples => {
        const x = normal(random, [count, n]);
        return { x, y: noGrad(() => adaptiveMixer(x, own, { schedule, mode })) };
      };
      return { learned: draw(samples), validation: draw(held), test: draw(held) };
    },
    loss: (net, { x, y }) => mean(square(sub(net.forward(x), y))),
    score: (net, samples) => relativeError((x) => net.forward(x), samples),
  };
}

const VALIDATION_IMAGES = 10_000;
const CLASSES = 10;

/** MNIST, the last 10,000 images of the training set for validation. */
async function digits({ held, images }: TaskSizes): Promise<Task> {
  const { train, test } = await loadMnist();
  const statistics = pixelStatistics(train.pixels);
  const [learning, testing] = [imageDataset(train, statistics), imageDataset(test, statistics)];
  const most = learning.length - VALIDATION_IMAGES;
  const range = (start: number, count: number) =>
    Int32Array.from({ length: count }, (_, k) => start + k);
  const split: Split = {
    learned: learning.batch(range(0, Math.min(images, most))),
    validation: learning.batch(range(most, Math.min(held, VALIDATION_IMAGES))),
    test: testing.batch(range(0, Math.min(held, testing.length))),
  };
  return {
    nets: imageNets(train.features, CLASSES),
    split: () => split,
    loss: (net, { x, y }) => crossEntropy(net.forward(x), y),
    async score(net, { x, y }) {
      const classes = noGrad(() => argmax(net.forward(x), -1));
      const [found, labels] = [await classes.data(), await y.data()];
      classes.dispose();
      const wrong = Array.from(labels).filter((label, k) => label !== found[k]).length;
      return (100 * wrong) / labels.length;
    },
  };
}

const CONTEXT = 16;
const LEARNED_SHARE = 0.9;

/**
 * The next character of Moby Dick after sixteen: nine tenths of the book to learn from, at random
 * places, the next twentieth for validation and the last one for the test, at even distances.
 */
async function characters({ samples, held }: TaskSizes): Promise<Task> {
  const text = await loadMobyDick();
  const vocabulary = vocabularyOf(text);
  const classes = encodeCharacters(text, vocabulary);
  const first = Math.floor(LEARNED_SHARE * classes.length);
  const second = Math.floor((first + classes.length) / 2);
  const windows = (starts: Int32Array): Samples => {
    const x = new Int32Array(starts.length * CONTEXT);
    starts.forEach((start, row) => {
      x.set(classes.subarray(start, start + CONTEXT), row * CONTEXT);
    });
    const y = starts.map((start) => classes[start + CONTEXT] ?? 0);
    return { x: tensor(x, { shape: [starts.length, CONTEXT] }), y: tensor(y) };
  };
  const evenly = (from: number, to: number): Samples => {
    const step = (to - from - CONTEXT - 1) / held;
    return windows(Int32Array.from({ length: held }, (_, k) => from + Math.floor(k * step)));
  };
  return {
    nets: textNets(CONTEXT, vocabulary.length),
    split: (random) => ({
      learned: windows(
        Int32Array.from({ length: samples }, () => random.integer(first - CONTEXT - 1)),
      ),
      validation: evenly(first, second),
      test: evenly(second, classes.length),
    }),
    loss: (net, { x, y }) => crossEntropy(net.forward(x), y),
    async score(net, { x, y }) {
      const nats = noGrad(() => crossEntropy(net.forward(x), y));
      const value = await nats.item();
      nats.dispose();
      return value / Math.LN2;
    },
  };
}
