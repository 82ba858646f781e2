/** @file Metrics of logits: top-k accuracy, perplexity, calibration. */
import { checkOptions, type OptionNames, ShapeError, ValueError } from "@spm/core/extend";

/**
 * The fraction of samples whose class is among the k greatest logits, in [0, 1]. A class that ties
 * with others counts as the last of them.
 *
 * @param logits - row-major [samples, classes]
 * @param labels - [samples], each in [0, classes)
 * @param k - in [1, classes]
 * @throws ShapeError when the lengths don't fit; ValueError for k or a label out of range
 * @example
 * ```ts
 * import { topKAccuracy } from "@spm/trainer";
 * topKAccuracy([0.1, 0.7, 0.2, 0.5, 0.3, 0.2], [2, 0], 2); // 1
 * ```
 */
export function topKAccuracy(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  k: number,
): number {
  const classes = classesOf("topKAccuracy", logits, labels);
  if (!Number.isInteger(k) || k < 1 || k > classes)
    throw new ValueError("topKAccuracy", `a whole k in [1, ${classes}]`, k);
  let right = 0;
  for (let i = 0; i < labels.length; i++) {
    const own = logits[i * classes + labelAt("topKAccuracy", labels, i, classes)]!;
    let before = 0; // classes that don't rank below it, itself included
    for (let c = 0; c < classes; c++) if (!(logits[i * classes + c]! < own)) before++;
    if (before <= k) right++;
  }
  return right / labels.length;
}

/**
 * The number of equally likely choices that has a given mean cross-entropy, e^loss.
 *
 * @param loss - in nats
 * @example
 * ```ts
 * import { perplexity } from "@spm/trainer";
 * perplexity(Math.log(27)); // 27
 * ```
 */
export function perplexity(loss: number): number {
  return Math.exp(loss);
}

/** Options of {@link calibrationError}. */
export interface CalibrationOptions {
  /**
   * Bins of equal width, at least 1.
   * @defaultValue 15
   */
  readonly bins?: number;
}

const names: OptionNames<CalibrationOptions> = { bins: true };

/**
 * Expected calibration error, in [0, 1] with 0 the best. The confidence of a prediction is its
 * softmax probability.
 *
 * Σ over bins of confidence of (samples in bin / samples) · |accuracy − mean confidence|
 *
 * @param logits - row-major [samples, classes]
 * @param labels - [samples], each in [0, classes)
 * @throws ShapeError when the lengths don't fit; ValueError for bins or a label out of range;
 * OptionError for an unknown option
 * Source: Guo, Pleiss, Sun, Weinberger, "On Calibration of Modern Neural Networks", ICML 2017, eq.
 * 3
 * @example
 * ```ts
 * import { calibrationError } from "@spm/trainer";
 * calibrationError([0, 0], [0]); // 0.5: a confidence of one half, and a correct prediction
 * ```
 */
export function calibrationError(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  options: CalibrationOptions = {},
): number {
  checkOptions("calibrationError", options, names);
  const { bins = 15 } = options;
  const classes = classesOf("calibrationError", logits, labels);
  if (!Number.isInteger(bins) || bins < 1)
    throw new ValueError("calibrationError", "whole bins of at least 1", bins);
  // Σ (right − confidence), so that |gap| is the bin's weight times its error
  const gaps = new Float64Array(bins);
  for (let i = 0; i < labels.length; i++) {
    const label = labelAt("calibrationError", labels, i, classes);
    let best = 0;
    for (let c = 1; c < classes; c++)
      if (logits[i * classes + c]! > logits[i * classes + best]!) best = c;
    let sum = 0;
    for (let c = 0; c < classes; c++)
      sum += Math.exp(logits[i * classes + c]! - logits[i * classes + best]!);
    const confidence = 1 / sum;
    gaps[Math.min(bins - 1, Math.ceil(confidence * bins) - 1)]! +=
      (best === label ? 1 : 0) - confidence;
  }
  return gaps.reduce((total, gap) => total + Math.abs(gap), 0) / labels.length;
}

function classesOf(op: string, logits: ArrayLike<number>, labels: ArrayLike<number>): number {
  const classes = logits.length / labels.length;
  if (labels.length === 0 || !Number.isInteger(classes) || classes < 1)
    throw new ShapeError(op, `logits of [${labels.length}, classes]`, `${logits.length} of them`);
  return classes;
}

function labelAt(op: string, labels: ArrayLike<number>, i: number, classes: number): number {
  const label = labels[i]!;
  if (Number.isInteger(label) && label >= 0 && label < classes) return label;
  throw new ValueError(op, `labels in [0, ${classes})`, `${label} at ${i}`);
}
