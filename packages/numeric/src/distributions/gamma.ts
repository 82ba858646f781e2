/** @file The exponential, gamma, beta and Dirichlet distributions: all by gamma draws. */

import {
  add,
  greater,
  less,
  log,
  logicalOr,
  mul,
  type Rng,
  sub,
  sum,
  type Tensor,
  type TensorLike,
  where,
} from "@spm/core";
import { checkRandom, checkTensors } from "@spm/core/extend";
import { lgamma } from "../gamma-function.ts";
import { xlogy } from "../logarithms.ts";
import { beside, checkParameter, type DrawOptions, drawEach, drawRows } from "./draw.ts";

/** A positive, finite parameter. @throws ValueError otherwise */
const positive = (op: string, value: number): number =>
  checkParameter(op, "positive, finite parameters", value > 0 && value < Infinity, value);

/** An exponential draw of rate 1. */
const standardExponential = (random: Rng): number => -Math.log1p(-random.uniform());

/**
 * The logarithm of a gamma draw of rate 1 (Marsaglia, Tsang 2000), which underflows for no
 * concentration.
 */
function logGammaDraw(random: Rng, concentration: number): number {
  if (concentration < 1)
    return logGammaDraw(random, concentration + 1) - standardExponential(random) / concentration;
  const d = concentration - 1 / 3;
  for (;;) {
    const x = random.normal();
    const v = (1 + x / Math.sqrt(9 * d)) ** 3;
    const accepted = 0.5 * x * x + d - d * v + d * Math.log(v);
    if (v > 0 && Math.log(1 - random.uniform()) < accepted) return Math.log(d * v);
  }
}

/**
 * Exponential draws, of density λ e^(−λx) for x ≥ 0.
 * @param random - advances by one uniform number a draw
 * @param rate - λ > 0, in CPU memory
 * @param options - see {@link DrawOptions}
 * @returns floating [...], of the shape of λ or the one given; no derivative
 * @throws ValueError unless the rate is positive; BackendError for one on a device; ShapeError
 * unless it broadcasts; OptionError for an unknown option
 * @example exponential(random, 2, { shape: [3] });
 */
export const exponential = (random: Rng, rate: TensorLike, options: DrawOptions = {}): Tensor => {
  checkRandom("exponential", random);
  return drawEach({ op: "exponential", random, options }, [rate], (random, rate = 1) => {
    positive("exponential", rate);
    return standardExponential(random) / rate;
  });
};

/**
 * The log-density of {@link exponential}: ln λ − λx, −∞ below 0.
 * @param x - floating [...]
 * @param rate - λ > 0, broadcasts with x; the derivative by it is kept
 * @returns [...], the broadcast shape
 * @throws DTypeError unless both are of one floating dtype; ShapeError unless they broadcast
 * @example exponentialLogProb(tensor([0, 1]), 2); // [0.6931, -1.3069]
 */
export function exponentialLogProb(x: Tensor, rate: TensorLike): Tensor {
  checkTensors("exponentialLogProb", x);
  const scale = beside(x, rate);
  return where(less(x, 0), -Infinity, sub(log(scale), mul(scale, x)));
}

/**
 * Gamma draws, of density xᵃ⁻¹ e^(−bx) bᵃ / Γ(a) for x > 0 (Marsaglia, Tsang 2000).
 * @param random - advances by three uniform numbers a draw or more
 * @param concentration - a > 0, in CPU memory
 * @param rate - b > 0, in CPU memory; both broadcast
 * @param options - see {@link DrawOptions}
 * @returns floating [...], of the shape of the parameters or the one given; no derivative
 * @throws ValueError unless both are positive; BackendError for one on a device; ShapeError unless
 * they broadcast; OptionError for an unknown option
 * @example gamma(random, 2.5, 1, { shape: [3] });
 */
export const gamma = (
  random: Rng,
  concentration: TensorLike,
  rate: TensorLike = 1,
  options: DrawOptions = {},
): Tensor => {
  checkRandom("gamma", random);
  return drawEach(
    { op: "gamma", random, options },
    [concentration, rate],
    (random, a = 1, b = 1) => {
      positive("gamma", b);
      return Math.exp(logGammaDraw(random, positive("gamma", a))) / b;
    },
  );
};

/**
 * The log-density of {@link gamma}: (a − 1) ln x − bx + a ln b − ln Γ(a), −∞ below 0.
 * @param x - floating [...]
 * @param concentration - a > 0
 * @param rate - b > 0; all three broadcast, and derivatives are kept
 * @returns [...], the broadcast shape
 * @throws DTypeError unless all are of one floating dtype; ShapeError unless they broadcast
 * @example gammaLogProb(tensor([1, 2]), 2, 1); // [-1, -1.3069]
 */
export function gammaLogProb(x: Tensor, concentration: TensorLike, rate: TensorLike = 1): Tensor {
  checkTensors("gammaLogProb", x);
  const [a, b] = [beside(x, concentration), beside(x, rate)];
  const outside = less(x, 0);
  const inner = where(outside, 1, x);
  const scale = sub(xlogy(a, b), lgamma(a));
  return where(outside, -Infinity, add(sub(xlogy(sub(a, 1), inner), mul(b, inner)), scale));
}

/**
 * Beta draws, of density xᵃ⁻¹ (1 − x)ᵇ⁻¹ / B(a, b) in [0, 1]: G / (G + H) of two gamma draws.
 * @param random - advances by six uniform numbers a draw or more
 * @param a - > 0, in CPU memory
 * @param b - > 0, in CPU memory; both broadcast
 * @param options - see {@link DrawOptions}
 * @returns floating [...], of the shape of the parameters or the one given; no derivative
 * @throws ValueError unless both are positive; BackendError for one on a device; ShapeError unless
 * they broadcast; OptionError for an unknown option
 * @example beta(random, 2, 3, { shape: [4] });
 */
export const beta = (
  random: Rng,
  a: TensorLike,
  b: TensorLike,
  options: DrawOptions = {},
): Tensor => {
  checkRandom("beta", random);
  return drawEach({ op: "beta", random, options }, [a, b], (random, a = 1, b = 1) => {
    const first = logGammaDraw(random, positive("beta", a));
    const second = logGammaDraw(random, positive("beta", b));
    return 1 / (1 + Math.exp(second - first));
  });
};

/**
 * The log-density of {@link beta}: (a − 1) ln x + (b − 1) ln(1 − x) − ln B(a, b), −∞ outside of
 * [0, 1].
 * @param x - floating [...]
 * @param a - > 0
 * @param b - > 0; all three broadcast, and derivatives are kept
 * @returns [...], the broadcast shape
 * @throws DTypeError unless all are of one floating dtype; ShapeError unless they broadcast
 * @example betaLogProb(tensor([0.5]), 2, 2); // [0.4055]
 */
export function betaLogProb(x: Tensor, a: TensorLike, b: TensorLike): Tensor {
  checkTensors("betaLogProb", x);
  const [first, second] = [beside(x, a), beside(x, b)];
  const outside = logicalOr(less(x, 0), greater(x, 1));
  const inner = where(outside, 0.5, x);
  const scale = sub(lgamma(add(first, second)), add(lgamma(first), lgamma(second)));
  const powers = add(xlogy(sub(first, 1), inner), xlogy(sub(second, 1), sub(1, inner)));
  return where(outside, -Infinity, add(powers, scale));
}

/**
 * Dirichlet draws: k positive numbers of sum 1, of density Π xᵢ^(aᵢ − 1) Γ(Σ aᵢ) / Π Γ(aᵢ).
 * @param random - advances by three uniform numbers a number or more
 * @param concentration - aᵢ > 0, [..., k], in CPU memory
 * @param options - see {@link DrawOptions}; the shape is that of the leading axes
 * @returns floating, [..., k]; no derivative
 * @throws ValueError unless all are positive; BackendError for one on a device; ShapeError for a
 * scalar, or unless it broadcasts; OptionError for an unknown option
 * @example dirichlet(random, tensor([1, 2, 3])); // [0.1, 0.3, 0.6], say
 */
export const dirichlet = (
  random: Rng,
  concentration: Tensor,
  options: DrawOptions = {},
): Tensor => {
  checkRandom("dirichlet", random);
  checkTensors("dirichlet", concentration);
  return drawRows(
    { op: "dirichlet", random, options },
    concentration,
    { width: concentration.shape.at(-1) ?? 0 },
    (random, row) => {
      const logs = row.map((a) => logGammaDraw(random, positive("dirichlet", a)));
      const top = logs.reduce((a, b) => Math.max(a, b), -Infinity);
      const total = logs.reduce((sum, v) => sum + Math.exp(v - top), 0);
      return logs.map((v) => Math.exp(v - top) / total);
    },
  );
};

/**
 * The log-density of {@link dirichlet}: Σ (aᵢ − 1) ln xᵢ + ln Γ(Σ aᵢ) − Σ ln Γ(aᵢ).
 * @param x - floating [..., k], each row of sum 1
 * @param concentration - aᵢ > 0, [..., k]; both broadcast, and derivatives are kept
 * @returns the leading axes
 * @throws DTypeError unless both are of one floating dtype; ShapeError unless they broadcast
 * @example dirichletLogProb(tensor([0.5, 0.5]), tensor([1, 1])); // 0
 */
export function dirichletLogProb(x: Tensor, concentration: Tensor): Tensor {
  const last = { axis: -1 };
  const powers = sum(xlogy(sub(concentration, 1), x), last);
  const scale = sub(lgamma(sum(concentration, last)), sum(lgamma(concentration), last));
  return add(powers, scale);
}
