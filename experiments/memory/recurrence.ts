/** @file Recurrent networks of orthogonal maps, and the GRU and LSTM of as many numbers. */
import {
  add,
  concat,
  matmul,
  normal,
  ones,
  type Parameter,
  parameter,
  type Rng,
  type Tensor,
  tensor,
  transpose,
  uniform,
  zeros,
} from "@spm/core";
import { butterfly, rotationMixer, type Schedule } from "@spm/mixer";
import { GruCell, Linear, LstmCell, Module, modRelu, skewExponential } from "@spm/nn";

/** What keeps the state: all stages of a mixer, the first alone, a whole rotation, gates. */
export const rowNames = ["mixer", "one-stage", "dense", "gru", "lstm"] as const;

/** Their names. */
export type RowName = (typeof rowNames)[number];

/** Weights N(0, 1 / in). */
const START = { init: "kaiming-normal", gain: 1 } as const;

/** The sizes of a network. */
export interface NetSizes {
  readonly features: number;
  readonly width: number;
  readonly classes: number;
}

/** A network that reads a sequence step by step. */
export abstract class SequenceNet extends Module {
  readonly head: Linear;

  constructor({ width, classes }: NetSizes, random: Rng) {
    super();
    this.head = new Linear(width, classes, { random, ...START });
  }

  /** The states after each step. steps, each [batch, features] → each [batch, width] */
  abstract states(steps: readonly Tensor[]): Tensor[];

  /** Logits after every step, one step after another: [time · batch, classes] */
  forward(...steps: Tensor[]): Tensor {
    return this.head.forward(concat(this.states(steps), 0));
  }

  /** Logits after the last step, [batch, classes] */
  last(steps: readonly Tensor[]): Tensor {
    const [end = steps[0]] = this.states(steps).slice(-1);
    if (end === undefined) throw new Error("expected at least one step");
    return this.head.forward(end);
  }

  /** Parameters that learn at a tenth of the rate. */
  get slow(): Parameter[] {
    return [];
  }

  /** Whether gradients are clipped. */
  readonly clipped: boolean = true;
}

/** h' = modReLU(Q h + V x), Q orthogonal (Arjovsky et al. 2016). */
class OrthogonalNet extends SequenceNet {
  override readonly clipped = false;
  /** V */
  readonly input: Linear;
  /** Of modReLU. */
  readonly bias: Parameter;
  /** Angles of the mixer's stages, or K above its diagonal. */
  readonly angles: Parameter;
  readonly #schedule: Schedule | null;

  constructor(kind: "mixer" | "one-stage" | "dense", sizes: NetSizes, random: Rng) {
    super(sizes, random);
    const { features, width } = sizes;
    this.input = new Linear(features, width, { random, bias: false, ...START });
    this.bias = parameter(() => uniform(random, [width], -0.01, 0.01));
    this.#schedule =
      kind === "dense" ? null : butterfly(width, kind === "one-stage" ? 1 : undefined);
    this.angles = parameter(() => initialAngles(this.#schedule, width, random));
  }

  override get slow(): Parameter[] {
    return [this.angles];
  }

  states(steps: readonly Tensor[]): Tensor[] {
    const turn = this.#turn();
    const [batch = 0] = steps[0]?.shape ?? [];
    let h = zeros([batch, this.head.inFeatures], { backend: this.bias.backend });
    return steps.map((x) => {
      h = modRelu(add(turn(h), this.input.forward(x)), this.bias);
      return h;
    });
  }

  /** h [batch, width] → Q h */
  #turn(): (h: Tensor) => Tensor {
    const schedule = this.#schedule;
    if (schedule !== null) return (h) => rotationMixer(h, this.angles, { schedule });
    const q = transpose(skewExponential(this.angles));
    return (h) => matmul(h, q);
  }
}

/**
 * Pairs of neighbours turn by any angle, as Henaff et al. (2016) begin; the other stages are near
 * the identity.
 */
function initialAngles(schedule: Schedule | null, width: number, random: Rng): Tensor {
  const pairs = Math.floor(width / 2);
  if (schedule === null) {
    const upper = new Float32Array((width * (width - 1)) / 2);
    // (i, i + 1) stands first in the row of i, of width − 1 − i numbers
    for (let k = 0; k < pairs; k++)
      upper[2 * k * (width - 1) - k * (2 * k - 1)] = Math.PI * (2 * random.uniform() - 1);
    return tensor(upper);
  }
  const first = uniform(random, [pairs], -Math.PI, Math.PI);
  const others = schedule.first.length - pairs;
  return others === 0 ? first : concat([first, normal(random, [others], 0, 0.05)], 0);
}

/** A GRU or LSTM of nn, which begins by keeping: its gates of keeping have biases of 1. */
class GatedNet extends SequenceNet {
  readonly cell: GruCell | LstmCell;

  constructor(kind: "gru" | "lstm", sizes: NetSizes, random: Rng) {
    super(sizes, random);
    const { features, width } = sizes;
    this.cell =
      kind === "gru"
        ? new GruCell(features, width, { random })
        : new LstmCell(features, width, { random });
    const keeping = this.cell instanceof GruCell ? this.cell.hidden.z : this.cell.hidden.f;
    keeping.bias?.assign(ones([width]));
  }

  states(steps: readonly Tensor[]): Tensor[] {
    const { cell } = this;
    const [batch = 0] = steps[0]?.shape ?? [];
    const start = zeros([batch, this.head.inFeatures]);
    if (cell instanceof GruCell) {
      let h = start;
      return steps.map((x) => {
        h = cell.forward(x, h);
        return h;
      });
    }
    let state: readonly [Tensor, Tensor] = [start, start];
    return steps.map((x) => {
      state = cell.step(x, state);
      return state[0];
    });
  }
}

/** A network by name. */
export const sequenceNet = (row: RowName, sizes: NetSizes, random: Rng): SequenceNet =>
  row === "gru" || row === "lstm"
    ? new GatedNet(row, sizes, random)
    : new OrthogonalNet(row, sizes, random);

/** Its numbers. */
export function numbersOf(row: RowName, { features, width, classes }: NetSizes): number {
  const head = (width + 1) * classes;
  const gates = { gru: 3, lstm: 4 };
  if (row === "gru" || row === "lstm") return gates[row] * width * (width + features + 2) + head;
  const angles = {
    mixer: butterfly(width).first.length,
    "one-stage": Math.floor(width / 2),
    dense: (width * (width - 1)) / 2,
  };
  return angles[row] + (features + 1) * width + head;
}

/** The width of a row: the mixer's of its control, else the widest of no more numbers. */
export function widthOf(row: RowName, sizes: NetSizes): number {
  if (row === "mixer" || row === "one-stage") return sizes.width;
  const most = numbersOf("mixer", sizes);
  let width = 1;
  while (numbersOf(row, { ...sizes, width: width + 1 }) <= most) width++;
  return width;
}
