/** @file RAdam: Adam whose adaptive step is rectified while its variance cannot be trusted. */
import { checkBetas, checkNotNegative } from "./check.ts";
import { Optimizer } from "./optimizer.ts";
import type { OptimizerEntry } from "./optimizer-entry.ts";
import * as schema from "./option-schemas.ts";
import type { CommonOptions, ParametersOrGroups, Rule } from "./rule.ts";
import { type UpdateOp, updateOp } from "./update-op.ts";

/** Options of {@link radam}. */
export interface RadamOptions extends CommonOptions {
  /** Decay of the means of g and g², each in [0, 1); [0.9, 0.999] unless said. */
  readonly betas?: readonly [number, number];
  /** Added to the denominator, at least 0; 1e-8 unless said. */
  readonly eps?: number;
}

/** The numbers of one RAdam step. */
export interface RadamUpdate {
  /** η/(1 − β₁ᵗ), times r·√(1 − β₂ᵗ) once adaptive. */
  readonly stepSize: number;
  /** Whether the step is divided by √v + ε. */
  readonly adaptive: boolean;
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  /** Added to the gradient, times the parameter. */
  readonly l2: number;
}

/** One step of RAdam; slots: first and second moment. */
export const radamUpdate: UpdateOp<[m: 1, v: 1], RadamUpdate> = updateOp(
  "radam",
  (next, parameter, grad, [m, v], options) => {
    const { stepSize, adaptive, beta1, beta2, eps, l2 } = options;
    const [nextP, nextM, nextV] = next;
    for (let i = 0; i < parameter.length; i++) {
      const p = parameter[i]!;
      const g = grad[i]! + l2 * p;
      const first = beta1 * m[i]! + (1 - beta1) * g;
      const second = beta2 * v[i]! + (1 - beta2) * g * g;
      nextM[i] = first;
      nextV[i] = second;
      nextP[i] = p - (stepSize * first) / (adaptive ? Math.sqrt(second) + eps : 1);
    }
  },
);

/** r, the rectification of step t; undefined while the variance is intractable (ρₜ ≤ 5). */
function rectification(step: number, beta2: number): number | undefined {
  const limit = 2 / (1 - beta2) - 1;
  const power = beta2 ** step;
  const length = limit - (2 * step * power) / (1 - power);
  if (length <= 5) return undefined;
  return Math.sqrt(((length - 4) * (length - 2) * limit) / ((limit - 4) * (limit - 2) * length));
}

const rule: Rule<RadamOptions, [m: 1, v: 1]> = {
  name: "radam",
  defaults: {
    learningRate: 1e-3,
    betas: [0.9, 0.999],
    eps: 1e-8,
    weightDecay: 0,
    exemptions: true,
  },
  check: ({ betas, eps }) => {
    checkBetas("radam", betas);
    checkNotNegative("radam", { eps });
  },
  slots: () => ({ firstMoment: 0, secondMoment: 0 }),
  update: (
    parameter,
    grad,
    slots,
    { betas: [beta1, beta2], eps },
    { step, learningRate, weightDecay },
  ) => {
    const rectified = rectification(step, beta2);
    const adaptation = rectified === undefined ? 1 : rectified * Math.sqrt(1 - beta2 ** step);
    return radamUpdate([parameter, grad, ...slots], {
      stepSize: (learningRate / (1 - beta1 ** step)) * adaptation,
      adaptive: rectified !== undefined,
      beta1,
      beta2,
      eps,
      l2: weightDecay,
    });
  },
};

/**
 * Rectified Adam: plain momentum in the first steps, then Adam scaled by r, so that it needs no
 * warm-up.
 *
 * ρ∞ = 2/(1 − β₂) − 1; ρₜ = ρ∞ − 2tβ₂ᵗ/(1 − β₂ᵗ); r = √((ρₜ−4)(ρₜ−2)ρ∞ / ((ρ∞−4)(ρ∞−2)ρₜ)); m, v as
 * in Adam; p ← p − η·m/(1 − β₁ᵗ) · (r·√(1 − β₂ᵗ)/(√v + ε) if ρₜ > 5, else 1)
 *
 * State: 2 slots a parameter. Learning rate 1e-3 unless said.
 * @throws ValueError for options out of range, no parameter or one given twice
 * Source: Liu et al., "On the Variance of the Adaptive Learning Rate and Beyond", ICLR 2020,
 * algorithm 2
 * @example const optimizer = radam(parameters, { learningRate: 1e-3 });
 */
export function radam(
  params: ParametersOrGroups<RadamOptions>,
  options: RadamOptions = {},
): Optimizer<RadamOptions> {
  return new Optimizer(rule, params, options);
}

/** RAdam by name. */
export const radamEntry: OptimizerEntry<RadamOptions> = {
  description: "Adam, plain while its variance cannot be trusted: no warm-up needed",
  learningRate: 1e-3,
  adamScale: 1,
  options: {
    betas: schema.betas("decay of the means of g and g²"),
    eps: schema.notNegative("added to the denominator", 1e-8),
    weightDecay: schema.weightDecay(),
  },
  create: radam,
};
