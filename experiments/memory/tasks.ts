/** @file What is to be remembered: symbols over a long pause, and pixels in a shuffled order. */
import { type Rng, rng, type Tensor, tensor } from "@spm/core";
import type { LabelledImages } from "@spm/data";

/** A batch, step by step: each x [batch, features]. */
export interface SequenceBatch {
  readonly steps: readonly Tensor[];
  /** Classes, int32: of all steps, one step after another [time · batch], or [batch]. */
  readonly y: Tensor;
}

/** Numbers of a step, and of an answer. */
interface TaskSizes {
  readonly features: number;
  readonly classes: number;
}

/** Symbols to copy, and how many different ones. */
const [LENGTH, SYMBOLS] = [10, 8];
const [BLANK, SIGNAL] = [SYMBOLS, SYMBOLS + 1];

/** Sizes of the copying task: symbols, a blank and a signal; answers are symbols or a blank. */
export const copyingSizes: TaskSizes = { features: SYMBOLS + 2, classes: SYMBOLS + 1 };

/** Nats a step of who answers blanks, and then any symbol: what is to be beaten. */
export const memoryless = (delay: number): number =>
  (LENGTH * Math.log(SYMBOLS)) / (delay + 2 * LENGTH);

/**
 * The copying task (Hochreiter and Schmidhuber 1997; Arjovsky et al. 2016): ten symbols, a pause of
 * `delay` steps whose last is a signal, and ten steps in which the symbols are to be said.
 */
export function copyingBatch(random: Rng, delay: number, batch: number): SequenceBatch {
  const symbols = Array.from({ length: LENGTH }, () =>
    Int32Array.from({ length: batch }, () => random.integer(SYMBOLS)),
  );
  const blank = oneHot(new Int32Array(batch).fill(BLANK));
  const steps = [
    ...symbols.map(oneHot),
    ...Array.from({ length: delay - 1 }, () => blank),
    oneHot(new Int32Array(batch).fill(SIGNAL)),
    ...symbols.map(() => blank),
  ];
  const y = new Int32Array(steps.length * batch).fill(BLANK);
  for (const [k, classes] of symbols.entries()) y.set(classes, (steps.length - LENGTH + k) * batch);
  return { steps, y: tensor(y) };
}

function oneHot(classes: Int32Array): Tensor {
  const features = copyingSizes.features;
  const x = new Float32Array(classes.length * features);
  for (const [row, value] of classes.entries()) x[row * features + value] = 1;
  return tensor(x, { shape: [classes.length, features] });
}

/** Sizes of images read pixel by pixel. */
export const pixelSizes: TaskSizes = { features: 1, classes: 10 };

const EDGE = 28;

/** Images as sequences: pixels in [0, 1], the means of squares, in one random order for all. */
export class PixelSequences {
  readonly #images: LabelledImages;
  readonly #pool: number;
  /** The place of each step in the image. */
  readonly #order: Int32Array;

  /** @param pool - the edge of a square whose mean is a step */
  constructor(images: LabelledImages, pool: number) {
    this.#images = images;
    this.#pool = pool;
    const count = Math.floor(EDGE / pool) ** 2;
    this.#order = rng(0).permutation(count);
  }

  batch(indices: ArrayLike<number>): SequenceBatch {
    const { labels } = this.#images;
    const at = Array.from(indices);
    const steps = Array.from(this.#order, (place) =>
      tensor(
        Float32Array.from(at, (image) => this.#mean(image, place)),
        {
          shape: [at.length, 1],
        },
      ),
    );
    return { steps, y: tensor(Int32Array.from(at, (image) => labels[image] ?? 0)) };
  }

  #mean(image: number, place: number): number {
    const { pixels, features } = this.#images;
    const [pool, side] = [this.#pool, Math.floor(EDGE / this.#pool)];
    const [row, column] = [Math.floor(place / side) * pool, (place % side) * pool];
    let sum = 0;
    for (let i = 0; i < pool; i++)
      for (let j = 0; j < pool; j++)
        sum += pixels[image * features + (row + i) * EDGE + column + j] ?? 0;
    return sum / pool ** 2 / 255;
  }
}
