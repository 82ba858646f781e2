/** @file Muon: orthogonalised momentum for matrices, AdamW for other parameters. */
import {
  add,
  clamp,
  div,
  matmul,
  mul,
  norm,
  type Parameter,
  type Shape,
  sub,
  type Tensor,
  transpose,
} from "@spm/core";
import { ShapeError, showShape, ValueError } from "@spm/core/extend";
import { adamNumbers, adamUpdate } from "./adam.ts";
import { checkBetas, checkCounts, checkFractions, checkNotNegative } from "./check.ts";
import { Optimizer } from "./optimizer.ts";
import type { OptimizerEntry } from "./optimizer-entry.ts";
import * as schema from "./option-schemas.ts";
import { renewed } from "./recorder.ts";
import type { CommonOptions, Decided, ParametersOrGroups, Rule } from "./rule.ts";

/** Options of {@link muon}. */
export interface MuonOptions extends CommonOptions {
  /**
   * Decay μ of the momentum per step, in [0, 1).
   * @defaultValue 0.95
   */
  readonly momentum?: number;
  /**
   * Whether to look ahead along the momentum.
   * @defaultValue true
   */
  readonly nesterov?: boolean;
  /**
   * Newton-Schulz iterations, at least 1.
   * @defaultValue 5
   */
  readonly iterations?: number;
  /**
   * a, b, c of the iteration's quintic ax + bx³ + cx⁵.
   * @defaultValue [3.4445, −4.775, 2.0315]
   */
  readonly coefficients?: readonly [number, number, number];
  /**
   * The scale of a step of an [m, n] matrix: `"shape"` is √max(1, m/n) (Jordan); `"rms"` is
   * 0.2·√max(m, n) (Liu et al. 2025), the size of AdamW's steps, so that both can share a learning
   * rate.
   * @defaultValue `"shape"`
   */
  readonly scale?: "shape" | "rms";
  /**
   * The update: `"auto"` is Muon for matrices with weight decay, and AdamW for the rest (vectors,
   * and structured parameters such as the mixer's angles and blocks).
   * @defaultValue `"auto"`
   */
  readonly update?: "auto" | "muon" | "adamw";
  /**
   * AdamW's decay of the running means of g and of g², each in [0, 1).
   * @defaultValue [0.9, 0.999]
   */
  readonly betas?: readonly [number, number];
  /**
   * The least norm to divide by, and the number added to AdamW's denominator, at least 0.
   * @defaultValue 1e-7
   */
  readonly epsilon?: number;
}

const rule: Rule<MuonOptions, [first: 1, second?: 1]> = {
  name: "muon",
  defaults: {
    learningRate: 1e-3,
    momentum: 0.95,
    nesterov: true,
    iterations: 5,
    coefficients: [3.4445, -4.775, 2.0315],
    scale: "shape",
    update: "auto",
    betas: [0.9, 0.999],
    epsilon: 1e-7,
    weightDecay: 0.1,
  },
  check: ({ momentum, iterations, betas, epsilon, scale, update }) => {
    checkFractions("muon", { momentum });
    checkCounts("muon", { iterations });
    checkBetas("muon", betas);
    checkNotNegative("muon", { epsilon });
    if (!["shape", "rms"].includes(scale))
      throw new ValueError("muon", 'scale to be "shape" or "rms"', scale);
    if (!["auto", "muon", "adamw"].includes(update))
      throw new ValueError("muon", 'update to be "auto", "muon" or "adamw"', update);
  },
  slots: (parameter, options): Record<string, number> =>
    isOrthogonalised(parameter, options) ? { momentum: 0 } : { firstMoment: 0, secondMoment: 0 },
  update: (parameter, grad, [first, second], options, context) => {
    if (second !== undefined) {
      const [next, m, v] = adamUpdate(
        [parameter, grad, first, second],
        renewed(() => adamNumbers(options, context, true)),
      );
      return [next, m, v];
    }
    const { learningRate, weightDecay } = context;
    const { momentum, nesterov, scale } = options;
    const mean = towards(first, grad, 1 - momentum);
    const direction = orthogonalise(nesterov ? towards(grad, mean, momentum) : mean, options);
    const kept = mul(parameter, 1 - learningRate * weightDecay);
    return [sub(kept, mul(direction, learningRate * stepScale(parameter.shape, scale))), mean];
  },
};

/** a + w(b − a) */
const towards = (a: Tensor, b: Tensor, weight: number): Tensor => add(a, mul(sub(b, a), weight));

const stepScale = ([rows = 1, columns = 1]: Shape, scale: "shape" | "rms"): number =>
  scale === "shape"
    ? Math.sqrt(Math.max(1, rows / columns))
    : 0.2 * Math.sqrt(Math.max(rows, columns));

function isOrthogonalised({ shape, decay }: Parameter, { update }: Decided<MuonOptions>): boolean {
  if (update === "muon" && shape.length !== 2)
    throw new ShapeError(
      "muon",
      'matrices where update is "muon"',
      showShape(shape),
      'leave it at "auto"',
    );
  return update === "muon" || (update === "auto" && shape.length === 2 && decay);
}

/**
 * An approximation of UVᵀ for X = USVᵀ [m, n]: Newton-Schulz iterations X ← aX + (bA + cA²)X,
 * A = XXᵀ, on X/‖X‖ bring every singular value near 1. 2·min(m, n)²·(2·max(m, n) + min(m, n)) FLOP
 * an iteration.
 */
function orthogonalise(
  x: Tensor,
  {
    iterations,
    coefficients: [a, b, c],
    epsilon,
  }: Pick<Decided<MuonOptions>, "iterations" | "coefficients" | "epsilon">,
): Tensor {
  const [rows = 1, columns = 1] = x.shape;
  const tall = rows > columns;
  let y = tall ? transpose(x) : x;
  y = div(y, clamp(norm(y), { min: epsilon }));
  for (let k = 0; k < iterations; k++) {
    const gram = matmul(y, transpose(y));
    y = add(mul(y, a), matmul(add(mul(gram, b), mul(matmul(gram, gram), c)), y));
  }
  return tall ? transpose(y) : y;
}

/**
 * Muon for matrices, AdamW for the rest, both with decoupled weight decay λ (default 0.1).
 *
 * m ← μm + (1 − μ)g;  p ← (1 − ηλ)p − η·s·NS((1 − μ)g + μm), or without Nesterov NS(m);
 * NS(USVᵀ) ≈ UVᵀ, s by `scale`
 *
 * Embeddings and output layers train better with AdamW: put them in a group with `update: "adamw"`.
 * With `scale: "shape"`, matrices and other parameters need different learning rates, so groups
 * too. State: one slot a matrix, 2 for each other parameter. Cost beyond one pass:
 * 2·min(m, n)²·(2·max(m, n) + min(m, n)) FLOP for each iteration and matrix [m, n]. The default
 * learning rate is 1e-3.
 * @throws ValueError for options out of range, no parameter or one given twice; ShapeError for
 * `update: "muon"` on another parameter than a matrix; OptionError for an unknown option
 * Source: Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024; `"rms"`:
 * Liu et al., "Muon is Scalable for LLM Training", 2025, eq. 4
 * @example muon([parameter([[1]])], { learningRate: 3e-4, scale: "rms" });
 */
export function muon(
  parameters: ParametersOrGroups<MuonOptions>,
  options: MuonOptions = {},
): Optimizer<MuonOptions> {
  return new Optimizer(rule, parameters, options);
}

/** Muon by name. */
export const muonEntry: OptimizerEntry<MuonOptions> = {
  description: "orthogonalised momentum for matrices, AdamW for the rest",
  learningRate: 1e-3,
  adamScale: 1, // on MNIST, 1,600 steps: 3 to 6 % better than 0.001, for matrices and mixers
  options: {
    momentum: schema.fraction("decay of the velocity per step", 0.95),
    nesterov: schema.flag("look ahead along the velocity", true),
    iterations: schema.count("Newton-Schulz iterations", 5),
    coefficients: {
      description: "a, b, c of an iteration ax + bx³ + cx⁵",
      type: "array",
      items: { type: "number" },
      minItems: 3,
      maxItems: 3,
      default: [3.4445, -4.775, 2.0315],
    },
    scale: schema.word("scale of steps of an m × n matrix: √max(1, m/n) or 0.2·√max(m, n)", [
      "shape",
      "rms",
    ]),
    update: schema.word("the update; auto is muon for matrices, adamw for others", [
      "auto",
      "muon",
      "adamw",
    ]),
    betas: schema.betas("AdamW's decay of the means of g and g²"),
    epsilon: schema.notNegative(
      "least norm to divide by, and number added to AdamW's denominator",
      1e-7,
    ),
    weightDecay: schema.weightDecay(0.1),
  },
  create: muon,
};
