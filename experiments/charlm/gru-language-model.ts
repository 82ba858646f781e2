/** @file A recurrent language model to compare the transformers with. */
import { noGrad, type Rng, reshape, type Tensor, tensor, zeros } from "@spm/core";
import { drawToken } from "@spm/models";
import { Embedding, Gru, Linear, type LinearChoice, Module } from "@spm/nn";

/** Options of {@link GruLanguageModel}. */
export interface GruLanguageModelOptions {
  readonly vocabulary: number;
  /** Width of the embedding. */
  readonly width: number;
  /** Width of the state. */
  readonly hidden: number;
  readonly linear: LinearChoice;
  readonly random: Rng;
}

/**
 * Embedding, one GRU, a dense head: tokens [batch, time], int32 → logits [batch, time, vocabulary].
 * `linear` is the kind of the GRU's six maps.
 */
export class GruLanguageModel extends Module {
  readonly embedding: Embedding;
  readonly gru: Gru;
  readonly head: Linear;

  constructor({ vocabulary, width, hidden, linear, random }: GruLanguageModelOptions) {
    super();
    this.embedding = new Embedding(vocabulary, width, { random, deviation: 0.02 });
    this.gru = new Gru(width, hidden, { linear, random });
    this.head = new Linear(hidden, vocabulary, { random });
  }

  forward(tokens: Tensor): Tensor {
    return this.head.forward(this.gru.forward(this.embedding.forward(tokens)));
  }

  /** Continues a prompt, a state at a time. @returns the prompt and its continuation */
  async write(
    prompt: readonly number[],
    count: number,
    temperature: number,
    random: Rng,
  ): Promise<number[]> {
    const { cell } = this.gru;
    const tokens = [...prompt];
    let state = zeros([1, cell.hidden.r.inFeatures]);
    for (let k = 0; tokens.length < prompt.length + count; k++) {
      const next = noGrad(() => {
        const h = cell.forward(this.embedding.forward(tensor(Int32Array.of(tokens[k]!))), state);
        return { h, logits: reshape(this.head.forward(h), [-1]) };
      });
      state.dispose();
      state = next.h;
      if (k >= prompt.length - 1)
        tokens.push(drawToken(await next.logits.data(), { temperature, random }));
      next.logits.dispose();
    }
    state.dispose();
    return tokens;
  }
}
