/** @file Words and pairs of words, hashed into a fixed number of features. */
import { tensor } from "@spm/core";
import type { Dataset, LabelledBatch } from "@spm/data";
import type { LabelledText } from "./corpus.ts";

/** The features of a text that are not 0. */
interface Sparse {
  readonly places: Int32Array;
  readonly values: Float32Array;
}

/** FNV-1a of UTF-16 units, 32 bits (Fowler, Noll, Vo). */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/**
 * Feature hashing (Weinberger et al. 2009) of all words and neighbouring pairs: each adds ±1 to the
 * feature that its hash names, counts c become sign(c) ln(1 + |c|), and a text's vector is scaled
 * to a mean square of 1.
 */
function hashed(text: string, features: number): Sparse {
  const words = text.toLowerCase().match(/[\p{L}\p{N}'$]+/gu) ?? [];
  const counts = new Map<number, number>();
  const add = (gram: string): void => {
    const hash = fnv1a(gram);
    const place = hash % features;
    counts.set(place, (counts.get(place) ?? 0) + (hash >>> 31 === 0 ? 1 : -1));
  };
  words.forEach((word, k) => {
    add(word);
    if (k > 0) add(`${words[k - 1]} ${word}`);
  });
  const values = Float32Array.from(
    counts.values(),
    (count) => Math.sign(count) * Math.log1p(Math.abs(count)),
  );
  const norm = Math.sqrt(values.reduce((total, v) => total + v * v, 0)) || 1;
  return {
    places: Int32Array.from(counts.keys()),
    values: values.map((v) => (v * Math.sqrt(features)) / norm),
  };
}

/**
 * Texts as batches of x float32 [batch, features] and y int32 [batch]; they are hashed once, here.
 */
export function hashedWords(
  texts: readonly LabelledText[],
  features: number,
): Dataset<LabelledBatch> {
  const rows = texts.map(({ text, label }) => ({ ...hashed(text, features), label }));
  return {
    length: texts.length,
    batch(indices) {
      const x = new Float32Array(indices.length * features);
      const y = new Int32Array(indices.length);
      indices.forEach((sample, row) => {
        const { places, values, label } = rows[sample]!;
        y[row] = label;
        places.forEach((place, k) => {
          x[row * features + place] = values[k]!;
        });
      });
      return { x: tensor(x, { shape: [indices.length, features] }), y: tensor(y) };
    },
  };
}
