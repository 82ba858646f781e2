/** @file The layers of TensorNet: the embedding of atoms and their pairs, and the interaction. */
import {
  add,
  concat,
  div,
  expandDims,
  mul,
  type Rng,
  segmentSum,
  split,
  type Tensor,
  take,
} from "@spm/core";
import {
  Embedding,
  LayerNorm,
  Linear,
  type LinearChoice,
  type LinearMap,
  linear,
  Module,
  silu,
} from "@spm/nn";
import {
  eachPart,
  fromMatrices,
  partsOf,
  partsOfVectors,
  products,
  squaredNorm,
  toMatrices,
} from "./parts.ts";

/** The options of all layers. */
export interface LayerOptions {
  readonly width: number;
  /** Radial functions, K. */
  readonly radial: number;
  readonly linear: LinearChoice;
  readonly random: Rng;
}

/** Maps of the channels of I, A and S, without bias: that would have a direction. */
const mixers = ({ width, linear: kind, random }: LayerOptions): LinearMap[] =>
  [0, 1, 2].map(() => linear(kind, width, width, { random, bias: false }));

/** Each part of X by its own map of the channels. */
const mixed = (maps: readonly LinearMap[], x: Tensor): Tensor =>
  eachPart(x, (part, k) => maps[k]?.forward(part) ?? part);

/** Layers with SiLU after each, also the last. */
const network = (layers: readonly Linear[], x: Tensor): Tensor =>
  layers.reduce((h, layer) => silu(layer.forward(h)), x);

/**
 * The state of each atom at first: sums over its edges of f_I Id + f_A [r̂]× + f_S (r̂r̂ᵀ − Id/3),
 * gated by a function of the norms and mixed. Gives X [9, atoms, width].
 */
export class TensorEmbedding extends Module {
  readonly species: Embedding;
  readonly pair: Linear;
  readonly distance: readonly Linear[];
  readonly norm: LayerNorm;
  readonly gates: readonly Linear[];
  readonly mixers: readonly LinearMap[];

  constructor(species: number, options: LayerOptions) {
    super();
    const { width, radial, random } = options;
    this.species = new Embedding(species, width, { random });
    this.pair = new Linear(2 * width, width, { random });
    this.distance = [0, 1, 2].map(() => new Linear(radial, width, { random }));
    this.norm = new LayerNorm(width);
    this.gates = [
      new Linear(width, 2 * width, { random }),
      new Linear(2 * width, 3 * width, { random }),
    ];
    this.mixers = mixers(options);
  }

  /**
   * @param species - int32 [atoms]
   * @param directions - [3, edges]
   * @param envelope - [edges, 1]
   * @param radial - [edges, K]
   * @param receivers - int32 [edges], as senders
   */
  forward(
    species: Tensor,
    directions: Tensor,
    envelope: Tensor,
    radial: Tensor,
    receivers: Tensor,
    senders: Tensor,
  ): Tensor {
    const atoms = species.shape[0] ?? 0;
    const own = this.species.forward(species);
    const pair = this.pair.forward(concat([take(own, receivers), take(own, senders)], -1));
    const weights = mul(pair, envelope);
    const sums = partsOfVectors(directions).map((part, k) => {
      const f = mul(weights, this.distance[k]?.forward(radial) ?? radial);
      return segmentSum(mul(expandDims(part, -1), f), receivers, atoms, 1);
    });
    const x = concat(sums, 0);
    const gates = split(network(this.gates, this.norm.forward(squaredNorm(x))), 3, -1);
    return eachPart(mixed(this.mixers, x), (part, k) => mul(part, gates[k] ?? part));
  }
}

/**
 * Messages along the edges, and products of matrices: X ← X + dX + (1 + 0.1 q) dX², where X is
 * divided by ‖X‖² + 1 first.
 */
export class TensorInteraction extends Module {
  readonly distance: readonly Linear[];
  readonly before: readonly LinearMap[];
  readonly after: readonly LinearMap[];
  readonly #reflections: boolean;

  /** @param reflections - whether products commute with reflections, too: O(3) instead of SO(3) */
  constructor(options: LayerOptions, reflections: boolean) {
    super();
    const { width, radial, random } = options;
    this.distance = [
      new Linear(radial, width, { random }),
      new Linear(width, 2 * width, { random }),
      new Linear(2 * width, 3 * width, { random }),
    ];
    this.before = mixers(options);
    this.after = mixers(options);
    this.#reflections = reflections;
  }

  /**
   * @param x - [9, atoms, width]
   * @param envelope - [edges, 1]
   * @param radial - [edges, K]
   * @param receivers - int32 [edges], as senders
   * @param factors - 1 + 0.1 q of each atom's molecule, [atoms, 1]
   */
  forward(
    x: Tensor,
    envelope: Tensor,
    radial: Tensor,
    receivers: Tensor,
    senders: Tensor,
    factors: Tensor,
  ): Tensor {
    const [, atoms = 0] = x.shape;
    const weights = split(mul(network(this.distance, radial), envelope), 3, -1);
    const normalised = div(x, add(squaredNorm(x), 1));
    const y = mixed(this.before, normalised);
    const messages = eachPart(y, (part, k) =>
      segmentSum(mul(take(part, senders, 1), weights[k] ?? part), receivers, atoms, 1),
    );
    const [ym, mm] = [toMatrices(y), toMatrices(messages)];
    const product = fromMatrices(
      this.#reflections
        ? mul(factors, add(products(ym, mm), products(mm, ym)))
        : mul(2, products(ym, mm)),
    );
    const dx = mixed(this.after, div(product, add(squaredNorm(product), 1)));
    const matrices = toMatrices(dx);
    const squares = mul(factors, fromMatrices(products(matrices, matrices)));
    return add(normalised, add(dx, squares));
  }
}

/** The features of each atom from the norms, [atoms, width]: a function of 3I², ‖A‖² and ‖S‖². */
export class TensorReadout extends Module {
  readonly norm: LayerNorm;
  readonly linear: Linear;

  constructor({ width, random }: LayerOptions) {
    super();
    this.norm = new LayerNorm(3 * width);
    this.linear = new Linear(3 * width, width, { random });
  }

  /** @param x - [9, atoms, width] */
  forward(x: Tensor): Tensor {
    const norms = concat(partsOf(x).map(squaredNorm), -1);
    return silu(this.linear.forward(this.norm.forward(norms)));
  }
}
