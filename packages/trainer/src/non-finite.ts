/** @file The reaction to a step that isn't finite: end, skip it, or roll back. */
import { scope, sum, type Tensor } from "@spm/core";
import { NonFiniteError } from "./errors.ts";
import { readScalar } from "./measurement.ts";
import type { BadStep } from "./train-step.ts";
import {
  copiesOf,
  disposeOf,
  prefixed,
  restoreValues,
  type StatefulParts,
  unprefixed,
  type Values,
  valuesOf,
} from "./training-state.ts";

/** The reaction to a step that isn't finite. */
export type NonFiniteAction = "stop" | "skip" | "rollback";

/** Bad steps in a row that end the training, whatever the action. */
const LIMIT = 10;

/** Counts bad steps, and keeps the snapshot that `"rollback"` restores. */
export class NonFinitePolicy {
  readonly action: NonFiniteAction;
  readonly #parts: StatefulParts;
  readonly #every: number;
  #snapshot: Values | undefined;
  #badInRow = 0;

  constructor(parts: StatefulParts, action: NonFiniteAction, every: number) {
    this.#parts = parts;
    this.action = action;
    this.#every = every;
  }

  /** Bad steps since the last good one. */
  get badInRow(): number {
    return this.#badInRow;
  }

  /** Takes a snapshot when one is due; `step` steps were taken so far. */
  beforeStep(step: number): void {
    if (this.action !== "rollback" || this.#badInRow > 0) return;
    if (this.#snapshot === undefined || step % this.#every === 0)
      this.#replace(copiesOf(valuesOf(this.#parts)));
  }

  /** A step went well. */
  good(): void {
    this.#badInRow = 0;
  }

  /**
   * A step didn't go well: rolls back where that is the action. Returns the error that ends the
   * training, or undefined where it continues.
   */
  bad(step: number, { loss, culprit }: BadStep): NonFiniteError | undefined {
    this.#badInRow++;
    if (this.action === "stop" || this.#badInRow >= LIMIT)
      return new NonFiniteError(step, loss, culprit);
    if (this.action === "rollback" && this.#snapshot !== undefined)
      restoreValues(this.#parts, this.#snapshot);
    return undefined;
  }

  /** The snapshot, for a checkpoint: a resumed training rolls back to the same weights. */
  values(): Values {
    return this.#snapshot === undefined ? {} : prefixed("snapshot", this.#snapshot);
  }

  /** Copies {@link values} in. */
  restore(values: Values, badInRow: number): void {
    this.#badInRow = badInRow;
    const saved = unprefixed("snapshot", values);
    if (this.action === "rollback" && Object.keys(saved).length > 0) this.#replace(copiesOf(saved));
  }

  /** Releases the snapshot. */
  dispose(): void {
    this.#replace(undefined);
  }

  #replace(next: Values | undefined): void {
    disposeOf(this.#snapshot);
    this.#snapshot = next;
  }
}

/**
 * Checks the values that no step checks on a device: the losses since the last log, and the
 * weights.
 *
 * @throws NonFiniteError when one of them isn't finite; its loss is the first that isn't, the last
 * where all are, or the logged one where there are none
 */
export async function assertFinite(
  step: number,
  losses: readonly number[],
  {
    parameters = [],
    logged = Number.NaN,
  }: { parameters?: readonly Tensor[]; logged?: number } = {},
): Promise<void> {
  const sums: (number | Promise<number>)[] = [];
  scope(() => {
    for (const parameter of parameters) sums.push(readScalar(sum(parameter)));
  });
  if ([...losses, ...(await Promise.all(sums))].every(Number.isFinite)) return;
  const loss = losses.find((value) => !Number.isFinite(value)) ?? losses.at(-1) ?? logged;
  throw new NonFiniteError(step, loss, undefined, true);
}
