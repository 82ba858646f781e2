/** @file What a loss function measures, and how measurements become means. */

import type { Tensor } from "@spm/core";

/** Means over samples, by name: always `loss`, and what else the loss function measured. */
export type Metrics = Readonly<Record<string, number>> & { readonly loss: number };

/** What a loss function measures on one batch. */
export interface Measurement {
  /** Shape [], the mean over the batch's samples. */
  readonly loss: Tensor;
  /** More means over the batch's samples, by name, each of shape []. */
  readonly metrics?: Readonly<Record<string, Tensor>>;
  /** Samples in the batch, the weight of its means; default 1. */
  readonly weight?: number;
}

/** Measures a model on a batch. */
export type LossFunction<Model, Batch> = (model: Model, batch: Batch) => Measurement;

/**
 * A scalar's value: at once where the tensor is in CPU memory, otherwise a read that is under way.
 */
export function readScalar(scalar: Tensor): number | Promise<number> {
  if (scalar.backend.view !== undefined) return scalar.ndarray().get();
  const reading = scalar.item();
  // when the device is lost, whoever takes the reading is told, or nobody is left who would
  reading.catch(() => {});
  return reading;
}

/** A measurement's numbers, some perhaps still on their way from the device. */
export interface Reading<Value = number | Promise<number>> {
  readonly values: Readonly<Record<string, Value>>;
  readonly weight: number;
}

/** Reads a measurement. Must be called in the scope that owns its tensors. */
export function readMeasurement({ loss, metrics = {}, weight = 1 }: Measurement): Reading {
  const values: Record<string, number | Promise<number>> = { loss: readScalar(loss) };
  for (const [name, metric] of Object.entries(metrics)) values[name] = readScalar(metric);
  return { values, weight };
}

/** Means of readings, weighted by their samples. */
export class RunningMeans {
  #readings: Reading[] = [];

  /** Takes a reading in. */
  add(reading: Reading): void {
    this.#readings.push(reading);
  }

  /** What was added since the last {@link take}, all of it arrived. */
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
   * The means of what was added since the last time; empties itself. The sums run in the order of
   * adding. Undefined when nothing was added.
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
