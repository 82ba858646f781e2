/** @file A table of vectors, one for each token. */
import { normal, type Parameter, parameter, type Rng, type Tensor } from "@spm/core";
import { embedding } from "./functional/index.ts";
import { Module } from "./module.ts";
import { checkSizes } from "./options.ts";

/** How an embedding starts. */
export interface EmbeddingOptions {
  readonly random: Rng;
  /** Standard deviation of the normal start; 1 unless said, as in torch.nn.Embedding. */
  readonly deviation?: number;
}

/**
 * y[..., :] = weight[token, :]. tokens [...], int32 → [..., width]. Reads the rows, no FLOP; the
 * gradient adds into them. A negative token counts from the end of the table.
 * @throws ValueError for a token outside of [−vocabulary, vocabulary); ShapeError for an empty
 * table
 * @example
 * new Embedding(65, 256, { random: rng(1) }).forward(tensor([[3, 1]], { dtype: "int32" }));
 * // [1, 2, 256]
 */
export class Embedding extends Module {
  /** [vocabulary, width] */
  readonly weight: Parameter;

  constructor(vocabulary: number, width: number, { random, deviation = 1 }: EmbeddingOptions) {
    super();
    checkSizes("Embedding", "vocabulary and width", vocabulary, width);
    this.weight = parameter(normal(random, [vocabulary, width], 0, deviation));
  }

  forward(tokens: Tensor): Tensor {
    return embedding(this.weight, tokens);
  }
}
