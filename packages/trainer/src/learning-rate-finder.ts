/** @file Finds a learning rate: the loss while the rate rises step by step. */
import { checkOptions, type OptionNames, ValueError } from "@spm/core/extend";
import type { DataLoader } from "@spm/data";
import { generatorsOf } from "@spm/nn/extend";
import { generatorStates, restoreGenerators } from "./generators.ts";
import { checkLoader, checkLoss, checkOptimizer, checkOwned, type Updater } from "./given.ts";
import { type LossFunction, RunningMeans } from "./measurement.ts";
import { checkedStep } from "./train-step.ts";
import { copiesOf, disposeOf, restoreValues, valuesOf } from "./training-state.ts";

/** Options of {@link findLearningRate}. */
export interface FinderOptions<Model, Batch> {
  /** The loss of a batch. */
  readonly loss: LossFunction<Model, Batch>;
  /** Makes an optimizer of the model with a schedule. */
  readonly optimizer: (schedule: (step: number) => number) => Updater;
  /**
   * The first rate, above 0.
   * @defaultValue 1e-6
   */
  readonly from?: number;
  /**
   * The last rate, above `from`.
   * @defaultValue 1
   */
  readonly to?: number;
  /**
   * Steps from the first rate to the last, at least 10.
   * @defaultValue 100
   */
  readonly steps?: number;
}

const names: OptionNames<FinderOptions<unknown, unknown>> = {
  loss: true,
  optimizer: true,
  from: true,
  to: true,
  steps: true,
};

/** The loss at one rate. */
export interface RatedLoss {
  readonly learningRate: number;
  /** An exponential average over the steps so far. */
  readonly loss: number;
}

/** The result of {@link findLearningRate}. */
export interface FoundRate {
  /** The rate at which the smoothed loss fell fastest; null when it never fell. */
  readonly suggestion: number | null;
  /** The smoothed loss at each rate. */
  readonly curve: readonly RatedLoss[];
}

/** Weight of the past in the smoothed loss. */
const SMOOTHING = 0.9;
/** The first steps, too few for a smooth loss. */
const UNSMOOTH = 5;
/** The search ends at a loss of this many times the least one, where training diverges. */
const DIVERGED = 4;

/**
 * Trains with a learning rate that grows geometrically, and returns the rate at which the loss
 * falls fastest. The model, its generators and the optimizer are afterwards as they were.
 *
 * η(t) = from · (to/from)^(t/(steps − 1))
 *
 * @throws ValueError unless 0 < from < to and steps ≥ 10; OptionError for an unknown option
 * Source: Smith, "Cyclical Learning Rates for Training Neural Networks", WACV 2017, section 3.3
 * @example
 * ```ts
 * import { rng } from "@spm/core";
 * import { DataLoader, gaussianClusters } from "@spm/data";
 * import { Mlp } from "@spm/models";
 * import { adam } from "@spm/optim";
 * import { classification, findLearningRate } from "@spm/trainer";
 * const model = new Mlp({ sizes: [8, 16, 3], random: rng(1) });
 * const data = gaussianClusters({ count: 300, features: 8, classes: 3, seed: 1 });
 * const { suggestion } = await findLearningRate(
 *   model,
 *   new DataLoader(data, { batchSize: 32, seed: 1 }),
 *   {
 *     loss: classification,
 *     optimizer: (learningRate) => adam(model.parameters(), { learningRate }),
 *   },
 * );
 * ```
 */
export async function findLearningRate<Model, Batch>(
  model: Model,
  loader: DataLoader<Batch>,
  options: FinderOptions<Model, Batch>,
): Promise<FoundRate> {
  checkOptions("findLearningRate", options, names);
  checkLoader("findLearningRate", loader);
  checkLoss("findLearningRate", options.loss);
  const { loss, optimizer: make, from = 1e-6, to = 1, steps = 100 } = options;
  if (!(from > 0 && from < to && Number.isFinite(to)) || !Number.isInteger(steps) || steps < 10)
    throw new ValueError(
      "findLearningRate",
      "0 < from < to and whole steps ≥ 10",
      `${from}, ${to}, ${steps}`,
    );
  const rateAt = (step: number): number => from * (to / from) ** (step / (steps - 1));
  const optimizer = make(rateAt);
  checkOptimizer("findLearningRate", optimizer);
  checkOwned(model, optimizer.parameters, "the optimizer");
  const window = new RunningMeans();
  const generators = generatorsOf(model);
  const states = generatorStates(generators);
  const step = checkedStep({ model, loss, optimizer, window, generators, isSaved: () => true });
  const parts = { model, optimizer };
  const before = copiesOf(valuesOf(parts));
  const batches = loader.batches();
  const curve: RatedLoss[] = [];
  let [smooth, least] = [0, Number.POSITIVE_INFINITY];
  try {
    for (let k = 0; k < steps; k++) {
      if (step(batches, 1) !== undefined) break;
      const found = (await window.take())?.loss ?? Number.NaN;
      smooth = SMOOTHING * smooth + (1 - SMOOTHING) * found;
      const corrected = smooth / (1 - SMOOTHING ** (k + 1));
      least = Math.min(least, corrected);
      if (!(corrected <= DIVERGED * least)) break;
      curve.push({ learningRate: rateAt(k), loss: corrected });
    }
  } finally {
    restoreValues(parts, before);
    restoreGenerators(generators, states);
    disposeOf(before);
  }
  return { suggestion: steepest(curve), curve };
}

/**
 * The rate in the middle of the steepest fall. Rates are equidistant on a logarithmic scale, so the
 * slope is a difference of losses.
 */
function steepest(curve: readonly RatedLoss[]): number | null {
  let [best, slope]: [number | null, number] = [null, 0];
  for (let k = UNSMOOTH; k + 1 < curve.length; k++) {
    const change = curve[k + 1]!.loss - curve[k - 1]!.loss;
    if (change < slope) [best, slope] = [curve[k]!.learningRate, change];
  }
  return best;
}
