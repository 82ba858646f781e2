/** @file The feed-forward part of a transformer block. */

import { mul, type Tensor } from "@spm/core";
import { checkOptions, type OptionNames } from "@spm/core/extend";
import { size, word } from "../description/fields.ts";
import { describe, type ModuleKind, moduleKind } from "../description/module-kind.ts";
import { gelu, silu } from "../functional/activation.ts";
import { type LinearChoice, linear } from "../linear-kinds.ts";
import { type LinearMap, type LinearOptions, linearOptions } from "../linear-map.ts";
import { Module } from "../module.ts";
import { checkChoice } from "../options.ts";

/** Options of {@link FeedForward}; `gain` scales the map down. */
export interface FeedForwardOptions extends LinearOptions {
  /**
   * The linear maps.
   * @defaultValue "dense"
   */
  readonly linear?: LinearChoice;
  /**
   * `gelu` (exact): down(gelu(up x)). `swiglu`: down(silu(gate x) ⊙ up x) (Shazeer 2020).
   * @defaultValue "gelu"
   */
  readonly activation?: "gelu" | "swiglu";
  /**
   * The width of the activation.
   * @defaultValue 4 · width for gelu; 8/3 · width, rounded up to a multiple of 8, for swiglu
   */
  readonly hidden?: number;
}

/** Their names. */
export const feedForwardOptions: OptionNames<FeedForwardOptions> = {
  ...linearOptions,
  linear: true,
  activation: true,
  hidden: true,
};

/** The width of the activation unless another is given. */
export const hiddenWidth = (width: number, activation: "gelu" | "swiglu"): number =>
  activation === "gelu" ? 4 * width : 8 * Math.ceil(width / 3);

/**
 * A two-layer network on each token, down(gelu(up x)), or down(silu(gate x) ⊙ up x) with a gate.
 * x [..., width] → [..., width].
 * @throws ValueError for another activation
 * @example
 * const layer = new FeedForward(8, { activation: "swiglu", random: rng(1) });
 * layer.forward(ones([1, 5, 8])).shape; // [1, 5, 8]
 */
export class FeedForward extends Module {
  readonly up: LinearMap;
  readonly gate: LinearMap | null;
  readonly down: LinearMap;

  constructor(width: number, options: FeedForwardOptions) {
    super();
    checkOptions("FeedForward", options, feedForwardOptions);
    const { linear: choice = "dense", activation = "gelu", gain, random, bias = true } = options;
    checkChoice("FeedForward", ["gelu", "swiglu"], activation);
    const { hidden = hiddenWidth(width, activation) } = options;
    describe(this, { width, activation, hidden });
    this.up = linear(choice, width, hidden, { random, bias });
    this.gate = activation === "swiglu" ? linear(choice, width, hidden, { random, bias }) : null;
    this.down = linear(choice, hidden, width, {
      random,
      bias,
      ...(gain !== undefined && { gain }),
    });
  }

  forward(x: Tensor): Tensor {
    const up = this.up.forward(x);
    return this.down.forward(this.gate === null ? gelu(up) : mul(silu(this.gate.forward(x)), up));
  }
}

/** The feed-forward part in files. */
export const feedForwardModule: ModuleKind = moduleKind(
  "FeedForward",
  FeedForward,
  { width: size, activation: word("gelu", "swiglu"), hidden: size },
  ({ width, ...options }, { random }) => new FeedForward(width, { ...options, random }),
);
