/**
 * @file Rows of a comparison that train in turn at every rate of a sweep, with the score of each on
 * the validation samples along the way and on the test samples at the end.
 */
import type { Dataset } from "@spm/data";
import { DataLoader } from "@spm/data";
import type { Module } from "@spm/nn";
import {
  evaluate,
  type GradientTransform,
  type Json,
  type LossFunction,
  type Metrics,
} from "@spm/trainer";
import { type Attempt, type Plan, type Sweep, type SweptRow, sweep } from "./sweep.ts";
import { type Runner, trainInTurn } from "./train-in-turn.ts";

/** A training, with its course. */
export interface TurnAttempt extends Attempt {
  readonly parameters: number;
  /** Of a forward of one sample; null where the experiment does not count them. */
  readonly flops: number | null;
  /** The score on the validation samples after so many steps. */
  readonly course: readonly { readonly step: number; readonly score: number }[];
  /** Of the training steps until each score, and, of the row "dense" in the same turns, in all. */
  readonly seconds: { readonly course: readonly number[]; readonly dense: number | null };
}

/** Options of {@link sweepInTurn}. */
export interface TurnSweep<M extends Module, Batch, R extends SweptRow> extends Sweep {
  /** The model of a row, its optimizer and batches; with the same seed all see the same ones. */
  readonly start: (plan: Plan<R>, seed: number) => Omit<Runner<M, Batch>, "name">;
  readonly loss: LossFunction<M, Batch>;
  readonly flops?: (model: M) => number;
  /** What is compared, the less the better. */
  readonly score: (metrics: Metrics) => number;
  readonly validation: Dataset<Batch>;
  readonly test: Dataset<Batch>;
  /** The most samples of a batch of these. */
  readonly evaluationBatch: number;
  readonly steps: number;
  /** Steps between scores. */
  readonly every: number;
  readonly gradients?: GradientTransform;
  /** Called with each score, and the model. */
  readonly onScore?: (plan: Plan<R>, seed: number, step: number, model: M) => void;
  /** Called with each model at its end. */
  readonly onEnd?: (attempt: TurnAttempt, model: M, plan: Plan<R>) => Promise<void> | void;
  readonly log: (line: string) => void;
}

/** Trains all rows from all seeds, see `sweep`: those of a seed take turns. */
export function sweepInTurn<M extends Module, Batch, R extends SweptRow>(
  rows: readonly R[],
  options: TurnSweep<M, Batch, R>,
): Promise<TurnAttempt[]> {
  return sweep(rows, options, (plans, seed) => trainAll(plans, seed, options));
}

async function trainAll<M extends Module, Batch, R extends SweptRow>(
  plans: readonly Plan<R>[],
  seed: number,
  options: TurnSweep<M, Batch, R>,
): Promise<TurnAttempt[]> {
  const { start, loss, score, validation, test, evaluationBatch, signal, log } = options;
  const loader = (data: Dataset<Batch>): DataLoader<Batch> =>
    new DataLoader(data, { batchSize: Math.min(evaluationBatch, data.length) });
  const trained = await trainInTurn(
    plans.map((plan) => ({ plan, name: plan.row, ...start(plan, seed) })),
    {
      ...{ loss, signal, steps: options.steps, every: options.every },
      evalData: loader(validation),
      ...(options.gradients && { gradients: options.gradients }),
      onReading({ plan, model }, { step, seconds, metrics }) {
        const reached = score(metrics).toPrecision(4);
        const at = `seed ${seed}, step ${step}, ${seconds.toFixed(1)} s`;
        log(`${plan.row}, rate ${plan.rate}, ${at}: ${reached}`);
        options.onScore?.(plan, seed, step, model);
      },
    },
  );
  const dense = trained.find(({ plan }) => plan.row === "dense")?.readings.at(-1)?.seconds ?? null;
  const attempts: TurnAttempt[] = [];
  for (const { plan, model, readings } of trained) {
    const last = readings.at(-1);
    const tested = await evaluate(model, loader(test), loss, { signal });
    if (last?.step !== options.steps || tested === undefined) break; // whole trainings only
    const attempt = {
      ...{ row: plan.row, rate: plan.rate, seed },
      validation: score(last.metrics),
      test: score(tested),
      parameters: model.parameterCount(),
      flops: options.flops?.(model) ?? null,
      course: readings.map(({ step, metrics }) => ({ step, score: score(metrics) })),
      seconds: { course: readings.map(({ seconds }) => seconds), dense },
    };
    await options.onEnd?.(attempt, model, plan);
    attempts.push(attempt);
  }
  return attempts;
}

/** "0.47×": seconds as a share of dense's, the mean of the seeds that trained beside it. */
export function secondsToDense(runs: readonly TurnAttempt[]): string {
  const shares = runs.flatMap(({ seconds: { course, dense } }) => {
    const taken = course.at(-1);
    return taken === undefined || !dense ? [] : [taken / dense];
  });
  if (shares.length === 0) return "–";
  return `${(shares.reduce((a, b) => a + b, 0) / shares.length).toFixed(2)}×`;
}

/** The trainings as `results.json` holds them. */
export const attemptsJson = (
  attempts: readonly (TurnAttempt & { readonly written?: string })[],
): { readonly attempts: Json } => ({
  attempts: attempts.map(({ course, seconds, ...facts }) => ({
    ...facts,
    course: course.map((point) => ({ ...point })),
    seconds: { ...seconds, course: [...seconds.course] },
  })),
});
