/** @file Measurements of a loss function, and their means. */

import type { Tensor } from "@spm/core";

/** Means over samples, by name: `loss`, and the loss function's other metrics. */
export type Metrics = Readonly<Record<string, number>> & { readonly loss: number };

/** The measurement of one batch. */
export interface Measurement {
  /** The mean over the batch's samples, a scalar. */
  readonly loss: Tensor;
  /** Other means over the batch's samples, by name, each a scalar. */
  readonly metrics?: Readonly<Record<string, Tensor>>;
  /**
   * The weight of the batch's means: its samples.
   * @defaultValue 1
   */
  readonly weight?: number;
}

/** Measures a model on a batch. */
export type LossFunction<Model, Batch> = (model: Model, batch: Batch) => Measurement;

/** A scalar's value where the tensor is in CPU memory, otherwise the promise of a pending read. */
export function readScalar(scalar: Tensor): number | Promise<number> {
  if (scalar.backend.arrayOf !== undefined) return scalar.ndarray().get();
  const reading = scalar.item();
  // a lost device rejects it wherever it is awaited; where it isn't, nothing is to be reported
  reading.catch(() => {});
  return reading;
}

/** A measurement's numbers, or the promises of reads from a device. */
export interface Reading<Value = number | Promise<number>> {
  readonly values: Readonly<Record<string, Value>>;
  readonly weight: number;
}

/** Reads a measurement, in the scope that owns its tensors. */
export function readMeasurement({ loss, metrics = {}, weight = 1 }: Measurement): Reading {
  const values: Record<string, number | Promise<number>> = { loss: readScalar(loss) };
  for (const [name, metric] of Object.entries(metrics)) values[name] = readScalar(metric);
  return { values, weight };
}

/** Means of readings, weighted by their samples. */
export class RunningMeans {
  #readings: Reading[] = [];

  /** Adds a reading. */
  add(reading: Reading): void {
    this.#readings.push(reading);
  }

  /** The readings since the last {@link take}, once all have arrived. */
  async readings(): Promise<Reading<number>[]> {
    return Promise.all(
      this.#readings.map(async ({ values, weight }) => {
        const arrived = Object.entries(values).map(
          async ([name, value]) => [name, await value] as const,
        );
        return { values: Object.fromEntries(await Promise.all(arrived)), weight };
      }),
    );
  }

  /**
   * The means of the readings since the last call, summed in the order of adding; undefined where
   * there are none. Removes them.
   */
  async take(): Promise<Metrics | undefined> {
    const readings = this.#readings;
    this.#readings = [];
    if (readings.length === 0) return undefined;
    const sums: Record<string, number> = {};
    let weights = 0;
    for (const { values, weight } of readings) {
      weights += weight;
      for (const [name, value] of Object.entries(values))
        sums[name] = (sums[name] ?? 0) + weight * (await value);
    }
    const means = Object.entries(sums).map(([name, sum]) => [name, sum / weights]);
    return Object.fromEntries(means) as Metrics;
  }
}
