/** @file A training of one contender on one task. */
import { noGrad, rng, scope, slice, type Tensor } from "@spm/core";
import { adam, capture, clipByGlobalNorm, cosine } from "@spm/optim";
import { trainStep } from "@spm/trainer";
import { steps as stepsOf } from "../parts/steps.ts";
import { type Contender, contenders, type SequenceNetwork } from "./contenders.ts";
import type { ErrorRecord } from "./records.ts";
import type { Batch, Task, TaskName } from "./tasks.ts";

/** Options of a training. */
export interface Training {
  readonly width: number;
  readonly batch: number;
  readonly steps: number;
  readonly rate: number;
  readonly seed: number;
  /** Held-out sequences of either part. */
  readonly heldOut: number;
  readonly signal: AbortSignal;
}

/** Parts of the steps that the curve has a point of. */
const POINTS = 10;

/** A contender for a task, from a seed. */
export const contenderFor = (
  name: Contender,
  { length, features, positions, outputs }: Task,
  width: number,
  seed: number,
): SequenceNetwork =>
  contenders[name]({ length, features, positions, width, outputs, random: rng(seed) });

/**
 * Trains by Adam, gradients clipped to the norm 1, the rate falling to 0 by a cosine, on sequences
 * that are all new. On a GPU the steps are captured.
 * @returns the record and the model, whose parameters the caller disposes of; undefined once the
 * signal is aborted
 */
export async function trained(
  task: Task,
  names: { readonly task: TaskName; readonly contender: Contender },
  { width, batch, steps, rate, seed, heldOut, signal }: Training,
): Promise<{ record: ErrorRecord; model: SequenceNetwork } | undefined> {
  const model = contenderFor(names.contender, task, width, seed);
  const random = rng(1000 + seed);
  const learningRate = cosine({ learningRate: rate, steps });
  const optimizer = adam(model.parameters(), { learningRate });
  const gradients = (grads: readonly Tensor[]): readonly Tensor[] =>
    clipByGlobalNorm(grads, 1).grads;
  const step = capture(
    ({ x, y }: Batch) => trainStep(optimizer, () => task.loss(model.forward(x), y), { gradients }),
    { onRefusal: "run" },
  );
  const losses: number[] = [];
  const started = performance.now();
  for await (const _ of stepsOf(steps, signal)) {
    const loss = scope(() => step(task.draw(batch, random)));
    losses.push(await loss.item());
    loss.dispose();
  }
  const seconds = (performance.now() - started) / 1000;
  step.dispose();
  optimizer.dispose();
  if (signal.aborted) {
    for (const p of model.parameters()) p.dispose();
    return undefined;
  }
  const part = Math.ceil(steps / POINTS);
  const curve = Array.from({ length: Math.ceil(steps / part) }, (_, k) =>
    average(losses.slice(k * part, (k + 1) * part)),
  );
  const record = {
    ...names,
    n: task.length,
    ...{ width, batch, steps, rate, seed },
    parameters: model.parameterCount(),
    validation: await errorOn(task, model, "validation", heldOut, batch),
    test: await errorOn(task, model, "test", heldOut, batch),
    curve,
    seconds,
  };
  return { record, model };
}

const average = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0) / values.length;

/** The error on held-out sequences, a batch at a time. */
async function errorOn(
  task: Task,
  model: SequenceNetwork,
  part: "validation" | "test",
  count: number,
  batch: number,
): Promise<number> {
  const { x, y } = task.heldOut(part, count);
  const errors: number[] = [];
  for (let start = 0; start < count; start += batch) {
    const stop = Math.min(count, start + batch);
    const error = scope(() =>
      noGrad(() => {
        const [xs, ys] = [x, y].map((all) => slice(all, [{ start, stop }])) as [Tensor, Tensor];
        return task.error(model.forward(xs), ys);
      }),
    );
    errors.push(((stop - start) * (await error.item())) / count);
    error.dispose();
  }
  for (const all of [x, y]) all.dispose();
  return errors.reduce((total, error) => total + error, 0);
}
