/** @file Evaluates a model over a data set, without a tape. */

import { noGrad } from "@spm/core";
import { checkOptions, type OptionNames } from "@spm/core/extend";
import type { DataLoader } from "@spm/data";
import type { Metrics } from "./measurement.ts";
import { type LossFunction, RunningMeans, readMeasurement } from "./measurement.ts";
import { yielding } from "./yielding.ts";

/** Options of {@link evaluate}. */
export interface EvaluateOptions {
  /** Ends the evaluation after the batch in which it is aborted. */
  readonly signal?: AbortSignal;
  /**
   * Milliseconds of computing after which the event loop gets its turn.
   * @defaultValue 50
   */
  readonly yieldAfter?: number;
}

const names: OptionNames<EvaluateOptions> = { signal: true, yieldAfter: true };

/**
 * Means of a loss function's measurements over one epoch of a loader, from its first batch on. A
 * module is in evaluation mode meanwhile.
 *
 * m = Σₖ wₖmₖ / Σₖ wₖ, with wₖ the samples of batch k
 *
 * @returns the means by name; undefined when the signal ended the evaluation early
 * @throws OptionError for an unknown option
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
  options: EvaluateOptions = {},
): Promise<Metrics | undefined> {
  checkOptions("evaluate", options, names);
  const { signal, yieldAfter = 50 } = options;
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

/** A model with a training and an evaluation mode, as every module has them. */
interface Trainable {
  readonly training: boolean;
  train(training: boolean): unknown;
}
