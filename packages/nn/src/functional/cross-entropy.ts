/**
 * @file Cross-entropy between logits and class indices, fused: one pass over the logits forward,
 * and one backward.
 */
import { add, mul, type NdArray, neg, sum, type Tensor } from "@spm/core";
import {
  allocate,
  checkDTypes,
  checkOptions,
  checkTensors,
  dtypeOf,
  each,
  elements,
  type FusedOp,
  fused,
  isFloating,
  type OptionNames,
  type Spec,
  sameShape,
  sizeOf,
  ValueError,
  wrap,
} from "@spm/core/extend";
import {
  type ClassLossOptions,
  checkIgnored,
  checkLabels,
  checkWeight,
  classesLast,
  labelLosses,
  reduceByWeights,
} from "./class-losses.ts";
import { reduceLosses } from "./losses.ts";
import { logSumOf } from "./rows.ts";
import { logSoftmax } from "./softmax.ts";

interface CheckedCrossEntropy {
  readonly labelSmoothing: number;
  readonly ignoreIndex: number;
}

function infer([logits, labels]: readonly [logits: Spec, labels: Spec]): Spec {
  const dtype = checkDTypes("crossEntropy", [logits]);
  checkLabels("crossEntropy", logits, labels);
  return { shape: [], dtype };
}

/**
 * Calls `visit(row, start, label)` for every row that is not ignored, and counts them.
 * @throws ValueError for a label out of range
 */
function eachLabel(
  labels: NdArray,
  classes: number,
  { ignoreIndex }: CheckedCrossEntropy,
  visit: (row: number, start: number, label: number) => void,
): number {
  const list = elements(labels);
  let count = 0;
  for (let row = 0; row < list.length; row++) {
    const label = list[row]!;
    if (label === ignoreIndex) continue;
    if (label < 0 || label >= classes)
      throw new ValueError(
        "crossEntropy",
        `labels in [0, ${classes}) or ${ignoreIndex}`,
        `${label} in row ${row}`,
      );
    visit(row, row * classes, label);
    count++;
  }
  return count;
}

/**
 * The primitives of {@link crossEntropy}, logits [..., classes] and labels [...] → []; the residual
 * is the largest element of each row and ln Σ e^(x − it), in float64.
 * @example
 * const labels = tensor([0], { dtype: "int32" });
 * const settings = { labelSmoothing: 0, ignoreIndex: -100 };
 * crossEntropyOp([tensor([[2, 0, 1]]), labels], settings); // 0.4076
 */
export const crossEntropyOp: FusedOp<[logits: 1, labels: 1], CheckedCrossEntropy, [logits: 1]> =
  fused({
    name: "crossEntropy",
    constants: 1,
    infer,
    forward: ([logits, labels], settings) => {
      const classes = logits.shape.at(-1) ?? 0;
      const { labelSmoothing } = settings;
      const x = elements(logits);
      const tops = new Float64Array(sizeOf(labels.shape));
      const logSums = new Float64Array(tops.length);
      let total = 0;
      const count = eachLabel(labels, classes, settings, (row, start, label) => {
        const { top, logSum } = logSumOf(x, start, start + classes);
        tops[row] = top;
        logSums[row] = logSum;
        total += logSum - (1 - labelSmoothing) * (x[start + label]! - top);
        if (labelSmoothing === 0) return;
        let below = 0;
        for (let i = start; i < start + classes; i++) below += x[i]! - top;
        total -= (labelSmoothing * below) / classes;
      });
      const loss = allocate(dtypeOf(logits), 1);
      loss[0] = total / count;
      const residual = [wrap(tops, labels.shape), wrap(logSums, labels.shape)] as const;
      return { outputs: [wrap(loss, [])], residual };
    },
    backward: (
      ct,
      [logits, labels],
      _y,
      settings,
      kept: readonly [tops: NdArray, logSums: NdArray],
    ) => {
      const classes = logits.shape.at(-1) ?? 0;
      const [x, tops, logSums] = each([logits, ...kept], elements);
      const out = allocate(dtypeOf(logits), x.length);
      const count = eachLabel(labels, classes, settings, () => {});
      const [seed = 0] = elements(ct);
      const scale = seed / count;
      const floor = settings.labelSmoothing / classes;
      eachLabel(labels, classes, settings, (row, start, label) => {
        for (let i = start; i < start + classes; i++)
          out[i] = scale * (Math.exp(x[i]! - tops[row]! - logSums[row]!) - floor);
        out[start + label]! -= scale * (1 - settings.labelSmoothing);
      });
      return [wrap(out, logits.shape)];
    },
    composed: ([logits, labels], settings) => {
      const rows = labelLosses("crossEntropy", logSoftmax(logits), labels, settings);
      return reduceByWeights("crossEntropy", rows, {});
    },
  });

/** Options of {@link crossEntropy}. */
export interface CrossEntropyOptions extends ClassLossOptions {
  /**
   * Share of each target that is spread evenly over all classes, in [0, 1].
   * @defaultValue 0
   */
  readonly labelSmoothing?: number;
}

const names: OptionNames<CrossEntropyOptions> = {
  labelSmoothing: true,
  ignoreIndex: true,
  weight: true,
  axis: true,
  reduction: true,
};

/**
 * Mean of −w[y] ln softmax(x)[y] over Σ w[y], of the rows that are not ignored, in nats; with label
 * smoothing ε the target is (1 − ε) at the label plus ε / classes everywhere (Szegedy et al. 2016).
 * NaN where every row is ignored. Of targets t that are probabilities, the mean over all rows of
 * −Σ w t ln softmax(x).
 * @param logits - x, [..., classes], or with the classes on `axis`
 * @param target - labels y, the shape without the classes, int32, in [0, classes) or `ignoreIndex`;
 * or probabilities t of the logits' shape and dtype
 * @returns a scalar, or for `reduction: "none"` the shape without the classes. Cost: one
 * exponential an element forward, one backward
 * @throws ShapeError, DTypeError; ValueError for a label or a smoothing out of range, or an
 * `ignoreIndex` where targets are probabilities
 * @example crossEntropy(tensor([[2, 0, 1]]), tensor([0], { dtype: "int32" })); // 0.4076
 * @example crossEntropy(tensor([[2, 0, 1]]), tensor([[0.5, 0.5, 0]])); // 1.4076
 */
export function crossEntropy(
  logits: Tensor,
  target: Tensor,
  options: CrossEntropyOptions = {},
): Tensor {
  checkTensors("crossEntropy", logits, target);
  checkOptions("crossEntropy", options, names);
  const { labelSmoothing = 0, ignoreIndex = -100, weight, axis = -1 } = options;
  const { reduction = "mean" } = options;
  if (!(Number.isFinite(labelSmoothing) && labelSmoothing >= 0 && labelSmoothing <= 1))
    throw new ValueError("crossEntropy", "labelSmoothing in [0, 1]", labelSmoothing);
  checkIgnored("crossEntropy", ignoreIndex);
  const x = classesLast("crossEntropy", logits, axis);
  checkWeight("crossEntropy", x, weight);
  if (isFloating(target.dtype) && sameShape(logits.shape, target.shape))
    return softCrossEntropy(x, classesLast("crossEntropy", target, axis), options);
  if (weight === undefined && reduction === "mean")
    return crossEntropyOp([x, target], { labelSmoothing, ignoreIndex });
  infer([x, target]);
  const settings = { labelSmoothing, ignoreIndex, weight };
  const rows = labelLosses("crossEntropy", logSoftmax(x), target, settings);
  return reduceByWeights("crossEntropy", rows, options);
}

/** Cross-entropy with probabilities, both [..., classes]. */
function softCrossEntropy(logits: Tensor, target: Tensor, options: CrossEntropyOptions): Tensor {
  const { labelSmoothing = 0, ignoreIndex, weight } = options;
  checkDTypes("crossEntropy", [logits, target]);
  if (ignoreIndex !== undefined)
    throw new ValueError("crossEntropy", "no ignoreIndex for probabilities", ignoreIndex);
  const floor = labelSmoothing / (target.shape.at(-1) ?? 1);
  const smooth = labelSmoothing === 0 ? target : add(mul(target, 1 - labelSmoothing), floor);
  const gains = mul(smooth, logSoftmax(logits));
  const rows = sum(weight === undefined ? gains : mul(gains, weight), -1);
  return reduceLosses("crossEntropy", neg(rows), options);
}
