/** @file Text from a language model, one token after another. */
import { noGrad, type Rng, slice, tensor } from "@spm/core";
import { ValueError } from "@spm/core/extend";
import { KeyValueCache } from "@spm/nn";
import { withEvaluation } from "@spm/nn/extend";
import type { Gpt } from "./gpt.ts";

/** How tokens are drawn. */
export interface GenerateOptions {
  /** How many to append. */
  readonly count: number;
  readonly random: Rng;
  /** Divides the logits: below 1 keeps to the likely ones, 0 takes the likeliest; 1 unless said. */
  readonly temperature?: number;
  /** Draws from so many of the likeliest; all unless said. */
  readonly topK?: number;
}

/**
 * Continues a prompt: each token is drawn from softmax(logits / temperature). Keys and values are
 * cached, so that a token costs one row; where the context is full it goes on from its later half.
 * @returns the prompt and what follows
 * @throws ValueError for an empty prompt or options out of range
 * @example
 * const tokens = await generate(model, [0], { count: 200, temperature: 0.8, random: rng(1) });
 */
export async function generate(
  model: Gpt,
  prompt: readonly number[],
  options: GenerateOptions,
): Promise<number[]> {
  const { count, random, temperature = 1, topK = Number.POSITIVE_INFINITY } = options;
  if (prompt.length === 0) throw new ValueError("generate", "a prompt of at least one token", 0);
  if (!Number.isSafeInteger(count) || count < 0)
    throw new ValueError("generate", "a whole count ≥ 0", count);
  if (!(temperature >= 0)) throw new ValueError("generate", "a temperature ≥ 0", temperature);
  if (!(topK >= 1)) throw new ValueError("generate", "topK ≥ 1", topK);
  const tokens = [...prompt];
  const caches = model.blocks.map(() => new KeyValueCache());
  const drawAll = async (): Promise<void> => {
    let seen = 0; // tokens from here on are not in the caches yet
    for (let k = 0; k < count; k++) {
      if (tokens.length - seen + (caches[0]?.length ?? 0) > model.context) {
        for (const cache of caches) cache.dispose();
        seen = Math.max(0, tokens.length - Math.ceil(model.context / 2));
      }
      const fresh = Int32Array.from(tokens.slice(seen));
      const logits = noGrad(() => {
        const out = model.extend(tensor(fresh, { shape: [1, fresh.length] }), caches);
        return slice(out, [undefined, { start: -1 }]);
      });
      seen = tokens.length;
      tokens.push(drawToken(await logits.data(), { temperature, topK, random }));
      logits.dispose();
    }
  };
  try {
    await withEvaluation(model, drawAll);
  } finally {
    for (const cache of caches) cache.dispose();
  }
  return tokens;
}

/** How one token is drawn. */
export interface DrawOptions {
  readonly random: Rng;
  /** Divides the logits; 0 takes the likeliest, 1 unless said. */
  readonly temperature?: number;
  /** Draws from so many of the likeliest; all unless said. */
  readonly topK?: number;
}

/**
 * An index drawn with probability ∝ e^(logit / temperature) among the `topK` largest logits. O(k
 * log k) for k logits.
 * @example drawToken([0, 1, 2], { temperature: 0, random: rng(1) }); // 2
 */
export function drawToken(
  logits: ArrayLike<number>,
  { random, temperature = 1, topK = Number.POSITIVE_INFINITY }: DrawOptions,
): number {
  const order = Array.from(logits, (logit, token) => ({ logit, token })).sort(
    (a, b) => b.logit - a.logit,
  );
  const kept = order.slice(0, temperature === 0 ? 1 : topK);
  const weights = kept.map(({ logit }) =>
    temperature === 0 ? 1 : Math.exp((logit - order[0]!.logit) / temperature),
  );
  let left = random.uniform() * weights.reduce((a, b) => a + b, 0);
  const k = weights.findIndex((weight) => {
    left -= weight;
    return left < 0;
  });
  return kept.at(k)!.token;
}
