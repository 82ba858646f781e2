/**
 * @file Learning-rate schedules: pure functions of the step, so that nothing of them needs saving.
 */
import { printsAs, showValue, ValueError } from "@spm/core/extend";
import { checkCounts, checkFractions, checkNotNegative, checkPositive } from "./check.ts";

/**
 * The learning rate of a step; steps count from 0. Compose your own from these:
 * `(t) => 0.5 * cosine(…)(t)`. Those made here print as the call that makes them.
 */
export type Schedule = (step: number) => number;

const printed = (name: string, operands: readonly unknown[], schedule: Schedule): Schedule =>
  printsAs(schedule, () => `${name}(${operands.map(showValue).join(", ")})`);

/**
 * One rate for all steps: η(t) = base.
 * @throws ValueError for a rate below 0
 * @example sequence([constant({ base: 1e-3 }), cosine({ base: 1e-3, steps: 900 })], [100]);
 */
export function constant({ base }: { readonly base: number }): Schedule {
  checkNotNegative("constant", { base });
  return printed("constant", [{ base }], () => base);
}

/**
 * A fall by a factor every so many steps: η(t) = base · factor^⌊t/every⌋.
 * @param options.every - steps between falls, at least 1
 * @param options.factor - what remains at each, at least 0; 0.1 unless said
 * @throws ValueError for options out of range
 * @example stepDecay({ base: 0.1, every: 30, factor: 0.5 })(30); // 0.05
 */
export function stepDecay({
  base,
  every,
  factor = 0.1,
}: {
  readonly base: number;
  readonly every: number;
  readonly factor?: number;
}): Schedule {
  checkNotNegative("stepDecay", { base, factor });
  checkCounts("stepDecay", { every });
  const rate = (step: number): number => base * factor ** Math.floor(step / every);
  return printed("stepDecay", [{ base, every, factor }], rate);
}

/**
 * A fall by a factor at each milestone: η(t) = base · factor^(number of milestones ≤ t).
 *
 * @param options.milestones - steps, ascending
 * @param options.factor - what remains at each, at least 0; 0.1 unless said
 * @throws ValueError for options out of range
 * @example multistep({ base: 0.1, milestones: [100, 150] })(120); // 0.01
 */
export function multistep({
  base,
  milestones,
  factor = 0.1,
}: {
  readonly base: number;
  readonly milestones: readonly number[];
  readonly factor?: number;
}): Schedule {
  checkNotNegative("multistep", { base, factor });
  checkMilestones("multistep", milestones);
  const falls = (step: number): number => milestones.filter((at) => at <= step).length;
  return printed("multistep", [{ base, milestones, factor }], (t) => base * factor ** falls(t));
}

/**
 * η(t) = base · factorᵗ
 *
 * @param options.factor - what remains after a step, at least 0
 * @throws ValueError for options out of range
 * @example exponential({ base: 0.1, factor: 0.99 });
 */
export function exponential({
  base,
  factor,
}: {
  readonly base: number;
  readonly factor: number;
}): Schedule {
  checkNotNegative("exponential", { base, factor });
  return printed("exponential", [{ base, factor }], (step) => base * factor ** step);
}

/**
 * A straight line from one rate to another, which it then keeps: η(t) = from·(1 − s) + to·s, s =
 * min(t/steps, 1).
 *
 * @param options.steps - steps until `to` is reached, at least 1
 * @throws ValueError for options out of range
 * @example linear({ from: 1e-3, to: 0, steps: 1000 });
 */
export function linearDecay({
  from,
  to,
  steps,
}: {
  readonly from: number;
  readonly to: number;
  readonly steps: number;
}): Schedule {
  checkNotNegative("linearDecay", { from, to });
  checkCounts("linearDecay", { steps });
  return printed("linearDecay", [{ from, to, steps }], (step) => {
    const part = Math.min(step / steps, 1);
    return from * (1 - part) + to * part; // ends on `to` exactly
  });
}

/**
 * A power of what is left of the way: η(t) = min + (base − min)·(1 − t/steps)^power, then `min`.
 *
 * @param options.steps - steps until `min` is reached, at least 1
 * @param options.power - above 0; 1, a straight line, unless said
 * @param options.min - 0 unless said
 * @throws ValueError for options out of range
 * @example polynomial({ base: 0.1, steps: 1000, power: 2 });
 */
export function polynomial({
  base,
  steps,
  power = 1,
  min = 0,
}: {
  readonly base: number;
  readonly steps: number;
  readonly power?: number;
  readonly min?: number;
}): Schedule {
  checkNotNegative("polynomial", { base, min });
  checkPositive("polynomial", { power });
  checkCounts("polynomial", { steps });
  const left = (step: number): number => Math.max(0, 1 - step / steps) ** power;
  return printed("polynomial", [{ base, steps, power, min }], (t) => min + (base - min) * left(t));
}

/**
 * Half a cosine from `base` down to `min`, which it then keeps: η(t) = min + (base − min)·(1 +
 * cos(π·t/steps))/2.
 *
 * @param options.steps - steps until `min` is reached, at least 1
 * @param options.min - 0 unless said
 * @throws ValueError for options out of range
 * Source: Loshchilov, Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", ICLR 2017,
 * eq. 5
 * @example adam(parameters, { learningRate: cosine({ base: 1e-3, steps: 1000 }) });
 */
export function cosine({
  base,
  steps,
  min = 0,
}: {
  readonly base: number;
  readonly steps: number;
  readonly min?: number;
}): Schedule {
  checkNotNegative("cosine", { base, min });
  checkCounts("cosine", { steps });
  return printed("cosine", [{ base, steps, min }], (step) =>
    halfCosine(base, min, Math.min(step / steps, 1)),
  );
}

/**
 * {@link cosine} again and again: the first period has `period` steps, each next one `growth` times
 * as many.
 *
 * @param options.period - steps of the first period, at least 1
 * @param options.growth - a whole number of at least 1, which it is unless said
 * @param options.min - 0 unless said
 * @throws ValueError for options out of range
 * Source: Loshchilov, Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", ICLR 2017,
 * eq. 5
 * @example
 * cosineRestarts({ base: 0.1, period: 100, growth: 2 }); // restarts at steps 100, 300, 700, …
 */
export function cosineRestarts({
  base,
  period,
  growth = 1,
  min = 0,
}: {
  readonly base: number;
  readonly period: number;
  readonly growth?: number;
  readonly min?: number;
}): Schedule {
  checkNotNegative("cosineRestarts", { base, min });
  checkCounts("cosineRestarts", { period, growth });
  return printed("cosineRestarts", [{ base, period, growth, min }], (step) => {
    let since = growth === 1 ? step % period : step;
    let length = period;
    for (; since >= length; length *= growth) since -= length;
    return halfCosine(base, min, since / length);
  });
}

/**
 * Up along half a cosine from max/divide to `max`, and down along another to max/divide/finalDivide
 * at the last step.
 *
 * @param options.max - the highest rate
 * @param options.steps - of the whole cycle, at least 1; the last rate holds afterwards
 * @param options.rise - share of the steps until `max`, in [0, 1); 0.3 unless said
 * @param options.divide - max over the first rate, above 0; 25 unless said
 * @param options.finalDivide - first rate over the last, above 0; 1e4 unless said
 * @throws ValueError for options out of range
 * Source: Smith, Topin, "Super-Convergence: Very Fast Training of Neural Networks Using Large
 * Learning Rates", 2018
 * @example oneCycle({ max: 1e-2, steps: 1000 });
 */
export function oneCycle({
  max,
  steps,
  rise = 0.3,
  divide = 25,
  finalDivide = 1e4,
}: {
  readonly max: number;
  readonly steps: number;
  readonly rise?: number;
  readonly divide?: number;
  readonly finalDivide?: number;
}): Schedule {
  checkNotNegative("oneCycle", { max });
  checkCounts("oneCycle", { steps });
  checkFractions("oneCycle", { rise });
  checkPositive("oneCycle", { divide, finalDivide });
  const first = max / divide;
  const peak = rise * steps - 1;
  const last = steps - 1;
  return printed("oneCycle", [{ max, steps, rise, divide, finalDivide }], (step) =>
    step < peak
      ? halfCosine(first, max, step / peak)
      : halfCosine(max, first / finalDivide, Math.min((step - peak) / (last - peak), 1)),
  );
}

/**
 * A straight line from `from` times the schedule's first rate up to that rate, then the schedule
 * from its own step 0.
 *
 * @param options.steps - of the line, at least 1
 * @param options.from - share of the first rate that it begins with, at least 0, which it is unless
 * said
 * @throws ValueError for options out of range
 * Source: Goyal et al., "Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour", 2017, section
 * 2.2
 * @example warmup({ steps: 100 }, cosine({ base: 1e-3, steps: 900 }));
 */
export function warmup(
  { steps, from = 0 }: { readonly steps: number; readonly from?: number },
  then: Schedule,
): Schedule {
  checkNotNegative("warmup", { from });
  checkCounts("warmup", { steps });
  const schedule = sequence(
    [linearDecay({ from: from * then(0), to: then(0), steps }), then],
    [steps],
  );
  return printed("warmup", [{ steps, from }, then], schedule);
}

/**
 * One schedule after another, each from its own step 0: the k-th until `milestones[k]`.
 *
 * @param milestones - steps at which the next one takes over, ascending, one fewer than schedules
 * @throws ValueError for another number of milestones, or ones that fall
 * @example sequence([constant({ base: 1e-3 }), linear({ from: 1e-3, to: 0, steps: 100 })], [900]);
 */
export function sequence(schedules: readonly Schedule[], milestones: readonly number[]): Schedule {
  if (milestones.length !== schedules.length - 1)
    throw new ValueError(
      "sequence",
      `${schedules.length - 1} milestones for ${schedules.length} schedules`,
      milestones.length,
    );
  checkMilestones("sequence", milestones);
  return printed("sequence", [schedules, milestones], (step) => {
    const passed = milestones.filter((milestone) => milestone <= step).length;
    return schedules[passed]!(step - (milestones[passed - 1] ?? 0));
  });
}

/** From `start` (at 0) to `end` (at 1) along half a cosine. */
const halfCosine = (start: number, end: number, part: number): number =>
  end + ((start - end) * (1 + Math.cos(Math.PI * part))) / 2;

/** @throws ValueError unless the steps are whole and ascend */
function checkMilestones(op: string, milestones: readonly number[]): void {
  const ascending = milestones.every(
    (step, k) => Number.isSafeInteger(step) && step > (milestones[k - 1] ?? -1),
  );
  if (!ascending)
    throw new ValueError(op, "whole milestones ≥ 0 that ascend", `[${milestones.join(", ")}]`);
}
