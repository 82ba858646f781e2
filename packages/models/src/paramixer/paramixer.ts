/** @file Paramixer, a model of long sequences. */

import { at, reshape, type Tensor } from "@spm/core";
import { checkOptions, type OptionNames, ValueError } from "@spm/core/extend";
import { Embedding, LearnedPositions, Linear, Module } from "@spm/nn";
import {
  checkChoice,
  checkSizes,
  describe,
  fields,
  type ModuleKind,
  moduleKind,
  present,
} from "@spm/nn/extend";
import {
  blockFields,
  blockOptions,
  ParamixerBlock,
  type ParamixerBlockOptions,
} from "./paramixer-block.ts";

/** Options of {@link Paramixer}; exactly one of `features` and `vocabulary` is given. */
export interface ParamixerOptions extends ParamixerBlockOptions {
  /** Numbers at each position of the input, which a dense map embeds. */
  readonly features?: number;
  /** Number of different tokens, where the input is tokens. */
  readonly vocabulary?: number;
  /** Length of every sequence, n. */
  readonly length: number;
  readonly width: number;
  /**
   * Blocks, 1 … 3 in the paper.
   * @defaultValue 1
   */
  readonly layers?: number;
  /** Numbers in a result: classes, or 1. */
  readonly outputs: number;
  /**
   * The input of the dense head: all positions, n · width numbers, or the first one alone, where a
   * token of its own stands (CLS).
   * @defaultValue "flatten"
   */
  readonly head?: "flatten" | "first";
  /**
   * Whether learned vectors of the positions are added to the embedded input.
   * @defaultValue false
   */
  readonly positions?: boolean;
}

const names: OptionNames<ParamixerOptions> = {
  ...blockOptions,
  features: true,
  vocabulary: true,
  length: true,
  width: true,
  layers: true,
  outputs: true,
  head: true,
  positions: "boolean",
};

/**
 * Paramixer (Khalitov et al. 2022): X = the embedded input, V = X, then a {@link ParamixerBlock} a
 * layer, all of which take their weights from X, and a dense head. x [batch, n, features] or tokens
 * [batch, n], int32 → [batch, outputs].
 * @throws ShapeError for sizes below 1 or sequences of another length; ValueError for an unknown
 * word, or unless one of `features` and `vocabulary` is given
 * @example
 * const sizes = { features: 2, length: 128, width: 32, outputs: 1 };
 * const model = new Paramixer({ ...sizes, links: "cdil", random: rng(1) });
 * model.forward(ones([4, 128, 2])).shape; // [4, 1]
 */
export class Paramixer extends Module {
  readonly embedding: Linear | Embedding;
  readonly positions: LearnedPositions | null;
  readonly blocks: readonly ParamixerBlock[];
  readonly head: Linear;
  readonly #reads: "flatten" | "first";

  constructor(options: ParamixerOptions) {
    super();
    checkOptions("Paramixer", options, names);
    const { features, vocabulary, length, width, layers = 1, outputs, ...rest } = options;
    const { head = "flatten", positions = false, ...block } = rest;
    const { random } = block;
    checkSizes("Paramixer", "length, width, layers and outputs", length, width, layers, outputs);
    checkChoice("Paramixer", ["flatten", "first"], head);
    if ((features === undefined) === (vocabulary === undefined))
      throw new ValueError(
        "Paramixer",
        "features or vocabulary",
        features === undefined ? "neither" : "both",
      );
    const { links = "chord", rounding = "ceil", hidden = width, dropout = 0 } = block;
    describe(this, {
      ...{ features: features ?? null, vocabulary: vocabulary ?? null, layers, outputs, head },
      ...{ positions, length, width, links, rounding, hidden, dropout },
    });
    this.embedding =
      vocabulary === undefined
        ? new Linear(features ?? 0, width, { random })
        : new Embedding(vocabulary, width, { random });
    this.positions = positions ? new LearnedPositions(length, width, { random }) : null;
    this.blocks = Array.from({ length: layers }, () => new ParamixerBlock(length, width, block));
    this.head = new Linear(head === "flatten" ? length * width : width, outputs, { random });
    this.#reads = head;
  }

  forward(input: Tensor): Tensor {
    const x = this.#embed(input);
    const v = this.blocks.reduce((v, block) => block.forward(v, x), x);
    const [batch = 1] = v.shape;
    return this.head.forward(this.#reads === "first" ? at(v, {}, 0) : reshape(v, [batch, -1]));
  }

  /**
   * The matrix that each block multiplies g(V) by, W_M(X) ⋯ W₁(X), [batch, n, n] a block, for an
   * input as of the forward: n² numbers a sequence, to look at.
   * @example
   * const sizes = { features: 2, length: 16, width: 4, outputs: 1 };
   * const net = new Paramixer({ ...sizes, links: "chord", random: rng(1) });
   * net.toDense(ones([1, 16, 2]))[0].shape; // [1, 16, 16]
   */
  toDense(input: Tensor): Tensor[] {
    const x = this.#embed(input);
    return this.blocks.map((block) => block.toDense(x));
  }

  /** X */
  #embed(input: Tensor): Tensor {
    const embedded = this.embedding.forward(input);
    return this.positions?.forward(embedded) ?? embedded;
  }
}

const { flag, nullable, size, word } = fields;

/** {@link Paramixer} in files. */
export const paramixerModule: ModuleKind = moduleKind(
  "Paramixer",
  Paramixer,
  {
    ...{ features: nullable(size), vocabulary: nullable(size), layers: size, outputs: size },
    ...{ head: word("flatten", "first"), positions: flag, ...blockFields },
  },
  ({ features, vocabulary, ...options }, { random }) =>
    new Paramixer({ ...options, ...present({ features, vocabulary }), random }),
);
