/** @file `spm sample`: text from a model that was trained on text, character by character. */
import { noGrad, rng, tensor } from "@spm/core";
import { ValueError } from "@spm/core/extend";
import { encodeCharacters } from "@spm/data";
import { drawToken, type Gpt, generate } from "@spm/models";
import { CheckpointError } from "@spm/trainer";
import { spmItself } from "./caller.ts";
import { gptOfRun } from "./experiment-run.ts";
import type { Registries } from "./registries.ts";
import { languageModel } from "./saved-gpt.ts";
import { loadModel, openCheckpoint, type SavedModel } from "./saved-model.ts";

/** The text to write. */
export interface SampleTextOptions {
  readonly prompt: string;
  /** Characters to write. */
  readonly length: number;
  /**
   * Divides the logits: below 1 more certain, above 1 more varied; 0 always takes the likeliest.
   */
  readonly temperature: number;
  readonly seed: number;
}

/**
 * Goes on with the prompt.
 *
 * @param path - a run folder or checkpoint of `spm train text`, or a GPT that
 * `spm experiment charlm`, `spm quantise` or `python/spm_torch` saved, whose keys and values are
 * cached.
 * @returns the prompt and what follows. The same seed gives the same text.
 * @throws CheckpointError for a model that was not trained on text; DataError for characters that
 * it never saw; ValueError for a temperature below 0
 */
export async function sample(
  path: string,
  options: SampleTextOptions,
  registries: Registries,
): Promise<string> {
  if (!(options.temperature >= 0))
    throw new ValueError("sample", "a temperature ≥ 0", options.temperature);
  const file = gptOfRun("sample", path);
  const checkpoint = await openCheckpoint(file);
  const gpt = languageModel("sample", file, checkpoint);
  return gpt === undefined
    ? sampleMlp(loadModel(path, checkpoint, registries), options)
    : sampleGpt(gpt, options);
}

async function sampleGpt(
  { model, vocabulary }: { readonly model: Gpt; readonly vocabulary: string },
  { prompt, length, temperature, seed }: SampleTextOptions,
): Promise<string> {
  const from = prompt === "" ? vocabulary.slice(0, 1) : prompt;
  const start = [...encodeCharacters(from, vocabulary, "the prompt")];
  const tokens = await generate(model, start, { count: length, temperature, random: rng(seed) });
  const characters = [...vocabulary];
  return (
    prompt +
    tokens
      .slice(start.length)
      .map((token) => characters[token])
      .join("")
  );
}

/** A model that reads its whole context again for each character. */
async function sampleMlp(
  { model, config }: SavedModel,
  { prompt, length, temperature, seed }: SampleTextOptions,
): Promise<string> {
  const { vocabulary, features, options } = config;
  if (vocabulary === undefined)
    throw new CheckpointError(
      "sample",
      "a model of text",
      `one of ${options.dataset}`,
      `${spmItself.command} train text --file FILE makes one`,
    );
  const characters = [...vocabulary];
  const random = rng(seed);
  const context = features / characters.length;
  const written = [...encodeCharacters(prompt, vocabulary, "the prompt")];
  // what a short prompt lacks in front of it
  while (written.length < context) written.unshift(written[0] ?? 0);
  for (let k = 0; k < length; k++) {
    const x = new Float32Array(context * characters.length);
    written.slice(-context).forEach((character, i) => {
      x[i * characters.length + character] = 1;
    });
    const out = noGrad(() => model.forward(tensor(x, { shape: [1, x.length] })));
    const logits = [...(await out.data())];
    out.dispose();
    written.push(drawToken(logits, { temperature, random }));
  }
  return (
    prompt +
    written
      .slice(written.length - length)
      .map((character) => characters[character])
      .join("")
  );
}
