/** @file Batches in a seeded order that can be taken up again anywhere. */

import { printsAs, ValueError } from "@spm/core/extend";
import type { Dataset } from "./dataset.ts";
import { epochOrder } from "./epoch-order.ts";

/** Where a loader stands: all it needs to go on exactly as if it had never stopped. */
export interface LoaderState {
  /** Epochs completed. */
  readonly epoch: number;
  /** Batches already drawn from the current epoch. */
  readonly position: number;
}

/** How a loader batches and shuffles. */
export interface LoaderOptions {
  /** Samples a batch, at least 1. */
  readonly batchSize: number;
  /** The seed of the shuffling; left out, samples come in the dataset's order. */
  readonly seed?: number;
  /** Leave out a last batch that is not full; default false. */
  readonly dropLast?: boolean;
}

/**
 * Draws batches from a dataset, epoch after epoch.
 *
 * Iterating draws what is left of the current epoch and then stands at the start of the next. The
 * order of epoch e is a function of (seed, e) alone, so the state is two numbers.
 *
 * @example
 * ```ts
 * import { DataLoader, gaussianClusters } from "@spm/data";
 * const loader = new DataLoader(
 *   gaussianClusters({ count: 100, features: 2, classes: 3, seed: 1 }),
 *   { batchSize: 32, seed: 7 },
 * );
 * for (const { x, y } of loader) console.log(x.shape, y.shape);
 * // [32, 2] [32], three times, then [4, 2] [4]
 * console.log(loader);
 * // DataLoader: 100 samples in 4 batches of 32, shuffled with seed 7; epoch 1, at batch 0
 * ```
 */
export class DataLoader<Batch> implements Iterable<Batch> {
  /** Batches an epoch. */
  readonly batchesPerEpoch: number;
  readonly #dataset: Dataset<Batch>;
  readonly #batchSize: number;
  readonly #seed: number | undefined;
  #state: LoaderState = { epoch: 0, position: 0 };
  #order: Int32Array | undefined;

  /**
   * @param dataset - what to draw from.
   * @throws ValueError when `batchSize` is not a whole number of at least 1, or no batch comes out.
   */
  constructor(dataset: Dataset<Batch>, { batchSize, seed, dropLast = false }: LoaderOptions) {
    if (!Number.isInteger(batchSize) || batchSize < 1) {
      throw new ValueError("DataLoader", "a whole batchSize of at least 1", `${batchSize}`);
    }
    this.#dataset = dataset;
    this.#batchSize = batchSize;
    this.#seed = seed;
    const batches = dataset.length / batchSize;
    this.batchesPerEpoch = dropLast ? Math.floor(batches) : Math.ceil(batches);
    if (this.batchesPerEpoch === 0) {
      throw new ValueError(
        "DataLoader",
        `at least one batch of ${batchSize}`,
        `${dataset.length} samples`,
      );
    }
  }

  static {
    printsAs(DataLoader.prototype, (loader) => {
      const { epoch, position } = loader.#state;
      const order = loader.#seed === undefined ? "in order" : `shuffled with seed ${loader.#seed}`;
      return (
        `DataLoader: ${loader.#dataset.length} samples in ${loader.batchesPerEpoch} batches of ` +
        `${loader.#batchSize}, ${order}; epoch ${epoch}, at batch ${position}`
      );
    });
  }

  /** Where the loader stands; give it to `restore` of a loader made alike. */
  get state(): LoaderState {
    return this.#state;
  }

  /**
   * Goes to a state. The next batch is the one that a loader in that state would have drawn. Cost
   * O(1).
   *
   * @throws ValueError when the state is not one of this loader's.
   */
  restore({ epoch, position }: LoaderState): void {
    if (
      !(
        Number.isInteger(epoch) &&
        epoch >= 0 &&
        Number.isInteger(position) &&
        position >= 0 &&
        position < this.batchesPerEpoch
      )
    ) {
      throw new ValueError(
        "DataLoader.restore",
        `a whole epoch ≥ 0 and position in [0, ${this.batchesPerEpoch})`,
        `epoch ${epoch}, position ${position}`,
      );
    }
    if (epoch !== this.#state.epoch) this.#order = undefined;
    this.#state = { epoch, position };
  }

  /**
   * Draws the next batch; after an epoch's last comes the first of the next. Cost: the batch, plus
   * O(length) once an epoch.
   */
  next(): Batch {
    const { epoch, position } = this.#state;
    this.#order ??= epochOrder(this.#dataset.length, epoch, this.#seed);
    const start = position * this.#batchSize;
    const batch = this.#dataset.batch(this.#order.slice(start, start + this.#batchSize));
    if (position + 1 < this.batchesPerEpoch) {
      this.#state = { epoch, position: position + 1 };
    } else {
      this.#state = { epoch: epoch + 1, position: 0 };
      if (this.#seed !== undefined) this.#order = undefined;
    }
    return batch;
  }

  /** Draws what is left of the current epoch. */
  *[Symbol.iterator](): Generator<Batch, void> {
    const { epoch } = this.#state;
    while (this.#state.epoch === epoch) yield this.next();
  }
}
