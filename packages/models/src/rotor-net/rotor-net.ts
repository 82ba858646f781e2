/** @file A small network of rotors in the place of a linear map. */

import {
  add,
  at,
  mul,
  neg,
  ones,
  type Parameter,
  parameter,
  permutation,
  type Rng,
  relu,
  scope,
  sub,
  type Tensor,
  take,
  tensor,
  zeros,
} from "@spm/core";
import { checkOptions, checkRandom, type OptionNames } from "@spm/core/extend";
import { layerNorm, Module, RotorLinear } from "@spm/nn";
import {
  checkSizes,
  describe,
  fields,
  ModuleBuffer,
  type ModuleKind,
  moduleKind,
} from "@spm/nn/extend";

/** Options of {@link RotorNet}. */
export interface RotorNetOptions {
  /**
   * Sums one after another.
   * @defaultValue 2, as published
   */
  readonly blocks?: number;
  /**
   * Rotors in a sum.
   * @defaultValue 3, as published
   */
  readonly branches?: number;
  readonly random: Rng;
}

const names: OptionNames<RotorNetOptions> = { blocks: true, branches: true, random: true };

/**
 * The replacement of a dense map in Composing Linear Layers from Irreducibles (arXiv 2507.11688),
 * which is not linear: h = φ(R₀ x), then h ← Σⱼ α_j φ_j(R_j h) a block, then y = R h, where each R
 * is a {@link RotorLinear} and φ a permutation, drawn once and saved, a layer norm without weights
 * and a PReLU whose slope, 1/4 at first, all share. x [..., in] → [..., out], without a bias; all R
 * but the last are in → in. Initial α are 1.
 * @throws ShapeError unless both widths are whole numbers ≥ 4 and the numbers of blocks and
 * branches ≥ 1
 * @example new RotorNet(2048, 2048, { random: rng(1) }).parameterCount(); // 895
 */
export class RotorNet extends Module {
  readonly first: RotorLinear;
  readonly blocks: readonly (readonly RotorLinear[])[];
  readonly last: RotorLinear;
  /** α [blocks, branches] */
  readonly weights: Parameter;
  /** The PReLU's, a scalar. */
  readonly slope: Parameter;
  /** One for each rotor but the last, [in] int32. */
  readonly permutations: readonly ModuleBuffer[];

  constructor(inFeatures: number, outFeatures: number, options: RotorNetOptions) {
    super();
    checkOptions("RotorNet", options, names);
    checkRandom("RotorNet", options.random);
    const { random, blocks = 2, branches = 3 } = options;
    checkSizes("RotorNet", "blocks and branches", blocks, branches);
    describe(this, { inFeatures, outFeatures, blocks, branches });
    const square = (): RotorLinear => new RotorLinear(inFeatures, inFeatures, { random });
    this.first = square();
    this.blocks = Array.from({ length: blocks }, () => Array.from({ length: branches }, square));
    this.last = new RotorLinear(inFeatures, outFeatures, { random });
    this.weights = parameter(() => ones([blocks, branches]));
    this.slope = parameter(() => tensor(0.25, { dtype: "float32" }), { decay: false });
    this.permutations = Array.from({ length: 1 + blocks * branches }, () =>
      scope(() => new ModuleBuffer(permutation(random, inFeatures))),
    );
  }

  /** @throws ShapeError unless x is [..., in] */
  forward(x: Tensor): Tensor {
    let h = this.#activated(this.first.forward(x), 0);
    for (const [b, rotors] of this.blocks.entries())
      h = rotors
        .map((rotor, j) => {
          const branch = this.#activated(rotor.forward(h), 1 + b * rotors.length + j);
          return mul(at(this.weights, b, j), branch);
        })
        .reduce((sum, branch) => add(sum, branch));
    return this.last.forward(h);
  }

  /** PReLU of the layer norm of the k-th permutation of h. */
  #activated(h: Tensor, k: number): Tensor {
    const order = this.permutations[k] as ModuleBuffer;
    const { dtype, backend } = h;
    const like = { dtype, backend };
    const normal = layerNorm(take(h, order, -1), ones(order.shape, like), zeros(order.shape, like));
    return sub(relu(normal), mul(this.slope, relu(neg(normal))));
  }
}

const { size } = fields;

/** {@link RotorNet} in files. */
export const rotorNetModule: ModuleKind = moduleKind(
  "RotorNet",
  RotorNet,
  { inFeatures: size, outFeatures: size, blocks: size, branches: size },
  ({ inFeatures, outFeatures, ...options }, { random }) =>
    new RotorNet(inFeatures, outFeatures, { ...options, random }),
  ({ inFeatures, blocks, branches }) => (1 + blocks * branches) * (1 + inFeatures),
);
