/** @file The attention of Paramixer: a product of sparse matrices whose weights the input gives. */

import { add, broadcastTo, eye, type Rng, type Shape, type Tensor } from "@spm/core";
import {
  checkOptions,
  checkTensors,
  type OptionNames,
  ShapeError,
  showShape,
  sizeOf,
} from "@spm/core/extend";
import { Dropout, gelu, type LinearChoice, Module, neighbourSum } from "@spm/nn";
import { describe, type Field, fields, type ModuleKind, moduleKind } from "@spm/nn/extend";
import { Mlp } from "../mlp/mlp.ts";
import { type LinkOptions, type LinkProtocol, linkShifts } from "./links.ts";

/** Options of {@link ParamixerBlock}. */
export interface ParamixerBlockOptions extends LinkOptions {
  /** @defaultValue "chord" */
  readonly links?: LinkProtocol;
  /**
   * Width of the hidden layers of g and the f's.
   * @defaultValue the width
   */
  readonly hidden?: number;
  /**
   * Probability of dropping an element after the last factor.
   * @defaultValue 0
   */
  readonly dropout?: number;
  /**
   * The first map of g and of the f's.
   * @defaultValue "dense"
   */
  readonly linear?: LinearChoice;
  readonly random: Rng;
}

/** Their names. */
export const blockOptions: OptionNames<ParamixerBlockOptions> = {
  links: true,
  rounding: true,
  hidden: true,
  dropout: true,
  linear: true,
  random: true,
};

/**
 * V ← W_M(X) ⋯ W₁(X) g(V), where each factor W_m = I + the matrix with f_m(X)[i, k] in row i at
 * column i + shift_mk (mod n) (Khalitov et al. 2022). g and f_m are two-layer networks with GELU on
 * each position; no softmax, no norm. V, X [..., n, width] → [..., n, width], for sequences of the
 * length n alone. Cost 2 · n · links · width FLOP a factor besides the networks, of which there are
 * log₂ n: O(n log n · width) with CDIL, O(n log² n · width) with CHORD.
 * @throws ShapeError for another length or width
 * @example
 * const block = new ParamixerBlock(6, 4, { links: "cdil", random: rng(1) });
 * block.forward(ones([2, 6, 4]), ones([2, 6, 4])).shape; // [2, 6, 4]
 */
export class ParamixerBlock extends Module {
  /** g */
  readonly value: Mlp;
  /** f_m, one a factor. */
  readonly weights: readonly Mlp[];
  readonly dropout: Dropout;
  /** The links of each factor, as {@link linkShifts} has them. */
  readonly shifts: readonly (readonly number[])[];
  readonly length: number;
  readonly width: number;

  constructor(length: number, width: number, options: ParamixerBlockOptions) {
    super();
    checkOptions("ParamixerBlock", options, blockOptions);
    const { links = "chord", rounding = "ceil", hidden = width, linear = "dense" } = options;
    const { dropout = 0, random } = options;
    describe(this, { length, width, links, rounding, hidden, dropout });
    this.shifts = linkShifts(links, length, { rounding });
    const network = (out: number): Mlp =>
      new Mlp({ sizes: [width, hidden, out], activation: gelu, linear, random });
    this.value = network(width);
    this.weights = this.shifts.map((factor) => network(factor.length));
    this.dropout = new Dropout(dropout, { random: random.split(1)[0]! });
    this.length = length;
    this.width = width;
  }

  /** @param x - what the f's read, X (default V) */
  forward(v: Tensor, x: Tensor = v): Tensor {
    this.#check(v);
    return this.dropout.forward(this.#mix(this.value.forward(v), x));
  }

  /** W_M(X) ⋯ W₁(X), [..., n, n], for x [..., n, width]: n² numbers, to look at. */
  toDense(x: Tensor): Tensor {
    this.#check(x);
    const { dtype, backend } = x;
    const identity = eye(this.length, undefined, { dtype, backend });
    return this.#mix(broadcastTo(identity, [...x.shape.slice(0, -1), this.length]), x);
  }

  /** FLOP of the factors on V, a multiplication and an addition a link and the addition of V. */
  override flops([v = [this.length, this.width]]: readonly Shape[] = []): number {
    return this.shifts.reduce((total, links) => total + (2 * links.length + 1) * sizeOf(v), 0);
  }

  #mix(v: Tensor, x: Tensor): Tensor {
    this.#check(x);
    return this.weights.reduce(
      (sum, f, m) => add(sum, neighbourSum(f.forward(x), sum, this.shifts[m] ?? [])),
      v,
    );
  }

  #check(x: Tensor): void {
    checkTensors("ParamixerBlock", x);
    const { length, width } = this;
    if (x.shape.length < 2 || x.shape.at(-2) !== length || x.shape.at(-1) !== width)
      throw new ShapeError("ParamixerBlock", `[..., ${length}, ${width}]`, showShape(x.shape));
  }
}

const { size, word, number } = fields;

/** The fields of blocks in files. */
export const blockFields = {
  length: size as Field<number>,
  width: size as Field<number>,
  links: word("chord", "cdil") as Field<LinkProtocol>,
  rounding: word("ceil", "floor") as Field<"ceil" | "floor">,
  hidden: size as Field<number>,
  dropout: number as Field<number>,
};

/** {@link ParamixerBlock} in files. */
export const paramixerBlockModule: ModuleKind = moduleKind(
  "ParamixerBlock",
  ParamixerBlock,
  blockFields,
  ({ length, width, ...options }, { random }) =>
    new ParamixerBlock(length, width, { ...options, random }),
);
