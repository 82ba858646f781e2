/** @file Metrics of logits themselves: top-k accuracy, perplexity, calibration. */
import { ShapeError, ValueError } from "@spm/core/extend";

/**
 * The fraction of samples whose class is among the k greatest logits. A class that ties with others
 * counts as the last of them.
 *
 * @param logits - row-major, shape [samples, classes]
 * @param labels - shape [samples], each in [0, classes)
 * @param k - in [1, classes]
 * @throws ShapeError when the lengths do not fit; ValueError for k or a label out of range
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
    let before = 0; // classes that do not rank below it, itself among them
    for (let c = 0; c < classes; c++) if (!(logits[i * classes + c]! < own)) before++;
    if (before <= k) right++;
  }
  return right / labels.length;
}

/**
 * How many equally likely choices a mean cross-entropy in nats amounts to: e^loss.
 *
 * @example
 * ```ts
 * import { perplexity } from "@spm/trainer";
 * perplexity(Math.log(27)); // 27
 * ```
 */
export function perplexity(loss: number): number {
  return Math.exp(loss);
}

/**
 * Expected calibration error: Σ over bins of confidence, (samples in bin / samples) · |accuracy −
 * mean confidence|.
 *
 * The confidence is the greatest softmax probability; bins are equally wide. In [0, 1], 0 is best.
 *
 * @param logits - row-major, shape [samples, classes]
 * @param labels - shape [samples], each in [0, classes)
 * @param bins - at least 1; 15 unless said
 * @throws ShapeError when the lengths do not fit; ValueError for bins or a label out of range
 * Source: Guo, Pleiss, Sun, Weinberger, "On Calibration of Modern Neural Networks", ICML 2017, eq.
 * 3
 * @example
 * ```ts
 * import { calibrationError } from "@spm/trainer";
 * calibrationError([0, 0], [0]); // 0.5: it says one half, and is right
 * ```
 */
export function calibrationError(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  bins = 15,
): number {
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
