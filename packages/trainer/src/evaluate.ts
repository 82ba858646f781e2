/** @file Measures a model over a data set, without recording anything. */

import { noGrad } from "@spm/core";
import type { DataLoader } from "@spm/data";
import type { Metrics } from "./measurement.ts";
import { type LossFunction, RunningMeans, readMeasurement } from "./measurement.ts";
import { yielding } from "./yielding.ts";

/** How to evaluate. */
export interface EvaluateOptions {
  /** Gives up between two batches when it is aborted. */
  readonly signal?: AbortSignal;
  /** Milliseconds of computing after which the event loop gets its turn; default 50. */
  readonly yieldAfter?: number;
}

/**
 * The means of a loss function's measurements over one epoch of a loader, from its first batch on.
 * A module evaluates as one that is not training, and is then told what it was.
 *
 * @returns the means, weighted by the batches' samples; undefined when the signal ended it early.
 * @example
 * ```ts
 * import { rng } from "@spm/core";
 * import { DataLoader, gaussianClusters } from "@spm/data";
 * import { Mlp } from "@spm/models";
 * import { classification, evaluate } from "@spm/trainer";
 * const model = new Mlp({ sizes: [8, 16, 3], linear: "rotation", random: rng(1) });
 * const data = gaussianClusters({ count: 300, features: 8, classes: 3, seed: 1 });
 * const means = await evaluate(model, new DataLoader(data, { batchSize: 100 }), classification);
 * console.log(means?.accuracy);
 * ```
 */
export async function evaluate<Model, Batch>(
  model: Model,
  data: DataLoader<Batch>,
  loss: LossFunction<Model, Batch>,
  { signal, yieldAfter = 50 }: EvaluateOptions = {},
): Promise<Metrics | undefined> {
  const yieldTurn = yielding(yieldAfter);
  const means = new RunningMeans();
  data.restore({ epoch: 0, position: 0 });
  const { training, train } = model as Partial<Trainable>;
  const tell = (state: boolean): void =>
    void (typeof train === "function" && train.call(model, state));
  tell(false);
  try {
    while (data.state.epoch === 0) {
      if (signal?.aborted) return undefined;
      means.add(noGrad(() => readMeasurement(loss(model, data.next()))));
      await yieldTurn();
    }
    return await means.take();
  } finally {
    tell(training === true);
  }
}

/** What behaves in one way while it trains and in another while it evaluates: every module. */
interface Trainable {
  readonly training: boolean;
  train(training: boolean): unknown;
}
