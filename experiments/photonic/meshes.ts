/** @file Meshes of interferometers by name, and the network of two of them. */
import {
  add,
  full,
  mul,
  type Parameter,
  parameter,
  type Rng,
  slice,
  square,
  type Tensor,
  tanh,
  zeros,
} from "@spm/core";
import { brick, butterfly, initialParameters, rotationMixer, type Schedule } from "@spm/mixer";
import { Module } from "@spm/nn";
import { MODES } from "./features.ts";

/** The names of {@link meshes}. */
export const meshNames = [
  "butterfly",
  "butterfly-twice",
  "rectangular",
  "rectangular-quarter",
  "rectangular-log",
] as const;

/** One of them. */
export type MeshName = (typeof meshNames)[number];

const LOG = Math.log2(MODES);

/**
 * The pairs of modes that meet in each layer of interferometers: those of a fast Fourier transform,
 * once or twice over, or neighbours in turn, as in the rectangular mesh of Clements et al. 2016,
 * which in n layers makes every rotation.
 */
export const meshes: Readonly<Record<MeshName, Schedule>> = {
  butterfly: butterfly(MODES, LOG),
  "butterfly-twice": butterfly(MODES, 2 * LOG),
  rectangular: brick(MODES, MODES),
  "rectangular-quarter": brick(MODES, MODES / 4),
  "rectangular-log": brick(MODES, LOG),
};

const CLASSES = 10;
/** The initial g and s. */
const [GAIN, SCALE] = [3, 10];

/**
 * Light through a mesh, a nonlinearity mode by mode, and a second mesh; detectors read the
 * intensities of the first ten modes. y = Q₂ tanh(3 g ⊙ Q₁ x + b) / 3, logits = s · y², x
 * [batch, 128] → [batch, 10]
 */
export class PhotonicNet extends Module {
  readonly schedule: Schedule;
  /** Angles of the interferometers, [P] of each mesh. */
  readonly first: Parameter;
  readonly second: Parameter;
  readonly gain: Parameter;
  readonly bias: Parameter;
  readonly scale: Parameter;

  constructor(mesh: MeshName, random: Rng) {
    super();
    this.schedule = meshes[mesh];
    const angles = (): Tensor => initialParameters(rotationMixer, this.schedule, random).angles;
    this.first = parameter(angles);
    this.second = parameter(angles);
    this.gain = parameter(() => full([MODES], GAIN));
    this.bias = parameter(() => zeros([MODES]));
    this.scale = parameter(() => full([1], SCALE));
  }

  /** The number of interferometers. */
  get interferometers(): number {
    return 2 * this.schedule.first.length;
  }

  forward(x: Tensor): Tensor {
    return this.through(x, (angles) => angles);
  }

  /** @param changed - what becomes of the angles of a mesh on their way into the device */
  through(x: Tensor, changed: (angles: Tensor) => Tensor): Tensor {
    const { schedule } = this;
    const inner = rotationMixer(x, changed(this.first), { schedule });
    const bent = mul(tanh(add(mul(mul(inner, 3), this.gain), this.bias)), 1 / 3);
    const y = rotationMixer(bent, changed(this.second), { schedule });
    return mul(square(slice(y, [undefined, { stop: CLASSES }])), this.scale);
  }
}
