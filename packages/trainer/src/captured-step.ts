/** @file Captured steps of `fit`: on a device a step is recorded once and then repeated. */
import { scope, type Tensor, valueAndGrad, withBackend } from "@spm/core";
import type { Batches } from "@spm/data";
import { capture, GradientAccumulator, MovingAverage, Optimizer } from "@spm/optim";
import { backendOf } from "./backend-of.ts";
import { callLoss } from "./given.ts";
import { checkMeasurement, type Measurement, readMeasurement } from "./measurement.ts";
import {
  type BadStep,
  type CheckedStepOptions,
  checkDepends,
  checkedStep,
  mapped,
} from "./train-step.ts";

/** Repetitions after which a step runs beside one and is compared. */
const checkEvery = 100;

/** The steps of a training. */
export interface Steps<Batch> {
  /** Takes one step on the next `count` batches, or returns the reason why it didn't. */
  take(batches: Batches<Batch>, count: number): BadStep | undefined;
  /** Runs the next step: something that it computes with may have changed. */
  refresh(): void;
  dispose(): void;
}

/**
 * Steps that are checked in CPU memory. On a device that records them those after the first are
 * captured, if `capture` says so and the optimizer and the average are known: a repetition advances
 * their counts.
 */
export function trainingSteps<Model, Batch>(
  options: CheckedStepOptions<Model, Batch> & { readonly capture?: boolean },
): Steps<Batch> {
  const { optimizer, average, window } = options;
  const checked = checkedStep(options);
  const backend = backendOf(optimizer.parameters);
  const known = average === undefined || average instanceof MovingAverage;
  const fits = "capture" in backend && known && optimizer instanceof Optimizer;
  if (options.capture === false || !fits) return { take: checked, refresh() {}, dispose() {} };
  const step = withBackend(backend, () =>
    capture(
      (sizes: readonly number[], batches: readonly Batch[]) =>
        measuredStep(options, sizes, batches),
      { checkEvery, onRefusal: "run" },
    ),
  );
  let first = true;
  const repeated = (batches: Batches<Batch>, count: number): void => {
    const given = Array.from({ length: count }, () => [batches.next(), batches.size] as const);
    const sizes = given.map(([, size]) => size);
    const measurements = step(
      sizes,
      given.map(([batch]) => batch),
    );
    for (const [k, measurement] of measurements.entries())
      window.add(readMeasurement(measurement, sizes[k] ?? 0));
  };
  return {
    take(batches, count) {
      if (!first) return withBackend(backend, () => scope(() => void repeated(batches, count)));
      const bad = checked(batches, count); // it finds what no walk of the model's fields does
      first = false;
      return bad;
    },
    refresh: () => step.refresh(),
    dispose: () => step.dispose(),
  };
}

/** One step without checks: the gradients of the batches, the update, the average. */
function measuredStep<Model, Batch>(
  { model, loss, optimizer, gradients, average }: CheckedStepOptions<Model, Batch>,
  sizes: readonly number[],
  batches: readonly Batch[],
): Measurement[] {
  const measurements: Measurement[] = [];
  const gradsOf = (batch: Batch): Tensor[] => {
    const { grads, aux } = valueAndGrad(() => {
      const measured = checkMeasurement(callLoss(loss, model, batch));
      checkDepends(measured.loss);
      return { loss: measured.loss, aux: measured };
    }, optimizer.parameters);
    const { loss: value, metrics, weight } = aux;
    measurements.push({
      loss: value,
      ...(metrics && { metrics }),
      ...(weight !== undefined && { weight }),
    });
    return grads;
  };
  const [only] = batches;
  if (batches.length === 1 && only !== undefined)
    optimizer.step(mapped("fit", gradients, gradsOf(only)));
  else {
    const sums = new GradientAccumulator();
    try {
      for (const [k, batch] of batches.entries()) {
        const grads = gradsOf(batch);
        const weight = measurements[k]?.weight ?? sizes[k] ?? 0;
        if (weight > 0) sums.add(grads, weight);
      }
      optimizer.step(mapped("fit", gradients, sums.take()));
    } finally {
      sums.dispose();
    }
  }
  average?.update();
  return measurements;
}
