/** @file Heads, which read the energy of a molecule or its dipole off the atoms. */
import {
  add,
  div,
  expandDims,
  mul,
  ones,
  type Rng,
  reshape,
  segmentSum,
  split,
  sub,
  sum,
  type Tensor,
  take,
  tensor,
  transpose,
  zeros,
} from "@spm/core";
import { Linear, Module, silu } from "@spm/nn";
import { ModuleBuffer } from "@spm/nn/extend";
import { partsOf } from "./parts.ts";

/** The numbers that energies are scaled and shifted by. */
export interface EnergyScale {
  /** Factor on each atom's output. @defaultValue 1 */
  readonly scale?: number;
  /** Added to each molecule's energy. @defaultValue 0 */
  readonly shift?: number;
  /** The energy of an atom of each species by itself, as many as species. @defaultValue zeros */
  readonly references?: readonly number[];
}

/** E = Σ (scale · network(atom) + reference of its species) + shift. */
export class EnergyHead extends Module {
  readonly layers: readonly Linear[];
  /** [] */
  readonly scale: ModuleBuffer;
  /** [] */
  readonly shift: ModuleBuffer;
  /** [species] */
  readonly references: ModuleBuffer;

  constructor(width: number, species: number, random: Rng, given: EnergyScale) {
    super();
    const { scale = 1, shift = 0, references } = given;
    const hidden = Math.max(1, Math.floor(width / 2));
    this.layers = [new Linear(width, hidden, { random }), new Linear(hidden, 1, { random })];
    this.scale = new ModuleBuffer(tensor(scale, { dtype: "float32" }));
    this.shift = new ModuleBuffer(tensor(shift, { dtype: "float32" }));
    this.references = new ModuleBuffer(
      references ? tensor([...references], { dtype: "float32" }) : zeros([species]),
    );
  }

  /** Energies [molecules] of features [atoms, width] and species, molecules int32 [atoms]. */
  forward(features: Tensor, species: Tensor, molecules: Tensor, charges: Tensor): Tensor {
    const out = hiddenLayer(this.layers, features);
    const atoms = add(mul(this.scale, reshape(out, [-1])), take(this.references, species));
    return add(segmentSum(atoms, molecules, charges.shape[0] ?? 0), this.shift);
  }
}

/**
 * μ = Σ q_i r_i + Σ g_i · a_i: point charges, which sum to that of the molecule, and a sum over the
 * channels of the vectors in A, gated by the atom's features. It turns with the molecule, and
 * changes its sign with an inversion. Of a charged molecule it depends on the origin.
 */
export class DipoleHead extends Module {
  readonly layers: readonly Linear[];

  constructor(width: number, random: Rng) {
    super();
    this.layers = [new Linear(width, width, { random }), new Linear(width, 1 + width, { random })];
  }

  /** Dipoles [molecules, 3] of features [atoms, width], X [9, atoms, width] and positions. */
  forward(
    features: Tensor,
    x: Tensor,
    positions: Tensor,
    molecules: Tensor,
    charges: Tensor,
  ): Tensor {
    const count = charges.shape[0] ?? 0;
    const [atoms = 0, width = 0] = features.shape;
    const { dtype, backend } = features;
    const [partial, gates] = split(hiddenLayer(this.layers, features), [1, width], -1);
    const [, vectors] = partsOf(x);
    if (!partial || !gates || !vectors) return zeros([count, 3], { dtype, backend });
    const sizes = segmentSum(ones([atoms, 1], { dtype, backend }), molecules, count);
    const missing = sub(expandDims(charges, -1), segmentSum(partial, molecules, count));
    const own = add(partial, take(div(missing, sizes), molecules));
    const local = transpose(sum(mul(vectors, gates), -1));
    return segmentSum(add(mul(own, positions), local), molecules, count);
  }
}

/** Two layers, SiLU between them. */
const hiddenLayer = ([first, last]: readonly Linear[], x: Tensor): Tensor =>
  first && last ? last.forward(silu(first.forward(x))) : x;
