/** @file Adam and AdamW: steps scaled by running means of the gradient and of its square. */
import { checkBetas, checkNotNegative } from "./check.ts";
import { Optimizer } from "./optimizer.ts";
import type { OptimizerEntry } from "./optimizer-entry.ts";
import * as schema from "./option-schemas.ts";
import { renewed } from "./recorder.ts";
import type { CommonOptions, ParametersOrGroups, Rule, StepContext } from "./rule.ts";
import { type UpdateOp, updateOp } from "./update-op.ts";

/** Options of {@link adam} and {@link adamw}. */
export interface AdamOptions extends CommonOptions {
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
   * Whether to divide by the largest second moment so far (Reddi, Kale, Kumar, ICLR 2018).
   * @defaultValue false
   */
  readonly amsgrad?: boolean;
}

/** The numbers of one Adam step. */
export interface AdamUpdate {
  /** η√(1 − β₂ᵗ)/(1 − β₁ᵗ) */
  readonly stepSize: number;
  readonly beta1: number;
  readonly beta2: number;
  /** ε√(1 − β₂ᵗ) */
  readonly epsilon: number;
  /** Coupled weight decay λ: the gradient is g + λp. */
  readonly l2: number;
  /** 1 − ηλ, the factor of the parameter in decoupled weight decay. */
  readonly keep: number;
}

/**
 * One step of Adam, of a parameter [...], its gradient and its slots: first and second moment, and
 * for AMSGrad the largest second moment. Returns the next parameter and slots.
 * @example
 * const numbers: AdamUpdate = {
 *   stepSize: 0.1, beta1: 0.5, beta2: 0.5, epsilon: 0, l2: 0, keep: 1,
 * };
 * const slots = [tensor([0]), tensor([0])] as const;
 * adamUpdate([tensor([1]), tensor([2]), ...slots], numbers); // [[0.9293], [1], [2]]
 */
export const adamUpdate: UpdateOp<[m: 1, v: 1, max?: 1], AdamUpdate> = updateOp(
  "adam",
  (next, parameter, grad, slots, options) => {
    const { stepSize, beta1, beta2, epsilon, l2, keep } = options;
    const [nextP, nextM, nextV, nextMax] = next;
    const [m, v, max] = slots;
    for (let i = 0; i < parameter.length; i++) {
      const p = parameter[i]!;
      const g = grad[i]! + l2 * p;
      const first = beta1 * m[i]! + (1 - beta1) * g;
      const second = beta2 * v[i]! + (1 - beta2) * g * g;
      nextM[i] = first;
      nextV[i] = second;
      let scale = second;
      if (nextMax !== undefined && max !== undefined)
        nextMax[i] = scale = Math.max(max[i]!, second);
      nextP[i] = keep * p - (stepSize * first) / (Math.sqrt(scale) + epsilon);
    }
  },
);

/**
 * The numbers of a step, with weight decay decoupled from the gradient (AdamW) or added to it
 * (Adam).
 */
export function adamNumbers(
  {
    betas: [beta1, beta2],
    epsilon,
  }: { readonly betas: readonly [number, number]; readonly epsilon: number },
  { step, learningRate, weightDecay }: StepContext,
  decoupled: boolean,
): AdamUpdate {
  const correction = Math.sqrt(1 - beta2 ** step);
  return {
    stepSize: (learningRate * correction) / (1 - beta1 ** step),
    beta1,
    beta2,
    epsilon: epsilon * correction,
    l2: decoupled ? 0 : weightDecay,
    keep: decoupled ? 1 - learningRate * weightDecay : 1,
  };
}

const adamRule = (
  name: string,
  decoupled: boolean,
  weightDecay: number,
): Rule<AdamOptions, [m: 1, v: 1, max?: 1]> => ({
  name,
  defaults: {
    learningRate: 1e-3,
    betas: [0.9, 0.999],
    epsilon: 1e-8,
    weightDecay,
    amsgrad: false,
  },
  check: ({ betas, epsilon }) => {
    checkBetas(name, betas);
    checkNotNegative(name, { epsilon });
  },
  slots: (_, { amsgrad }) => ({
    firstMoment: 0,
    secondMoment: 0,
    ...(amsgrad && { maxSecondMoment: 0 }),
  }),
  update: (parameter, grad, slots, options, context) =>
    adamUpdate(
      [parameter, grad, ...slots],
      renewed(() => adamNumbers(options, context, decoupled)),
    ),
});

const adamRules = { adam: adamRule("adam", false, 0), adamw: adamRule("adamw", true, 1e-2) };

/**
 * Adam, which scales each step by running means of the gradient and of its square. Weight decay λ
 * (default 0) is added to the gradient.
 *
 * g ← g + λp;  m ← β₁m + (1 − β₁)g;  v ← β₂v + (1 − β₂)g²;
 * p ← p − η·(m/(1 − β₁ᵗ)) / (√(v/(1 − β₂ᵗ)) + ε)
 *
 * State: 2 slots a parameter [...], of its shape (3 with AMSGrad). The default learning rate is
 * 1e-3.
 * @throws ValueError for options out of range, no parameter or one given twice; OptionError for an
 * unknown option
 * Source: Kingma, Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, algorithm 1
 * @example
 * const w = parameter([1, 2]);
 * const optimizer = adam([w], { learningRate: cosine({ learningRate: 1e-3, steps: 1000 }) });
 * const { grads } = valueAndGrad(() => sum(square(w)), [w]);
 * optimizer.step(grads);
 */
export function adam(
  parameters: ParametersOrGroups<AdamOptions>,
  options: AdamOptions = {},
): Optimizer<AdamOptions> {
  return new Optimizer(adamRules.adam, parameters, options);
}

/**
 * Adam with decoupled weight decay λ (default 0.01), which shrinks the parameter and doesn't enter
 * the moments.
 *
 * p ← (1 − ηλ)p, then Adam's step with λ = 0
 *
 * State: 2 slots a parameter [...], of its shape (3 with AMSGrad). The default learning rate is
 * 1e-3.
 * @throws ValueError for options out of range, no parameter or one given twice; OptionError for an
 * unknown option
 * Source: Loshchilov, Hutter, "Decoupled Weight Decay Regularization", ICLR 2019, algorithm 2 (with
 * the schedule in η)
 * @example adamw([parameter([1])], { learningRate: 3e-4, weightDecay: 0.1 });
 */
export function adamw(
  parameters: ParametersOrGroups<AdamOptions>,
  options: AdamOptions = {},
): Optimizer<AdamOptions> {
  return new Optimizer(adamRules.adamw, parameters, options);
}

const adamOptions = {
  betas: schema.betas("decay of the means of g and g²"),
  epsilon: schema.notNegative("added to the denominator", 1e-8),
  amsgrad: schema.flag("divide by the largest second moment so far"),
};

/** Adam by name. */
export const adamEntry: OptimizerEntry<AdamOptions> = {
  description: "steps scaled by running means of the gradient and of its square",
  learningRate: 1e-3,
  adamScale: 1,
  options: { ...adamOptions, weightDecay: schema.weightDecay() },
  create: adam,
};

/** AdamW by name. */
export const adamwEntry: OptimizerEntry<AdamOptions> = {
  description: "Adam with weight decay apart from the gradient",
  learningRate: 1e-3,
  adamScale: 1,
  options: { ...adamOptions, weightDecay: schema.weightDecay(1e-2) },
  create: adamw,
};
