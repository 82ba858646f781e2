/**
 * @file Hashed word n-grams to categories with one wide hidden layer of every structure: spam and
 * genres.
 */
import { rng } from "@spm/core";
import { DataLoader } from "@spm/data";
import { Mlp } from "@spm/models";
import { linearKinds } from "@spm/nn";
import { adam, cosine } from "@spm/optim";
import { classification } from "@spm/trainer";
import type { Experiment } from "../parts/experiment.ts";
import { linearNames, readNames, readNumbers } from "../parts/lists.ts";
import { uninterrupted } from "../parts/steps.ts";
import { trainInTurn } from "../parts/train-in-turn.ts";
import { loadBrown } from "./brown.ts";
import { type Corpus, partition } from "./corpus.ts";
import { type Outcome, textFindings } from "./findings.ts";
import { hashedWords } from "./hashed-words.ts";
import { loadSpamAssassin } from "./spam-assassin.ts";

const CORPORA = ["spam", "brown"] as const;
/** No hidden layer at all. */
const NONE = "none";

/** Whether a wide structured layer serves bags of words as well as a dense one. */
export const text: Experiment<{
  corpora: string;
  features: string;
  layers: string;
  hidden: number;
  epochs: number;
  batch: number;
  words: number;
  samples: number;
  rate: number;
}> = {
  name: "text",
  question: "Do structured layers classify hashed words as well as a dense layer?",
  settings: {
    corpora: "all",
    features: "2048,4096",
    layers: "none,dense,rotation,general,low-rank,block-diagonal,monarch,butterfly",
    hidden: 0, // 0: as many as features
    epochs: 3,
    batch: 64,
    words: 200,
    samples: 1_000_000,
    rate: 0,
  },
  quick: { features: "64", epochs: 1, samples: 400 },
  async run({ settings, seed, signal, log }) {
    const { corpora, features, layers, hidden, epochs, batch, words, samples, rate } = settings;
    const names = readNames("layers", layers, [NONE, ...linearNames] as const);
    const widths = readNumbers("features", features);
    const outcomes: Outcome[] = [];
    const chosen = readNames("corpora", corpora, CORPORA);
    for await (const corpusName of uninterrupted(chosen, signal)) {
      const corpus: Corpus =
        corpusName === "spam" ? await loadSpamAssassin() : await loadBrown(words);
      const { train, held } = partition(corpus, samples, rng(seed));
      const majority = majorityShare(held.map(({ label }) => label));
      for await (const n of uninterrupted(widths, signal)) {
        const trainSet = hashedWords(train, n);
        const runners = names.map((name) => {
          const sizes = [n, ...(name === NONE ? [] : [hidden || n]), corpus.categories.length];
          const linear = name === NONE ? "dense" : name;
          const model = new Mlp({ sizes, linear, random: rng(seed) });
          const batches = new DataLoader(trainSet, {
            batchSize: Math.min(batch, train.length),
            seed,
            dropLast: true,
          }).batches();
          const base = rate || linearKinds[linear].learningRate;
          const learningRate = cosine({
            learningRate: base,
            steps: epochs * batches.batchesPerEpoch,
          });
          return { name, model, optimizer: adam(model.parameters(), { learningRate }), batches };
        });
        const every = runners[0]!.batches.batchesPerEpoch;
        const trained = await trainInTurn(runners, {
          loss: classification,
          evalData: new DataLoader(hashedWords(held, n), { batchSize: Math.min(500, held.length) }),
          steps: epochs * every,
          every,
          signal,
          onReading: ({ name }, { step, metrics }) =>
            log(
              `${corpusName}, ${n} features, ${name}, step ${step}: ` +
                `accuracy ${metrics.accuracy?.toFixed(4)}`,
            ),
        });
        const sizes = {
          corpus: corpusName,
          features: n,
          train: train.length,
          held: held.length,
          majority,
        };
        for (const { name, model, readings } of trained)
          outcomes.push({ ...sizes, layer: name, parameters: model.parameterCount(), readings });
      }
    }
    return textFindings(outcomes);
  },
};

/** The accuracy of always naming the commonest category. */
function majorityShare(labels: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return Math.max(...counts.values()) / labels.length;
}
