/** @file Scaled dot-product attention, for all heads at once. */
import {
  add,
  arange,
  broadcastTo,
  expandDims,
  greaterEqual,
  logicalAnd,
  matmul,
  mul,
  notEqual,
  type Rng,
  reshape,
  type Tensor,
  transpose,
  where,
} from "@spm/core";
import {
  checkOptions,
  checkRandom,
  checkTensors,
  DTypeError,
  type OptionNames,
  ShapeError,
  showSpec,
  ValueError,
} from "@spm/core/extend";
import { dropout } from "./dropout.ts";
import { softmax } from "./softmax.ts";

/** The tokens that each token attends to, and their weights. */
export interface AttentionMaskOptions {
  /**
   * Whether token t of T attends only to the sources up to S − T + t: itself and those before it.
   * @defaultValue false
   */
  readonly causal?: boolean;
  /**
   * Broadcasts to [..., T, S]. bool: true where a token attends. Floating: added to the scores, −∞
   * where a token does not attend.
   */
  readonly mask?: Tensor;
  /**
   * Factor on the products of queries and keys.
   * @defaultValue 1/√d
   */
  readonly scale?: number;
  /**
   * Probability that a weight is dropped, as {@link dropout}; it takes `random`.
   * @defaultValue 0
   */
  readonly dropout?: number;
  readonly random?: Rng;
  /**
   * Whether keys and values have fewer heads, each for as many queries' heads in a row (Ainslie et
   * al. 2023): q [..., heads, T, d], k and v [..., heads / n, S, d].
   * @defaultValue false
   */
  readonly groupedQueries?: boolean;
}

const names: OptionNames<AttentionMaskOptions> = {
  causal: "boolean",
  mask: true,
  scale: true,
  dropout: true,
  random: true,
  groupedQueries: "boolean",
};

/**
 * The score of a masked source, the lowest of float32: e^UNSEEN is 0, and a row of nothing else
 * gives no NaN.
 */
const UNSEEN = -(2 - 2 ** -23) * 2 ** 127;
const op = "scaledDotProductAttention";

/**
 * Scaled dot-product attention, softmax(scale · q kᵀ + mask) v (Vaswani et al. 2017). A token that
 * attends to no source gets zeros, as in PyTorch.
 * @param q - [..., T, d]
 * @param k - [..., S, d]
 * @param v - [..., S, e]
 * @returns [..., T, e]; 2·T·S·(d + e) FLOP for each matrix
 * @throws ShapeError unless sizes agree and leading axes broadcast; DTypeError for mixed dtypes or
 * a mask of integers; ValueError for a probability out of range
 * @example scaledDotProductAttention(q, k, v, { causal: true });
 */
export function scaledDotProductAttention(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  options: AttentionMaskOptions = {},
): Tensor {
  checkTensors(op, q, k, v);
  checkOptions(op, options, names);
  const {
    causal = false,
    mask,
    groupedQueries = false,
    scale = 1 / Math.sqrt(q.shape.at(-1)!),
  } = options;
  for (const x of [q, k, v])
    if (x.shape.length < (groupedQueries ? 3 : 2))
      throw new ShapeError(op, `q, k, v of rank ${groupedQueries ? 3 : 2} or more`, showSpec(x));
  const ofHeads = (x: Tensor): Tensor => (groupedQueries ? repeatedHeads(x, q) : x);
  const { seen, added } = masks(mask);
  // q is smaller than the scores
  const products = matmul(mul(q, scale), swapLast(ofHeads(k)));
  const scores = added === undefined ? products : add(products, added);
  const visible = causal ? past(scores, seen) : seen;
  const weights = softmax(visible === undefined ? scores : where(visible, scores, UNSEEN));
  const [time, sources] = scores.shape.slice(-2) as [number, number];
  // With causality alone every token attends to itself at least, and e^UNSEEN is 0 beside that.
  const allAttend = visible === undefined || (seen === undefined && time <= sources);
  const kept = dropped(allAttend ? weights : where(visible, weights, 0), options);
  return matmul(kept, ofHeads(v));
}

/** k or v [..., heads / n, S, d] with each head n times, for the heads of q. */
function repeatedHeads(x: Tensor, q: Tensor): Tensor {
  const [heads, sources, d] = x.shape.slice(-3) as [number, number, number];
  const [all = 0] = q.shape.slice(-3);
  if (heads === 0 || all % heads !== 0)
    throw new ShapeError(
      op,
      `a multiple of ${heads} heads of keys and values`,
      `${all} of queries`,
    );
  const lead = x.shape.slice(0, -3);
  const repeated = broadcastTo(expandDims(x, -3), [...lead, heads, all / heads, sources, d]);
  return reshape(repeated, [...lead, all, sources, d]);
}

/** The places at which a mask lets tokens attend, and the numbers that it adds there. */
function masks(mask: Tensor | undefined): { readonly seen?: Tensor; readonly added?: Tensor } {
  if (mask === undefined) return {};
  checkTensors(op, mask);
  if (mask.dtype === "bool") return { seen: mask };
  if (mask.dtype === "int32")
    throw new DTypeError(op, "a mask that is bool or floating", mask.dtype, "notEqual(mask, 0)");
  const seen = notEqual(mask, Number.NEGATIVE_INFINITY);
  return { seen, added: where(seen, mask, 0) };
}

function dropped(
  weights: Tensor,
  { dropout: probability = 0, random }: AttentionMaskOptions,
): Tensor {
  if (probability === 0) return weights;
  if (!(probability > 0 && probability < 1))
    throw new ValueError(op, "a probability in [0, 1)", probability);
  if (random === undefined)
    throw new ValueError(op, "a generator with dropout", "none", "random: rng(1)");
  return dropout(weights, probability, { random: checkRandom(op, random) });
}

function swapLast(x: Tensor): Tensor {
  const axes = x.shape.map((_, k) => k);
  return transpose(x, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]);
}

/** Causality, and the mask, in one mask. */
function past({ shape, backend }: Tensor, seen?: Tensor): Tensor {
  const [time, sources] = shape.slice(-2) as [number, number];
  const last = arange(sources, { start: sources - time, dtype: "int32", backend });
  const before = greaterEqual(expandDims(last, -1), arange(sources, { dtype: "int32", backend }));
  return seen === undefined ? before : logicalAnd(seen, before);
}
