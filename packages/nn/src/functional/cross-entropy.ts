/**
 * @file Cross-entropy between logits and class indices, fused: one pass over the logits forward,
 * and one backward.
 */
import {
  add,
  cast,
  div,
  expandDims,
  gather,
  mean,
  mul,
  type NdArray,
  neg,
  notEqual,
  sum,
  type Tensor,
} from "@spm/core";
import {
  allocate,
  checkDTypes,
  checkOptions,
  checkTensors,
  DTypeError,
  dtypeOf,
  each,
  elements,
  type FusedOp,
  fused,
  type OptionNames,
  ShapeError,
  type Spec,
  sameShape,
  showShape,
  showSpec,
  sizeOf,
  ValueError,
  wrap,
} from "@spm/core/extend";
import { logSumOf } from "./rows.ts";
import { logSoftmax } from "./softmax.ts";

interface CheckedCrossEntropy {
  readonly labelSmoothing: number;
  readonly ignoreIndex: number;
}

function infer([logits, labels]: readonly [logits: Spec, labels: Spec]): Spec {
  const dtype = checkDTypes("crossEntropy", [logits]);
  if (labels.dtype !== "int32") {
    const help = sameShape(logits.shape, labels.shape)
      ? "the class of each row, not its probabilities: of one-hot rows argmax(labels, -1)"
      : 'tensor(classes, { dtype: "int32" })';
    throw new DTypeError("crossEntropy", "int32 class indices", showSpec(labels), help);
  }
  if (logits.shape.length === 0 || !sameShape(logits.shape.slice(0, -1), labels.shape))
    throw new ShapeError(
      "crossEntropy",
      "logits [..., classes] and labels [...]",
      `${showShape(logits.shape)} and ${showShape(labels.shape)}`,
    );
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
    composed: ([logits, labels], { labelSmoothing, ignoreIndex }) => {
      const kept = expandDims(notEqual(labels, ignoreIndex), -1);
      const weight = cast(kept, logits.dtype);
      const picks = mul(expandDims(labels, -1), cast(kept, "int32"));
      const logProbabilities = logSoftmax(logits);
      const right = gather(logProbabilities, picks, -1);
      const spread = () =>
        mul(mean(logProbabilities, { axis: -1, keepdims: true }), labelSmoothing);
      const gains = labelSmoothing === 0 ? right : add(mul(right, 1 - labelSmoothing), spread());
      return neg(div(sum(mul(gains, weight)), sum(weight)));
    },
  });

/** Options of {@link crossEntropy}. */
export interface CrossEntropyOptions {
  /**
   * Share of each target that is spread evenly over all classes, in [0, 1].
   * @defaultValue 0
   */
  readonly labelSmoothing?: number;
  /**
   * The label of rows that are left out of the mean.
   * @defaultValue −100
   */
  readonly ignoreIndex?: number;
}

const names: OptionNames<CrossEntropyOptions> = { labelSmoothing: true, ignoreIndex: true };

/**
 * Mean of −ln softmax(x)[label] over the rows that are not ignored, in nats; with label smoothing ε
 * the target is (1 − ε) at the label plus ε / classes everywhere (Szegedy et al. 2016). NaN where
 * every row is ignored.
 * @param logits - [..., classes]
 * @param labels - [...], int32, in [0, classes) or `ignoreIndex`
 * @returns a scalar. Cost: one exponential an element forward, one backward
 * @throws ShapeError, DTypeError; ValueError for a label or a smoothing out of range
 * @example crossEntropy(tensor([[2, 0, 1]]), tensor([0], { dtype: "int32" })); // 0.4076
 */
export function crossEntropy(
  logits: Tensor,
  labels: Tensor,
  options: CrossEntropyOptions = {},
): Tensor {
  checkTensors("crossEntropy", logits, labels);
  checkOptions("crossEntropy", options, names);
  const { labelSmoothing = 0, ignoreIndex = -100 } = options;
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1))
    throw new ValueError("crossEntropy", "labelSmoothing in [0, 1]", labelSmoothing);
  return crossEntropyOp([logits, labels], { labelSmoothing, ignoreIndex });
}
