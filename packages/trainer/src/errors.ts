/** @file The errors of training: a run folder that cannot be used, a loss that is no number. */

import { SpmError } from "@spm/core";

/**
 * A run folder is not what is needed: not empty for a new run, or not a run at all.
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
 * No checkpoint can be written, or one cannot be read: damaged, cut short, of another format, or
 * none there.
 */
export class CheckpointError extends SpmError {
  override readonly name = "CheckpointError";
}

/**
 * The loss, or a gradient, became NaN or infinite. In CPU memory the parameters are those before
 * the step, which was not taken; on a device steps up to the next log were.
 */
export class NonFiniteError extends SpmError {
  override readonly name = "NonFiniteError";
  /** The step that failed, from 1. */
  readonly step: number;
  /** The loss of that step: NaN, ±Infinity, or a number where only a gradient was not finite. */
  readonly loss: number;
  /**
   * The first op that made a value that is not finite, as anomaly mode tells it; undefined where a
   * replay did not find one.
   */
  readonly culprit: string | undefined;

  /**
   * @param step - the step that failed, from 1.
   * @param loss - its loss.
   * @param culprit - what a replay in anomaly mode said.
   * @param late - whether it was found at a log, after steps with it were taken.
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
