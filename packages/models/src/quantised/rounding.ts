/** @file Rounding to few bits: weights by output, activations by token, straight through. */
import {
  abs,
  add,
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
  tensor,
  where,
  zeros,
} from "@spm/core";

/** The least step, so that a channel of zeros divides by no zero. */
const LEAST = 1e-8;

/** Bits of all rows, or of each. */
export type RowBits = number | Uint8Array;

/** The largest level in steps: 1½ of two bits (±½ and ±1½), 2^(b−1) − 1 of more. */
export const mostOf = (bits: number): number => (bits === 2 ? 1.5 : 2 ** (bits - 1) - 1);

/** round(x), with the derivative of x (Bengio et al. 2013). [...] → [...] */
const rounded = (x: Tensor): Tensor => add(x, stopGradient(sub(round(x), x)));

/** A number of each row's bits, for rows of W. */
function perRow(of: (bits: number) => number, bits: RowBits, like: Tensor): Tensor | number {
  if (typeof bits === "number") return of(bits);
  const numbers = Float32Array.from(bits, of);
  return tensor(numbers, { shape: [numbers.length, 1], backend: like.backend });
}

/**
 * W as steps times whole levels, or halves of two bits: at most 2^b levels a row, evenly spaced and
 * symmetric. The largest level is the clip times the largest number of the row.
 * @param weight - [out, in]
 * @param clip - [out, 1], in (0, 1]
 * @returns levels [out, in], steps [out, 1]
 */
export function weightLevels(
  weight: Tensor,
  bits: RowBits,
  clip: Tensor,
): { readonly levels: Tensor; readonly steps: Tensor } {
  const most = perRow(mostOf, bits, weight);
  const half = perRow((b) => (b === 2 ? 0.5 : 0), bits, weight);
  const largest = mul(max(abs(weight), { axis: 1, keepdims: true }), clip);
  const steps = maximum(div(largest, most), LEAST);
  const inside = minimum(
    maximum(
      div(weight, steps),
      perRow((b) => -mostOf(b), bits, weight),
    ),
    most,
  );
  return { levels: add(rounded(sub(inside, half)), half), steps };
}

/** W rounded, as {@link weightLevels} says. [out, in] → [out, in] */
export function quantisedWeight(weight: Tensor, bits: RowBits, clip: Tensor): Tensor {
  const { levels, steps } = weightLevels(weight, bits, clip);
  return mul(levels, steps);
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

/** Σ (rounded W − W)² of each row. [out, in] → [out, 1] */
export const rowErrors = (weight: Tensor, bits: RowBits, clip: Tensor): Tensor =>
  sum(square(sub(quantisedWeight(weight, bits, clip), weight)), { axis: 1, keepdims: true });

const GRID = [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.98];

/** The clip of each row, out of a grid, at which the error is least. [out, in] → [out, 1] */
export function bestClips(weight: Tensor, bits: RowBits): Tensor {
  return noGrad(() => {
    const rows = weight.shape[0] ?? 0;
    const full = (value: number): Tensor => add(zeros([rows, 1]), value);
    let best = full(GRID[0] ?? 1);
    let error = rowErrors(weight, bits, best);
    for (const value of GRID.slice(1)) {
      const next = full(value);
      const own = rowErrors(weight, bits, next);
      const better = less(own, error);
      best = where(better, next, best);
      error = minimum(own, error);
    }
    return best;
  });
}
