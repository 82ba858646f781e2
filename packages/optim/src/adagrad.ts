/** @file Adagrad: steps scaled by the sum of all squared gradients so far. */
import { checkNotNegative } from "./check.ts";
import { Optimizer } from "./optimizer.ts";
import type { OptimizerEntry } from "./optimizer-entry.ts";
import * as schema from "./option-schemas.ts";
import type { CommonOptions, ParametersOrGroups, Rule } from "./rule.ts";
import { type UpdateOp, updateOp } from "./update-op.ts";

/** Options of {@link adagrad}. */
export interface AdagradOptions extends CommonOptions {
  /** The step size falls as 1/(1 + (t − 1)·this), at least 0; 0 unless said. */
  readonly learningRateDecay?: number;
  /** Added to the denominator, at least 0; 1e-10 unless said. */
  readonly eps?: number;
  /** What the sums of squares start from, at least 0; 0 unless said. */
  readonly initialSum?: number;
}

/** The numbers of one Adagrad step. */
export interface AdagradUpdate {
  readonly stepSize: number;
  /** Added to the gradient, times the parameter. */
  readonly l2: number;
  readonly eps: number;
}

/** One step of Adagrad; slot: the sum of squares. */
export const adagradUpdate: UpdateOp<[sum: 1], AdagradUpdate> = updateOp(
  "adagrad",
  (next, parameter, grad, [sum], options) => {
    const { stepSize, l2, eps } = options;
    const [nextP, nextSum] = next;
    for (let i = 0; i < parameter.length; i++) {
      const p = parameter[i]!;
      const g = grad[i]! + l2 * p;
      const total = sum[i]! + g * g;
      nextSum[i] = total;
      nextP[i] = p - (stepSize * g) / (Math.sqrt(total) + eps);
    }
  },
);

const rule: Rule<AdagradOptions, [sum: 1]> = {
  name: "adagrad",
  defaults: {
    learningRate: 1e-2,
    learningRateDecay: 0,
    eps: 1e-10,
    initialSum: 0,
    weightDecay: 0,
    exemptions: true,
  },
  check: ({ learningRateDecay, eps, initialSum }) =>
    checkNotNegative("adagrad", { learningRateDecay, eps, initialSum }),
  slots: (_, { initialSum }) => ({ sumOfSquares: initialSum }),
  update: (
    parameter,
    grad,
    slots,
    { learningRateDecay, eps },
    { step, learningRate, weightDecay },
  ) =>
    adagradUpdate([parameter, grad, ...slots], {
      stepSize: learningRate / (1 + (step - 1) * learningRateDecay),
      l2: weightDecay,
      eps,
    }),
};

/**
 * Adagrad.
 *
 * g ← g + λp;  s ← s + g²;  p ← p − η/(1 + (t − 1)δ) · g / (√s + ε)
 *
 * State: one slot a parameter. Learning rate 1e-2 unless said.
 * @throws ValueError for options out of range, no parameter or one given twice
 * Source: Duchi, Hazan, Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic
 * Optimization", JMLR 12, 2011
 * @example const optimizer = adagrad(parameters, { learningRate: 0.1 });
 */
export function adagrad(
  params: ParametersOrGroups<AdagradOptions>,
  options: AdagradOptions = {},
): Optimizer<AdagradOptions> {
  return new Optimizer(rule, params, options);
}

/** Adagrad by name. */
export const adagradEntry: OptimizerEntry<AdagradOptions> = {
  description: "steps scaled by the sum of all squared gradients so far",
  learningRate: 1e-2,
  options: {
    learningRateDecay: schema.notNegative("the rate falls as 1/(1 + (t − 1)·this)", 0),
    eps: schema.notNegative("added to the denominator", 1e-10),
    initialSum: schema.notNegative("what the sums of squares start from", 0),
    weightDecay: schema.weightDecay(),
  },
  create: adagrad,
};
