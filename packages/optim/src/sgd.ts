/** @file Stochastic gradient descent, plain or with momentum. */
import { mul } from "@spm/core";
import { ValueError } from "@spm/core/extend";
import { checkFractions } from "./check.ts";
import { Optimizer } from "./optimizer.ts";
import type { OptimizerEntry } from "./optimizer-entry.ts";
import * as schema from "./option-schemas.ts";
import { renewed } from "./recorder.ts";
import type { CommonOptions, ParametersOrGroups, Rule } from "./rule.ts";
import { type UpdateOp, updateOp } from "./update-op.ts";

/** Options of {@link sgd}. */
export interface SgdOptions extends CommonOptions {
  /**
   * Decay μ of the velocity per step, in [0, 1); 0 keeps no state.
   * @defaultValue 0
   */
  readonly momentum?: number;
  /**
   * The part d of each gradient but the first that the velocity leaves out, in [0, 1).
   * @defaultValue 0
   */
  readonly dampening?: number;
  /**
   * Whether to look ahead along the velocity (Nesterov 1983, in the form of Sutskever et al. 2013).
   * @defaultValue false
   */
  readonly nesterov?: boolean;
}

/** The numbers of one SGD step. */
export interface SgdUpdate {
  readonly learningRate: number;
  /** Coupled weight decay λ: the gradient is g + λp. */
  readonly l2: number;
  readonly momentum: number;
  readonly nesterov: boolean;
}

/**
 * One step of SGD, of a parameter [...], its gradient and its slot, the velocity where there is
 * momentum. Returns the next parameter and slot.
 * @example
 * const numbers: SgdUpdate = { learningRate: 0.1, l2: 0, momentum: 0.5, nesterov: false };
 * sgdUpdate([tensor([1]), tensor([2]), tensor([4])], numbers); // [[0.6], [4]]
 */
export const sgdUpdate: UpdateOp<[velocity?: 1], SgdUpdate> = updateOp(
  "sgd",
  ([next, nextVelocity], parameter, grad, [velocity], options) => {
    const { learningRate, l2, momentum, nesterov } = options;
    for (let i = 0; i < parameter.length; i++) {
      const p = parameter[i]!;
      const g = grad[i]! + l2 * p;
      let direction = g;
      if (nextVelocity !== undefined && velocity !== undefined) {
        const moved = momentum * velocity[i]! + g;
        nextVelocity[i] = moved;
        direction = nesterov ? g + momentum * moved : moved;
      }
      next[i] = p - learningRate * direction;
    }
  },
);

const rule: Rule<SgdOptions, [velocity?: 1]> = {
  name: "sgd",
  defaults: { learningRate: 1e-2, momentum: 0, dampening: 0, nesterov: false, weightDecay: 0 },
  check: ({ momentum, dampening, nesterov }) => {
    checkFractions("sgd", { momentum, dampening });
    if (nesterov && momentum === 0)
      throw new ValueError("sgd", "momentum above 0 for nesterov", momentum);
    if (nesterov && dampening > 0)
      throw new ValueError("sgd", "dampening 0 for nesterov", dampening);
  },
  slots: (_, { momentum }): Record<string, number> => (momentum > 0 ? { velocity: 0 } : {}),
  update: (parameter, grad, slots, { momentum, dampening, nesterov }, context) => {
    const share = momentum > 0 ? 1 - dampening : 1;
    return sgdUpdate(
      [parameter, share === 1 ? grad : mul(grad, share), ...slots],
      renewed(() => {
        const { learningRate, weightDecay, step } = context;
        return {
          // the first velocity is kept damped, too, and counts for what it is undamped
          learningRate: step === 1 ? learningRate / share : learningRate,
          l2: share * weightDecay,
          momentum: step === 2 ? momentum / share : momentum,
          nesterov,
        };
      }),
    );
  },
};

/**
 * Stochastic gradient descent.
 *
 * g ← g + λp;  u ← μu + (1 − d)g, at first g;  p ← p − η·u, or with Nesterov p ← p − η·(g + μu)
 *
 * State: one slot a parameter [...] with momentum, of its shape, none without. The default learning
 * rate is 1e-2.
 * @throws ValueError for options out of range, no parameter or one given twice; OptionError for an
 * unknown option
 * Source: Sutskever, Martens, Dahl, Hinton, "On the importance of initialization and momentum in
 * deep learning", ICML 2013
 * @example sgd([parameter([1])], { learningRate: 0.1, momentum: 0.9, nesterov: true });
 */
export function sgd(
  parameters: ParametersOrGroups<SgdOptions>,
  options: SgdOptions = {},
): Optimizer<SgdOptions> {
  return new Optimizer(rule, parameters, options);
}

/** SGD by name, with a momentum of 0.9 by default. */
export const sgdEntry: OptimizerEntry<SgdOptions> = {
  description: "stochastic gradient descent with momentum",
  learningRate: 1e-2,
  options: {
    momentum: schema.fraction("decay of the velocity per step", 0.9),
    dampening: schema.fraction("part of each gradient that the velocity leaves out", 0),
    nesterov: schema.flag("look ahead along the velocity"),
    weightDecay: schema.weightDecay(),
  },
  create: (parameters, options) => sgd(parameters, { momentum: 0.9, ...options }),
};
