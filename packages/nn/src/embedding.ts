/** @file A table of vectors, one for each token or for each bag of them. */

import { normal, type Parameter, parameter, type Rng, type Tensor } from "@spm/core";
import { checkOptions, checkRandom, type OptionNames } from "@spm/core/extend";
import { count, nullable, size, word } from "./description/fields.ts";
import { describe, type ModuleKind, moduleKind } from "./description/module-kind.ts";
import { checkPadding } from "./functional/embedding-bag.ts";
import {
  type BagMode,
  type EmbeddingBagOptions,
  embedding,
  embeddingBag,
} from "./functional/index.ts";
import { Module } from "./module.ts";
import { checkChoice, checkSizes } from "./options.ts";

/** Options of {@link Embedding}. */
export interface EmbeddingOptions {
  readonly random: Rng;
  /**
   * Standard deviation of the initial numbers, which are normal with mean 0.
   * @defaultValue 1, as of torch.nn.Embedding
   */
  readonly deviation?: number;
}

const names: OptionNames<EmbeddingOptions> = { random: true, deviation: true };

/**
 * A table of vectors, y[..., :] = weight[token, :]. tokens [...], int32 → [..., width]. No FLOP;
 * the gradient adds into the rows that were read. A negative token counts from the end of the
 * table.
 * @throws ValueError for a token outside of [−vocabulary, vocabulary); ShapeError for an empty
 * table
 * @example
 * const table = new Embedding(65, 256, { random: rng(1) });
 * table.forward(tensor([[3, 1]], { dtype: "int32" })).shape; // [1, 2, 256]
 */
export class Embedding extends Module {
  /** [vocabulary, width] */
  readonly weight: Parameter;

  constructor(vocabulary: number, width: number, options: EmbeddingOptions) {
    super();
    checkOptions("Embedding", options, names);
    checkRandom("Embedding", options.random);
    const { random, deviation = 1 } = options;
    checkSizes("Embedding", "vocabulary and width", vocabulary, width);
    describe(this, { vocabulary, width });
    this.weight = parameter(() => normal(random, [vocabulary, width], 0, deviation));
  }

  forward(tokens: Tensor): Tensor {
    return embedding(this.weight, tokens);
  }
}

/** Options of {@link EmbeddingBag}. */
export interface EmbeddingBagLayerOptions
  extends EmbeddingOptions,
    Pick<EmbeddingBagOptions, "mode" | "paddingIndex"> {}

/**
 * A table of vectors of which each bag of tokens gets the mean, sum or maximum of its rows. tokens
 * [bags, n], int32 → [bags, width], or with `offsets` [n] → [bags, width]; {@link embeddingBag}.
 * @throws ValueError for a token or padding outside of [−vocabulary, vocabulary); ShapeError for an
 * empty table
 * @example
 * const bags = new EmbeddingBag(65, 16, { mode: "sum", random: rng(1) });
 * bags.forward(tensor([[3, 1]], { dtype: "int32" })).shape; // [1, 16]
 */
export class EmbeddingBag extends Embedding {
  readonly mode: BagMode;
  readonly paddingIndex: number | undefined;

  constructor(vocabulary: number, width: number, options: EmbeddingBagLayerOptions) {
    checkOptions("EmbeddingBag", options, { ...names, mode: true, paddingIndex: true });
    const { mode = "mean", paddingIndex, ...table } = options;
    super(vocabulary, width, table);
    checkChoice("EmbeddingBag", ["mean", "sum", "max"], mode);
    this.mode = mode;
    this.paddingIndex =
      paddingIndex === undefined
        ? undefined
        : checkPadding("EmbeddingBag", paddingIndex, vocabulary);
    describe(this, { vocabulary, width, mode, paddingIndex: this.paddingIndex ?? null });
  }

  /** @param weights - a factor for each token, of its shape, where the mode is "sum" */
  override forward(tokens: Tensor, weights?: Tensor): Tensor {
    return this.bags(tokens, weights === undefined ? {} : { weights });
  }

  /** The same with `offsets`: the first token of each bag, where tokens are [n]. */
  bags(tokens: Tensor, options: Pick<EmbeddingBagOptions, "offsets" | "weights">): Tensor {
    const { mode, paddingIndex } = this;
    const padding = paddingIndex === undefined ? {} : { paddingIndex };
    return embeddingBag(this.weight, tokens, { mode, ...padding, ...options });
  }
}

/** The table in files. */
export const embeddingModule: ModuleKind = moduleKind(
  "Embedding",
  Embedding,
  { vocabulary: size, width: size },
  ({ vocabulary, width }, { random }) => new Embedding(vocabulary, width, { random }),
  ({ vocabulary, width }) => vocabulary * width,
);

/** The table of bags in files. */
export const embeddingBagModule: ModuleKind = moduleKind(
  "EmbeddingBag",
  EmbeddingBag,
  {
    vocabulary: size,
    width: size,
    mode: word("mean", "sum", "max"),
    paddingIndex: nullable(count),
  },
  ({ vocabulary, width, mode, paddingIndex }, { random }) =>
    new EmbeddingBag(vocabulary, width, {
      ...(paddingIndex !== null && { paddingIndex }),
      mode,
      random,
    }),
  ({ vocabulary, width }) => vocabulary * width,
);
