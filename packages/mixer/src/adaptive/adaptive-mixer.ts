/**
 * @file The adaptive mixer: rotations whose angles depend on the input, so that the map is not
 * linear, yet keeps the length of every sample.
 */
import { add, full, matmul, normal, type Rng, type Tensor, tanh, transpose } from "@spm/core";
import {
  checkOptions,
  checkRandom,
  checkTensors,
  kindOf,
  type OptionNames,
  ShapeError,
  showShape,
  ValueError,
} from "@spm/core/extend";
import { initialParameters } from "../initialise.ts";
import type { Diagonals } from "../mixer.ts";
import { rotationMixer } from "../parameterisation/rotation.ts";
import { checkSchedule, type Schedule } from "../schedule.ts";
import { adaptiveOp } from "./op.ts";

/**
 * The context that a pair's angle depends on: the mixer's `input` x; all inputs of its `stage`, z;
 * `local`, its own two, (z_i, z_j); or a `bottleneck` of x, tanh(V x).
 */
export type AdaptiveMode = "input" | "stage" | "local" | "bottleneck";

const modes: readonly AdaptiveMode[] = ["input", "stage", "local", "bottleneck"];

/** The parameters of an adaptive mixer besides the diagonals and the bias. */
export interface AdaptiveParameters {
  /** θ⁰ [P], in radians */
  readonly angles: Tensor;
  /** A: [P, in] of mode input, [P, n] of stage, [P, 2] of local, [P, r] of bottleneck */
  readonly weights: Tensor;
  /** V [r, in], of mode bottleneck alone */
  readonly bottleneck?: Tensor;
}

/** Options of {@link adaptiveMixer}. */
export interface AdaptiveMixerOptions extends Diagonals {
  readonly schedule: Schedule;
  readonly mode: AdaptiveMode;
}

const names: OptionNames<AdaptiveMixerOptions> = {
  schedule: true,
  mode: true,
  dIn: true,
  dOut: true,
  bias: true,
};

/**
 * y = d_out ⊙ (B_L ⋯ B₁ (d_in ⊙ x)) + bias, B_l rotations by angles of each sample, θ = θ⁰ + A c
 * with the context c by `mode`. ‖z_L‖ = ‖z₀‖ for every sample, whatever A is; with A = 0 it is
 * `rotationMixer`, bit for bit on the reference.
 * @param x - [..., in], in ≤ n
 * @param parameters - angles [P], weights [P, 2] and the like, see {@link AdaptiveParameters}
 * @returns [..., out]. Cost a row forward: 6P + 3n FLOP and P sines and cosines, and for the angles
 * 4P (local), 2P·in (input), 2P·n (stage), 2r(P + in) (bottleneck). Backward runs four rows forward
 * again, and keeps nothing of them; input and bottleneck keep the angles, N·P numbers of N rows
 * @throws ShapeError, DTypeError when an operand does not fit the schedule; ValueError for another
 * mode
 * @example
 * const [schedule, random] = [butterfly(8), rng(1)];
 * const parameters = initialAdaptive(schedule, random, { mode: "local" });
 * adaptiveMixer(ones([2, 8]), parameters, { schedule, mode: "local" }).shape; // [2, 8]
 */
export function adaptiveMixer(
  x: Tensor,
  parameters: AdaptiveParameters,
  options: AdaptiveMixerOptions,
): Tensor {
  checkOptions("adaptiveMixer", options, names);
  const { schedule, mode } = options;
  checkMode("adaptiveMixer", mode);
  checkSchedule("adaptiveMixer", schedule);
  if (typeof parameters !== "object" || parameters === null)
    throw new ValueError("adaptiveMixer", "{ angles, weights }", kindOf(parameters));
  const { angles, weights, bottleneck } = parameters;
  checkTensors("adaptiveMixer", x, angles, weights, ...(bottleneck ? [bottleneck] : []));
  if ((mode === "bottleneck") !== (bottleneck !== undefined))
    throw new ValueError(
      "adaptiveMixer",
      "a bottleneck V in mode bottleneck alone",
      `${bottleneck === undefined ? "none" : "one"} in mode ${mode}`,
    );
  const placed = { dtype: x.dtype, backend: x.backend };
  const out = options.dOut?.shape[0] ?? options.bias?.shape[0] ?? schedule.n;
  const around = [
    x,
    options.dIn ?? full([x.shape.at(-1) ?? 0], 1, placed),
    options.dOut ?? full([out], 1, placed),
    options.bias ?? full([out], 0, placed),
  ] as const;
  if (mode === "stage" || mode === "local")
    return adaptiveOp([...around, angles, weights], {
      schedule,
      source: mode === "stage" ? "stage" : "pair",
    });
  const context = bottleneck === undefined ? x : tanh(product("V", bottleneck, x));
  const theta = add(angles, product("weights", weights, context));
  return adaptiveOp([...around, theta], { schedule, source: "rows" });
}

/** M c for each context c [..., m], M [k, m]. */
function product(what: string, matrix: Tensor, context: Tensor): Tensor {
  const width = context.shape.at(-1) ?? 0;
  if (matrix.shape.length !== 2 || matrix.shape[1] !== width)
    throw new ShapeError(
      "adaptiveMixer",
      `${what} of shape [..., ${width}]`,
      showShape(matrix.shape),
    );
  return matmul(context, transpose(matrix));
}

/** Refuses other words than the four modes. */
function checkMode(op: string, mode: AdaptiveMode): void {
  if (!modes.includes(mode))
    throw new ValueError(op, modes.map((known) => `"${known}"`).join(", "), `"${mode as string}"`);
}

/** Options of {@link initialAdaptive}. */
export interface InitialAdaptiveOptions {
  readonly mode: AdaptiveMode;
  /**
   * Numbers of x.
   * @defaultValue the schedule's n
   */
  readonly inFeatures?: number;
  /**
   * r ≥ 1, the width of a bottleneck.
   * @defaultValue ⌈log₂ n⌉, at least 1
   */
  readonly rank?: number;
  /**
   * s ≥ 0, of A ~ N(0, s²/n). Larger ones let angles wrap around, with gradients of random sign.
   * @defaultValue 0.1
   */
  readonly deviation?: number;
  /** @defaultValue "float32" */
  readonly dtype?: "float32" | "float64";
}

const initialNames: OptionNames<InitialAdaptiveOptions> = {
  mode: true,
  inFeatures: true,
  rank: true,
  deviation: true,
  dtype: true,
};

/**
 * Initial parameters of an adaptive mixer: θ⁰ [P] uniform over the circle, A ~ N(0, 0.1²/n), and V
 * [r, in] ~ N(0, 1/in).
 * @returns as {@link adaptiveMixer} takes them
 * @throws ValueError for another mode, or a negative deviation; ShapeError for sizes below 1
 * @example
 * const random = rng(1);
 * initialAdaptive(butterfly(8), random, { mode: "stage" }).weights.shape; // [12, 8]
 */
export function initialAdaptive(
  schedule: Schedule,
  random: Rng,
  options: InitialAdaptiveOptions,
): AdaptiveParameters {
  checkSchedule("initialAdaptive", schedule);
  checkRandom("initialAdaptive", random);
  checkOptions("initialAdaptive", options, initialNames);
  const { n, first } = schedule;
  const { mode, inFeatures = n, deviation = 0.1, dtype = "float32" } = options;
  const { rank = Math.max(1, Math.ceil(Math.log2(n))) } = options;
  checkMode("initialAdaptive", mode);
  for (const size of [inFeatures, rank])
    if (!Number.isSafeInteger(size) || size < 1)
      throw new ShapeError("initialAdaptive", "inFeatures and rank ≥ 1", size);
  if (!(deviation >= 0 && deviation < Number.POSITIVE_INFINITY))
    throw new ValueError("initialAdaptive", "a deviation ≥ 0", deviation);
  const width = { input: inFeatures, stage: n, local: 2, bottleneck: rank }[mode];
  const { angles } = initialParameters(rotationMixer, schedule, random, { dtype });
  const weights = normal(random, [first.length, width], 0, deviation / Math.sqrt(n), { dtype });
  if (mode !== "bottleneck") return { angles, weights };
  const v = normal(random, [rank, inFeatures], 0, 1 / Math.sqrt(inFeatures), { dtype });
  return { angles, weights, bottleneck: v };
}
