/**
 * @file The primitives of attention: scores, softmax and weighted sums in one kernel, which writes
 * no score. A backend without such kernels composes it.
 */
import {
  add,
  arange,
  expandDims,
  greaterEqual,
  logicalAnd,
  matmul,
  mul,
  type NdArray,
  type Shape,
  type Tensor,
  type TypedArray,
  transpose,
  where,
} from "@spm/core";
import {
  allocate,
  broadcastArray,
  checkDTypes,
  DTypeError,
  dtypeOf,
  each,
  elements,
  type FusedOp,
  fused,
  ShapeError,
  type Spec,
  sameShape,
  showShape,
  sizeOf,
  wrap,
} from "@spm/core/extend";
import { dotRows } from "./rows.ts";
import { softmax } from "./softmax.ts";

/** Options of {@link attentionOp}. */
export interface AttentionSettings {
  /** Whether token t of T attends to the sources up to S − T + t alone. */
  readonly causal: boolean;
  /** Factor on the products of queries and keys. */
  readonly scale: number;
}

/** The options of the composed form, too. */
interface ComposedSettings extends AttentionSettings {
  /** Broadcasts to [..., T, S]: true where a token attends. */
  readonly seen?: Tensor | undefined;
  /** Numbers that are added to the scores. */
  readonly added?: Tensor | undefined;
  /** Applied to the weights. */
  readonly drop?: (weights: Tensor) => Tensor;
}

/**
 * The score of a masked source, the lowest of float32: e^UNSEEN is 0, and a row of nothing else
 * gives no NaN.
 */
const UNSEEN = -(2 - 2 ** -23) * 2 ** 127;

/** Attention of q [..., T, d], k [..., S, d] and v [..., S, e] in ordinary ops, [..., T, e]. */
export function composedAttention(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  { causal, scale, seen, added, drop }: ComposedSettings,
): Tensor {
  // q is smaller than the scores
  const products = matmul(mul(q, scale), swapLast(k));
  const scores = added === undefined ? products : add(products, added);
  const visible = causal ? past(scores, seen) : seen;
  const weights = softmax(visible === undefined ? scores : where(visible, scores, UNSEEN));
  const [time, sources] = scores.shape.slice(-2) as [number, number];
  // With causality alone every token attends to itself at least, and e^UNSEEN is 0 beside that.
  const allAttend = visible === undefined || (seen === undefined && time <= sources);
  const kept = allAttend ? weights : where(visible, weights, 0);
  return matmul(drop?.(kept) ?? kept, v);
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

type AttentionOperands<T> = readonly [q: T, k: T, v: T, seen?: T];

function infer(name: string, [q, k, v, seen]: AttentionOperands<Spec>): Spec {
  const dtype = checkDTypes(name, [q, k, v]);
  const [lead, time, d] = [q.shape.slice(0, -2), q.shape.at(-2), q.shape.at(-1)];
  const sources = k.shape.at(-2) ?? 0;
  if (time === undefined || d === undefined || v.shape.length !== q.shape.length)
    throw new ShapeError(name, "q and v of one rank ≥ 2", [q, v].map((x) => x.shape).join(" and "));
  if (!sameShape(k.shape, [...lead, sources, d]))
    throw new ShapeError(name, `keys [${[...lead, "S", d].join(", ")}]`, showShape(k.shape));
  if (!sameShape(v.shape.slice(0, -1), [...lead, sources]))
    throw new ShapeError(
      name,
      `values [${[...lead, sources, "e"].join(", ")}]`,
      showShape(v.shape),
    );
  if (seen !== undefined && seen.dtype !== "bool") throw new DTypeError(name, "bool", seen.dtype);
  return { shape: [...lead, time, v.shape.at(-1) ?? 0], dtype };
}

/** The places of a token's rows, and of the first source's of its matrix. */
interface TokenRows {
  readonly query: number;
  readonly key: number;
  readonly value: number;
  readonly result: number;
  /** softmax of its scores, in float64; zeros where it attends to nothing. */
  readonly weights: Float64Array;
}

/** a ← a + factor · b of rows that begin at i and j. */
function addRow(
  a: Float64Array,
  i: number,
  factor: number,
  b: TypedArray,
  j: number,
  width: number,
): void {
  for (let c = 0; c < width; c++) a[i + c]! += factor * b[j + c]!;
}

/** Softmax of scores in place, of which those of −∞ get 0, all of them where all are. */
function normalise(scores: Float64Array): void {
  const none = Number.NEGATIVE_INFINITY;
  const top = scores.reduce((a, b) => Math.max(a, b), none);
  let total = 0;
  for (const [s, score] of scores.entries()) {
    const weight = score === none ? 0 : Math.exp(score - top);
    scores[s] = weight;
    total += weight;
  }
  if (total !== 0) for (const [s, weight] of scores.entries()) scores[s] = weight / total;
}

/** Visits every token with its weights. */
function eachToken(
  [q, k, v, seen]: AttentionOperands<NdArray>,
  { causal, scale }: AttentionSettings,
  visit: (rows: TokenRows) => void,
): void {
  const [lead, [time = 0, d = 0]] = [q.shape.slice(0, -2), q.shape.slice(-2)];
  const [sources = 0, e = 0] = v.shape.slice(-2);
  const [queries, keys] = [elements(q), elements(k)];
  const visible = seen && elements(broadcastArray(seen, [...lead, time, sources]));
  const weights = new Float64Array(sources);
  for (let row = 0; row < sizeOf(lead) * time; row++) {
    const t = row % time;
    const first = ((row - t) / time) * sources;
    const end = causal ? Math.min(sources, sources - time + t + 1) : sources;
    weights.fill(Number.NEGATIVE_INFINITY);
    for (let s = 0; s < end; s++)
      if (visible?.[row * sources + s] !== 0)
        weights[s] = scale * dotRows(queries, row * d, keys, (first + s) * d, d);
    normalise(weights);
    visit({ query: row * d, key: first * d, value: first * e, result: row * e, weights });
  }
}

/** Sums in float64, as an array of the dtype of another, and of its shape if of no other. */
function rounded(like: NdArray, sums: Float64Array, shape: Shape = like.shape): NdArray {
  const out = allocate(dtypeOf(like), sums.length);
  out.set(sums);
  return wrap(out, shape);
}

function forward(inputs: AttentionOperands<NdArray>, settings: AttentionSettings): [y: NdArray] {
  const [q, , v] = inputs;
  const shape = [...q.shape.slice(0, -1), v.shape.at(-1) ?? 0];
  const [e = 0, values] = [shape.at(-1), elements(v)];
  const y = new Float64Array(sizeOf(shape));
  eachToken(inputs, settings, ({ value, result, weights }) => {
    for (const [s, weight] of weights.entries())
      addRow(y, result, weight, values, value + s * e, e);
  });
  return [rounded(q, y, shape)];
}

/** With p the weights: v̄ = pᵀ ȳ, and of the scores p ⊙ (ȳ vᵀ − ⟨p, ȳ vᵀ⟩). */
function backward(
  ct: NdArray,
  inputs: AttentionOperands<NdArray>,
  _y: NdArray,
  settings: AttentionSettings,
): [qBar: NdArray, kBar: NdArray, vBar: NdArray] {
  const [q, k, v] = inputs;
  const [d = 0, e = 0] = [q.shape.at(-1), v.shape.at(-1)];
  const [c, queries, keys, values] = each([ct, q, k, v], elements);
  const bars = each([q, k, v], ({ shape }) => new Float64Array(sizeOf(shape)));
  const [qBar, kBar, vBar] = bars;
  eachToken(inputs, settings, ({ query, key, value, result, weights }) => {
    const slopes = weights.map((weight, s) => {
      addRow(vBar, value + s * e, weight, c, result, e);
      return dotRows(c, result, values, value + s * e, e);
    });
    const mean = dotRows(weights, 0, slopes, 0, weights.length);
    for (const [s, slope] of slopes.entries()) {
      const bar = (weights[s] ?? 0) * (slope - mean) * settings.scale;
      addRow(qBar, query, bar, keys, key + s * d, d);
      addRow(kBar, key + s * d, bar, queries, query, d);
    }
  });
  return [rounded(q, qBar), rounded(k, kBar), rounded(v, vBar)];
}

/**
 * The primitives of `scaledDotProductAttention`: q [..., T, d], k [..., S, d], v [..., S, e]
 * → [..., T, e], with the same leading axes.
 * @example
 * const q = ones([1, 2, 3]);
 * attentionOp([q, q, q], { causal: true, scale: 1 }).shape; // [1, 2, 3]
 */
export const attentionOp: FusedOp<[q: 1, k: 1, v: 1], AttentionSettings> = fused({
  name: "attention",
  backwardCanRecompute: true,
  infer: (inputs) => infer("attention", inputs),
  forward,
  backward,
  composed: ([q, k, v], settings) => composedAttention(q, k, v, settings),
});

/**
 * {@link attentionOp} with a mask, bool, which broadcasts to [..., T, S]: true where a token
 * attends.
 * @example
 * const q = ones([1, 2, 3]);
 * const seen = tensor([true, false]);
 * maskedAttentionOp([q, q, q, seen], { causal: false, scale: 1 }).shape; // [1, 2, 3]
 */
export const maskedAttentionOp: FusedOp<
  [q: 1, k: 1, v: 1, seen: 1],
  AttentionSettings,
  [q: 1, k: 1, v: 1]
> = fused({
  name: "masked attention",
  constants: 1,
  backwardCanRecompute: true,
  infer: (inputs) => infer("masked attention", inputs),
  forward,
  backward,
  composed: ([q, k, v, seen], settings) => composedAttention(q, k, v, { ...settings, seen }),
});
