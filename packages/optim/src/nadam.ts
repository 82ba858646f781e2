/** @file NAdam: Adam with Nesterov's look-ahead and a momentum that warms up. */
import { checkBetas, checkNotNegative } from "./check.ts";
import { Optimizer } from "./optimizer.ts";
import type { OptimizerEntry } from "./optimizer-entry.ts";
import * as schema from "./option-schemas.ts";
import { renewed } from "./recorder.ts";
import type { CommonOptions, Decided, ParametersOrGroups, Rule, StepContext } from "./rule.ts";
import { type UpdateOp, updateOp } from "./update-op.ts";

/** Options of {@link nadam}. */
export interface NadamOptions extends CommonOptions {
  /**
   * Decay of the running means of g and of g², each in [0, 1).
   * @defaultValue [0.9, 0.999]
   */
  readonly betas?: readonly [number, number];
  /**
   * Added to the denominator, at least 0.
   * @defaultValue 1e-8
   */
  readonly epsilon?: number;
  /**
   * ψ, the speed at which the momentum warms up, at least 0.
   * @defaultValue 4e-3
   */
  readonly momentumDecay?: number;
}

/** The numbers of one NAdam step. */
export interface NadamUpdate {
  /** Step size of the gradient, η√(1 − β₂ᵗ)(1 − μₜ)/(1 − Πμ). */
  readonly gradRate: number;
  /** Step size of the first moment, η√(1 − β₂ᵗ)μₜ₊₁/(1 − Πμ·μₜ₊₁). */
  readonly momentRate: number;
  readonly beta1: number;
  readonly beta2: number;
  /** ε√(1 − β₂ᵗ) */
  readonly epsilon: number;
  /** Coupled weight decay λ: the gradient is g + λp. */
  readonly l2: number;
}

/**
 * One step of NAdam, of a parameter [...], its gradient and its slots: first and second moment.
 * Returns the next parameter and slots.
 * @example
 * const numbers: NadamUpdate = {
 *   gradRate: 0.1, momentRate: 0.1, beta1: 0.5, beta2: 0.5, epsilon: 0, l2: 0,
 * };
 * nadamUpdate([tensor([1]), tensor([2]), tensor([0]), tensor([0])], numbers);
 * // [[0.7879], [1], [2]]
 */
export const nadamUpdate: UpdateOp<[m: 1, v: 1], NadamUpdate> = updateOp(
  "nadam",
  (next, parameter, grad, [m, v], options) => {
    const { gradRate, momentRate, beta1, beta2, epsilon, l2 } = options;
    const [nextP, nextM, nextV] = next;
    for (let i = 0; i < parameter.length; i++) {
      const p = parameter[i]!;
      const g = grad[i]! + l2 * p;
      const first = beta1 * m[i]! + (1 - beta1) * g;
      const second = beta2 * v[i]! + (1 - beta2) * g * g;
      nextM[i] = first;
      nextV[i] = second;
      nextP[i] = p - (gradRate * g + momentRate * first) / (Math.sqrt(second) + epsilon);
    }
  },
);

/** μₜ = β₁(1 − 0.96^(tψ)/2) */
const momentumAt = (step: number, beta1: number, decay: number): number =>
  beta1 * (1 - 0.5 * 0.96 ** (step * decay));

/**
 * Πᵢ₌₁ᵗ μᵢ, multiplied in order of i, so that a resumed run has the same bits; the next step costs
 * one more product.
 */
function momentumProducts(beta1: number, decay: number): (step: number) => number {
  let last = 0;
  let product = 1;
  return (step) => {
    if (step < last) [last, product] = [0, 1];
    while (last < step) product *= momentumAt(++last, beta1, decay);
    return product;
  };
}

function nadamRule(): Rule<NadamOptions, [m: 1, v: 1]> {
  const products = new Map<string, (step: number) => number>();
  const productOf = (step: number, beta1: number, decay: number): number => {
    const key = `${beta1} ${decay}`;
    const upTo = products.get(key) ?? momentumProducts(beta1, decay);
    products.set(key, upTo);
    return upTo(step);
  };
  const numbersOf = (
    { betas: [beta1, beta2], epsilon, momentumDecay }: Decided<NadamOptions>,
    { step, learningRate, weightDecay: l2 }: StepContext,
  ): NadamUpdate => {
    const correction = Math.sqrt(1 - beta2 ** step);
    const rate = learningRate * correction;
    const product = productOf(step, beta1, momentumDecay);
    const ahead = momentumAt(step + 1, beta1, momentumDecay);
    return {
      gradRate: (rate * (1 - momentumAt(step, beta1, momentumDecay))) / (1 - product),
      momentRate: (rate * ahead) / (1 - product * ahead),
      beta1,
      beta2,
      epsilon: epsilon * correction,
      l2,
    };
  };
  return {
    name: "nadam",
    defaults: {
      learningRate: 2e-3,
      betas: [0.9, 0.999],
      epsilon: 1e-8,
      momentumDecay: 4e-3,
      weightDecay: 0,
    },
    check: ({ betas, epsilon, momentumDecay }) => {
      checkBetas("nadam", betas);
      checkNotNegative("nadam", { epsilon, momentumDecay });
    },
    slots: () => ({ firstMoment: 0, secondMoment: 0 }),
    update: (parameter, grad, slots, options, context) =>
      nadamUpdate(
        [parameter, grad, ...slots],
        renewed(() => numbersOf(options, context)),
      ),
  };
}

/**
 * NAdam, which is Adam with Nesterov's look-ahead and a momentum that warms up, in PyTorch's form.
 *
 * μₜ = β₁(1 − 0.96^(tψ)/2);  m, v as in Adam;
 * p ← p − η·[(1 − μₜ)/(1 − Πᵢ≤ₜμᵢ)·g + μₜ₊₁/(1 − Πᵢ≤ₜ₊₁μᵢ)·m] / (√(v/(1 − β₂ᵗ)) + ε)
 *
 * State: 2 slots a parameter [...], of its shape. The default learning rate is 2e-3.
 * @throws ValueError for options out of range, no parameter or one given twice; OptionError for an
 * unknown option
 * Source: Dozat, "Incorporating Nesterov Momentum into Adam", ICLR workshop 2016, algorithm 2
 * @example nadam([parameter([1])], { learningRate: 1e-3 });
 */
export function nadam(
  parameters: ParametersOrGroups<NadamOptions>,
  options: NadamOptions = {},
): Optimizer<NadamOptions> {
  return new Optimizer(nadamRule(), parameters, options);
}

/** NAdam by name. */
export const nadamEntry: OptimizerEntry<NadamOptions> = {
  description: "Adam with Nesterov's look-ahead and a momentum that warms up",
  learningRate: 2e-3,
  adamScale: 1,
  options: {
    betas: schema.betas("decay of the means of g and g²"),
    epsilon: schema.notNegative("added to the denominator", 1e-8),
    momentumDecay: schema.notNegative("how fast the momentum warms up", 4e-3),
    weightDecay: schema.weightDecay(),
  },
  create: nadam,
};
