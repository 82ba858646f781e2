/** @file A normalising flow of images: exact densities, and samples by running backwards. */

import {
  add,
  concat,
  mul,
  noGrad,
  normal,
  type Rng,
  reshape,
  scope,
  split,
  square,
  sub,
  sum,
  type Tensor,
} from "@spm/core";
import {
  checkList,
  checkOptions,
  checkTensors,
  type OptionNames,
  ShapeError,
  sameShape,
  showShape,
  sizeOf,
  ValueError,
} from "@spm/core/extend";
import { Module } from "@spm/nn";
import {
  checkSizes,
  describe,
  fields,
  type ModuleKind,
  moduleKind,
  partKinds,
  Unbuilt,
} from "@spm/nn/extend";
import { FlowLevel } from "./flow-level.ts";
import {
  ActNorm,
  AffineCoupling,
  CouplingNet,
  channelsFirst,
  channelsLast,
  FlowStep,
  SplitPrior,
} from "./flow-step.ts";
import { type InvertibleChoice, invertible } from "./invertible-kinds.ts";

/** Makes the network of a coupling, [..., in] → [..., out] with the channels last. */
export type CouplingFactory = (inChannels: number, outChannels: number, random: Rng) => Module;

/** Options of {@link ImageFlow}. */
export interface ImageFlowOptions {
  /** Channels, height and width of an image; both sides are multiples of 2^levels. */
  readonly shape: readonly [channels: number, height: number, width: number];
  /** Times that the image is squeezed. */
  readonly levels: number;
  /** Steps of flow a level. */
  readonly steps: number;
  /**
   * The linear map of the channels of a pixel.
   * @defaultValue "circulant-diagonal"
   */
  readonly mixing?: InvertibleChoice;
  /**
   * Channels inside of a coupling's network, or a factory of such networks.
   * @defaultValue 32
   */
  readonly coupling?: number | CouplingFactory;
  /**
   * δ in [0, 1): a coupling multiplies by δ + (1 − δ) σ(u + 2), so that its inverse, which divides
   * by that, makes rounding errors at most 1/δ times as large; 0 is Glow's.
   * @defaultValue 0
   */
  readonly leastFactor?: number;
  readonly random: Rng;
}

const names: OptionNames<ImageFlowOptions> = {
  shape: true,
  levels: true,
  steps: true,
  mixing: true,
  coupling: true,
  leastFactor: true,
  random: true,
};

/** Options of {@link ImageFlow.sample}. */
export interface FlowSampleOptions {
  readonly random: Rng;
  /**
   * Deviation of the noise that samples are made of, ≥ 0.
   * @defaultValue 1
   */
  readonly temperature?: number;
}

/**
 * A normalising flow of images x ↦ z (Kingma and Dhariwal 2018, Glow), z normal. A level squeezes
 * 2 × 2 pixels into one of four times the channels, then takes steps of y = (x + b) ⊙ e^s, a linear
 * bijection of each pixel's channels, and an affine coupling; between levels half of the channels
 * leaves, standardised by a mean and a deviation that the other half predicts. `forward` gives
 * ln p(x), [batch, channels, height, width] → [batch], exact; {@link decode} undoes
 * {@link encode}. At first the flow is what its linear maps are; {@link initialise} it by a batch.
 * @throws ShapeError for sizes below 1, or sides that aren't multiples of 2^levels; ValueError for
 * an unknown mixing, or a least factor out of range
 * @example
 * const shape = [1, 8, 8] as const;
 * const flow = new ImageFlow({ shape, levels: 2, steps: 2, coupling: 8, random: rng(1) });
 * flow.forward(ones([3, 1, 8, 8])).shape; // [3]
 */
export class ImageFlow extends Module {
  readonly levels: readonly FlowLevel[];
  readonly shape: readonly [channels: number, height: number, width: number];

  constructor(options: ImageFlowOptions) {
    super();
    checkOptions("ImageFlow", options, names);
    const { shape, levels, steps, mixing = "circulant-diagonal", random } = options;
    const { coupling = 32, leastFactor = 0 } = options;
    checkList("ImageFlow", shape, "channels, height and width");
    const [channels, height, width] = shape;
    checkSizes("ImageFlow", "channels, height and width", channels, height, width);
    checkSizes("ImageFlow", "levels and steps", levels, steps);
    if (typeof coupling === "number") checkSizes("ImageFlow", "coupling", coupling);
    if (!(leastFactor >= 0 && leastFactor < 1))
      throw new ValueError("ImageFlow", "leastFactor in [0, 1)", leastFactor);
    if (height % 2 ** levels !== 0 || width % 2 ** levels !== 0)
      throw new ShapeError(
        "ImageFlow",
        `sides that are multiples of ${2 ** levels}`,
        `${height} and ${width}`,
      );
    describe(this, {
      shape,
      levels,
      steps,
      coupling: typeof coupling === "number" ? coupling : null,
      leastFactor,
    });
    const net: CouplingFactory =
      typeof coupling === "function"
        ? coupling
        : (inChannels, outChannels) => new CouplingNet(inChannels, outChannels, coupling, random);
    const step = (n: number): FlowStep =>
      new FlowStep(
        new ActNorm(n),
        invertible(mixing, n, { random }),
        new AffineCoupling(net(n / 2, n, random), leastFactor),
      );
    this.shape = shape;
    this.levels = Array.from({ length: levels }, (_, l) => {
      const [n, last] = [channels * 2 ** (l + 2), l + 1 === levels];
      const prior = last ? null : new SplitPrior(n / 2, random);
      const latent = [height / 2 ** (l + 1), width / 2 ** (l + 1), last ? n : n / 2];
      return new FlowLevel(
        Array.from({ length: steps }, () => step(n)),
        prior,
        latent,
      );
    });
  }

  /** Numbers in an image. */
  get dimensions(): number {
    return this.shape.reduce((a, b) => a * b, 1);
  }

  /** ln p(x) = ln N(z; 0, 1) + ln |∂z/∂x|. [batch, channels, height, width] → [batch] */
  forward(x: Tensor): Tensor {
    const { z, volume } = this.encode(x);
    const constant = 0.5 * this.dimensions * Math.log(2 * Math.PI);
    return sub(sub(volume, mul(0.5, sum(square(z), -1))), constant);
  }

  /**
   * z [batch, dimensions] of images [batch, channels, height, width], and ln |∂z/∂x| [batch].
   * @throws ShapeError for images of another shape
   */
  encode(x: Tensor): { z: Tensor; volume: Tensor } {
    return this.#encode(x, () => {});
  }

  /**
   * Sets every step's b and s so that its channels have mean 0 and deviation 1 over this batch. To
   * be called once, before training: both are parameters, which a checkpoint has.
   * @throws ShapeError for images of another shape; TapeError while a tape is open
   */
  initialise(x: Tensor): void {
    noGrad(() => scope(() => void this.#encode(x, (norm, input) => norm.initialise(input))));
  }

  #encode(x: Tensor, meet: (norm: ActNorm, input: Tensor) => void): { z: Tensor; volume: Tensor } {
    checkTensors("ImageFlow", x);
    const [batch = 0, ...image] = x.shape;
    if (!sameShape(image, this.shape))
      throw new ShapeError("ImageFlow", `[batch, ${this.shape.join(", ")}]`, showShape(x.shape));
    let left = channelsLast(x);
    const leaving = this.levels.map((level) => {
      const gone = level.encode(left, meet);
      left = gone.stays ?? gone.z;
      return gone;
    });
    const z = concat(
      leaving.map((gone) => reshape(gone.z, [batch, -1])),
      -1,
    );
    return { z, volume: leaving.map(({ volume }) => volume).reduce(add) };
  }

  /**
   * The images of z [batch, dimensions], the inverse of {@link encode}.
   * @throws ShapeError for another shape
   */
  decode(z: Tensor): Tensor {
    checkTensors("ImageFlow.decode", z);
    const { dimensions, levels } = this;
    const [batch = 0, size] = z.shape;
    if (z.shape.length !== 2 || size !== dimensions)
      throw new ShapeError("ImageFlow.decode", `z [batch, ${dimensions}]`, showShape(z.shape));
    const sizes = levels.map(({ latent }) => sizeOf(latent));
    const parts = split(z, sizes, -1);
    const image = levels.reduceRight<Tensor | undefined>((stays, level, l) => {
      const part = parts[l];
      return part && level.decode(reshape(part, [batch, ...level.latent]), stays);
    }, undefined);
    return channelsFirst(image ?? z);
  }

  /** New images [count, channels, height, width]. */
  sample(count: number, options: FlowSampleOptions): Tensor {
    checkOptions<FlowSampleOptions>("ImageFlow.sample", options, {
      random: true,
      temperature: true,
    });
    const { random, temperature = 1 } = options;
    return noGrad(() => this.decode(normal(random, [count, this.dimensions], 0, temperature)));
  }
}

const { list, nullable, number, size } = fields;

/** {@link ImageFlow} in files; `coupling` is null where the networks are modules of their own. */
export const imageFlowModule: ModuleKind = moduleKind(
  "ImageFlow",
  ImageFlow,
  { shape: list(size), levels: size, steps: size, coupling: nullable(size), leastFactor: number },
  ({ shape, coupling, ...options }, { random }) => {
    const [channels = 0, height = 0, width = 0] = shape;
    const net = coupling ?? (() => new Unbuilt());
    return new ImageFlow({ ...options, shape: [channels, height, width], coupling: net, random });
  },
);

partKinds(FlowLevel, FlowStep, ActNorm, AffineCoupling, CouplingNet, SplitPrior);
