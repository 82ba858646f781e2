/**
 * @file Hashed word n-grams to categories with one wide hidden layer of every structure: spam and
 * genres.
 */
import { rng } from "@spm/core";
import { DataLoader, type LabelledBatch } from "@spm/data";
import { Mlp } from "@spm/models";
import { linearKinds } from "@spm/nn";
import { adam, cosine } from "@spm/optim";
import { classification } from "@spm/trainer";
import type { Experiment } from "../parts/experiment.ts";
import { readNames, readNumbers } from "../parts/lists.ts";
import { type MapRow, mapKinds, mapRow } from "../parts/map-rows.ts";
import { uninterrupted } from "../parts/steps.ts";
import { earlierAttempts, seedsFrom } from "../parts/sweep.ts";
import { sweepInTurn } from "../parts/sweep-in-turn.ts";
import { loadBrown } from "./brown.ts";
import { type Corpus, type LabelledText, partition } from "./corpus.ts";
import { type TextAttempt, textFindings } from "./findings.ts";
import { hashedWords } from "./hashed-words.ts";
import { loadSpamAssassin } from "./spam-assassin.ts";

const CORPORA = ["spam", "brown"] as const;
/** No hidden layer at all. */
const NONE = "none";
/** Of the generator that splits a corpus: one split for all seeds. */
const SPLIT = 1;
const EVALUATION_BATCH = 500;

const settings = {
  corpora: "all",
  features: "2048,4096",
  /** By name, with commas: no hidden layer, or one as wide as the features or as its name says. */
  rows: "none,dense,rotation,general,low-rank,block-diagonal,monarch,butterfly",
  epochs: 3,
  batch: 64,
  words: 200,
  samples: 1_000_000,
  seeds: 1,
  /** Learning rates to choose from; a row's own without any. */
  rates: "",
  /** A folder of runs of this experiment: their results as one report, without training. */
  from: "",
};

/** The rows of a tuned comparison, some narrow ones of a mixer's numbers among them. */
const tunedRows = [
  ...[settings.rows, "sparse-rotation", "dense-10", "dense-27"],
  ...["dense-256", "rotation-256", "general-256", "monarch-256"],
].join(",");

/** Whether a wide structured layer serves bags of words as well as a dense one. */
export const text: Experiment<typeof settings> = {
  name: "text",
  question: "Do structured layers classify hashed words as well as a dense layer?",
  settings,
  quick: { features: "64", epochs: 1, samples: 400 },
  tune: { features: "2048", rows: tunedRows, rates: "0.0003,0.001,0.003,0.01,0.03", seeds: 3 },
  async run({ settings: given, seed, signal, log }) {
    const { epochs, batch, words, samples, rates, from } = given;
    if (from !== "") return textFindings(earlierAttempts<TextAttempt>(from, "text"));
    const rows = given.rows.split(",").map((part) => textRow(part.trim()));
    const widths = readNumbers("features", given.features);
    const attempts: TextAttempt[] = [];
    const chosen = readNames("corpora", given.corpora, CORPORA);
    for await (const name of uninterrupted(chosen, signal)) {
      const corpus: Corpus = name === "spam" ? await loadSpamAssassin() : await loadBrown(words);
      const { train, validation, test } = parted(corpus, samples);
      for await (const n of uninterrupted(widths, signal)) {
        const learned = hashedWords(train, n);
        const loader = (own: number): DataLoader<LabelledBatch> =>
          new DataLoader(learned, {
            batchSize: Math.min(batch, train.length),
            seed: own,
            dropLast: true,
          });
        const every = loader(seed).batchesPerEpoch;
        const steps = epochs * every;
        const found = await sweepInTurn<Mlp, LabelledBatch, MapRow>(rows, {
          ...{ rates, seeds: seedsFrom(seed, given.seeds), signal, log, steps, every },
          loss: classification,
          score: ({ accuracy = 0 }) => 1 - accuracy,
          validation: hashedWords(validation, n),
          test: hashedWords(test, n),
          evaluationBatch: EVALUATION_BATCH,
          start({ row, kind, width = n, rate }, k) {
            const sizes = [n, ...(row === NONE ? [] : [width]), corpus.categories.length];
            const model = new Mlp({ sizes, linear: mapKinds[kind].create, random: rng(k) });
            const learningRate = cosine({ learningRate: rate, steps });
            const optimizer = adam(model.parameters(), { learningRate });
            return { model, optimizer, batches: loader(k).batches() };
          },
        });
        const majority = majorityShare(test.map(({ label }) => label));
        const facts = { corpus: name, features: n, train: train.length, held: test.length };
        attempts.push(
          ...found.map(({ row, ...one }) => ({
            ...{ ...one, ...facts, majority },
            row: `${name}, ${n}, ${row}`,
            layer: row,
          })),
        );
      }
    }
    return textFindings(attempts);
  },
};

/** A row by its name. @throws ValueError for an unknown one */
const textRow = (name: string): MapRow =>
  name === NONE
    ? { ...mapRow("dense"), row: NONE, ownRate: linearKinds.dense.learningRate }
    : mapRow(name);

/** A fifth of the documents for the test, a fifth of the others for validation. */
function parted(
  corpus: Corpus,
  samples: number,
): Record<"train" | "validation" | "test", LabelledText[]> {
  const random = rng(SPLIT);
  const { train: rest, held: test } = partition(corpus, samples, random);
  const { train, held: validation } = partition({ ...corpus, texts: rest }, samples, random);
  return { train, validation, test };
}

/** The accuracy of always naming the commonest category. */
function majorityShare(labels: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return Math.max(...counts.values()) / labels.length;
}
