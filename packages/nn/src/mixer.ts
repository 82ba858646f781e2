/** @file The mixer as a layer: a drop-in for Linear(in, out) with O(n log n) parameters. */
import { full, ones, type Parameter, parameter, type Tensor, zeros } from "@spm/core";
import {
  type BackwardMode,
  defaultSchedule,
  generalMixer,
  initialAngles,
  initialBlocks,
  type MixerInit,
  rotationMixer,
  type Schedule,
} from "@spm/mixer";
import type { LinearOptions } from "./linear.ts";
import { Module } from "./module.ts";

/** How a mixer layer is built. */
export interface MixerLayerOptions extends LinearOptions {
  /** Pairings over n ≥ max(in, out) coordinates; unless given, butterfly over the next power of two. */
  readonly schedule?: Schedule;
  /** Learned diagonals before and after the stages (true unless said). */
  readonly diagonals?: boolean;
  readonly init?: MixerInit;
  readonly backward?: BackwardMode;
}

const nextPowerOfTwo = (n: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, n)));

/** What both variants share: y = d_out ⊙ (B_L ⋯ B₁ (d_in ⊙ x)) + bias, the diagonals starting at 1 and at `gain`. */
abstract class Mixer extends Module {
  readonly schedule: Schedule;
  readonly dIn: Parameter | null;
  readonly dOut: Parameter;
  readonly bias: Parameter | null;
  protected readonly backward: { readonly backward?: BackwardMode };

  constructor(fanIn: number, fanOut: number, options: MixerLayerOptions) {
    super();
    const { gain = 1, bias = true, diagonals = true, backward } = options;
    this.schedule = options.schedule ?? defaultSchedule(nextPowerOfTwo(Math.max(fanIn, fanOut)));
    this.dIn = diagonals ? parameter(ones([fanIn])) : null;
    this.dOut = parameter(full([fanOut], gain));
    this.bias = bias ? parameter(zeros([fanOut]), { decay: false }) : null;
    this.backward = backward === undefined ? {} : { backward };
  }

  protected around(): { schedule: Schedule; dOut: Tensor; dIn?: Tensor; bias?: Tensor; backward?: BackwardMode } {
    return {
      schedule: this.schedule,
      dOut: this.dOut,
      ...(this.dIn && { dIn: this.dIn }),
      ...(this.bias && { bias: this.bias }),
      ...this.backward,
    };
  }
}

/**
 * A linear map of rotations: one angle a pair, orthogonal but for its diagonals. Angles are exempt from weight decay.
 * x [..., in] → [..., out]; parameters nL/2 + in + 2·out; 3nL FLOP a row.
 * @example const layer = new RotationMixer(784, 256, { random: rng(1), gain: Math.SQRT2 });
 */
export class RotationMixer extends Mixer {
  readonly angles: Parameter;

  constructor(fanIn: number, fanOut: number, options: MixerLayerOptions) {
    super(fanIn, fanOut, options);
    this.angles = parameter(initialAngles(this.schedule, options.random, options.init), { decay: false });
  }

  forward(x: Tensor): Tensor {
    return rotationMixer(x, this.angles, this.around());
  }
}

/**
 * A linear map of free 2×2 blocks, started orthogonal. Blocks are exempt from weight decay, which would shrink the layer L-fold.
 * x [..., in] → [..., out]; parameters 2nL + leftovers + in + 2·out; 3nL FLOP a row.
 */
export class GeneralMixer extends Mixer {
  readonly blocks: Parameter;
  readonly scales: Parameter;

  constructor(fanIn: number, fanOut: number, options: MixerLayerOptions) {
    super(fanIn, fanOut, options);
    this.blocks = parameter(initialBlocks(this.schedule, options.random, options.init), { decay: false });
    this.scales = parameter(ones([this.schedule.leftovers.length]), { decay: false });
  }

  forward(x: Tensor): Tensor {
    return generalMixer(x, this.blocks, this.scales, this.around());
  }
}
