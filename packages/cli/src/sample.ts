/** @file `spm sample`: text from a model that was trained on text, character by character. */
import { elements, noGrad, type Rng, rng, tensor, ValueError } from "@spm/core";
import { encodeCharacters } from "@spm/data";
import { CheckpointError } from "@spm/trainer";
import { loadModel } from "./saved-model.ts";

/** What to write. */
export interface SampleTextOptions {
  readonly prompt: string;
  /** Characters to write. */
  readonly length: number;
  /** Divides the logits: below 1 more certain, above 1 more varied; 0 always takes the likeliest. */
  readonly temperature: number;
  readonly seed: number;
}

/**
 * Goes on with the prompt.
 *
 * @returns the prompt and what follows. The same seed gives the same text.
 * @throws CheckpointError for a model that was not trained on text; DataError for characters that it never saw; ValueError for a
 * temperature below 0
 */
export function sample(path: string, { prompt, length, temperature, seed }: SampleTextOptions): string {
  const { model, config } = loadModel(path);
  const { vocabulary, options } = config;
  if (vocabulary === undefined)
    throw new CheckpointError("sample", "a model of text", `one of ${options.dataset}`, "spm train text --file FILE");
  if (!(temperature >= 0)) throw new ValueError("sample", "a temperature ≥ 0", temperature);
  const characters = [...vocabulary];
  const random = rng(seed);
  const { context } = options;
  const written = [...encodeCharacters(prompt, vocabulary)];
  while (written.length < context) written.unshift(written[0] ?? 0); // what a short prompt lacks in front of it
  for (let k = 0; k < length; k++) {
    const x = new Float32Array(context * characters.length);
    written.slice(-context).forEach((character, i) => {
      x[i * characters.length + character] = 1;
    });
    const logits = noGrad(() => [...elements(model.forward(tensor(x, { shape: [1, x.length] })).ndarray())]);
    written.push(draw(logits, temperature, random));
  }
  return (
    prompt +
    written
      .slice(written.length - length)
      .map((character) => characters[character])
      .join("")
  );
}

/** A class, each with the probability that softmax(logits / temperature) gives it. */
function draw(logits: readonly number[], temperature: number, random: Rng): number {
  const most = Math.max(...logits);
  if (temperature === 0) return logits.indexOf(most);
  const weights = logits.map((logit) => Math.exp((logit - most) / temperature));
  let left = random.uniform() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [k, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return k;
  }
  return weights.length - 1; // rounding left a little over
}
