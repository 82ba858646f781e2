/** @file Batches in a seeded order, which can be resumed at any batch. */

import { checkOptions, type OptionNames, printsAs, ValueError } from "@spm/core/extend";
import type { Dataset } from "./dataset.ts";
import { epochOrder } from "./epoch-order.ts";

/** The position of a loader, from which it draws the same batches as if it had never stopped. */
export interface LoaderState {
  /** Epochs completed. */
  readonly epoch: number;
  /** Batches already drawn from the current epoch. */
  readonly position: number;
}

/** Options of {@link DataLoader}. */
export interface LoaderOptions {
  /** Samples a batch, at least 1. */
  readonly batchSize: number;
  /** The seed of the shuffling. Without one, samples come in the dataset's order. */
  readonly seed?: number;
  /**
   * Whether to leave out a last batch that isn't full.
   * @defaultValue false
   */
  readonly dropLast?: boolean;
}

const names: OptionNames<LoaderOptions> = { batchSize: true, seed: true, dropLast: true };

/**
 * Draws batches from a dataset, epoch after epoch.
 *
 * Iterating draws the rest of the current epoch; the loader is then at the start of the next one.
 * The order of epoch e is a function of (seed, e) alone, so the state is two numbers. Memory:
 * O(length), for the order.
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
   * @throws ValueError when `batchSize` isn't a whole number of at least 1, or an epoch has no
   * batch; OptionError for an unknown option
   */
  constructor(dataset: Dataset<Batch>, options: LoaderOptions) {
    checkOptions("DataLoader", options, names);
    const { batchSize, seed, dropLast = false } = options;
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

  /** The loader's position, for {@link restore} of a loader with the same dataset and options. */
  get state(): LoaderState {
    return this.#state;
  }

  /**
   * Moves the loader to a position: the next batch is the one that followed it. Cost O(1).
   *
   * @throws ValueError when this loader has no such position
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
   * Draws the next batch; the first of the next epoch follows the last of this one. Cost: the
   * batch, and O(length) once an epoch.
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

  /** Draws the rest of the current epoch. */
  *[Symbol.iterator](): Generator<Batch, void> {
    const { epoch } = this.#state;
    while (this.#state.epoch === epoch) yield this.next();
  }
}
