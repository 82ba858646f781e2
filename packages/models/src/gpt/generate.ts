/** @file Text from a language model, one token after another. */
import { noGrad, type Rng, slice, type Tensor, tensor, withBackend } from "@spm/core";
import {
  checkList,
  checkOptions,
  checkRandom,
  kindOf,
  type OptionNames,
  ValueError,
} from "@spm/core/extend";
import { KeyValueCache } from "@spm/nn";
import { withEvaluation } from "@spm/nn/extend";
import { Gpt } from "./gpt.ts";

/** Options of {@link drawToken}. */
export interface DrawTokenOptions {
  readonly random: Rng;
  /**
   * Divides the logits: below 1 the likely tokens become likelier, at 0 the likeliest is taken.
   * @defaultValue 1
   */
  readonly temperature?: number;
  /**
   * The number of likeliest tokens that are drawn from.
   * @defaultValue all
   */
  readonly topK?: number;
}

/** Options of {@link generate}. */
export interface GenerateOptions extends DrawTokenOptions {
  /** The number of tokens to append. */
  readonly count: number;
}

const drawOptions: OptionNames<DrawTokenOptions> = { random: true, temperature: true, topK: true };
const names: OptionNames<GenerateOptions> = { ...drawOptions, count: true };

/**
 * Continues a prompt: each token is drawn from softmax(logits / temperature). Keys and values are
 * cached, so that a token costs one row; at a full context the cache starts anew from its later
 * half.
 * @returns the prompt and the new tokens
 * @throws ValueError for an empty prompt or options out of range
 * @example
 * const sizes = { vocabulary: 65, context: 32, width: 8, heads: 2, layers: 1 };
 * const model = new Gpt({ ...sizes, random: rng(1) });
 * (await generate(model, [0], { count: 5, temperature: 0.8, random: rng(2) })).length; // 6
 */
export async function generate(
  model: Gpt,
  prompt: readonly number[],
  options: GenerateOptions,
): Promise<number[]> {
  if (!(model instanceof Gpt)) throw new ValueError("generate", "a Gpt", kindOf(model));
  checkOptions("generate", options, names);
  const { count, random, temperature = 1, topK = Number.POSITIVE_INFINITY } = options;
  checkRandom("generate", random);
  if (checkList("generate", prompt, "tokens").length === 0)
    throw new ValueError("generate", "a prompt of at least one token", 0);
  if (!Number.isSafeInteger(count) || count < 0)
    throw new ValueError("generate", "a whole count ≥ 0", count);
  checkDraw("generate", temperature, topK);
  const tokens = [...prompt];
  const caches = model.blocks.map(() => new KeyValueCache());
  const { backend } = model.embedding.weight;
  try {
    let seen = 0; // tokens from here on are not in the caches yet
    for (let k = 0; k < count; k++) {
      if (tokens.length - seen + (caches[0]?.length ?? 0) > model.context) {
        for (const cache of caches) cache.dispose();
        seen = Math.max(0, tokens.length - Math.ceil(model.context / 2));
      }
      const fresh = Int32Array.from(tokens.slice(seen));
      const last = (): Tensor => {
        const out = model.extend(tensor(fresh, { shape: [1, fresh.length] }), caches);
        return slice(out, [undefined, { start: -1 }]);
      };
      // only meanwhile: what runs while the logits are read has its own backend and mode
      const logits = withBackend(backend, () => withEvaluation(model, () => noGrad(last)));
      seen = tokens.length;
      tokens.push(drawToken(await logits.data(), { temperature, topK, random }));
      logits.dispose();
    }
  } finally {
    for (const cache of caches) cache.dispose();
  }
  return tokens;
}

/** @throws ValueError for options of a draw out of range */
function checkDraw(op: string, temperature: number, topK: number): void {
  if (!(temperature >= 0)) throw new ValueError(op, "a temperature ≥ 0", temperature);
  if (!(topK >= 1)) throw new ValueError(op, "topK ≥ 1", topK);
}

/**
 * An index drawn with probability ∝ e^(logit / temperature) among the `topK` largest logits. Cost
 * O(k log k) for k logits.
 * @param logits - [k]; −∞ is never drawn
 * @throws ValueError for NaN, +∞ or −∞ alone, and for options out of range
 * @example drawToken([0, 1, 2], { temperature: 0, random: rng(1) }); // 2
 */
export function drawToken(logits: ArrayLike<number>, options: DrawTokenOptions): number {
  checkOptions("drawToken", options, drawOptions);
  const { random, temperature = 1, topK = Number.POSITIVE_INFINITY } = options;
  checkRandom("drawToken", random);
  checkDraw("drawToken", temperature, topK);
  if (typeof logits?.length !== "number")
    throw new ValueError("drawToken", "an array of logits", kindOf(logits));
  const top = Array.from(logits).reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (!Number.isFinite(top))
    throw new ValueError("drawToken", "logits below Infinity, one of them finite", top);
  const order = Array.from(logits, (logit, token) => ({ logit, token })).sort(
    (a, b) => b.logit - a.logit,
  );
  const kept = order.slice(0, temperature === 0 ? 1 : topK);
  const weights = kept.map(({ logit }) =>
    temperature === 0 ? 1 : Math.exp((logit - top) / temperature),
  );
  let left = random.uniform() * weights.reduce((a, b) => a + b, 0);
  const k = weights.findIndex((weight) => {
    left -= weight;
    return left < 0;
  });
  return kept.at(k)!.token;
}
