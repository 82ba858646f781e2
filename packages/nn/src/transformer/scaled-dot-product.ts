/** @file Attention of one head, for all heads at once. */
import { add, cast, exp, log, logsumexp, matmul, mul, sub, type Tensor, tensor, transpose } from "@spm/core";

/** Who sees whom. */
export interface ScaledDotProductOptions {
  /** Token t of T sees the sources up to S − T + t: itself and those before it. */
  readonly causal?: boolean;
  /** bool, broadcasts to [..., T, S]; true where a token may look. */
  readonly mask?: Tensor;
}

/**
 * softmax(q kᵀ / √d) v. q [..., T, d], k [..., S, d], v [..., S, e] → [..., T, e]; 2·T·S·(d + e) FLOP.
 * A token that may look nowhere gets NaN.
 */
export function scaledDotProduct(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  { causal, mask }: ScaledDotProductOptions = {},
): Tensor {
  const swapped = k.shape.map((_, axis) => axis);
  swapped.push(...swapped.splice(-2).reverse());
  const scores = mul(matmul(q, transpose(k, swapped)), 1 / Math.sqrt(q.shape.at(-1)!));
  const [time, sources] = scores.shape.slice(-2) as [number, number];
  const barred = [...(causal ? [causalBar(time, sources, scores)] : []), ...(mask ? [bar(mask, scores)] : [])];
  const open = barred.reduce(add, scores);
  return matmul(exp(sub(open, logsumexp(open, { axis: -1, keepdims: true }))), v);
}

/** −∞ above the diagonal that ends in the last corner. */
function causalBar(time: number, sources: number, { dtype, backend }: Tensor): Tensor {
  const data = new Float64Array(time * sources);
  for (let t = 0; t < time; t++)
    data.fill(Number.NEGATIVE_INFINITY, t * sources + sources - time + t + 1, (t + 1) * sources);
  return tensor(data, { shape: [time, sources], dtype, backend });
}

/** 0 where a token may look, −∞ where it may not. */
const bar = (mask: Tensor, { dtype }: Tensor): Tensor => log(cast(mask, dtype));
