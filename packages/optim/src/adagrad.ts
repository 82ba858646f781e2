/** @file Adagrad: steps scaled by the sum of all squared gradients so far. */
import { checkNotNegative } from "./check.ts";
import { Optimizer } from "./optimizer.ts";
import type { OptimizerEntry } from "./optimizer-entry.ts";
import * as schema from "./option-schemas.ts";
import { renewed } from "./recorder.ts";
import type { CommonOptions, ParametersOrGroups, Rule } from "./rule.ts";
import { type UpdateOp, updateOp } from "./update-op.ts";

/** Options of {@link adagrad}. */
export interface AdagradOptions extends CommonOptions {
  /**
   * δ in the step size η/(1 + (t − 1)δ), at least 0.
   * @defaultValue 0
   */
  readonly learningRateDecay?: number;
  /**
   * Added to the denominator, at least 0.
   * @defaultValue 1e-10
   */
  readonly epsilon?: number;
  /**
   * The first value of the sums of squares, at least 0.
   * @defaultValue 0
   */
  readonly initialSum?: number;
}

/** The numbers of one Adagrad step. */
export interface AdagradUpdate {
  /** η/(1 + (t − 1)δ) */
  readonly stepSize: number;
  /** Coupled weight decay λ: the gradient is g + λp. */
  readonly l2: number;
  readonly epsilon: number;
}

/**
 * One step of Adagrad, of a parameter [...], its gradient and its slot, the sum of squares.
 * Returns the next parameter and slot.
 * @example
 * const numbers: AdagradUpdate = { stepSize: 0.5, l2: 0, epsilon: 0 };
 * adagradUpdate([tensor([2]), tensor([3]), tensor([16])], numbers); // [[1.7], [25]]
 */
export const adagradUpdate: UpdateOp<[sum: 1], AdagradUpdate> = updateOp(
  "adagrad",
  (next, parameter, grad, [sum], options) => {
    const { stepSize, l2, epsilon } = options;
    const [nextP, nextSum] = next;
    for (let i = 0; i < parameter.length; i++) {
      const p = parameter[i]!;
      const g = grad[i]! + l2 * p;
      const total = sum[i]! + g * g;
      nextSum[i] = total;
      nextP[i] = p - (stepSize * g) / (Math.sqrt(total) + epsilon);
    }
  },
);

const rule: Rule<AdagradOptions, [sum: 1]> = {
  name: "adagrad",
  defaults: {
    learningRate: 1e-2,
    learningRateDecay: 0,
    epsilon: 1e-10,
    initialSum: 0,
    weightDecay: 0,
  },
  check: ({ learningRateDecay, epsilon, initialSum }) =>
    checkNotNegative("adagrad", { learningRateDecay, epsilon, initialSum }),
  slots: (_, { initialSum }) => ({ sumOfSquares: initialSum }),
  update: (parameter, grad, slots, { learningRateDecay, epsilon }, context) =>
    adagradUpdate(
      [parameter, grad, ...slots],
      renewed(() => {
        const { step, learningRate, weightDecay: l2 } = context;
        return { stepSize: learningRate / (1 + (step - 1) * learningRateDecay), l2, epsilon };
      }),
    ),
};

/**
 * Adagrad, which scales each step by the sum of all squared gradients so far.
 *
 * g ← g + λp;  s ← s + g²;  p ← p − η/(1 + (t − 1)δ) · g / (√s + ε)
 *
 * State: one slot a parameter [...], of its shape. The default learning rate is 1e-2.
 * @throws ValueError for options out of range, no parameter or one given twice; OptionError for an
 * unknown option
 * Source: Duchi, Hazan, Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic
 * Optimization", JMLR 12, 2011
 * @example adagrad([parameter([1])], { learningRate: 0.1 });
 */
export function adagrad(
  parameters: ParametersOrGroups<AdagradOptions>,
  options: AdagradOptions = {},
): Optimizer<AdagradOptions> {
  return new Optimizer(rule, parameters, options);
}

/** Adagrad by name. */
export const adagradEntry: OptimizerEntry<AdagradOptions> = {
  description: "steps scaled by the sum of all squared gradients so far",
  learningRate: 1e-2,
  options: {
    learningRateDecay: schema.notNegative("the rate falls as 1/(1 + (t − 1)·this)", 0),
    epsilon: schema.notNegative("added to the denominator", 1e-10),
    initialSum: schema.notNegative("the first value of the sums of squares", 0),
    weightDecay: schema.weightDecay(),
  },
  create: adagrad,
};
