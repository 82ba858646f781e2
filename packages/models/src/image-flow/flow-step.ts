/**
 * @file The parts of a step of flow, each a bijection of images [batch, height, width, channels]
 * that knows its volume.
 */
import {
  add,
  concat,
  div,
  exp,
  log,
  mean,
  mul,
  neg,
  noGrad,
  type Parameter,
  parameter,
  type Rng,
  relu,
  sigmoid,
  softplus,
  split,
  square,
  sub,
  sum,
  type Tensor,
  transpose,
  zeros,
} from "@spm/core";
import { assignAll } from "@spm/core/extend";
import { Conv2d, Linear, Module } from "@spm/nn";
import type { InvertibleMap } from "./invertible-maps.ts";

/** A value with ln |∂y/∂x| of the map that made it, [batch] or one for all. */
export interface Encoded {
  readonly y: Tensor;
  readonly volume: Tensor;
}

/** All axes but the batch. */
const OF_IMAGE = [1, 2, 3];
/** Added to the variance of a channel that may be constant. */
const EPSILON = 1e-6;

/** [batch, channels, height, width] → [batch, height, width, channels] */
export const channelsLast = (x: Tensor): Tensor => transpose(x, [0, 2, 3, 1]);
/** [batch, height, width, channels] → [batch, channels, height, width] */
export const channelsFirst = (x: Tensor): Tensor => transpose(x, [0, 3, 1, 2]);

/** The halves of the channels. */
export const halves = (x: Tensor): [first: Tensor, second: Tensor] =>
  split(x, 2, -1) as [Tensor, Tensor];

/** y = (x + bias) ⊙ e^logScale a channel: after {@link initialise} of mean 0 and deviation 1. */
export class ActNorm extends Module {
  readonly bias: Parameter;
  readonly logScale: Parameter;

  constructor(channels: number) {
    super();
    this.bias = parameter(() => zeros([channels]), { decay: false });
    this.logScale = parameter(() => zeros([channels]), { decay: false });
  }

  /** Sets both so that this batch comes out with mean 0 and deviation 1 in each channel. */
  initialise(x: Tensor): void {
    noGrad(() => {
      const mu = mean(x, { axis: [0, 1, 2] });
      const variance = mean(square(sub(x, mu)), { axis: [0, 1, 2] });
      assignAll([
        [this.bias, neg(mu)],
        [this.logScale, mul(-0.5, log(add(variance, EPSILON)))],
      ]);
    });
  }

  forward(x: Tensor): Tensor {
    return mul(add(x, this.bias), exp(this.logScale));
  }

  inverse(y: Tensor): Tensor {
    return sub(mul(y, exp(neg(this.logScale))), this.bias);
  }

  /** ln |∂y/∂x| of a pixel. */
  logAbsDet(): Tensor {
    return sum(this.logScale);
  }
}

/** 3 × 3, ReLU, 1 × 1, ReLU, 3 × 3 convolutions, the last of them zero at first. */
export class CouplingNet extends Module {
  readonly first: Conv2d;
  readonly middle: Linear;
  readonly last: Conv2d;

  constructor(inChannels: number, outChannels: number, hidden: number, random: Rng) {
    super();
    const window = { kernel: 3, padding: 1, random };
    this.first = new Conv2d(inChannels, hidden, window);
    this.middle = new Linear(hidden, hidden, { random });
    this.last = zeroConvolution(hidden, outChannels, random);
  }

  forward(x: Tensor): Tensor {
    const h = relu(channelsLast(this.first.forward(channelsFirst(x))));
    return channelsLast(this.last.forward(channelsFirst(relu(this.middle.forward(h)))));
  }
}

/** A 3 × 3 convolution that is 0 until it learns. */
function zeroConvolution(inChannels: number, outChannels: number, random: Rng): Conv2d {
  const layer = new Conv2d(inChannels, outChannels, { kernel: 3, padding: 1, random });
  noGrad(() => {
    for (const p of layer.parameters()) p.assign(zeros(p.shape, { backend: p.backend }));
  });
  return layer;
}

/** [a, b] ↦ [a, (b + t) ⊙ f], [t, u] = net(a): half of the channels moves the other. */
export class AffineCoupling extends Module {
  /** From half of the channels to twice as many. */
  readonly net: Module;
  /** f = δ + (1 − δ) σ(u + 2) ≥ δ, [0, 1): the inverse divides by f. */
  readonly leastFactor: number;

  constructor(net: Module, leastFactor: number) {
    super();
    this.net = net;
    this.leastFactor = leastFactor;
  }

  #factor(opened: Tensor): Tensor {
    const { leastFactor: least } = this;
    return least === 0 ? sigmoid(opened) : add(mul(sigmoid(opened), 1 - least), least);
  }

  encode(x: Tensor): Encoded {
    const [a, b] = halves(x);
    const [shift, raw] = halves(this.net.forward(a));
    const opened = add(raw, 2);
    const factor = this.#factor(opened);
    // where f is σ alone, ln f has a form without rounding to 0
    const volumes = this.leastFactor === 0 ? neg(softplus(neg(opened))) : log(factor);
    return { y: concat([a, mul(add(b, shift), factor)], -1), volume: sum(volumes, OF_IMAGE) };
  }

  forward(x: Tensor): Tensor {
    return this.encode(x).y;
  }

  inverse(y: Tensor): Tensor {
    const [a, b] = halves(y);
    const [shift, raw] = halves(this.net.forward(a));
    return concat([a, sub(div(b, this.#factor(add(raw, 2))), shift)], -1);
  }
}

/** Normalise, mix the channels of each pixel, move a half of them. */
export class FlowStep extends Module {
  readonly norm: ActNorm;
  readonly mixing: InvertibleMap;
  readonly coupling: AffineCoupling;

  constructor(norm: ActNorm, mixing: InvertibleMap, coupling: AffineCoupling) {
    super();
    this.norm = norm;
    this.mixing = mixing;
    this.coupling = coupling;
  }

  encode(x: Tensor): Encoded {
    const [, height, width] = x.shape as [number, number, number];
    const { y, volume } = this.coupling.encode(this.mixing.forward(this.norm.forward(x)));
    const ofPixel = add(this.norm.logAbsDet(), this.mixing.logAbsDet());
    return { y, volume: add(volume, mul(height * width, ofPixel)) };
  }

  forward(x: Tensor): Tensor {
    return this.encode(x).y;
  }

  inverse(y: Tensor): Tensor {
    return this.norm.inverse(this.mixing.inverse(this.coupling.inverse(y)));
  }
}

/**
 * The channels that leave the flow, in units of what the rest expects of them:
 * z = (x − μ) ⊙ e^(−s), [μ, s] a convolution of the channels that stay, zero at first.
 */
export class SplitPrior extends Module {
  readonly net: Conv2d;

  constructor(channels: number, random: Rng) {
    super();
    this.net = zeroConvolution(channels, 2 * channels, random);
  }

  /** @returns μ and s */
  #expected(stays: Tensor): [mean: Tensor, logDeviation: Tensor] {
    return halves(this.forward(stays));
  }

  /** [μ, s], the channels of both. */
  forward(stays: Tensor): Tensor {
    return channelsLast(this.net.forward(channelsFirst(stays)));
  }

  encode(leaves: Tensor, stays: Tensor): Encoded {
    const [mu, logDeviation] = this.#expected(stays);
    const y = mul(sub(leaves, mu), exp(neg(logDeviation)));
    return { y, volume: neg(sum(logDeviation, OF_IMAGE)) };
  }

  inverse(z: Tensor, stays: Tensor): Tensor {
    const [mu, logDeviation] = this.#expected(stays);
    return add(mul(z, exp(logDeviation)), mu);
  }
}
