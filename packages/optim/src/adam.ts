/** @file Adam and AdamW: steps scaled by running means of the gradient and of its square. */
import { checkBetas, checkNotNegative } from "./check.ts";
import { Optimizer } from "./optimizer.ts";
import type { OptimizerEntry } from "./optimizer-entry.ts";
import * as schema from "./option-schemas.ts";
import type { CommonOptions, ParametersOrGroups, Rule, StepContext } from "./rule.ts";
import { type UpdateOp, updateOp } from "./update-op.ts";

/** Options of {@link adam} and {@link adamw}. */
export interface AdamOptions extends CommonOptions {
  /** Decay of the means of g and g², each in [0, 1); [0.9, 0.999] unless said. */
  readonly betas?: readonly [number, number];
  /** Added to the denominator, at least 0; 1e-8 unless said. */
  readonly eps?: number;
  /**
   * Divide by the largest second moment so far (Reddi, Kale, Kumar, ICLR 2018); false unless said.
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
  readonly eps: number;
  /** Added to the gradient, times the parameter. */
  readonly l2: number;
  /** What decoupled decay leaves of the parameter, 1 − ηλ. */
  readonly keep: number;
}

/** One step of Adam; with a third slot, AMSGrad's. Its primitive is `adamUpdate.primitive`. */
export const adamUpdate: UpdateOp<[m: 1, v: 1, max?: 1], AdamUpdate> = updateOp(
  "adam",
  (next, parameter, grad, slots, options) => {
    const { stepSize, beta1, beta2, eps, l2, keep } = options;
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
      nextP[i] = keep * p - (stepSize * first) / (Math.sqrt(scale) + eps);
    }
  },
);

/**
 * The numbers of a step; weight decay is decoupled from the gradient (AdamW) or added to it (Adam).
 */
export function adamNumbers(
  {
    betas: [beta1, beta2],
    eps,
  }: { readonly betas: readonly [number, number]; readonly eps: number },
  { step, learningRate, weightDecay }: StepContext,
  decoupled: boolean,
): AdamUpdate {
  const correction = Math.sqrt(1 - beta2 ** step);
  return {
    stepSize: (learningRate * correction) / (1 - beta1 ** step),
    beta1,
    beta2,
    eps: eps * correction,
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
    eps: 1e-8,
    weightDecay,
    amsgrad: false,
    exemptions: true,
  },
  check: ({ betas, eps }) => {
    checkBetas(name, betas);
    checkNotNegative(name, { eps });
  },
  slots: (_, { amsgrad }) => ({
    firstMoment: 0,
    secondMoment: 0,
    ...(amsgrad && { maxSecondMoment: 0 }),
  }),
  update: (parameter, grad, slots, options, context) =>
    adamUpdate([parameter, grad, ...slots], adamNumbers(options, context, decoupled)),
});

const adamRules = { adam: adamRule("adam", false, 0), adamw: adamRule("adamw", true, 1e-2) };

/**
 * Adam; weight decay λ, 0 unless said, is added to the gradient (L2).
 *
 * g ← g + λp; m ← β₁m + (1 − β₁)g; v ← β₂v + (1 − β₂)g²; p ← p − η·(m/(1 − β₁ᵗ)) / (√(v/(1 −
 * β₂ᵗ)) + ε)
 *
 * State: 2 slots a parameter (3 with AMSGrad). Learning rate 1e-3 unless said.
 * @throws ValueError for options out of range, no parameter or one given twice
 * Source: Kingma, Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, algorithm 1
 * @example
 * const optimizer = adam(parameters, { learningRate: cosine({ base: 1e-3, steps: 1000 }) });
 * const { grads } = valueAndGrad(loss, parameters);
 * optimizer.step(grads);
 */
export function adam(
  params: ParametersOrGroups<AdamOptions>,
  options: AdamOptions = {},
): Optimizer<AdamOptions> {
  return new Optimizer(adamRules.adam, params, options);
}

/**
 * Adam with decoupled weight decay: the decay λ, 0.01 unless said, shrinks the parameter and never
 * enters the moments.
 *
 * p ← (1 − ηλ)p, then Adam's step with λ = 0
 *
 * @throws ValueError for options out of range, no parameter or one given twice
 * Source: Loshchilov, Hutter, "Decoupled Weight Decay Regularization", ICLR 2019, algorithm 2 (with
 * the schedule in η)
 * @example const optimizer = adamw(parameters, { learningRate: 3e-4, weightDecay: 0.1 });
 */
export function adamw(
  params: ParametersOrGroups<AdamOptions>,
  options: AdamOptions = {},
): Optimizer<AdamOptions> {
  return new Optimizer(adamRules.adamw, params, options);
}

const adamOptions = {
  betas: schema.betas("decay of the means of g and g²"),
  eps: schema.notNegative("added to the denominator", 1e-8),
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
