/** @file Scaled dot-product attention, for all heads at once. */
import {
  broadcastTo,
  expandDims,
  notEqual,
  type Rng,
  reshape,
  type Tensor,
  where,
} from "@spm/core";
import {
  checkOptions,
  checkRandom,
  checkTensors,
  DTypeError,
  type OptionNames,
  ShapeError,
  sameShape,
  showSpec,
  ValueError,
} from "@spm/core/extend";
import {
  type AttentionSettings,
  attentionOp,
  composedAttention,
  maskedAttentionOp,
} from "./attention-op.ts";
import { dropout } from "./dropout.ts";

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

const op = "scaledDotProductAttention";

/**
 * Scaled dot-product attention, softmax(scale · q kᵀ + mask) v (Vaswani et al. 2017). A token that
 * attends to no source gets zeros, as in PyTorch.
 * @param q - [..., T, d]
 * @param k - [..., S, d]
 * @param v - [..., S, e]
 * @returns [..., T, e]; 2·T·S·(d + e) FLOP for each matrix. On a GPU in one kernel, which writes no
 * scores, where nothing is dropped, d and e are at most 128 and a mask is bool
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
  const [keys, values] = groupedQueries ? [repeatedHeads(k, q), repeatedHeads(v, q)] : [k, v];
  const { seen, added } = masks(mask);
  const drop = dropping(options);
  const settings = { causal, scale };
  if (added === undefined && drop === undefined) {
    const y = inOneKernel(q, keys, values, seen, settings);
    if (y !== null) return y;
  }
  return composedAttention(q, keys, values, { ...settings, seen, added, ...(drop && { drop }) });
}

/** The widest heads of the kernels. */
const mostWidth = 128;

/**
 * Attention without scores in memory, where the backend has kernels for it; null elsewhere, and for
 * a single token, whose scores are few.
 */
function inOneKernel(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  seen: Tensor | undefined,
  settings: AttentionSettings,
): Tensor | null {
  const { primitive } = seen === undefined ? attentionOp : maskedAttentionOp;
  const [lead, [time = 0, d = 0]] = [q.shape.slice(0, -2), q.shape.slice(-2)];
  const fits =
    [q, k, v].every(({ backend }) => backend.kernels.has(primitive)) &&
    [k, v].every(({ shape }) => sameShape(shape.slice(0, -2), lead)) &&
    k.shape.at(-1) === d &&
    k.shape.at(-2) === v.shape.at(-2) &&
    k.shape.at(-2) !== 0 &&
    time > 1 &&
    Math.max(d, v.shape.at(-1) ?? 0) <= mostWidth;
  if (!fits) return null;
  return seen === undefined
    ? attentionOp([q, k, v], settings)
    : maskedAttentionOp([q, k, v, seen], settings);
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

/** Dropout of the weights; undefined where none is dropped. */
function dropping({
  dropout: probability = 0,
  random,
}: AttentionMaskOptions): ((weights: Tensor) => Tensor) | undefined {
  if (probability === 0) return undefined;
  if (!(probability > 0 && probability < 1))
    throw new ValueError(op, "a probability in [0, 1)", probability);
  if (random === undefined)
    throw new ValueError(op, "a generator with dropout", "none", "random: rng(1)");
  const checked = checkRandom(op, random);
  return (weights) => dropout(weights, probability, { random: checked });
}
