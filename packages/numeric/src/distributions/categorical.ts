/** @file Draws among n: one category, counts of several, choices with and without replacement. */

import {
  add,
  broadcastTo,
  cumsum,
  div,
  expandDims,
  gather,
  log,
  ones,
  type Rng,
  squeeze,
  sub,
  sum,
  type Tensor,
} from "@spm/core";
import {
  broadcastShapes,
  checkOptions,
  checkRandom,
  checkTensors,
  logShares,
  ValueError,
} from "@spm/core/extend";
import { lgamma } from "../gamma-function.ts";
import { xlogy } from "../logarithms.ts";
import {
  broadcastRows,
  checkParameter,
  type DrawOptions,
  type DrawShapeOptions,
  drawRows,
} from "./draw.ts";

/** A position with a probability that is proportional to its weight. */
function pick(random: Rng, weights: ArrayLike<number>, total: number): number {
  let rest = random.uniform() * total;
  let last = 0;
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i] ?? 0;
    if (weight > 0) last = i;
    rest -= weight;
    if (rest < 0) return i;
  }
  return last; // rounding left something
}

/** The sum of weights. @throws ValueError unless they are finite, not negative, and not all 0 */
function totalOf(op: string, weights: Float64Array): number {
  const odd = weights.find((w) => !(w >= 0 && w < Infinity));
  if (odd !== undefined) throw new ValueError(op, "finite weights ≥ 0", odd);
  const total = weights.reduce((a, b) => a + b, 0);
  return checkParameter(op, "a positive weight", total > 0, total);
}

/**
 * Draws of a category, i with probability e^(lᵢ) / Σⱼ e^(lⱼ).
 * @param random - advances by one uniform number a draw
 * @param logits - [..., k], in CPU memory; −∞ is never drawn
 * @param options - see {@link DrawShapeOptions}; the shape is that of the leading axes
 * @returns int32, the leading axes; no derivative
 * @throws ValueError for NaN, +∞ or −∞ alone; BackendError for logits on a device; ShapeError for
 * a scalar, or unless they broadcast; OptionError for an unknown option
 * @example categorical(random, tensor([0, 1, 2]), { shape: [5] });
 */
export const categorical = (
  random: Rng,
  logits: Tensor,
  options: DrawShapeOptions = {},
): Tensor => {
  checkRandom("categorical", random);
  checkTensors("categorical", logits);
  checkOptions("categorical", options, { shape: true });
  return drawRows(
    { op: "categorical", random, options },
    logits,
    { width: null, dtype: "int32" },
    (random, row) => {
      const top = row.reduce((a, b) => Math.max(a, b), -Infinity);
      const weights = row.map((v) => Math.exp(v - top));
      return [pick(random, weights, totalOf("categorical", weights))];
    },
  );
};

/**
 * The log-probability of draws of {@link categorical}: l_x − ln Σⱼ e^(lⱼ).
 * @param x - int32, in [0, k)
 * @param logits - [..., k], whose leading axes broadcast with x; the derivative by them is kept
 * @returns the broadcast shape
 * @throws DTypeError unless x is int32; ValueError for one outside of [0, k); ShapeError unless
 * they broadcast
 * @example categoricalLogProb(tensor(Int32Array.of(1)), tensor([0, 0])); // [-0.6931]
 */
export function categoricalLogProb(x: Tensor, logits: Tensor): Tensor {
  checkTensors("categoricalLogProb", x, logits);
  const normalized = logShares(logits, [logits.shape.length - 1]);
  const lead = broadcastShapes("categoricalLogProb", x.shape, logits.shape.slice(0, -1));
  const index = expandDims(broadcastTo(x, lead), -1);
  return squeeze(gather(broadcastRows(normalized, lead), index, -1), -1);
}

/**
 * Counts of the categories in `trials` draws, i with probability pᵢ / Σⱼ pⱼ. (torch.multinomial
 * draws positions: that is {@link choice}.)
 * @param random - advances by one uniform number a trial
 * @param trials - an integer ≥ 0
 * @param probabilities - [..., k] ≥ 0, of any sum, in CPU memory
 * @param options - see {@link DrawOptions}; the shape is that of the leading axes
 * @returns floating [..., k], each row of sum `trials`; no derivative. trials · k steps a row
 * @throws ValueError for a number of trials or probabilities out of range; BackendError for some
 * on a device; ShapeError for a scalar, or unless they broadcast; OptionError for an unknown option
 * @example multinomial(random, 10, tensor([0.2, 0.3, 0.5])); // [2, 2, 6], say
 */
export function multinomial(
  random: Rng,
  trials: number,
  probabilities: Tensor,
  options: DrawOptions = {},
): Tensor {
  checkRandom("multinomial", random);
  checkTensors("multinomial", probabilities);
  const whole = Number.isSafeInteger(trials) && trials >= 0;
  checkParameter("multinomial", "a number of trials ≥ 0", whole, trials);
  const width = probabilities.shape.at(-1) ?? 0;
  const sampler = { op: "multinomial", random, options };
  return drawRows(sampler, probabilities, { width }, (random, row) => {
    const [counts, total] = [new Float64Array(row.length), totalOf("multinomial", row)];
    for (let t = 0; t < trials; t++) {
      const i = pick(random, row, total);
      counts[i] = (counts[i] ?? 0) + 1;
    }
    return counts;
  });
}

/**
 * The log-probability of counts, as {@link multinomial} draws them: ln n! − Σ ln xᵢ! + Σ xᵢ ln pᵢ
 * with n = Σ xᵢ and probabilities of sum 1.
 * @param x - floating [..., k], integers ≥ 0
 * @param probabilities - [..., k] ≥ 0, of any sum; both broadcast, and the derivative is kept
 * @returns the leading axes
 * @throws DTypeError unless both are of one floating dtype; ShapeError unless they broadcast
 * @example multinomialLogProb(tensor([1, 1]), tensor([0.5, 0.5])); // -0.6931
 */
export function multinomialLogProb(x: Tensor, probabilities: Tensor): Tensor {
  const last = { axis: -1 };
  const p = div(probabilities, sum(probabilities, { axis: -1, keepdims: true }));
  const ways = sub(lgamma(add(sum(x, last), 1)), sum(lgamma(add(x, 1)), last));
  return add(ways, sum(xlogy(x, p), last));
}

/** The way positions are chosen. */
export interface ChoiceOptions {
  /**
   * Whether a position may be chosen again.
   * @defaultValue true
   */
  readonly replacement?: boolean;
}

/** The weights of n that are equally likely are ones. */
function weightsOf(op: string, weights: Tensor | number): Tensor {
  if (typeof weights === "number") return ones([weights]);
  checkTensors(op, weights);
  return weights;
}

/**
 * Positions chosen one after another, each with a probability proportional to its weight among
 * those that are left; `take(x, choice(…))` chooses elements. Without replacement by exponential
 * races (Efraimidis, Spirakis 2006).
 * @param random - advances by one uniform number a draw, without replacement by one a weight
 * @param weights - [..., n] ≥ 0, of any sum, in CPU memory; or n, all equally likely
 * @param count - an integer ≥ 0
 * @param options - see {@link ChoiceOptions}
 * @returns int32 [..., count]; no derivative
 * @throws ValueError for weights or a count out of range; BackendError for weights on a device;
 * OptionError for an unknown option
 * @example choice(random, 10, 3, { replacement: false });
 */
export function choice(
  random: Rng,
  weights: Tensor | number,
  count: number,
  options: ChoiceOptions = {},
): Tensor {
  checkRandom("choice", random);
  checkOptions("choice", options, { replacement: "boolean" });
  const { replacement = true } = options;
  const whole = Number.isSafeInteger(count) && count >= 0;
  checkParameter("choice", "a count ≥ 0", whole, count);
  const sampler = { op: "choice", random, options: {} };
  const result = { width: count, dtype: "int32" } as const;
  return drawRows(sampler, weightsOf("choice", weights), result, (random, row) => {
    const total = totalOf("choice", row);
    if (replacement) return Array.from({ length: count }, () => pick(random, row, total));
    const arrivals = row.map((w) => -Math.log1p(-random.uniform()) / w);
    const possible = Array.from(row.keys()).filter((i) => row[i] !== 0);
    const expected = `a count of at most ${possible.length} positive weights`;
    checkParameter("choice", expected, count <= possible.length, count);
    return possible.sort((i, j) => (arrivals[i] ?? 0) - (arrivals[j] ?? 0)).slice(0, count);
  });
}

/**
 * The log-probability of positions in the order of {@link choice}: Σ ln(wᵢ / W), W the sum of the
 * weights, without replacement of those that are left (Plackett, Luce).
 * @param x - int32 [..., count], in [0, n)
 * @param weights - [..., n] ≥ 0, of any sum, whose leading axes broadcast with those of x; the
 * derivative by them is kept; or n, all equally likely
 * @param options - as those of choice
 * @returns the leading axes
 * @throws DTypeError unless x is int32; ValueError for one outside of [0, n); ShapeError unless
 * they broadcast; OptionError for an unknown option
 * @example choiceLogProb(tensor(Int32Array.of(0, 2)), 3, { replacement: false }); // -1.7918
 */
export function choiceLogProb(
  x: Tensor,
  weights: Tensor | number,
  options: ChoiceOptions = {},
): Tensor {
  checkTensors("choiceLogProb", x);
  checkOptions("choiceLogProb", options, { replacement: "boolean" });
  const { replacement = true } = options;
  const all = weightsOf("choiceLogProb", weights);
  const lead = broadcastShapes("choiceLogProb", x.shape.slice(0, -1), all.shape.slice(0, -1));
  const rows = broadcastRows(all, lead);
  const chosen = gather(rows, broadcastRows(x, lead), -1);
  const total = sum(rows, { axis: -1, keepdims: true });
  const before = sub(cumsum(chosen, -1), chosen);
  return sum(sub(log(chosen), log(replacement ? total : sub(total, before))), { axis: -1 });
}
