/** @file Text as a classification problem: the next character from those before it. */
import { tensor } from "@spm/core";
import { ValueError } from "@spm/core/extend";
import type { Dataset, LabelledBatch } from "./dataset.ts";
import { DataError } from "./errors.ts";

/** How text becomes samples. */
export interface CharactersOptions {
  /** Characters that the model sees, at least 1. */
  readonly context: number;
  /**
   * Every character that may occur, as {@link vocabularyOf} gives them; a character's class is its
   * place.
   */
  readonly vocabulary: string;
}

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
 * One sample a character that has a whole context before it: x the context, one-hot, y the
 * character's class.
 *
 * @returns batches of x float32 [batch, context · vocabulary] and y int32 [batch]; a batch costs
 * its size
 * @throws ValueError for a context below 1; DataError for a text no longer than the context, or a
 * character that is not in the vocabulary
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
export function characters(
  text: string,
  { context, vocabulary }: CharactersOptions,
): Dataset<LabelledBatch> {
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
 * The classes of a text's characters.
 *
 * @throws DataError for one that is not in the vocabulary
 * @example
 * ```ts
 * import { encodeCharacters } from "@spm/data";
 * encodeCharacters("nab", "abn"); // Int32Array [2, 0, 1]
 * ```
 */
export function encodeCharacters(text: string, vocabulary: string): Int32Array {
  const classOf = new Map([...vocabulary].map((character, i) => [character, i]));
  return Int32Array.from([...text], (character) => {
    const found = classOf.get(character);
    if (found === undefined)
      throw new DataError("characters", "characters of the vocabulary", JSON.stringify(character));
    return found;
  });
}
