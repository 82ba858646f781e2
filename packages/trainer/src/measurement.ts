/** @file Measurements of a loss function, and their means. */

import { Tensor } from "@spm/core";
import { showSpec, sizeOf, ValueError } from "@spm/core/extend";

/** Means over samples, by name: `loss`, and the loss function's other metrics. */
export type Metrics = Readonly<Record<string, number>> & { readonly loss: number };

/** The measurement of one batch. */
export interface Measurement {
  /** The mean over the batch's samples, a scalar. */
  readonly loss: Tensor;
  /** Other means over the batch's samples, by name, each a scalar. */
  readonly metrics?: Readonly<Record<string, Tensor>>;
  /**
   * The weight of the batch's means, such as its tokens that aren't padding.
   * @defaultValue the samples that the loader put into the batch
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

/**
 * Reads a measurement, in the scope that owns its tensors.
 * @param samples - of the batch, its weight where the measurement has none
 * @throws ValueError for anything but a measurement
 */
export function readMeasurement(measured: Measurement, samples: number): Reading {
  const { loss, metrics = {}, weight = samples } = checkMeasurement(measured);
  const values: Record<string, number | Promise<number>> = { loss: readScalar(loss) };
  for (const [name, metric] of Object.entries(metrics)) values[name] = readScalar(metric);
  return { values, weight };
}

const help =
  "return { loss, metrics, weight } with scalars, such as " +
  "(model, { x, y }) => ({ loss: mse(model.forward(x), y) })";

/** The measurement itself. @throws ValueError for anything else */
export function checkMeasurement(measured: Measurement): Measurement {
  const got: unknown = measured;
  if (got instanceof Tensor)
    throw new ValueError("fit", "{ loss } from the loss function", showSpec(got), help);
  if (typeof got !== "object" || got === null)
    throw new ValueError("fit", "{ loss } from the loss function", got, help);
  const { loss, metrics = {}, weight } = measured;
  for (const [name, value] of Object.entries({ ...metrics, loss }))
    if (!(value instanceof Tensor) || sizeOf(value.shape) !== 1) {
      const shown = value instanceof Tensor ? showSpec(value) : value;
      throw new ValueError("fit", `a scalar tensor as ${name}`, shown, help);
    }
  if (Object.hasOwn(metrics, "loss"))
    throw new ValueError("fit", "metrics beside the loss", '"loss" among them', "rename it");
  if (weight !== undefined && !(typeof weight === "number" && weight >= 0 && weight < Infinity))
    throw new ValueError("fit", "a finite weight ≥ 0", weight, help);
  return measured;
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
    const sums: Record<string, { sum: number; weight: number }> = {};
    for (const { values, weight } of readings)
      for (const [name, value] of Object.entries(values)) {
        const so = sums[name] ?? { sum: 0, weight: 0 };
        sums[name] = { sum: so.sum + weight * (await value), weight: so.weight + weight };
      }
    const means = Object.entries(sums).map(([name, { sum, weight }]) => [name, sum / weight]);
    return Object.fromEntries(means) as Metrics;
  }
}
