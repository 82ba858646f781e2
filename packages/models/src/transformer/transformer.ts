/** @file An encoder and a decoder of transformer blocks: from one sequence of tokens to another. */

import { type Rng, reshape, type Tensor } from "@spm/core";
import {
  checkOptions,
  checkTensors,
  type OptionNames,
  ShapeError,
  showShape,
} from "@spm/core/extend";
import {
  DecoderBlock,
  type DecoderBlockOptions,
  Dropout,
  Embedding,
  type LayerNorm,
  LearnedPositions,
  Linear,
  Module,
  type RmsNorm,
  TransformerBlock,
} from "@spm/nn";
import {
  blockFields,
  blockValues,
  checkSizes,
  describe,
  fields,
  type ModuleKind,
  moduleKind,
  normOf,
  partKinds,
} from "@spm/nn/extend";

/** Options of {@link Transformer}. */
export interface TransformerOptions extends Omit<DecoderBlockOptions, "bias"> {
  /** Number of different tokens of the source. */
  readonly sourceVocabulary: number;
  /** Number of different tokens of the target. */
  readonly targetVocabulary: number;
  /** Length of the longest sequence, of either. */
  readonly context: number;
  readonly width: number;
  /** Number of blocks of the encoder. */
  readonly layers: number;
  /**
   * Number of blocks of the decoder.
   * @defaultValue layers
   */
  readonly decoderLayers?: number;
  readonly random: Rng;
}

const names: OptionNames<TransformerOptions> = {
  sourceVocabulary: true,
  targetVocabulary: true,
  context: true,
  width: true,
  layers: true,
  decoderLayers: true,
  heads: true,
  keyValueHeads: true,
  attentionDropout: true,
  linear: true,
  gain: true,
  activation: true,
  hidden: true,
  norm: true,
  dropout: true,
  random: true,
};

/** Tokens as vectors, with learned positions. */
class Tokens extends Module {
  readonly embedding: Embedding;
  readonly positions: LearnedPositions;
  readonly dropout: Dropout;

  constructor(vocabulary: number, options: TransformerOptions) {
    super();
    const { context, width, dropout = 0, random } = options;
    this.embedding = new Embedding(vocabulary, width, { random, deviation: 0.02 });
    this.positions = new LearnedPositions(context, width, { random });
    this.dropout = new Dropout(dropout, { random: random.split(1)[0]! });
  }

  forward(tokens: Tensor): Tensor {
    checkTensors("Transformer", tokens);
    const [context] = this.positions.weight.shape as [number];
    if (tokens.shape.length !== 2 || (tokens.shape[1] ?? 0) > context)
      throw new ShapeError(
        "Transformer",
        `tokens [batch, time] of at most ${context} times`,
        showShape(tokens.shape),
      );
    return this.dropout.forward(this.positions.forward(this.embedding.forward(tokens)));
  }
}

/**
 * An encoder-decoder transformer (Vaswani et al. 2017) of pre-norm blocks: what the encoder makes
 * of the source is attended to by each token of the target, which sees the target up to itself.
 * Source [batch, source], target [batch, time], int32, both ≤ context → logits
 * [batch, time, targetVocabulary], of the token after each. Masks [batch, source] and
 * [batch, time], bool, are true where a token is, false where there is padding. `linear` decides
 * every projection of the blocks; the head is dense, initial embeddings are N(0, 0.02²).
 * @throws ShapeError for no layers or context, or a sequence longer than the context; ValueError
 * for unknown words
 * @example
 * const sizes = { sourceVocabulary: 9, targetVocabulary: 7, context: 6, width: 8, heads: 2 };
 * const model = new Transformer({ ...sizes, layers: 1, linear: "rotation", random: rng(1) });
 * const tokens = (row: number[]) => tensor([row], { dtype: "int32" });
 * model.forward(tokens([1, 2, 3]), tokens([4, 5])).shape; // [1, 2, 7]
 */
export class Transformer extends Module {
  readonly source: Tokens;
  readonly target: Tokens;
  readonly encoder: readonly TransformerBlock[];
  readonly encoderNorm: LayerNorm | RmsNorm;
  readonly decoder: readonly DecoderBlock[];
  readonly decoderNorm: LayerNorm | RmsNorm;
  readonly head: Linear;

  constructor(options: TransformerOptions) {
    super();
    checkOptions("Transformer", options, names);
    const { sourceVocabulary, targetVocabulary, ...others } = options;
    const { context, width, layers, decoderLayers = layers, ...block } = others;
    checkSizes("Transformer", "layers, decoderLayers, context", layers, decoderLayers, context);
    const { norm = "layer", random } = block;
    describe(this, {
      ...{ sourceVocabulary, targetVocabulary, context, layers, decoderLayers },
      ...blockValues(width, block),
    });
    this.source = new Tokens(sourceVocabulary, options);
    this.target = new Tokens(targetVocabulary, options);
    this.encoder = Array.from({ length: layers }, () => new TransformerBlock(width, block));
    this.encoderNorm = normOf(norm, width);
    this.decoder = Array.from({ length: decoderLayers }, () => new DecoderBlock(width, block));
    this.decoderNorm = normOf(norm, width);
    this.head = new Linear(width, targetVocabulary, { random });
  }

  /** Those of torch.nn.Transformer. */
  override get pytorchNames(): Readonly<Record<string, readonly string[]>> {
    return {
      "encoder.layers": ["encoder"],
      "encoder.norm": ["encoderNorm"],
      "decoder.layers": ["decoder"],
      "decoder.norm": ["decoderNorm"],
    };
  }

  forward(source: Tensor, target: Tensor, sourceMask?: Tensor, targetMask?: Tensor): Tensor {
    return this.decode(target, this.encode(source, sourceMask), sourceMask, targetMask);
  }

  /** The memory [batch, source, width] of a source [batch, source], which the decoder reads. */
  encode(source: Tensor, sourceMask?: Tensor): Tensor {
    const start = this.source.forward(source);
    const mask = ofSources("sourceMask", source, sourceMask);
    return this.encoderNorm.forward(
      this.encoder.reduce((x, block) => block.forward(x, mask), start),
    );
  }

  /** Logits [batch, time, targetVocabulary] of a target [batch, time] and a memory. */
  decode(target: Tensor, memory: Tensor, sourceMask?: Tensor, targetMask?: Tensor): Tensor {
    const start = this.target.forward(target);
    const mask = ofSources("targetMask", target, targetMask);
    const memoryMask = ofSources("sourceMask", memory, sourceMask);
    const out = this.decoder.reduce(
      (x, block) => block.forward(x, memory, mask, memoryMask),
      start,
    );
    return this.head.forward(this.decoderNorm.forward(out));
  }
}

/** A mask [batch, time] as one of all heads and queries, [batch, 1, 1, time]. */
function ofSources(name: string, of: Tensor, mask: Tensor | undefined): Tensor | undefined {
  if (mask === undefined) return undefined;
  checkTensors("Transformer", of, mask);
  const [batch = 0, time = 0] = of.shape;
  if (mask.shape.length !== 2 || mask.shape[0] !== batch || mask.shape[1] !== time)
    throw new ShapeError("Transformer", `${name} [${batch}, ${time}]`, showShape(mask.shape));
  return reshape(mask, [batch, 1, 1, time]);
}

const { size } = fields;

/** {@link Transformer} in files. */
export const transformerModule: ModuleKind = moduleKind(
  "Transformer",
  Transformer,
  {
    ...{ sourceVocabulary: size, targetVocabulary: size, context: size, layers: size },
    ...{ decoderLayers: size, ...blockFields },
  },
  (options, { random }) => new Transformer({ ...options, random }),
);

partKinds(Tokens);
