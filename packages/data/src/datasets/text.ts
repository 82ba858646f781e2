/** @file A text file by name: each character is predicted from those before it. */
import { readFile } from "node:fs/promises";
import { checkOptions, ValueError } from "@spm/core/extend";
import { encodeCharacters, characters as oneHot, vocabularyOf } from "../characters.ts";
import type { Dataset, LabelledBatch } from "../dataset.ts";
import { DataError } from "../errors.ts";
import { nextCharacters } from "../next-characters.ts";
import type { DatasetEntry } from "./entry.ts";

/** Options of {@link text}. */
interface TextOptions {
  readonly file: string;
  readonly context?: number;
}

const TRAIN = 0.9;
const LONGEST = 1024;

/** The characters of a file: the first nine tenths are training data, the rest is test data. */
export const text: DatasetEntry<TextOptions> = {
  description: "a file of yours, each character from those before it",
  options: {
    file: { description: "the text file", type: "string" },
    context: {
      description: "characters that a model of text sees",
      type: "integer",
      minimum: 1,
      maximum: LONGEST,
      default: 8,
    },
  },
  required: ["file"],
  load: async (options, { windows = false } = {}) => {
    checkOptions("text", options, text.options);
    const { file, context = 8 } = options;
    if (!(context <= LONGEST)) throw new ValueError("text", `a context ≤ ${LONGEST}`, context);
    const all = [...(await textOf(file))];
    const vocabulary = vocabularyOf(all.join(""));
    const size = [...vocabulary].length;
    const cut = Math.floor(TRAIN * all.length);
    if (all.length - cut <= context)
      throw new DataError("text", `over ${10 * context} characters in ${file}`, all.length);
    const part = (from: number, to?: number): Dataset<LabelledBatch> => {
      const characters = all.slice(from, to).join("");
      return windows
        ? nextCharacters(encodeCharacters(characters, vocabulary), { context, stride: context })
        : oneHot(characters, { context, vocabulary });
    };
    return {
      train: part(0, cut),
      test: part(cut),
      features: context * size,
      classes: size,
      vocabulary,
    };
  },
};

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new DataError("text", `a text file at ${file}`, (error as Error).message);
  }
}
