/** @file The models: TensorNet, a network of distances, and one of coordinates. */
import {
  add,
  at,
  cos,
  div,
  exp,
  mean,
  mul,
  type Rng,
  reshape,
  segmentSum,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  take,
  tensor,
} from "@spm/core";
import { elements } from "@spm/core/extend";
import { Mlp, TensorNet } from "@spm/models";
import { Embedding, Linear, type LinearKind, Module, silu } from "@spm/nn";
import { type Batch, CUTOFF } from "./frames.ts";
import { COORDINATES } from "./water.ts";

/** What a model is made with; energies are scale · output, and shifted. */
export interface Making {
  readonly width: number;
  readonly layers: number;
  readonly scale: number;
  readonly shift: number;
  readonly random: Rng;
}

/** A model, and the energies [frames] that it gives positions [9 · frames, 3] of a batch. */
export interface Contender {
  readonly module: Module;
  readonly energies: (positions: Tensor, batch: Batch) => Tensor;
}

const RADIAL = 16;

const tensorNet =
  (linear: LinearKind) =>
  (making: Making): Contender => {
    const module = new TensorNet({ ...making, cutoff: CUTOFF, radial: RADIAL, species: 2, linear });
    const energies = (positions: Tensor, batch: Batch): Tensor =>
      module.forward(positions, batch.species, batch.edges, batch.molecules, batch.charges);
    return { module, energies };
  };

/** Pairs of different atoms: of a pair and itself there is no distance to differentiate. */
function apart(edges: Tensor): [receivers: Tensor, senders: Tensor] {
  const data = elements(edges.ndarray());
  const [receivers, senders] = [data.subarray(0, data.length / 2), data.subarray(data.length / 2)];
  const kept = (row: typeof data): Tensor =>
    tensor(Int32Array.from(row.filter((_, k) => receivers[k] !== senders[k])));
  return [kept(receivers), kept(senders)];
}

/**
 * Messages of continuous filters of the distance (SchNet, Schütt et al. 2018): h ← h + MLP(Σ_j
 * filter(r_ij) ⊙ W h_j). It knows lengths alone, and is invariant because of that.
 */
class DistanceNet extends Module {
  readonly species: Embedding;
  readonly filters: readonly Mlp[];
  readonly senders: readonly Linear[];
  readonly updates: readonly Mlp[];
  readonly head: Mlp;
  readonly #scale: number;
  readonly #shift: number;

  constructor(width: number, layers: number, { scale, shift, random }: Making) {
    super();
    const each = <T>(make: () => T): T[] => Array.from({ length: layers }, make);
    const mlp = (...sizes: number[]): Mlp => new Mlp({ sizes, activation: silu, random });
    this.species = new Embedding(2, width, { random });
    this.filters = each(() => mlp(RADIAL, width, width));
    this.senders = each(() => new Linear(width, width, { random, bias: false }));
    this.updates = each(() => mlp(width, width, width));
    this.head = mlp(width, Math.max(1, Math.floor(width / 2)), 1);
    this.#scale = scale;
    this.#shift = shift;
  }

  forward(
    positions: Tensor,
    species: Tensor,
    edges: Tensor,
    molecules: Tensor,
    charges: Tensor,
  ): Tensor {
    const [receivers, senders] = apart(edges);
    const between = sub(take(positions, receivers), take(positions, senders));
    const r = sqrt(sum(square(between), { axis: -1, keepdims: true }));
    const centres = Float32Array.from({ length: RADIAL }, (_, k) => (k * CUTOFF) / (RADIAL - 1));
    const radial = exp(mul(-((RADIAL / CUTOFF) ** 2), square(sub(r, tensor(centres)))));
    const envelope = mul(0.5, add(1, cos(mul(Math.PI / CUTOFF, r))));
    const [atoms = 0] = species.shape;
    const h = this.filters.reduce((h, filter, k) => {
      const sent = take(this.senders[k]?.forward(h) ?? h, senders);
      const messages = mul(mul(filter.forward(radial), envelope), sent);
      const update = this.updates[k]?.forward(segmentSum(messages, receivers, atoms));
      return update ? add(h, update) : h;
    }, this.species.forward(species));
    const ofAtoms = reshape(this.head.forward(h), [-1]);
    const total = segmentSum(ofAtoms, molecules, charges.shape[0] ?? 0);
    return add(mul(this.#scale, total), this.#shift);
  }
}

/** The width that comes nearest to a number of parameters. */
function nearestWidth(count: number, countAt: (width: number) => number): number {
  let width = 1;
  while (countAt(width + 1) <= count) width++;
  return count - countAt(width) < countAt(width + 1) - count ? width : width + 1;
}

/** Layers of the network of distances: two, for what three atoms have to do with each other. */
const DISTANCE_LAYERS = 2;

function distances(making: Making): Contender {
  const count = tensorNet("dense")(making).module.parameterCount();
  const make = (width: number): DistanceNet => new DistanceNet(width, DISTANCE_LAYERS, making);
  const module = make(nearestWidth(count, (width) => make(width).parameterCount()));
  const energies = (positions: Tensor, batch: Batch): Tensor =>
    module.forward(positions, batch.species, batch.edges, batch.molecules, batch.charges);
  return { module, energies };
}

function coordinates(making: Making): Contender {
  const { scale, shift, random } = making;
  const count = tensorNet("dense")(making).module.parameterCount();
  const make = (width: number): Mlp =>
    new Mlp({ sizes: [COORDINATES, width, width, 1], activation: silu, random });
  const module = make(nearestWidth(count, (width) => make(width).parameterCount()));
  const energies = (positions: Tensor): Tensor => {
    const frames = reshape(positions, [-1, COORDINATES / 3, 3]);
    const centred = sub(frames, mean(frames, { axis: 1, keepdims: true }));
    const output = module.forward(div(reshape(centred, [-1, COORDINATES]), 2));
    return add(mul(scale, at(output, {}, 0)), shift);
  };
  return { module, energies };
}

/** A model by its name: of TensorNet also one with rotation or general mixers. */
export type ContenderName =
  | "tensornet"
  | "tensornet-rotation"
  | "tensornet-general"
  | "distances"
  | "coordinates";

/** All of them by name. */
export const contenders: Readonly<Record<ContenderName, (making: Making) => Contender>> = {
  tensornet: tensorNet("dense"),
  "tensornet-rotation": tensorNet("rotation"),
  "tensornet-general": tensorNet("general"),
  distances,
  coordinates,
};

/** Their names. */
export const contenderNames: readonly ContenderName[] = Object.keys(contenders) as ContenderName[];
