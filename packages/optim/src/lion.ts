/** @file Lion: steps of one size, in the direction of the momentum's sign. */
import { checkBetas } from "./check.ts";
import { Optimizer } from "./optimizer.ts";
import type { OptimizerEntry } from "./optimizer-entry.ts";
import * as schema from "./option-schemas.ts";
import type { CommonOptions, ParametersOrGroups, Rule } from "./rule.ts";
import { type UpdateOp, updateOp } from "./update-op.ts";

/** Options of {@link lion}. */
export interface LionOptions extends CommonOptions {
  /**
   * Weight of the momentum in the direction, and its own decay, each in [0, 1); [0.9, 0.99] unless
   * said.
   */
  readonly betas?: readonly [number, number];
}

/** The numbers of one Lion step. */
export interface LionUpdate {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  /** What decoupled decay leaves of the parameter, 1 − ηλ. */
  readonly keep: number;
}

/** One step of Lion; slot: momentum. */
export const lionUpdate: UpdateOp<[m: 1], LionUpdate> = updateOp(
  "lion",
  (next, parameter, grad, [m], options) => {
    const { learningRate, beta1, beta2, keep } = options;
    const [nextP, nextM] = next;
    for (let i = 0; i < parameter.length; i++) {
      const g = grad[i]!;
      const momentum = m[i]!;
      nextM[i] = beta2 * momentum + (1 - beta2) * g;
      nextP[i] =
        keep * parameter[i]! - learningRate * Math.sign(beta1 * momentum + (1 - beta1) * g);
    }
  },
);

const rule: Rule<LionOptions, [m: 1]> = {
  name: "lion",
  defaults: { learningRate: 1e-4, betas: [0.9, 0.99], weightDecay: 0, exemptions: true },
  check: ({ betas }) => checkBetas("lion", betas),
  slots: () => ({ momentum: 0 }),
  update: (parameter, grad, slots, { betas: [beta1, beta2] }, { learningRate, weightDecay }) =>
    lionUpdate([parameter, grad, ...slots], {
      learningRate,
      beta1,
      beta2,
      keep: 1 - learningRate * weightDecay,
    }),
};

/**
 * Lion, with decoupled weight decay λ (0 unless said).
 *
 * p ← (1 − ηλ)p − η·sign(β₁m + (1 − β₁)g);  m ← β₂m + (1 − β₂)g
 *
 * Its steps are larger than Adam's: a learning rate 3 to 10 times smaller and a decay as many times
 * larger suit it. State: one slot a parameter. Learning rate 1e-4 unless said.
 * @throws ValueError for options out of range, no parameter or one given twice
 * Source: Chen et al., "Symbolic Discovery of Optimization Algorithms", NeurIPS 2023, algorithm 2
 * @example const optimizer = lion(parameters, { learningRate: 1e-4, weightDecay: 0.1 });
 */
export function lion(
  params: ParametersOrGroups<LionOptions>,
  options: LionOptions = {},
): Optimizer<LionOptions> {
  return new Optimizer(rule, params, options);
}

/** Lion by name. */
export const lionEntry: OptimizerEntry<LionOptions> = {
  description: "steps of one size in the direction of the momentum's sign",
  learningRate: 1e-4,
  adamScale: 0.3, // on MNIST, 1,600 steps: 1/3 was the best of 1, 1/3 and 1/10, or 0.2 % from it
  options: {
    betas: schema.betas("weight of the momentum in the direction, and its decay", [0.9, 0.99]),
    weightDecay: schema.weightDecay(),
  },
  create: lion,
};
