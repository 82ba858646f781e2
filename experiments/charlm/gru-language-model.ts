/** @file A recurrent language model to compare the transformers with. */
import { noGrad, type Rng, reshape, type Tensor, tensor, zeros } from "@spm/core";
import { drawToken } from "@spm/models";
import { Embedding, Gru, type HiddenState, Linear, type LinearChoice, Module } from "@spm/nn";

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
    const tokens = [...prompt];
    let state: HiddenState = [zeros([1, 1, this.gru.width])];
    for (let k = 0; tokens.length < prompt.length + count; k++) {
      const next = noGrad(() => {
        const x = this.embedding.forward(tensor([[tokens[k]!]], { dtype: "int32" }));
        const { output, state: after } = this.gru.scan(x, { state });
        return { after, logits: reshape(this.head.forward(output), [-1]) };
      });
      state[0].dispose();
      state = next.after;
      if (k >= prompt.length - 1)
        tokens.push(drawToken(await next.logits.data(), { temperature, random }));
      next.logits.dispose();
    }
    state[0].dispose();
    return tokens;
  }
}
