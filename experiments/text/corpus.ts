/** @file Texts with categories, split for training and evaluation. */
import type { Rng } from "@spm/core";
import { ValueError } from "@spm/core/extend";

/** A text with its category. */
export interface LabelledText {
  readonly text: string;
  /** Index into the corpus's categories. */
  readonly label: number;
  /** The document that it is a part of: parts of one document are on one side of the split. */
  readonly document: number;
}

/** A corpus. */
export interface Corpus {
  readonly categories: readonly string[];
  readonly texts: readonly LabelledText[];
}

/** Share of the documents that is held out. */
const HELD = 0.2;

/**
 * At most `limit` texts at random, in whole documents, split by document.
 * @throws ValueError unless both sides get a text
 */
export function partition(
  { texts }: Corpus,
  limit: number,
  random: Rng,
): { readonly train: LabelledText[]; readonly held: LabelledText[] } {
  const documents = new Map<number, LabelledText[]>();
  for (const text of texts)
    documents.set(text.document, [...(documents.get(text.document) ?? []), text]);
  const all = [...documents.values()];
  const chosen: LabelledText[][] = [];
  let count = 0;
  for (const k of random.permutation(all.length)) {
    if (count >= limit) break;
    const document = all[k]!;
    chosen.push(document);
    count += document.length;
  }
  const cut = Math.round(HELD * chosen.length);
  const [held, train] = [chosen.slice(0, cut).flat(), chosen.slice(cut).flat()];
  if (held.length === 0 || train.length === 0)
    throw new ValueError("text", "enough samples for both sides", `${chosen.length} documents`);
  return { train, held };
}
