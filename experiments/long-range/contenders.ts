/**
 * @file The contenders: sequence models that differ in how positions exchange what they know. Each
 * embeds x [batch, n, features], mixes, and has a dense head on all n · width numbers.
 */
import {
  add,
  concat,
  type Rng,
  recompute,
  reshape,
  slice,
  type Tensor,
  transpose,
} from "@spm/core";
import { rotationMixer } from "@spm/mixer";
import { Mlp, Paramixer } from "@spm/models";
import {
  AdaptiveMixer,
  FeedForward,
  gelu,
  LayerNorm,
  LearnedPositions,
  Linear,
  MixerLayer,
  Module,
  MultiHeadAttention,
  scaledDotProductAttention,
} from "@spm/nn";

/** The sizes of a contender. */
export interface Sizes {
  readonly length: number;
  readonly features: number;
  /** Whether learned vectors of the positions are added to the embedded input. */
  readonly positions: boolean;
  readonly width: number;
  readonly outputs: number;
  readonly random: Rng;
}

/** A layer [batch, n, width] → the same shape. */
type SequenceLayer = Module & { forward(x: Tensor): Tensor };

/** Embedding, one layer, and a dense head on all positions. */
class SequenceModel extends Module {
  readonly embedding: Linear;
  readonly positions: LearnedPositions | null;
  readonly layer: SequenceLayer;
  readonly head: Linear;

  constructor(sizes: Sizes, layer: SequenceLayer) {
    super();
    const { length, features, positions, width, outputs, random } = sizes;
    this.embedding = new Linear(features, width, { random });
    this.positions = positions ? new LearnedPositions(length, width, { random }) : null;
    this.layer = layer;
    this.head = new Linear(length * width, outputs, { random });
  }

  forward(x: Tensor): Tensor {
    const [batch = 1] = x.shape;
    const embedded = this.embedding.forward(x);
    const mixed = this.layer.forward(this.positions?.forward(embedded) ?? embedded);
    return this.head.forward(reshape(mixed, [batch, -1]));
  }
}

/**
 * A transformer block, x ← x + mix(norm(x)), x ← x + feedForward(norm(x)), with any mixing of
 * positions where attention stands.
 */
class MixingBlock extends Module {
  readonly mixingNorm: LayerNorm;
  readonly mixing: SequenceLayer;
  readonly feedForwardNorm: LayerNorm;
  readonly feedForward: FeedForward;

  constructor(width: number, mixing: SequenceLayer, random: Rng) {
    super();
    this.mixingNorm = new LayerNorm(width);
    this.mixing = mixing;
    this.feedForwardNorm = new LayerNorm(width);
    this.feedForward = new FeedForward(width, { random });
  }

  forward(x: Tensor): Tensor {
    const mixed = add(x, this.mixing.forward(this.mixingNorm.forward(x)));
    return add(mixed, this.feedForward.forward(this.feedForwardNorm.forward(mixed)));
  }
}

/**
 * A map n → n along the sequence, the same for every channel, between networks on each position:
 * V ← g(X), V ← V + W V, V ← V + h(V). It is Paramixer's block with one map for its factors, and
 * with h, as a fixed W leaves a sum over positions.
 */
class MixingAlong extends Module {
  /** g */
  readonly value: Mlp;
  /** W, on the last axis. */
  readonly map: MixerLayer | AdaptiveMixer;
  /** h */
  readonly after: Mlp;

  constructor(width: number, map: MixerLayer | AdaptiveMixer, random: Rng) {
    super();
    const network = (): Mlp => new Mlp({ sizes: [width, width, width], activation: gelu, random });
    this.value = network();
    this.map = map;
    this.after = network();
  }

  forward(x: Tensor): Tensor {
    const v = this.value.forward(x);
    const mixed = add(v, transpose(this.map.forward(transpose(v, [0, 2, 1])), [0, 2, 1]));
    return add(mixed, this.after.forward(mixed));
  }
}

/**
 * Attention of one head by pieces of the queries, whose scores are computed again in the backward
 * pass: the numbers of {@link MultiHeadAttention} without n² numbers in memory (Rabe and Staats
 * 2021).
 */
export class AttentionInPieces extends Module {
  readonly query: Linear;
  readonly key: Linear;
  readonly value: Linear;
  readonly output: Linear;
  readonly #piece: number;

  /** @param piece - queries of a piece */
  constructor(width: number, piece: number, random: Rng) {
    super();
    [this.query, this.key, this.value, this.output] = Array.from(
      { length: 4 },
      () => new Linear(width, width, { random }),
    ) as [Linear, Linear, Linear, Linear];
    this.#piece = piece;
  }

  forward(x: Tensor): Tensor {
    const [q, k, v] = [this.query, this.key, this.value].map((map) => map.forward(x)) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    const n = x.shape[1] ?? 0;
    const attend = recompute((q: Tensor, k: Tensor, v: Tensor) =>
      scaledDotProductAttention(q, k, v),
    );
    const pieces: Tensor[] = [];
    for (let start = 0; start < n; start += this.#piece) {
      const stop = Math.min(n, start + this.#piece);
      pieces.push(attend(slice(q, [{}, { start, stop }]), k, v));
    }
    return this.output.forward(concat(pieces, 1));
  }
}

/** A network on all numbers of a sequence at once. */
class Flat extends Module {
  readonly network: Mlp;

  constructor({ length, features, outputs, random }: Sizes, hidden: readonly number[]) {
    super();
    this.network = new Mlp({ sizes: [length * features, ...hidden, outputs], random });
  }

  forward(x: Tensor): Tensor {
    const [batch = 1] = x.shape;
    return this.network.forward(reshape(x, [batch, -1]));
  }
}

/** A contender: x [batch, n, features] → [batch, outputs]. */
export type SequenceNetwork = Module & { forward(x: Tensor): Tensor };

const block = (sizes: Sizes, mixing: SequenceLayer): SequenceNetwork =>
  new SequenceModel(sizes, new MixingBlock(sizes.width, mixing, sizes.random));

/** Queries of a piece. */
const PIECE = 256;

/** Hidden units of the network on all pixels. */
const HIDDEN = 32;

/** One of {@link contenders}. */
export type Contender =
  | "cdil"
  | "chord"
  | "attention"
  | "attention in pieces"
  | "static mixer"
  | "adaptive mixer"
  | "tokens"
  | "linear"
  | "mlp";

/** All of them by name. */
export const contenders: Readonly<Record<Contender, (sizes: Sizes) => SequenceNetwork>> = {
  cdil: (sizes) => new Paramixer({ ...sizes, links: "cdil" }),
  chord: (sizes) => new Paramixer({ ...sizes, links: "chord" }),
  attention: (sizes) => {
    const { width, random } = sizes;
    return block(sizes, new MultiHeadAttention(width, { heads: 1, random }));
  },
  "attention in pieces": (sizes) =>
    block(sizes, new AttentionInPieces(sizes.width, PIECE, sizes.random)),
  "static mixer": (sizes) => {
    const { length, width, random } = sizes;
    const map = new MixerLayer(rotationMixer, length, length, { random });
    return new SequenceModel(sizes, new MixingAlong(width, map, random));
  },
  "adaptive mixer": (sizes) => {
    const { length, width, random } = sizes;
    const map = new AdaptiveMixer(length, length, { random });
    return new SequenceModel(sizes, new MixingAlong(width, map, random));
  },
  tokens: (sizes) => {
    const { width, random } = sizes;
    const network = new Mlp({ sizes: [width, width, width], activation: gelu, random });
    return new SequenceModel(sizes, network);
  },
  linear: (sizes) => new Flat(sizes, []),
  mlp: (sizes) => new Flat(sizes, [HIDDEN]),
};

/** Their names. */
export const contenderNames: readonly Contender[] = Object.keys(contenders) as Contender[];

/** The sentence on each that stands beside the tables. */
export const contenderNotes: Readonly<Record<Contender, string>> = {
  cdil: "Paramixer of one layer, CDIL links",
  chord: "Paramixer of one layer, CHORD links",
  attention: "a transformer block with attention of one head",
  "attention in pieces":
    `the same numbers by pieces of ${PIECE} queries, whose scores are computed again in the ` +
    "backward pass, so that n² numbers are never in memory",
  "static mixer": "networks on each position around a rotation mixer along the sequence",
  "adaptive mixer": "the same around a mixer whose angles depend on the numbers that it mixes",
  tokens: "the control without mixing, a two-layer network on each position",
  linear: "a linear map of all numbers of a sequence",
  mlp: `a network of ${HIDDEN} hidden units on all numbers of a sequence`,
};
