/** @file Batches in a seeded order, from any position on. */

import { checkOptions, type OptionNames, printsAs, ValueError } from "@spm/core/extend";
import { checkDataset, type Dataset } from "./dataset.ts";
import { epochOrder } from "./epoch-order.ts";
import { DataError } from "./errors.ts";

/** All that the batches of a loader depend on. */
export interface BatchOrder {
  /** Samples of the data set. */
  readonly samples: number;
  readonly batchSize: number;
  /** null where nothing is shuffled. */
  readonly seed: number | null;
  readonly dropLast: boolean;
  /** The digest of the samples; null where the data set has none. */
  readonly data: string | null;
}

/** A position in the batches of a loader. */
export interface LoaderState {
  /** Epochs completed. */
  readonly epoch: number;
  /** Batches already drawn from the current epoch. */
  readonly position: number;
  /** The settings that these batches depend on: a loader of others refuses the position. */
  readonly order: BatchOrder;
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

const names: OptionNames<LoaderOptions> = { batchSize: true, seed: true, dropLast: "boolean" };

/**
 * Batches of a dataset in an order that (seed, epoch) alone determine.
 *
 * The loader itself has no position. An iteration is one epoch, each begun one the next: two at a
 * time, or one that is left early, disturb neither each other nor a training. Batches from a
 * position of one's own come from {@link DataLoader.batches}. Memory: O(length) a position, for the
 * order.
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
 * console.log(loader); // DataLoader: 100 samples in 4 batches of 32, shuffled with seed 7
 * ```
 */
export class DataLoader<Batch> implements Iterable<Batch> {
  /** Batches an epoch. */
  readonly batchesPerEpoch: number;
  readonly #dataset: Dataset<Batch>;
  /** The settings that the batches depend on, without the samples. */
  readonly settings: Omit<BatchOrder, "data">;
  /** Iterations begun. */
  #iterations = 0;

  /**
   * @throws ValueError for anything but a dataset, a batchSize that isn't a whole number of at
   * least 1, a seed that isn't a safe integer, or an epoch without a batch; OptionError for an
   * unknown option
   */
  constructor(dataset: Dataset<Batch>, options: LoaderOptions) {
    checkDataset("DataLoader", dataset);
    checkOptions("DataLoader", options, names);
    const { batchSize, seed = null, dropLast = false } = options;
    if (!Number.isInteger(batchSize) || batchSize < 1)
      throw new ValueError("DataLoader", "a whole batchSize of at least 1", batchSize);
    if (seed !== null && !Number.isSafeInteger(seed))
      throw new ValueError("DataLoader", "a safe integer as seed, or none", seed);
    if (typeof dropLast !== "boolean")
      throw new ValueError("DataLoader", "true or false as dropLast", dropLast);
    this.#dataset = dataset;
    this.settings = { samples: dataset.length, batchSize, seed, dropLast };
    const batches = dataset.length / batchSize;
    this.batchesPerEpoch = dropLast ? Math.floor(batches) : Math.ceil(batches);
    if (this.batchesPerEpoch === 0)
      throw new ValueError(
        "DataLoader",
        `at least one batch of ${batchSize}`,
        `${dataset.length} samples`,
        dataset.length > 0 ? `a batchSize of at most ${dataset.length}` : undefined,
      );
  }

  static {
    printsAs(DataLoader.prototype, (loader) => {
      const { samples, batchSize, seed } = loader.settings;
      const order = seed === null ? "in order" : `shuffled with seed ${seed}`;
      return (
        `DataLoader: ${samples} samples in ${loader.batchesPerEpoch} batches of ` +
        `${batchSize}, ${order}`
      );
    });
  }

  /** The samples. */
  get dataset(): Dataset<Batch> {
    return this.#dataset;
  }

  /** All that the batches depend on. Cost: the digest of the samples, once. */
  get order(): BatchOrder {
    return { ...this.settings, data: this.#dataset.digest?.() ?? null };
  }

  /**
   * Batches from a position on, epoch after epoch; the position moves with them alone.
   *
   * @param from - a state of such batches, also of another loader with the same samples and options
   * (default: the first batch of the first epoch)
   * @throws ValueError where there is no such position, or it is of other samples or options
   */
  batches(from?: LoaderState): Batches<Batch> {
    const start = { epoch: 0, position: 0 };
    return new Batches(this, from === undefined ? start : this.#checked(from));
  }

  /** The batches of the next epoch: of the first, when this is the first iteration. */
  *[Symbol.iterator](): Generator<Batch, void> {
    const batches = new Batches(this, { epoch: this.#iterations++, position: 0 });
    for (let k = 0; k < this.batchesPerEpoch; k++) yield batches.next();
  }

  #checked(state: LoaderState): LoaderState {
    const { epoch, position, order } = state;
    const now = this.order;
    const changed = Object.entries(now).filter(
      ([name, value]) => order?.[name as keyof BatchOrder] !== value,
    );
    if (changed.length > 0) {
      const told = (values: Partial<BatchOrder> = {}): string =>
        changed.map(([name]) => `${name} ${values[name as keyof BatchOrder]}`).join(", ");
      throw new ValueError(
        "DataLoader.batches",
        `a position in the batches of ${told(now)}`,
        `one of ${told(order)}`,
        "make the loader with the samples and the options of the training that goes on",
      );
    }
    const { batchesPerEpoch } = this;
    const whole = (n: number): boolean => Number.isSafeInteger(n) && n >= 0;
    if (whole(epoch) && whole(position) && position < batchesPerEpoch) return state;
    throw new ValueError(
      "DataLoader.batches",
      `a whole epoch ≥ 0 and position in [0, ${batchesPerEpoch})`,
      `epoch ${epoch}, position ${position}`,
    );
  }
}

/**
 * Batches of a loader from a position on, which is theirs alone; {@link DataLoader.batches} makes
 * them.
 *
 * @example
 * ```ts
 * import { DataLoader, gaussianClusters } from "@spm/data";
 * const data = gaussianClusters({ count: 100, features: 2, classes: 3, seed: 1 });
 * const loader = new DataLoader(data, { batchSize: 32, seed: 7 });
 * const batches = loader.batches();
 * batches.next();
 * const again = loader.batches(batches.state); // goes on with the second batch
 * ```
 */
export class Batches<Batch> {
  readonly #loader: DataLoader<Batch>;
  #epoch: number;
  #position: number;
  #order: Int32Array | undefined;
  #size = 0;

  /** @param from - a position that the loader has */
  constructor(loader: DataLoader<Batch>, from: Omit<LoaderState, "order">) {
    this.#loader = loader;
    this.#epoch = from.epoch;
    this.#position = from.position;
  }

  /** Batches an epoch. */
  get batchesPerEpoch(): number {
    return this.#loader.batchesPerEpoch;
  }

  /** Epochs completed. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Batches already drawn from the current epoch. */
  get position(): number {
    return this.#position;
  }

  /** Samples in the last batch that was drawn. */
  get size(): number {
    return this.#size;
  }

  /** The position, from which {@link DataLoader.batches} of an equal loader draws the same. */
  get state(): LoaderState {
    return { epoch: this.#epoch, position: this.#position, order: this.#loader.order };
  }

  /**
   * The next batch; the first of the next epoch follows the last of this one. Cost: the batch, and
   * O(length) once an epoch.
   * @throws DataError where the dataset gives none, or the promise of one
   */
  next(): Batch {
    const { dataset, batchesPerEpoch, settings } = this.#loader;
    const { samples, batchSize, seed } = settings;
    this.#order ??= epochOrder(samples, this.#epoch, seed ?? undefined);
    const start = this.#position * batchSize;
    const indices = this.#order.slice(start, start + batchSize);
    const batch = dataset.batch(indices);
    if (batch === undefined || batch === null || batch instanceof Promise)
      throw new DataError(
        "DataLoader",
        "batch(indices) of the dataset to return a batch",
        batch instanceof Promise ? "a promise" : batch,
        "load the samples before: collectSamples(rows) takes them from an asynchronous source",
      );
    this.#size = indices.length;
    this.#position++;
    if (this.#position === batchesPerEpoch) {
      this.#epoch++;
      this.#position = 0;
      this.#order = undefined;
    }
    return batch;
  }
}
