/** @file A decoder-only language model. */

import { matmul, type Rng, type Shape, type Tensor, transpose } from "@spm/core";
import { checkOptions, checkTensors, type OptionNames, ShapeError, sizeOf } from "@spm/core/extend";
import type { KeyValueCache } from "@spm/nn";
import {
  Dropout,
  Embedding,
  type LayerNorm,
  LearnedPositions,
  Linear,
  Module,
  type RmsNorm,
  TransformerBlock,
  type TransformerBlockOptions,
} from "@spm/nn";
import {
  blockFields,
  blockValues,
  checkChoice,
  checkSizes,
  describe,
  fields,
  type ModuleKind,
  moduleKind,
  normOf,
} from "@spm/nn/extend";

/** Options of {@link Gpt}. */
export interface GptOptions extends Omit<TransformerBlockOptions, "causal" | "rotary" | "bias"> {
  /** Number of different tokens. */
  readonly vocabulary: number;
  /** Length of the longest sequence. */
  readonly context: number;
  readonly width: number;
  /** Number of blocks. */
  readonly layers: number;
  /** @defaultValue "learned" */
  readonly positions?: "learned" | "rotary";
  /**
   * Whether the head is the transposed embedding (Press and Wolf 2017) instead of a dense map of
   * its own.
   * @defaultValue true
   */
  readonly tied?: boolean;
  readonly random: Rng;
}

const names: OptionNames<GptOptions> = {
  vocabulary: true,
  context: true,
  width: true,
  heads: true,
  keyValueHeads: true,
  attentionDropout: true,
  layers: true,
  linear: true,
  gain: true,
  activation: true,
  hidden: true,
  norm: true,
  dropout: true,
  positions: true,
  tied: "boolean",
  random: true,
};

/**
 * A decoder-only language model (Radford et al. 2019): embedding, blocks of causal attention, a
 * norm and a head. tokens [batch, time ≤ context], int32 → logits [batch, time, vocabulary].
 * `linear` decides every projection of the blocks; the head is dense, initial embeddings are N(0,
 * 0.02²).
 * @throws ShapeError for no layers or context, or a sequence longer than the context; ValueError
 * for unknown words
 * @example
 * const sizes = { vocabulary: 65, context: 32, width: 8, heads: 2, layers: 1 };
 * const model = new Gpt({ ...sizes, linear: "rotation", random: rng(1) });
 * model.forward(tensor([[1, 2, 3]], { dtype: "int32" })).shape; // [1, 3, 65]
 */
export class Gpt extends Module {
  readonly embedding: Embedding;
  readonly positions: LearnedPositions | null;
  readonly dropout: Dropout;
  readonly blocks: readonly TransformerBlock[];
  readonly norm: LayerNorm | RmsNorm;
  /** null where it is tied to the embedding. */
  readonly head: Linear | null;
  readonly context: number;

  constructor(options: GptOptions) {
    super();
    checkOptions("Gpt", options, names);
    const {
      vocabulary,
      context,
      width,
      layers,
      positions = "learned",
      tied = true,
      ...block
    } = options;
    const { dropout = 0, random } = block;
    checkSizes("Gpt", "layers", layers);
    checkSizes("Gpt", "context", context);
    checkChoice("Gpt", ["learned", "rotary"], positions);
    describe(this, { vocabulary, context, layers, ...blockValues(width, block), positions, tied });
    this.embedding = new Embedding(vocabulary, width, { random, deviation: 0.02 });
    this.positions =
      positions === "learned" ? new LearnedPositions(context, width, { random }) : null;
    this.dropout = new Dropout(dropout, { random: random.split(1)[0]! });
    const own = { ...block, causal: true, rotary: positions === "rotary" };
    this.blocks = Array.from({ length: layers }, () => new TransformerBlock(width, own));
    this.norm = normOf(options.norm ?? "layer", width);
    this.head = tied ? null : new Linear(width, vocabulary, { random });
    this.context = context;
  }

  forward(tokens: Tensor): Tensor {
    const start = this.#embed(tokens, 0);
    return this.#read(this.blocks.reduce((x, block) => block.forward(x), start));
  }

  /** Logits of the next tokens [batch, t] after those in the caches, one cache for each block. */
  extend(tokens: Tensor, caches: readonly KeyValueCache[]): Tensor {
    if (caches.length !== this.blocks.length)
      throw new ShapeError("extend", `${this.blocks.length} caches, one a block`, caches.length);
    const start = this.#embed(tokens, caches[0]?.length ?? 0);
    return this.#read(this.blocks.reduce((x, block, k) => block.extend(x, caches[k]!), start));
  }

  /** FLOP of a tied head; an untied one counts its own. */
  override flops([tokens = [1, 1]]: readonly Shape[] = []): number {
    return this.head === null ? 2 * sizeOf(tokens) * sizeOf(this.embedding.weight.shape) : 0;
  }

  #embed(tokens: Tensor, offset: number): Tensor {
    checkTensors("Gpt", tokens);
    const end = offset + (tokens.shape[1] ?? 0);
    if (tokens.shape.length !== 2 || end > this.context)
      throw new ShapeError(
        "Gpt",
        `tokens [batch, time] up to position ${this.context}`,
        `[${tokens.shape.join(", ")}] from ${offset}`,
      );
    const x = this.embedding.forward(tokens);
    return this.dropout.forward(this.positions?.from(x, offset) ?? x);
  }

  #read(x: Tensor): Tensor {
    const normal = this.norm.forward(x);
    return this.head?.forward(normal) ?? matmul(normal, transpose(this.embedding.weight));
  }
}

const { size, flag, word } = fields;

/** {@link Gpt} in files. */
export const gptModule: ModuleKind = moduleKind(
  "Gpt",
  Gpt,
  {
    ...{ vocabulary: size, context: size, layers: size, ...blockFields },
    ...{ positions: word("learned", "rotary"), tied: flag },
  },
  (options, { random }) => new Gpt({ ...options, random }),
);
