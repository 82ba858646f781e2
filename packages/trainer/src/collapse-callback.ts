/** @file A callback that follows neural collapse over training. */
import { noGrad, scope, type Tensor } from "@spm/core";
import { checkFunction, checkOptions, type OptionNames, ValueError } from "@spm/core/extend";
import type { Callback } from "./hooks.ts";
import { type CollapseMetrics, neuralCollapse } from "./metrics/neural-collapse.ts";
import { copyOf, inMemory } from "./training-state.ts";

/** The part of a classifier that collapses. */
export interface CollapseInputs {
  /** h [N, d], of training samples. */
  readonly features: Tensor;
  /** int32 [N] */
  readonly labels: Tensor;
  /** W [C, d] */
  readonly weight: Tensor;
  /** b [C] @defaultValue 0 */
  readonly bias?: Tensor;
}

/** The metrics after a step. */
export interface CollapseReading extends CollapseMetrics {
  readonly step: number;
}

/** A callback that keeps readings, in order. */
export interface CollapseCallback extends Callback {
  readonly readings: readonly CollapseReading[];
}

/** Options of {@link collapseCallback}. */
export interface CollapseCallbackOptions {
  /** Steps between readings; there is one before the first step, and one after the last. */
  readonly every: number;
}

const names: OptionNames<CollapseCallbackOptions> = { every: true };

/**
 * A callback that measures neural collapse at the start, every so many steps, and at the end. A
 * checkpoint keeps its readings.
 * @param look - computes features [N, d] with labels [N] and has the weights [C, d], after so many
 * steps; no tape records it, and its tensors are released
 * @returns the callback, with `readings`. Cost of one: the forward and {@link neuralCollapse}
 * @throws ValueError unless `every` is a whole number ≥ 1; OptionError
 * @example
 * ```ts
 * import { rng } from "@spm/core";
 * import { DataLoader, gaussianClusters } from "@spm/data";
 * import { LayerNormResNet } from "@spm/models";
 * import { adam } from "@spm/optim";
 * import { classification, collapseCallback, fit } from "@spm/trainer";
 * const model = new LayerNormResNet({ width: 8, depth: 2, classes: 3, random: rng(1) });
 * const data = gaussianClusters({ count: 60, features: 8, classes: 3, seed: 1 });
 * const { x, y } = data.batch(Int32Array.from({ length: 60 }, (_, i) => i));
 * const collapse = collapseCallback(
 *   () => ({ features: model.embed(x), labels: y, weight: model.head.toDense() }),
 *   { every: 10 },
 * );
 * await fit(model, new DataLoader(data, { batchSize: 60, seed: 1 }), {
 *   loss: classification,
 *   optimizer: adam(model.parameters(), { learningRate: 1e-2 }),
 *   epochs: 20,
 *   callbacks: [collapse],
 * });
 * console.log(collapse.readings.map(({ step, nc1Trace }) => `${step}: ${nc1Trace}`));
 * ```
 */
export function collapseCallback(
  look: (step: number) => CollapseInputs,
  options: CollapseCallbackOptions,
): CollapseCallback {
  checkFunction("collapseCallback", look);
  checkOptions("collapseCallback", options, names);
  const { every } = options;
  if (!Number.isSafeInteger(every) || every < 1)
    throw new ValueError("collapseCallback", "every as a whole number ≥ 1", every);
  let readings: CollapseReading[] = [];
  const read = async (step: number): Promise<void> => {
    readings.push({ step, ...(await metricsOf(() => look(step))) });
  };
  return {
    name: "neural collapse",
    get readings() {
      return readings;
    },
    state: () => readings.map((reading) => ({ ...reading })),
    restore(state) {
      readings = [...(state as unknown as CollapseReading[])];
    },
    onStart: async ({ step }) => {
      if (step > 0) return;
      readings = [];
      await read(0);
    },
    onSettled: async ({ step, steps }) => {
      if (step % every === 0 || step === steps) await read(step);
    },
  };
}

/** The metrics of what is seen now, wherever it is computed. */
async function metricsOf(look: () => CollapseInputs): Promise<CollapseMetrics> {
  const seen = scope(() =>
    noGrad(() => {
      const { features, labels, weight, bias } = look();
      return [features, labels, weight, ...(bias ? [bias] : [])].map(copyOf);
    }),
  );
  try {
    const [features, labels, weight, bias] = await Promise.all(seen.map(inMemory));
    if (features === undefined || labels === undefined || weight === undefined)
      throw new ValueError("collapseCallback", "{ features, labels, weight }", "fewer");
    return neuralCollapse(features, labels, weight, bias && { bias });
  } finally {
    for (const copy of seen) copy.dispose();
  }
}
