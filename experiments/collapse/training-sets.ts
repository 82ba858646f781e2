/** @file Small training sets, as many samples of each class: digits, and words of genres. */
import { type Rng, tensor } from "@spm/core";
import type { LabelledBatch } from "@spm/data";
import { loadMnist } from "@spm/data/mnist";
import { loadBrown } from "../text/brown.ts";
import { fnv1a } from "../text/hashed-words.ts";

/** All samples as one batch. */
export interface TrainingSet extends LabelledBatch {
  readonly classes: number;
}

/** Numbers of an image that is averaged over 3 × 3 pixels, without its border of 2: 8 · 8. */
export const AVERAGED = 64;
const [SIDE, BORDER, CELL, CELLS] = [28, 2, 3, 8];

/** A function that loads once for each key. */
function once<Key, Data>(load: (key: Key) => Promise<Data>): (key: Key) => Promise<Data> {
  const known = new Map<Key, Promise<Data>>();
  return (key) => {
    const data = known.get(key) ?? load(key);
    known.set(key, data);
    return data;
  };
}
const images = once((_name: "mnist") => loadMnist());
const corpus = once((words: number) => loadBrown(words));

/** Images of each digit, drawn anew by `random`: x [10 · each, 64], or all 784 pixels. */
export async function digits(each: number, whole: boolean, random: Rng): Promise<TrainingSet> {
  const { train } = await images("mnist");
  const chosen = drawn(train.labels, 10, each, random);
  const features = whole ? SIDE * SIDE : AVERAGED;
  const x = new Float32Array(chosen.length * features);
  for (const [row, image] of chosen.entries()) {
    const pixels = train.pixels.subarray(image * SIDE * SIDE, (image + 1) * SIDE * SIDE);
    const into = x.subarray(row * features, (row + 1) * features);
    if (whole) for (const [k, value] of pixels.entries()) into[k] = value / 255;
    else averaged(pixels, into);
  }
  return {
    x: tensor(x, { shape: [chosen.length, features] }),
    y: tensor(Int32Array.from(chosen, (image) => train.labels[image] ?? 0)),
    classes: 10,
  };
}

function averaged(pixels: Uint8Array, into: Float32Array): void {
  const inCell = Array.from({ length: CELL * CELL }, (_, k) => [Math.floor(k / CELL), k % CELL]);
  for (const cell of into.keys()) {
    const [top, left] = [Math.floor(cell / CELLS), cell % CELLS].map((k) => BORDER + CELL * k) as [
      number,
      number,
    ];
    const values = inCell.map(([r = 0, c = 0]) => pixels[(top + r) * SIDE + left + c] ?? 0);
    into[cell] = values.reduce((sum, v) => sum + v, 0) / (255 * values.length);
  }
}

/** Genres of the Brown corpus that are told apart. */
const GENRES: readonly string[] = ["government", "hobbies", "learned", "news", "romance"];

/** Sizes of the texts. */
export interface TextSizes {
  readonly words: number;
  readonly vocabulary: number;
}

/** Texts of each genre as hashed words: x int32 [5 · each, words] in [0, vocabulary). */
export async function genres(
  each: number,
  { words, vocabulary }: TextSizes,
  random: Rng,
): Promise<TrainingSet> {
  const { categories, texts } = await corpus(words);
  const ours = texts.flatMap(({ text, label }) => {
    const y = GENRES.indexOf(categories[label] ?? "");
    const list = text.toLowerCase().split(" ");
    return y < 0 || list.length !== words ? [] : [{ list, y }];
  });
  const labels = ours.map(({ y }) => y);
  const chosen = drawn(labels, GENRES.length, each, random);
  const tokens = chosen.flatMap((k) => ours[k]?.list.map((word) => fnv1a(word) % vocabulary) ?? []);
  return {
    x: tensor(Int32Array.from(tokens), { shape: [chosen.length, words] }),
    y: tensor(Int32Array.from(chosen, (k) => labels[k] ?? 0)),
    classes: GENRES.length,
  };
}

/** The places of `each` labels of each class, class by class. */
function drawn(labels: ArrayLike<number>, classes: number, each: number, random: Rng): number[] {
  const found: number[][] = Array.from({ length: classes }, () => []);
  for (const k of random.permutation(labels.length)) {
    const own = found[labels[k] ?? 0];
    if (own !== undefined && own.length < each) own.push(k);
  }
  return found.flat();
}
