/** @file Lion: steps of one size, in the direction of the momentum's sign. */
import { checkBetas } from "./check.ts";
import { Optimizer } from "./optimizer.ts";
import type { OptimizerEntry } from "./optimizer-entry.ts";
import * as schema from "./option-schemas.ts";
import { renewed } from "./recorder.ts";
import type { CommonOptions, ParametersOrGroups, Rule } from "./rule.ts";
import { type UpdateOp, updateOp } from "./update-op.ts";

/** Options of {@link lion}. */
export interface LionOptions extends CommonOptions {
  /**
   * The momentum's weight in the direction of the step, and its decay, each in [0, 1).
   * @defaultValue [0.9, 0.99]
   */
  readonly betas?: readonly [number, number];
}

/** The numbers of one Lion step. */
export interface LionUpdate {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  /** 1 − ηλ, the factor of the parameter in decoupled weight decay. */
  readonly keep: number;
}

/**
 * One step of Lion, of a parameter [...], its gradient and its slot, the momentum. Returns the next
 * parameter and slot.
 * @example
 * const numbers: LionUpdate = { learningRate: 0.1, beta1: 0.5, beta2: 0.5, keep: 1 };
 * lionUpdate([tensor([1]), tensor([2]), tensor([0])], numbers); // [[0.9], [1]]
 */
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
  defaults: { learningRate: 1e-4, betas: [0.9, 0.99], weightDecay: 0 },
  check: ({ betas }) => checkBetas("lion", betas),
  slots: () => ({ momentum: 0 }),
  update: (parameter, grad, slots, { betas: [beta1, beta2] }, context) =>
    lionUpdate(
      [parameter, grad, ...slots],
      renewed(() => {
        const { learningRate, weightDecay } = context;
        return { learningRate, beta1, beta2, keep: 1 - learningRate * weightDecay };
      }),
    ),
};

/**
 * Lion, whose steps have one size and the sign of the momentum, with decoupled weight decay λ
 * (default 0).
 *
 * p ← (1 − ηλ)p − η·sign(β₁m + (1 − β₁)g);  m ← β₂m + (1 − β₂)g
 *
 * Its steps are larger than Adam's: the usual learning rate is 3 to 10 times smaller, the usual
 * decay as many times larger. State: one slot a parameter [...], of its shape. The default learning
 * rate is 1e-4.
 * @throws ValueError for options out of range, no parameter or one given twice; OptionError for an
 * unknown option
 * Source: Chen et al., "Symbolic Discovery of Optimization Algorithms", NeurIPS 2023, algorithm 2
 * @example lion([parameter([1])], { learningRate: 1e-4, weightDecay: 0.1 });
 */
export function lion(
  parameters: ParametersOrGroups<LionOptions>,
  options: LionOptions = {},
): Optimizer<LionOptions> {
  return new Optimizer(rule, parameters, options);
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
