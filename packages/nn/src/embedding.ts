/** @file A table of vectors, one for each token. */
import { normal, type Parameter, parameter, type Rng, type Tensor } from "@spm/core";
import { checkOptions, checkRandom, type OptionNames } from "@spm/core/extend";
import { embedding } from "./functional/index.ts";
import { Module } from "./module.ts";
import { checkSizes } from "./options.ts";

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
    this.weight = parameter(() => normal(random, [vocabulary, width], 0, deviation));
  }

  forward(tokens: Tensor): Tensor {
    return embedding(this.weight, tokens);
  }
}
