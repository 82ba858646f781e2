/** @file RAdam: Adam whose adaptive step is rectified for the variance of its first steps. */
import { checkBetas, checkNotNegative } from "./check.ts";
import { Optimizer } from "./optimizer.ts";
import type { OptimizerEntry } from "./optimizer-entry.ts";
import * as schema from "./option-schemas.ts";
import { renewed } from "./recorder.ts";
import type { CommonOptions, Decided, ParametersOrGroups, Rule, StepContext } from "./rule.ts";
import { type UpdateOp, updateOp } from "./update-op.ts";

/** Options of {@link radam}. */
export interface RadamOptions extends CommonOptions {
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
}

/** The numbers of one RAdam step. */
export interface RadamUpdate {
  /** η/(1 − β₁ᵗ), times r·√(1 − β₂ᵗ) where adaptive. */
  readonly stepSize: number;
  /** Whether the step is divided by √v + ε. */
  readonly adaptive: boolean;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Coupled weight decay λ: the gradient is g + λp. */
  readonly l2: number;
}

/**
 * One step of RAdam, of a parameter [...], its gradient and its slots: first and second moment.
 * Returns the next parameter and slots.
 * @example
 * const numbers: RadamUpdate = {
 *   stepSize: 0.1, adaptive: false, beta1: 0.5, beta2: 0.5, epsilon: 0, l2: 0,
 * };
 * radamUpdate([tensor([1]), tensor([2]), tensor([0]), tensor([0])], numbers); // [[0.9], [1], [2]]
 */
export const radamUpdate: UpdateOp<[m: 1, v: 1], RadamUpdate> = updateOp(
  "radam",
  (next, parameter, grad, [m, v], options) => {
    const { stepSize, adaptive, beta1, beta2, epsilon, l2 } = options;
    const [nextP, nextM, nextV] = next;
    for (let i = 0; i < parameter.length; i++) {
      const p = parameter[i]!;
      const g = grad[i]! + l2 * p;
      const first = beta1 * m[i]! + (1 - beta1) * g;
      const second = beta2 * v[i]! + (1 - beta2) * g * g;
      nextM[i] = first;
      nextV[i] = second;
      nextP[i] = p - (stepSize * first) / (adaptive ? Math.sqrt(second) + epsilon : 1);
    }
  },
);

/** r, the rectification of step t; undefined where the variance is intractable (ρₜ ≤ 5). */
function rectification(step: number, beta2: number): number | undefined {
  const limit = 2 / (1 - beta2) - 1;
  const power = beta2 ** step;
  const length = limit - (2 * step * power) / (1 - power);
  if (length <= 5) return undefined;
  return Math.sqrt(((length - 4) * (length - 2) * limit) / ((limit - 4) * (limit - 2) * length));
}

function numbersOf(
  { betas: [beta1, beta2], epsilon }: Decided<RadamOptions>,
  { step, learningRate, weightDecay: l2 }: StepContext,
): RadamUpdate {
  const rectified = rectification(step, beta2);
  const adaptation = rectified === undefined ? 1 : rectified * Math.sqrt(1 - beta2 ** step);
  return {
    stepSize: (learningRate / (1 - beta1 ** step)) * adaptation,
    adaptive: rectified !== undefined,
    beta1,
    beta2,
    epsilon,
    l2,
  };
}

const rule: Rule<RadamOptions, [m: 1, v: 1]> = {
  name: "radam",
  defaults: {
    learningRate: 1e-3,
    betas: [0.9, 0.999],
    epsilon: 1e-8,
    weightDecay: 0,
  },
  check: ({ betas, epsilon }) => {
    checkBetas("radam", betas);
    checkNotNegative("radam", { epsilon });
  },
  slots: () => ({ firstMoment: 0, secondMoment: 0 }),
  update: (parameter, grad, slots, options, context) =>
    radamUpdate(
      [parameter, grad, ...slots],
      renewed(() => numbersOf(options, context)),
    ),
};

/**
 * Rectified Adam, which takes steps of plain momentum at first, then those of Adam scaled by r: it
 * needs no warm-up.
 *
 * ρ∞ = 2/(1 − β₂) − 1;  ρₜ = ρ∞ − 2tβ₂ᵗ/(1 − β₂ᵗ);
 * r = √((ρₜ − 4)(ρₜ − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρₜ));  m, v as in Adam;
 * p ← p − η·m/(1 − β₁ᵗ) · (r·√(1 − β₂ᵗ)/(√v + ε) if ρₜ > 5, else 1)
 *
 * State: 2 slots a parameter [...], of its shape. The default learning rate is 1e-3.
 * @throws ValueError for options out of range, no parameter or one given twice; OptionError for an
 * unknown option
 * Source: Liu et al., "On the Variance of the Adaptive Learning Rate and Beyond", ICLR 2020,
 * algorithm 2
 * @example radam([parameter([1])], { learningRate: 1e-3 });
 */
export function radam(
  parameters: ParametersOrGroups<RadamOptions>,
  options: RadamOptions = {},
): Optimizer<RadamOptions> {
  return new Optimizer(rule, parameters, options);
}

/** RAdam by name. */
export const radamEntry: OptimizerEntry<RadamOptions> = {
  description: "Adam rectified for the variance of its first steps: no warm-up needed",
  learningRate: 1e-3,
  adamScale: 1,
  options: {
    betas: schema.betas("decay of the means of g and g²"),
    epsilon: schema.notNegative("added to the denominator", 1e-8),
    weightDecay: schema.weightDecay(),
  },
  create: radam,
};
