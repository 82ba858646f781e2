/** @file Scaled dot-product attention, for all heads at once. */
import {
  arange,
  expandDims,
  greaterEqual,
  logicalAnd,
  matmul,
  mul,
  type Tensor,
  transpose,
  where,
} from "@spm/core";
import {
  checkOptions,
  checkTensors,
  type OptionNames,
  ShapeError,
  showSpec,
} from "@spm/core/extend";
import { softmax } from "./softmax.ts";

/** The sources that each token attends to. */
export interface AttentionMaskOptions {
  /**
   * Whether token t of T attends only to the sources up to S − T + t: itself and those before it.
   * @defaultValue false
   */
  readonly causal?: boolean;
  /** bool, broadcasts to [..., T, S]; true where a token attends. */
  readonly mask?: Tensor;
}

const names: OptionNames<AttentionMaskOptions> = { causal: true, mask: true };

/**
 * The score of a masked source, the lowest of float32: e^UNSEEN is 0, and a row of nothing else
 * gives no NaN.
 */
const UNSEEN = -(2 - 2 ** -23) * 2 ** 127;

/**
 * Scaled dot-product attention, softmax(q kᵀ / √d) v (Vaswani et al. 2017). A token that attends to
 * no source gets zeros, as in PyTorch.
 * @param q - [..., T, d]
 * @param k - [..., S, d]
 * @param v - [..., S, e]
 * @returns [..., T, e]; 2·T·S·(d + e) FLOP for each matrix
 * @throws ShapeError unless sizes agree and leading axes broadcast; DTypeError for mixed dtypes or
 * a mask that is not bool
 * @example scaledDotProductAttention(q, k, v, { causal: true });
 */
export function scaledDotProductAttention(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  options: AttentionMaskOptions = {},
): Tensor {
  checkTensors("scaledDotProductAttention", q, k, v);
  checkOptions("scaledDotProductAttention", options, names);
  const { causal = false, mask } = options;
  for (const x of [q, k, v])
    if (x.shape.length < 2)
      throw new ShapeError("scaledDotProductAttention", "q, k, v of rank 2 or more", showSpec(x));
  // q is smaller than the scores
  const scores = matmul(mul(q, 1 / Math.sqrt(q.shape.at(-1)!)), swapLast(k));
  const seen = visible(scores, causal, mask);
  if (seen === undefined) return matmul(softmax(scores), v);
  const weights = softmax(where(seen, scores, UNSEEN));
  const [time, sources] = scores.shape.slice(-2) as [number, number];
  // With causality alone every token attends to itself at least, and e^UNSEEN is 0 beside that.
  const allAttend = mask === undefined && time <= sources;
  return matmul(allAttend ? weights : where(seen, weights, 0), v);
}

function swapLast(x: Tensor): Tensor {
  const axes = x.shape.map((_, k) => k);
  return transpose(x, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]);
}

/** The mask and causality in one mask; undefined where every token attends to all sources. */
function visible({ shape, backend }: Tensor, causal: boolean, mask?: Tensor): Tensor | undefined {
  if (!causal) return mask;
  const [time, sources] = shape.slice(-2) as [number, number];
  const last = arange(sources, { start: sources - time, dtype: "int32", backend });
  const past = greaterEqual(expandDims(last, -1), arange(sources, { dtype: "int32", backend }));
  return mask === undefined ? past : logicalAnd(mask, past);
}
