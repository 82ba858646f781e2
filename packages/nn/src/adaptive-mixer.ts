/** @file The adaptive mixer as a layer: rotations by angles that depend on the input. */

import { full, ones, type Parameter, parameter, type Shape, type Tensor, zeros } from "@spm/core";
import {
  checkOptions,
  type OptionNames,
  ShapeError,
  shapeOf,
  showShape,
  sizeOf,
} from "@spm/core/extend";
import {
  type AdaptiveMode,
  adaptiveMixer,
  type InitialAdaptiveOptions,
  initialAdaptive,
  type Schedule,
} from "@spm/mixer";
import { planTiling } from "@spm/mixer/extend";
import { flag, nullable, size, word } from "./description/fields.ts";
import { describe, type ModuleKind, moduleKind } from "./description/module-kind.ts";
import { scheduleField } from "./description/schedule-field.ts";
import { type LinearOptions, linearOptions } from "./linear-map.ts";
import { Module } from "./module.ts";

/** Options of {@link AdaptiveMixer}. */
export interface AdaptiveMixerLayerOptions
  extends LinearOptions,
    Omit<InitialAdaptiveOptions, "mode" | "inFeatures"> {
  /**
   * The context that angles depend on.
   * @defaultValue "local", the only one whose cost is that of a mixer, O(nL)
   */
  readonly mode?: AdaptiveMode;
  /**
   * The schedule, over n ≥ max(in, out) coordinates.
   * @defaultValue a butterfly over the next power of two
   */
  readonly schedule?: Schedule;
}

const names: OptionNames<AdaptiveMixerLayerOptions> = {
  ...linearOptions,
  mode: true,
  schedule: true,
  rank: true,
  deviation: true,
  dtype: true,
};

/**
 * A mixer of rotations whose angles depend on the input, y = d_out ⊙ (B_L(θ) ⋯ B₁(θ) (d_in ⊙ x)) +
 * bias, θ = θ⁰ + A c, see {@link adaptiveMixer}: not linear, but between the diagonals it keeps the
 * length of every sample. x [..., in] → [..., out]; P + in + 2·out parameters and 2P (local), P·in
 * (input), P·n (stage) or r(P + in) (bottleneck) more, P = nL/2. Initial diagonals are 1 and
 * `gain`, A is N(0, 0.1²/n). Angles, A and the bias are exempt from weight decay.
 * @throws ShapeError for sizes below 1 or a schedule too narrow; ValueError for another mode
 * @example
 * const layer = new AdaptiveMixer(16, 16, { random: rng(1), mode: "input" });
 * layer.forward(ones([2, 16])).shape; // [2, 16]
 */
export class AdaptiveMixer extends Module {
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly mode: AdaptiveMode;
  readonly schedule: Schedule;
  /** d_in [in] */
  readonly dIn: Parameter;
  /** d_out [out] */
  readonly dOut: Parameter;
  /** [out] */
  readonly bias: Parameter | null;
  /** θ⁰ [P] */
  readonly angles: Parameter;
  /** A [P, in], [P, n], [P, 2] or [P, r] */
  readonly weights: Parameter;
  /** V [r, in] of mode bottleneck */
  readonly bottleneck: Parameter | null;

  constructor(inFeatures: number, outFeatures: number, options: AdaptiveMixerLayerOptions) {
    super();
    checkOptions("AdaptiveMixer", options, names);
    const { random, bias = true, gain = 1, mode = "local", schedule, ...initial } = options;
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    this.mode = mode;
    this.schedule = planTiling(inFeatures, outFeatures, schedule ? { schedule } : {}).schedule;
    const { dtype = "float32", rank = null } = initial;
    describe(this, { inFeatures, outFeatures, mode, schedule: this.schedule, rank, bias, dtype });
    const own = initialAdaptive(this.schedule, random, { ...initial, mode, inFeatures });
    this.dIn = parameter(() => ones([inFeatures], { dtype }));
    this.dOut = parameter(() => full([outFeatures], gain, { dtype }));
    this.bias = bias ? parameter(() => zeros([outFeatures], { dtype }), { decay: false }) : null;
    this.angles = parameter(own.angles, { decay: false });
    this.weights = parameter(own.weights, { decay: false });
    this.bottleneck = own.bottleneck === undefined ? null : parameter(own.bottleneck);
  }

  override get label(): string {
    return `AdaptiveMixer(${this.mode})`;
  }

  /** @throws ShapeError unless x is [..., in] */
  forward(x: Tensor): Tensor {
    const { inFeatures, schedule, mode, dIn, dOut, bias, angles, weights, bottleneck } = this;
    const shape = shapeOf("AdaptiveMixer", x);
    if (shape.at(-1) !== inFeatures)
      throw new ShapeError("AdaptiveMixer", `x of shape [..., ${inFeatures}]`, showShape(shape));
    const own = { angles, weights, ...(bottleneck && { bottleneck }) };
    return adaptiveMixer(x, own, { schedule, mode, dIn, dOut, ...(bias && { bias }) });
  }

  /** FLOP of a forward on inputs of these shapes (default a single row), without sines. */
  override flops([x = [this.inFeatures]]: readonly Shape[] = []): number {
    const { inFeatures, outFeatures, weights, bottleneck, bias, schedule } = this;
    const turns = 6 * schedule.first.length + inFeatures + (bias ? 2 : 1) * outFeatures;
    const angles = 2 * sizeOf(weights.shape) + 2 * sizeOf(bottleneck?.shape ?? [0]);
    return (turns + angles) * sizeOf(x.slice(0, -1));
  }
}

/** {@link AdaptiveMixer} in files. */
export const adaptiveMixerModule: ModuleKind = moduleKind(
  "AdaptiveMixer",
  AdaptiveMixer,
  {
    inFeatures: size,
    outFeatures: size,
    mode: word<AdaptiveMode>("local", "input", "stage", "bottleneck"),
    schedule: scheduleField,
    rank: nullable(size),
    bias: flag,
    dtype: word("float32", "float64"),
  },
  ({ inFeatures, outFeatures, rank, ...options }, { random }) =>
    new AdaptiveMixer(inFeatures, outFeatures, {
      ...options,
      ...(rank !== null && { rank }),
      random,
    }),
  ({ inFeatures, mode, schedule, rank }) => {
    const depth = { local: 2, input: inFeatures, stage: schedule.n, bottleneck: rank ?? 64 }[mode];
    return schedule.first.length * (1 + depth) + depth * inFeatures;
  },
);
