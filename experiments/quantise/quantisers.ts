/** @file Rounding to few bits: weights by output, activations by token, straight through. */
import {
  abs,
  add,
  clamp,
  div,
  less,
  max,
  maximum,
  min,
  minimum,
  mul,
  noGrad,
  round,
  square,
  stopGradient,
  sub,
  sum,
  type Tensor,
  where,
  zeros,
} from "@spm/core";

/** The least step, so that a channel of zeros divides by no zero. */
const LEAST = 1e-8;

/** round(x), with the derivative of x (Bengio et al. 2013). [...] → [...] */
const rounded = (x: Tensor): Tensor => add(x, stopGradient(sub(round(x), x)));

/**
 * W in 2^b levels a row, evenly spaced and symmetric: ±½ and ±1½ steps of two bits, 0 to
 * ±(2^(b−1) − 1) of more. The largest level is the clip times the largest number of the row.
 * @param weight - [out, in]
 * @param clip - [out, 1], in (0, 1]
 */
export function quantisedWeight(weight: Tensor, bits: number, clip: Tensor): Tensor {
  const most = bits === 2 ? 1.5 : 2 ** (bits - 1) - 1;
  const largest = mul(max(abs(weight), { axis: 1, keepdims: true }), clip);
  const step = maximum(mul(largest, 1 / most), LEAST);
  const steps = clamp(div(weight, step), { min: -most, max: most });
  return mul(bits === 2 ? add(rounded(sub(steps, 0.5)), 0.5) : rounded(steps), step);
}

/**
 * x in 2^b levels from the clipped least to the clipped largest number of each token.
 * @param x - [..., n]
 * @param clip - [1], in (0, 1]
 */
export function quantisedActivation(x: Tensor, bits: number, clip: Tensor): Tensor {
  const end = (which: typeof max): Tensor => mul(which(x, { axis: -1, keepdims: true }), clip);
  const [high, low] = [end(max), end(min)];
  const step = maximum(mul(sub(high, low), 1 / (2 ** bits - 1)), LEAST);
  const inside = minimum(maximum(x, low), high);
  return add(mul(rounded(div(sub(inside, low), step)), step), low);
}

const GRID = [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.98];

/** The clip of each row, out of a grid, at which the error is least. [out, in] → [out, 1] */
export function bestClips(weight: Tensor, bits: number): Tensor {
  return noGrad(() => {
    const rows = weight.shape[0] ?? 0;
    const errorOf = (clips: Tensor): Tensor =>
      sum(square(sub(quantisedWeight(weight, bits, clips), weight)), { axis: 1, keepdims: true });
    const full = (value: number): Tensor => add(zeros([rows, 1]), value);
    let best = full(GRID[0] ?? 1);
    let error = errorOf(best);
    for (const value of GRID.slice(1)) {
      const next = full(value);
      const own = errorOf(next);
      const better = less(own, error);
      best = where(better, next, best);
      error = minimum(own, error);
    }
    return best;
  });
}
