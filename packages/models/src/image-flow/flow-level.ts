/** @file A level of flow: steps at one resolution, after which half of the channels may leave. */
import { add, concat, reshape, type Shape, type Tensor, transpose } from "@spm/core";
import { Module } from "@spm/nn";
import { type ActNorm, type FlowStep, halves, type SplitPrior } from "./flow-step.ts";

/** Each 2 × 2 square of pixels as one with four times the channels, at c·4 + dy·2 + dx. */
function squeezePixels(x: Tensor): Tensor {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const squares = reshape(x, [batch, height / 2, 2, width / 2, 2, channels]);
  const shape = [batch, height / 2, width / 2, 4 * channels];
  return reshape(transpose(squares, [0, 1, 3, 5, 2, 4]), shape);
}

/** The inverse of {@link squeezePixels}. */
function spreadPixels(y: Tensor): Tensor {
  const [batch, height, width, channels] = y.shape as [number, number, number, number];
  const squares = reshape(y, [batch, height, width, channels / 4, 2, 2]);
  const shape = [batch, 2 * height, 2 * width, channels / 4];
  return reshape(transpose(squares, [0, 1, 4, 2, 5, 3]), shape);
}

/** The parts that leave the flow at a level and that stay; none stays at the last one. */
export interface Leaving {
  readonly z: Tensor;
  readonly stays: Tensor | undefined;
  /** [batch] */
  readonly volume: Tensor;
}

/** Squeezes 2 × 2 pixels into one, takes steps, and splits the channels unless it is the last. */
export class FlowLevel extends Module {
  readonly steps: readonly FlowStep[];
  readonly prior: SplitPrior | null;
  /** Height, width and channels of z. */
  readonly latent: Shape;

  constructor(steps: readonly FlowStep[], prior: SplitPrior | null, latent: Shape) {
    super();
    this.steps = steps;
    this.prior = prior;
    this.latent = latent;
  }

  /** @param meet - called with the input of every step's norm before it is applied */
  encode(x: Tensor, meet: (norm: ActNorm, input: Tensor) => void = () => {}): Leaving {
    let h = squeezePixels(x);
    const volumes = this.steps.map((step) => {
      meet(step.norm, h);
      const { y, volume } = step.encode(h);
      h = y;
      return volume;
    });
    if (this.prior === null) return { z: h, stays: undefined, volume: volumes.reduce(add) };
    const [stays, leaves] = halves(h);
    const { y, volume } = this.prior.encode(leaves, stays);
    return { z: y, stays, volume: volumes.reduce(add, volume) };
  }

  /** The x of {@link encode}. */
  decode(z: Tensor, stays: Tensor | undefined): Tensor {
    const { prior, steps } = this;
    const last =
      stays === undefined || prior === null ? z : concat([stays, prior.inverse(z, stays)], -1);
    return spreadPixels(steps.reduceRight((y, step) => step.inverse(y), last));
  }

  forward(x: Tensor): Tensor {
    return this.encode(x).z;
  }
}
