/** @file The errors of training: an unusable run folder or checkpoint, a loss that isn't finite. */

import { SpmError } from "@spm/core";

/**
 * A run folder that can't be used: not empty for a new run, or not a run.
 *
 * @example
 * ```ts
 * import { RunError } from "@spm/trainer";
 * import { readRun } from "@spm/trainer/node";
 * try {
 *   readRun("no-such-run");
 * } catch (error) {
 *   console.log(error instanceof RunError); // true
 * }
 * ```
 */
export class RunError extends SpmError {
  override readonly name = "RunError";
}

/**
 * A checkpoint that can't be written or read: damaged, cut short, of another format, or missing.
 *
 * @example
 * ```ts
 * import { CheckpointError } from "@spm/trainer";
 * import { latestCheckpoint } from "@spm/trainer/node";
 * try {
 *   latestCheckpoint("runs/example/checkpoints");
 * } catch (error) {
 *   console.log(error instanceof CheckpointError); // true where all of them are damaged
 * }
 * ```
 */
export class CheckpointError extends SpmError {
  override readonly name = "CheckpointError";
}

/**
 * A loss or gradient that is NaN or infinite. In CPU memory the step isn't taken, so the parameters
 * are those before it; on a device, steps up to the next log are taken.
 *
 * @example
 * ```ts
 * import { NonFiniteError } from "@spm/trainer";
 * console.log(new NonFiniteError(3, Number.NaN).step); // 3
 * ```
 */
export class NonFiniteError extends SpmError {
  override readonly name = "NonFiniteError";
  /** The step that failed, from 1. */
  readonly step: number;
  /** The loss of that step: NaN, ±Infinity, or a number where only a gradient wasn't finite. */
  readonly loss: number;
  /** The first op whose result wasn't finite; undefined where a replay didn't find one. */
  readonly culprit: string | undefined;

  /**
   * @param step - the step that failed, from 1
   * @param loss - its loss
   * @param culprit - the first op whose result wasn't finite
   * @param late - whether it was found at a log, after later steps (default false)
   */
  constructor(step: number, loss: number, culprit?: string, late = false) {
    const got = Number.isFinite(loss)
      ? `loss ${loss} but a gradient that is not finite`
      : `loss ${loss}`;
    const first = culprit === undefined ? "" : `; the first bad op: ${culprit}`;
    super(
      "fit",
      "a finite loss and finite gradients",
      `${got} at step ${step}${first}`,
      late
        ? "lower the learning rate, or look at the batches; " +
            "the parameters are no longer good, a checkpoint may be"
        : "lower the learning rate, or look at the batch; " +
            "the parameters are those before this step",
    );
    this.step = step;
    this.loss = loss;
    this.culprit = culprit;
  }
}
