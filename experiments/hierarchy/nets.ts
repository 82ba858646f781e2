/** @file The networks: mixers, trees and convolutions along a hierarchy, and dense ones. */
import {
  add,
  matmul,
  normal,
  oneHot,
  type Parameter,
  parameter,
  type Rng,
  relu,
  reshape,
  type Tensor,
  tensor,
  transpose,
  zeros,
} from "@spm/core";
import { butterfly, fromPairs, generalMixer, type Schedule } from "@spm/mixer";
import { Mlp } from "@spm/models";
import { Embedding, Linear, MixerLayer, Module } from "@spm/nn";

/** The sizes of a network on n symbols out of v. */
export interface NetSizes {
  readonly n: number;
  readonly v: number;
  /** Coordinates of an input in a mixer, a power of two. */
  readonly channels: number;
  /** Units of a block of a tree, of a convolution. */
  readonly hidden: number;
  readonly random: Rng;
}

/** A network: symbols [batch, n] in some order → logits [batch, v]. */
export type Net = Module & { forward(symbols: Tensor): Tensor };

/** Stages on strides that double, from 1 on. */
const doubling = (below: number): number[] =>
  Array.from({ length: Math.log2(below) }, (_, k) => 2 ** k);

/** Stages that pair i with i XOR each stride. */
function strides(n: number, all: readonly number[]): Schedule {
  const coordinates = Array.from({ length: n }, (_, i) => i);
  return fromPairs(
    n,
    all.map((stride) =>
      coordinates.filter((i) => (i & stride) === 0).map((i): [number, number] => [i, i + stride]),
    ),
  );
}

/**
 * An embedding of n · channels coordinates, a general mixer with bias and ReLU for each level, and
 * a dense head.
 */
class MixerNet extends Module {
  readonly embedding: Embedding;
  readonly layers: MixerLayer[];
  readonly head: Linear;
  readonly #offsets: Tensor;

  constructor({ n, v, channels, random }: NetSizes, schedules: readonly Schedule[]) {
    super();
    const width = n * channels;
    this.embedding = new Embedding(n * v, channels, { random });
    this.layers = schedules.map(
      (schedule) =>
        new MixerLayer(generalMixer, width, width, {
          ...{ random, schedule },
          diagonals: false,
          gain: Math.SQRT2,
        }),
    );
    this.head = new Linear(width, v, { random });
    this.#offsets = tensor(Int32Array.from({ length: n }, (_, place) => place * v));
  }

  forward(symbols: Tensor): Tensor {
    const [batch = 1] = symbols.shape;
    const embedded = this.embedding.forward(add(symbols, this.#offsets));
    let h = reshape(embedded, [batch, -1]);
    for (const layer of this.layers) h = relu(layer.forward(h));
    return this.head.forward(h);
  }
}

/**
 * The layer of each level: a butterfly within the channels of every input, the pairs of the level,
 * and that butterfly again.
 */
const aligned = ({ n, channels }: NetSizes): Schedule[] => {
  const within = doubling(channels);
  return doubling(n).map((stride) =>
    strides(n * channels, [...within, channels * stride, ...within]),
  );
};

/** Whole butterflies over all coordinates, a layer for each level. */
const full = ({ n, channels }: NetSizes): Schedule[] =>
  doubling(n).map(() => butterfly(n * channels));

/**
 * A tree of dense blocks: neighbours are joined to `hidden` units by a matrix, with bias and ReLU,
 * level by level; every block has its own matrix, or all of a level share one, a convolution of
 * stride 2.
 */
class Tree extends Module {
  readonly weights: Parameter[];
  readonly biases: Parameter[];
  readonly head: Linear;
  readonly #v: number;

  constructor({ n, v, hidden, random }: NetSizes, shared: boolean) {
    super();
    this.#v = v;
    const blocks = doubling(n).map((stride) => (shared ? 1 : n / (2 * stride)));
    this.weights = blocks.map((count, l) => {
      const inputs = 2 * (l === 0 ? v : hidden);
      return parameter(normal(random, [count, inputs, hidden], 0, Math.sqrt(2 / inputs)));
    });
    this.biases = blocks.map((count) => parameter(zeros([count, 1, hidden]), { decay: false }));
    this.head = new Linear(hidden, v, { random });
  }

  forward(symbols: Tensor): Tensor {
    const [batch = 1, n = 1] = symbols.shape;
    let h = oneHot(symbols, this.#v);
    for (const [l, weight] of this.weights.entries()) {
      const joined = n / 2 ** (l + 1);
      const sides = transpose(reshape(h, [batch, joined, -1]), [1, 0, 2]);
      const bias = this.biases[l];
      const y = matmul(sides, weight);
      h = transpose(relu(bias === undefined ? y : add(y, bias)), [1, 0, 2]);
    }
    return this.head.forward(reshape(h, [batch, -1]));
  }
}

/** Dense layers of one width, as many as levels. */
class Dense extends Module {
  readonly network: Mlp;
  readonly #v: number;

  constructor({ n, v, random }: NetSizes, width: number) {
    super();
    this.#v = v;
    const hidden = doubling(n).map(() => width);
    this.network = new Mlp({ sizes: [n * v, ...hidden, v], random });
  }

  forward(symbols: Tensor): Tensor {
    const [batch = 1] = symbols.shape;
    return this.network.forward(reshape(oneHot(symbols, this.#v), [batch, -1]));
  }
}

/** A name of {@link netOf}; "dense 64" has 64 units a layer. */
export type NetName = "mixer" | "butterflies" | "tree" | "convolution" | `dense ${number}`;

/** A network by name. */
export function netOf(name: NetName, sizes: NetSizes): Net {
  switch (name) {
    case "mixer":
      return new MixerNet(sizes, aligned(sizes));
    case "butterflies":
      return new MixerNet(sizes, full(sizes));
    case "tree":
      return new Tree(sizes, false);
    case "convolution":
      return new Tree(sizes, true);
    default:
      return new Dense(sizes, Number(name.slice("dense ".length)));
  }
}
