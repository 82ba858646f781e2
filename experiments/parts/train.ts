/** @file Adam on batches in order, for a number of steps or of seconds. */
import { type Parameter, scope, slice, type Tensor } from "@spm/core";
import { adam } from "@spm/optim";
import { trainStep } from "@spm/trainer";
import { steps } from "./steps.ts";

/** Inputs [N, n] and their targets. */
export interface Samples {
  readonly x: Tensor;
  readonly y: Tensor;
}

/** Options of training. */
export interface Training {
  readonly batch: number;
  /** The learning rate at the start; it falls to 0 by a cosine. */
  readonly rate: number;
  /** Ends after so many steps, or, if given, after so many seconds. */
  readonly steps: number;
  readonly seconds?: number;
  readonly signal: AbortSignal;
}

/**
 * Minimises the loss over batches of the samples, in their order.
 * @returns the steps taken and the seconds that they took
 */
export async function train(
  parameters: readonly Parameter[],
  loss: (batch: Samples) => Tensor,
  { x, y }: Samples,
  { batch, rate, steps: most, seconds, signal }: Training,
): Promise<{ steps: number; seconds: number }> {
  const started = performance.now();
  const elapsed = (): number => (performance.now() - started) / 1000;
  let [progress, taken] = [0, 0];
  const optimizer = adam(parameters, {
    learningRate: () => (rate * (1 + Math.cos(Math.PI * progress))) / 2,
  });
  const batches = Math.floor(x.shape[0]! / batch);
  for await (const step of steps(seconds === undefined ? most : Number.POSITIVE_INFINITY, signal)) {
    const range = { start: (step % batches) * batch, stop: (step % batches) * batch + batch };
    const value = scope(() => {
      const part = { x: slice(x, [range]), y: slice(y, [range]) };
      return trainStep(optimizer, () => loss(part));
    });
    if (step % 16 === 0) await value.item(); // on a device: the steps so far are done
    value.dispose();
    taken = step + 1;
    progress = seconds === undefined ? taken / most : elapsed() / seconds;
    if (progress >= 1) break;
  }
  return { steps: taken, seconds: elapsed() };
}
