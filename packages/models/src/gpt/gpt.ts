/** @file A decoder-only language model. */
import { matmul, type Rng, type Shape, type Tensor, transpose } from "@spm/core";
import { ShapeError, sizeOf } from "@spm/core/extend";
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
import { checkChoice, checkSizes, normOf } from "@spm/nn/extend";

/** How a GPT is built. */
export interface GptOptions extends Omit<TransformerBlockOptions, "causal" | "rotary" | "bias"> {
  /** Number of different tokens. */
  readonly vocabulary: number;
  /** The longest sequence. */
  readonly context: number;
  readonly width: number;
  readonly layers: number;
  /** `learned` unless said. */
  readonly positions?: "learned" | "rotary";
  /**
   * Whether the head is the transposed embedding (Press and Wolf 2017) instead of a dense map of
   * its own; true unless said.
   */
  readonly tied?: boolean;
  readonly random: Rng;
}

/**
 * Embedding, blocks of causal attention, a norm and a head: tokens [batch, time ≤ context], int32 →
 * logits [batch, time, vocabulary]. `linear` decides every projection of the blocks; embeddings
 * start from N(0, 0.02²) and the head stays dense.
 * @throws ShapeError for no layers or context, or a sequence longer than the context; ValueError
 * for words that it does not know
 * @example
 * const model = new Gpt({
 *   vocabulary: 65,
 *   context: 128,
 *   width: 256,
 *   heads: 4,
 *   layers: 4,
 *   linear: "rotation",
 *   random: rng(1),
 * });
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
    const {
      vocabulary,
      context,
      width,
      layers,
      positions = "learned",
      tied = true,
      dropout = 0,
      random,
    } = options;
    checkSizes("Gpt", "layers", layers);
    checkSizes("Gpt", "context", context);
    checkChoice("Gpt", ["learned", "rotary"], positions);
    this.embedding = new Embedding(vocabulary, width, { random, deviation: 0.02 });
    this.positions =
      positions === "learned" ? new LearnedPositions(context, width, { random }) : null;
    this.dropout = new Dropout(dropout, random.split(1)[0]!);
    const block = { ...options, causal: true, rotary: positions === "rotary" };
    this.blocks = Array.from({ length: layers }, () => new TransformerBlock(width, block));
    this.norm = normOf(options.norm ?? "layer", width);
    this.head = tied ? null : new Linear(width, vocabulary, { random });
    this.context = context;
  }

  forward(tokens: Tensor): Tensor {
    const start = this.#embed(tokens, 0);
    return this.#read(this.blocks.reduce((x, block) => block.forward(x), start));
  }

  /** Logits of the next tokens [batch, t] after those that the caches, one a block, hold. */
  extend(tokens: Tensor, caches: readonly KeyValueCache[]): Tensor {
    if (caches.length !== this.blocks.length)
      throw new ShapeError("extend", `${this.blocks.length} caches, one a block`, caches.length);
    const start = this.#embed(tokens, caches[0]?.length ?? 0);
    return this.#read(this.blocks.reduce((x, block, k) => block.extend(x, caches[k]!), start));
  }

  /** Of a tied head; an untied one counts its own. */
  override flops([tokens = [1, 1]]: readonly Shape[] = []): number {
    return this.head === null ? 2 * sizeOf(tokens) * sizeOf(this.embedding.weight.shape) : 0;
  }

  #embed(tokens: Tensor, offset: number): Tensor {
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
