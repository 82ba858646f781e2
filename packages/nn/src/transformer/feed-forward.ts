/** @file The feed-forward part of a transformer block. */
import { mul, type Tensor } from "@spm/core";
import { gelu, silu } from "../functional/activation.ts";
import { type LinearChoice, linear } from "../linear-kinds.ts";
import type { LinearMap, LinearOptions } from "../linear-map.ts";
import { Module } from "../module.ts";
import { checkChoice } from "../options.ts";

/** How a feed-forward part is built; `gain` scales the map down. */
export interface FeedForwardOptions extends LinearOptions {
  /** The linear maps; dense unless said. */
  readonly linear?: LinearChoice;
  /** `gelu` (exact): down(gelu(up x)). `swiglu`: down(silu(gate x) ⊙ up x) (Shazeer 2020). */
  readonly activation?: "gelu" | "swiglu";
  /**
   * Width between; 4 · width for gelu and 8/3 · width, rounded up to a multiple of 8, for swiglu
   * unless said.
   */
  readonly hidden?: number;
}

/**
 * Two maps around a nonlinearity, or three with a gate. x [..., width] → [..., width].
 * @throws ValueError for another activation
 * @example new FeedForward(256, { activation: "swiglu", linear: "general", random: rng(1) });
 */
export class FeedForward extends Module {
  readonly up: LinearMap;
  readonly gate: LinearMap | null;
  readonly down: LinearMap;

  constructor(width: number, options: FeedForwardOptions) {
    super();
    const { linear: choice = "dense", activation = "gelu", gain, random, bias = true } = options;
    checkChoice("FeedForward", ["gelu", "swiglu"], activation);
    const { hidden = activation === "gelu" ? 4 * width : 8 * Math.ceil(width / 3) } = options;
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
