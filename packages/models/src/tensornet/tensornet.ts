/** @file TensorNet, a model of molecules. */

import { add, at, expandDims, mul, type Rng, type Tensor, take } from "@spm/core";
import {
  checkOptions,
  checkTensors,
  type OptionNames,
  ShapeError,
  showShape,
  ValueError,
} from "@spm/core/extend";
import { type LinearChoice, Module } from "@spm/nn";
import {
  checkChoice,
  checkSizes,
  describe,
  fields,
  type ModuleKind,
  moduleKind,
  partKinds,
} from "@spm/nn/extend";
import { edgeGeometry } from "./edges.ts";
import { DipoleHead, EnergyHead, type EnergyScale } from "./heads.ts";
import { TensorEmbedding, TensorInteraction, TensorReadout } from "./tensor-layers.ts";

/** Options of {@link TensorNet}. */
export interface TensorNetOptions extends EnergyScale {
  /** Channels of an atom's state. */
  readonly width: number;
  /** Interactions. @defaultValue 1 */
  readonly layers?: number;
  /** Functions of the distance, K. @defaultValue 32 */
  readonly radial?: number;
  /** The distance from which on atoms do not meet, in the unit of the positions. */
  readonly cutoff: number;
  /** Different atoms; species are numbers below it. @defaultValue 128 */
  readonly species?: number;
  /**
   * The group that leaves energies unchanged: rotations and reflections, or rotations alone, where
   * a molecule may differ from its mirror image.
   * @defaultValue "O(3)"
   */
  readonly group?: "O(3)" | "SO(3)";
  /** @defaultValue "energy" */
  readonly head?: "energy" | "dipole";
  /**
   * The maps of the channels of I, A and S, three of an embedding and six of an interaction.
   * @defaultValue "dense"
   */
  readonly linear?: LinearChoice;
  readonly random: Rng;
}

const names: OptionNames<TensorNetOptions> = {
  width: true,
  layers: true,
  radial: true,
  cutoff: true,
  species: true,
  group: true,
  head: true,
  linear: true,
  scale: true,
  shift: true,
  references: true,
  random: true,
};

/**
 * TensorNet (Simeon and De Fabritiis 2023): each atom's state is a 3×3 matrix a channel, X = I + A
 * + S, made of the directions to its neighbours, and turns with the molecule. `forward` takes the
 * positions [atoms, 3] and species, int32 [atoms], of any number of molecules together, the pairs
 * of {@link edgesWithin}, int32 [2, edges], the molecule of each atom, int32 [atoms], and charges
 * [molecules] → energies [molecules], or dipoles [molecules, 3]. Cost O(edges · width²) a layer.
 * @throws ShapeError for sizes below 1, or inputs that do not fit each other; ValueError for an
 * unknown word or a cutoff that is not above 0
 * @example
 * const model = new TensorNet({ width: 16, cutoff: 4.5, species: 9, random: rng(1) });
 * const [positions, charges] = [tensor([[0, 0, 0], [0, 0, 1]]), zeros([1])];
 * const [species, molecules] = [tensor(Int32Array.of(8, 1)), tensor(Int32Array.of(0, 0))];
 * const edges = edgesWithin(positions, 4.5);
 * model.forward(positions, species, edges, molecules, charges).shape; // [1]
 */
export class TensorNet extends Module {
  readonly embedding: TensorEmbedding;
  readonly layers: readonly TensorInteraction[];
  readonly readout: TensorReadout;
  readonly head: EnergyHead | DipoleHead;
  readonly #cutoff: number;
  readonly #radial: number;

  constructor(options: TensorNetOptions) {
    super();
    checkOptions("TensorNet", options, names);
    const { width, layers = 1, radial = 32, cutoff, species = 128, random, ...rest } = options;
    const { group = "O(3)", head = "energy", linear = "dense", ...energy } = rest;
    const { references } = energy;
    checkSizes("TensorNet", "width, layers, radial and species", width, layers, radial, species);
    checkChoice("TensorNet", ["O(3)", "SO(3)"], group);
    checkChoice("TensorNet", ["energy", "dipole"], head);
    if (!(cutoff > 0 && Number.isFinite(cutoff)))
      throw new ValueError("TensorNet", "a finite cutoff above 0", cutoff);
    if (references !== undefined && references.length !== species)
      throw new ShapeError("TensorNet", `references of ${species} species`, references.length);
    describe(this, { width, layers, radial, cutoff, species, group, head });
    const shared = { width, radial, linear, random };
    this.embedding = new TensorEmbedding(species, shared);
    this.layers = Array.from(
      { length: layers },
      () => new TensorInteraction(shared, group === "O(3)"),
    );
    this.readout = new TensorReadout(shared);
    this.head =
      head === "energy"
        ? new EnergyHead(width, species, random, energy)
        : new DipoleHead(width, random);
    this.#cutoff = cutoff;
    this.#radial = radial;
  }

  forward(
    positions: Tensor,
    species: Tensor,
    edges: Tensor,
    molecules: Tensor,
    charges: Tensor,
  ): Tensor {
    const x = this.states(positions, species, edges, molecules, charges).at(-1) ?? positions;
    const features = this.readout.forward(x);
    return this.head instanceof EnergyHead
      ? this.head.forward(features, species, molecules, charges)
      : this.head.forward(features, x, positions, molecules, charges);
  }

  /**
   * X [9, atoms, width] after the embedding and after each interaction: the coordinate of Id/√3,
   * the three of A = [a]×, times √2, and five of S.
   */
  states(
    positions: Tensor,
    species: Tensor,
    edges: Tensor,
    molecules: Tensor,
    charges: Tensor,
  ): Tensor[] {
    checkAtoms(positions, species, edges, molecules, charges);
    const [receivers, senders] = [at(edges, 0), at(edges, 1)];
    const pairs = [receivers, senders] as const;
    const geometry = edgeGeometry(positions, pairs, this.#cutoff, this.#radial);
    const { directions, envelope, radial } = geometry;
    const factors = expandDims(add(1, mul(0.1, take(charges, molecules))), -1);
    let x = this.embedding.forward(species, directions, envelope, radial, ...pairs);
    return [
      x,
      ...this.layers.map((layer) => {
        x = layer.forward(x, envelope, radial, ...pairs, factors);
        return x;
      }),
    ];
  }
}

/** @throws ShapeError unless the inputs fit each other */
function checkAtoms(
  positions: Tensor,
  species: Tensor,
  edges: Tensor,
  molecules: Tensor,
  charges: Tensor,
): void {
  checkTensors("TensorNet", positions, species, edges, molecules, charges);
  const atoms = species.shape[0];
  const all: [what: string, x: Tensor, fits: boolean][] = [
    ["species [atoms]", species, species.shape.length === 1],
    [`positions [${atoms}, 3]`, positions, String(positions.shape) === String([atoms, 3])],
    ["edges [2, edges]", edges, edges.shape.length === 2 && edges.shape[0] === 2],
    [`molecules [${atoms}]`, molecules, String(molecules.shape) === String([atoms])],
    ["charges [molecules]", charges, charges.shape.length === 1],
  ];
  for (const [what, { shape }, fits] of all)
    if (!fits) throw new ShapeError("TensorNet", what, showShape(shape));
}

const { number, size, word } = fields;

/** {@link TensorNet} in files, where `scale`, `shift` and `references` are tensors. */
export const tensorNetModule: ModuleKind = moduleKind(
  "TensorNet",
  TensorNet,
  {
    ...{ width: size, layers: size, radial: size, cutoff: number, species: size },
    ...{ group: word("O(3)", "SO(3)"), head: word("energy", "dipole") },
  },
  (options, { random }) => new TensorNet({ ...options, random }),
);

partKinds(TensorEmbedding, TensorInteraction, TensorReadout, EnergyHead, DipoleHead);
