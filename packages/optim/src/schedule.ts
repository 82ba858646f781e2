/** @file Learning-rate schedules: pure functions of the step, so that nothing of them needs saving. */
import { checkCounts, checkNotNegative } from "./check.ts";

/** The learning rate of a step; steps count from 0. */
export type Schedule = (step: number) => number;

/**
 * Half a cosine from `base` down to `min`, which it then keeps.
 *
 * η(t) = min + (base − min)·(1 + cos(π·t/steps))/2
 *
 * @param options.steps - steps until `min` is reached, at least 1
 * @param options.min - 0 unless said
 * @throws ValueError for a rate below 0 or a number of steps below 1
 * Source: Loshchilov, Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", ICLR 2017, eq. 5
 * @example adam(parameters, { learningRate: cosine({ base: 1e-3, steps: 1000 }) });
 */
export function cosine({ base, steps, min = 0 }: { base: number; steps: number; min?: number }): Schedule {
  checkNotNegative("cosine", { base, min });
  checkCounts("cosine", { steps });
  return (step) => halfCosine(base, min, Math.min(step / steps, 1));
}

/** From `start` (at 0) to `end` (at 1) along half a cosine. */
const halfCosine = (start: number, end: number, part: number): number =>
  end + ((start - end) * (1 + Math.cos(Math.PI * part))) / 2;
