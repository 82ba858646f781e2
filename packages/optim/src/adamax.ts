/** @file Adamax: Adam with a decaying maximum of |g| in the place of the root mean square. */
import { checkBetas, checkNotNegative } from "./check.ts";
import { Optimizer } from "./optimizer.ts";
import type { OptimizerEntry } from "./optimizer-entry.ts";
import * as schema from "./option-schemas.ts";
import { renewed } from "./recorder.ts";
import type { CommonOptions, ParametersOrGroups, Rule } from "./rule.ts";
import { type UpdateOp, updateOp } from "./update-op.ts";

/** Options of {@link adamax}. */
export interface AdamaxOptions extends CommonOptions {
  /**
   * Decay of the running mean of g and of the infinity norm, each in [0, 1).
   * @defaultValue [0.9, 0.999]
   */
  readonly betas?: readonly [number, number];
  /**
   * Added to |g|, at least 0.
   * @defaultValue 1e-8
   */
  readonly epsilon?: number;
}

/** The numbers of one Adamax step. */
export interface AdamaxUpdate {
  /** η/(1 − β₁ᵗ) */
  readonly stepSize: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Coupled weight decay λ: the gradient is g + λp. */
  readonly l2: number;
}

/**
 * One step of Adamax, of a parameter [...], its gradient and its slots: first moment and infinity
 * norm. Returns the next parameter and slots.
 * @example
 * const numbers: AdamaxUpdate = { stepSize: 0.1, beta1: 0.5, beta2: 0.5, epsilon: 0, l2: 0 };
 * const slots = [tensor([0]), tensor([0])] as const;
 * adamaxUpdate([tensor([1]), tensor([2]), ...slots], numbers); // [[0.95], [1], [2]]
 */
export const adamaxUpdate: UpdateOp<[m: 1, norm: 1], AdamaxUpdate> = updateOp(
  "adamax",
  (next, parameter, grad, [m, norm], options) => {
    const { stepSize, beta1, beta2, epsilon, l2 } = options;
    const [nextP, nextM, nextNorm] = next;
    for (let i = 0; i < parameter.length; i++) {
      const p = parameter[i]!;
      const g = grad[i]! + l2 * p;
      const first = beta1 * m[i]! + (1 - beta1) * g;
      const largest = Math.max(beta2 * norm[i]!, Math.abs(g) + epsilon);
      nextM[i] = first;
      nextNorm[i] = largest;
      nextP[i] = p - (stepSize * first) / largest;
    }
  },
);

const rule: Rule<AdamaxOptions, [m: 1, norm: 1]> = {
  name: "adamax",
  defaults: {
    learningRate: 2e-3,
    betas: [0.9, 0.999],
    epsilon: 1e-8,
    weightDecay: 0,
  },
  check: ({ betas, epsilon }) => {
    checkBetas("adamax", betas);
    checkNotNegative("adamax", { epsilon });
  },
  slots: () => ({ firstMoment: 0, infinityNorm: 0 }),
  update: (parameter, grad, slots, { betas: [beta1, beta2], epsilon }, context) =>
    adamaxUpdate(
      [parameter, grad, ...slots],
      renewed(() => {
        const { step, learningRate, weightDecay: l2 } = context;
        return { stepSize: learningRate / (1 - beta1 ** step), beta1, beta2, epsilon, l2 };
      }),
    ),
};

/**
 * Adamax, which is Adam with a decaying maximum of |g| in the place of the root mean square.
 *
 * g ← g + λp;  m ← β₁m + (1 − β₁)g;  u ← max(β₂u, |g| + ε);  p ← p − η/(1 − β₁ᵗ) · m/u
 *
 * State: 2 slots a parameter [...], of its shape. The default learning rate is 2e-3.
 * @throws ValueError for options out of range, no parameter or one given twice; OptionError for an
 * unknown option
 * Source: Kingma, Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, algorithm 2
 * @example adamax([parameter([1])], { learningRate: 2e-3 });
 */
export function adamax(
  parameters: ParametersOrGroups<AdamaxOptions>,
  options: AdamaxOptions = {},
): Optimizer<AdamaxOptions> {
  return new Optimizer(rule, parameters, options);
}

/** Adamax by name. */
export const adamaxEntry: OptimizerEntry<AdamaxOptions> = {
  description: "Adam with a decaying maximum of |g| for the root mean square",
  learningRate: 2e-3,
  adamScale: 1,
  options: {
    betas: schema.betas("decay of the mean of g and of the largest |g|"),
    epsilon: schema.notNegative("added to |g|", 1e-8),
    weightDecay: schema.weightDecay(),
  },
  create: adamax,
};
