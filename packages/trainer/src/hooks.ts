/** @file What training tells its callbacks, and when. */

/** Where training stands. */
export interface TrainingPosition {
  /** Optimizer steps taken. */
  readonly step: number;
  /** Optimizer steps in all. */
  readonly steps: number;
  /** The epoch being trained, from 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Seconds spent in training steps since `fit` began, evaluations left out. */
  readonly seconds: number;
  /** Seconds of wall clock since `fit` began. */
  readonly elapsed: number;
}

/** Means over samples, by name: always `loss`, and what else the loss function measured. */
export type Metrics = Readonly<Record<string, number>> & { readonly loss: number };

/** Metrics at a position. */
export interface MetricsEvent extends TrainingPosition {
  readonly metrics: Metrics;
  /** The learning rate of the last step. */
  readonly learningRate: number;
}

/**
 * Typed hooks; each may be asynchronous and is awaited. An error thrown in one ends the training.
 *
 * @example
 * ```ts
 * import type { Callback } from "@spm/trainer";
 * const print: Callback = { onEvaluate: ({ step, metrics }) => console.log(step, metrics.loss) };
 * ```
 */
export interface Callback {
  /** Before the first step. */
  onStart?(position: TrainingPosition): void | Promise<void>;
  /** After each step. Reads nothing from the device. */
  onStep?(position: TrainingPosition): void | Promise<void>;
  /** Every `logEvery` steps and after the last: the training metrics' means since the previous time. */
  onLog?(event: MetricsEvent): void | Promise<void>;
  /** After an evaluation: its metrics' means over the evaluation's samples. */
  onEvaluate?(event: MetricsEvent): void | Promise<void>;
  /** After an epoch's last step and its evaluation. */
  onEpochEnd?(position: TrainingPosition): void | Promise<void>;
  /** At the end, also after an interruption or an error. */
  onEnd?(position: TrainingPosition): void | Promise<void>;
}
