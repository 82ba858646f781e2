/** @file Text as a classification problem: the next character from those before it. */
import { tensor } from "@spm/core";
import { checkOptions, type OptionNames, ValueError } from "@spm/core/extend";
import type { Dataset, LabelledBatch } from "./dataset.ts";
import { digestOf } from "./digest.ts";
import { DataError } from "./errors.ts";

/** Options of {@link characters}. */
export interface CharactersOptions {
  /** Characters of a sample, at least 1. */
  readonly context: number;
  /** Every character of the text, as {@link vocabularyOf} returns them; its index is its class. */
  readonly vocabulary: string;
}

const names: OptionNames<CharactersOptions> = { context: true, vocabulary: true };

/**
 * The characters of a text, each once, in the order of their code points.
 *
 * @example
 * ```ts
 * import { vocabularyOf } from "@spm/data";
 * vocabularyOf("banana"); // "abn"
 * ```
 */
export function vocabularyOf(text: string): string {
  return [...new Set(text)].sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!).join("");
}

/**
 * A dataset with a sample for each character after the first `context` ones: y is its class, x the
 * characters before it, one-hot.
 *
 * @returns batches of x float32 [batch, context · vocabulary] and y int32 [batch]
 * @throws ValueError for a context below 1; DataError for a text no longer than the context, or a
 * character that isn't in the vocabulary; OptionError for an unknown option
 * @example
 * ```ts
 * import { characters, vocabularyOf } from "@spm/data";
 * const text = "banana";
 * const { x, y } = characters(text, { context: 2, vocabulary: vocabularyOf(text) }).batch(
 *   Int32Array.of(0),
 * );
 * console.log(x.shape, await y.data()); // [1, 6], the class of the first "n": 2
 * ```
 */
export function characters(text: string, options: CharactersOptions): Dataset<LabelledBatch> {
  checkOptions("characters", options, names);
  const { context, vocabulary } = options;
  if (!Number.isInteger(context) || context < 1)
    throw new ValueError("characters", "a whole context ≥ 1", context);
  const classes = encodeCharacters(text, vocabulary);
  const length = classes.length - context;
  if (length < 1)
    throw new DataError(
      "characters",
      `more than ${context} characters, the context`,
      classes.length,
    );
  const size = [...vocabulary].length;
  return {
    length,
    digest: () => digestOf(classes, vocabulary, context),
    batch(indices) {
      const x = new Float32Array(indices.length * context * size);
      indices.forEach((sample, row) => {
        for (let k = 0; k < context; k++) x[(row * context + k) * size + classes[sample + k]!] = 1;
      });
      const y = Int32Array.from(indices, (sample) => classes[sample + context]!);
      return { x: tensor(x, { shape: [indices.length, context * size] }), y: tensor(y) };
    },
  };
}

/**
 * The class of each character of a text: its index in the vocabulary.
 *
 * @param source - the name of the text in messages (default: "the text")
 * @returns int32 [characters]
 * @throws DataError for a character that isn't in the vocabulary, naming its line
 * @example
 * ```ts
 * import { encodeCharacters } from "@spm/data";
 * encodeCharacters("nab", "abn"); // Int32Array [2, 0, 1]
 * ```
 */
export function encodeCharacters(
  text: string,
  vocabulary: string,
  source = "the text",
): Int32Array {
  const classOf = new Map([...vocabulary].map((character, i) => [character, i]));
  let line = 1;
  return Int32Array.from([...text], (character) => {
    const found = classOf.get(character);
    if (found === undefined)
      throw new DataError(
        "characters",
        "characters of the vocabulary",
        `${JSON.stringify(character)} in line ${line} of ${source}`,
      );
    if (character === "\n") line++;
    return found;
  });
}
