/** @file Ranges of options, checked with messages that name the function and the option. */
import { checkList, ValueError } from "@spm/core/extend";

const isNumber = (value: unknown): value is number => typeof value === "number";

/** @throws ValueError unless each number is finite and at least 0 */
export function checkNotNegative(op: string, values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values))
    if (!(isNumber(value) && value >= 0 && value < Infinity))
      throw new ValueError(op, `a finite ${name} ≥ 0`, value);
}

/** @throws ValueError unless each number is finite and above 0 */
export function checkPositive(op: string, values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values))
    if (!(isNumber(value) && value > 0 && value < Infinity))
      throw new ValueError(op, `a finite ${name} > 0`, value);
}

/** @throws ValueError unless each number lies in [0, 1) */
export function checkFractions(op: string, values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values))
    if (!(isNumber(value) && value >= 0 && value < 1))
      throw new ValueError(op, `${name} in [0, 1)`, value);
}

/** @throws ValueError unless each number is whole and at least 1 */
export function checkCounts(op: string, counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts))
    if (!(Number.isSafeInteger(count) && count >= 1))
      throw new ValueError(op, `whole ${name} ≥ 1`, count);
}

/** @throws ValueError unless both decay rates of running means lie in [0, 1) */
export function checkBetas(op: string, betas: readonly [number, number]): void {
  if (!Array.isArray(betas) || betas.length !== 2)
    throw new ValueError(op, "betas as an array of two numbers", betas);
  const [beta1, beta2] = betas;
  checkFractions(op, { "betas[0]": beta1, "betas[1]": beta2 });
}

/** @throws ValueError unless the steps are whole and ascend */
export function checkMilestones(op: string, milestones: readonly number[]): void {
  checkList(op, milestones, "milestones");
  const ascending = milestones.every(
    (step, k) => Number.isSafeInteger(step) && step > (milestones[k - 1] ?? -1),
  );
  if (!ascending)
    throw new ValueError(op, "whole milestones ≥ 0 that ascend", `[${milestones.join(", ")}]`);
}
