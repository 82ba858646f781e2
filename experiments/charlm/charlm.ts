/**
 * @file A character language model on Moby Dick with every projection dense, or a mixer, and a
 * recurrent model for comparison.
 */
import { currentBackend, rng, setBackend } from "@spm/core";
import {
  DataLoader,
  encodeCharacters,
  nextCharacters,
  vocabularyOf,
  type WindowBatch,
} from "@spm/data";
import { Gpt } from "@spm/models";
import { crossEntropy } from "@spm/nn";
import { adamw, clipByGlobalNorm, oneCycle } from "@spm/optim";
import type { LossFunction } from "@spm/trainer";
import type { Experiment } from "../parts/experiment.ts";
import { linearNames } from "../parts/lists.ts";
import { earlierAttempts, seedsFrom } from "../parts/sweep.ts";
import { sweepInTurn, type TurnAttempt } from "../parts/sweep-in-turn.ts";
import { type CharlmAttempt, charlmFindings } from "./findings.ts";
import {
  gptSizes,
  inCpuMemory,
  type LanguageModel,
  type LanguageRow,
  type LanguageSizes,
  languageModel,
  languageRow,
  write,
} from "./language-model.ts";
import { loadMobyDick } from "./moby-dick.ts";
import { savedGpt } from "./saved-gpt.ts";

/** Of the book: to learn from, and to choose rates by; the rest is reported. */
const [LEARNED, VALIDATION] = [0.85, 0.05];
/** Small, since an interruption waits for the end of a batch. */
const EVALUATION_BATCH = 8;
const PROMPT = "The whale ";

const loss: LossFunction<LanguageModel, WindowBatch> = (model, { x, y }) => ({
  loss: crossEntropy(model.forward(x), y),
  weight: y.shape[0]!,
});

const settings = {
  /** By name, with commas. */
  rows: "dense,rotation,general,gru-dense",
  width: 256,
  layers: 4,
  heads: 4,
  context: 128,
  batch: 32,
  steps: 1000,
  seeds: 1,
  /** Learning rates to choose from; a row's own without any. */
  rates: "",
  evaluations: 4,
  characters: 1_213_006,
  sample: 300,
  temperature: 0.8,
  /** A folder of runs of this experiment: their results as one report, without training. */
  from: "",
};

/** The rows of a tuned comparison: from `sparse-general` on of about as many numbers as general. */
const tunedRows = [
  ...["dense", "rotation", "general", "gru-dense", "sparse-general", "rotation-512"],
  ...["monarch-224", "dense-80", "dense-112x2", "tied-dense-152", "shared-dense-152"],
].join(",");

/** Nats and bits per character, at equal steps and by seconds. */
export const charlm: Experiment<typeof settings> = {
  name: "charlm",
  question: "How well does a character language model of mixers predict Moby Dick?",
  settings,
  quick: {
    width: 16,
    layers: 1,
    heads: 2,
    context: 16,
    batch: 8,
    steps: 12,
    characters: 6000,
    sample: 20,
    evaluations: 2,
  },
  tune: { rows: tunedRows, rates: "0.001,0.003,0.01,0.02", seeds: 3 },
  async run({ settings: given, seed, signal, log }) {
    const { context, batch, steps, rates, from } = given;
    if (from !== "") return charlmFindings(earlierAttempts<CharlmAttempt>(from, "charlm"));
    const rows = given.rows.split(",").map((part) => languageRow(part.trim()));
    const text = [...(await loadMobyDick())].slice(0, given.characters).join("");
    const vocabulary = vocabularyOf(text);
    const classes = encodeCharacters(text, vocabulary);
    const [first, second] = [LEARNED, LEARNED + VALIDATION].map((share) =>
      Math.floor(share * classes.length),
    );
    const train = nextCharacters(classes.subarray(0, first), { context });
    const sizes = { ...given, vocabulary: vocabulary.length };
    const samples = new Map<TurnAttempt, Sample>();
    const attempts = await sweepInTurn<LanguageModel, WindowBatch, LanguageRow>(rows, {
      ...{ rates, seeds: seedsFrom(seed, given.seeds), signal, log, steps, loss },
      score: (metrics) => metrics.loss,
      validation: nextCharacters(classes.subarray(first, second), { context, stride: context }),
      test: nextCharacters(classes.subarray(second), { context, stride: context }),
      evaluationBatch: Math.min(batch, EVALUATION_BATCH),
      every: Math.ceil(steps / given.evaluations),
      gradients: (grads) => clipByGlobalNorm(grads, 1).grads,
      start({ rate, ...row }, k) {
        const model = languageModel(row, sizes, k);
        const learningRate = oneCycle({ learningRate: rate, steps, rise: 0.1 });
        const optimizer = adamw(model.parameters(), { learningRate, weightDecay: 0.01 });
        const loader = new DataLoader(train, { batchSize: batch, seed: k, dropLast: true });
        return { model, optimizer, batches: loader.batches() };
      },
      async onEnd(attempt, model, row) {
        // of a sweep's models none is kept
        if (!rates.includes(","))
          samples.set(
            attempt,
            await sampleOf(model, row, { sizes, vocabulary, seed: attempt.seed }),
          );
      },
    });
    const findings = charlmFindings(
      attempts.map((attempt) => ({ ...attempt, written: samples.get(attempt)?.written ?? "" })),
    );
    const saved = [...samples].flatMap(([{ row, seed: k }, { file }]) =>
      file ? [{ name: `gpt-${row}${k === seed ? "" : `-${k}`}.safetensors`, bytes: file }] : [],
    );
    return { ...findings, files: [...(findings.files ?? []), ...saved] };
  },
};

/** What a trained model writes, and its file. */
interface Sample {
  readonly written: string;
  /** Of a transformer of linear maps that `spm sample` knows. */
  readonly file?: Uint8Array;
}

/** Text after the prompt, and the model as a file. */
async function sampleOf(
  trained: LanguageModel,
  row: LanguageRow,
  {
    sizes,
    vocabulary,
    seed,
  }: {
    readonly sizes: LanguageSizes & typeof settings;
    readonly vocabulary: string;
    readonly seed: number;
  },
): Promise<Sample> {
  const device = currentBackend();
  const model = await inCpuMemory(trained, () => languageModel(row, sizes, seed));
  const prompt = [...PROMPT].filter((c) => vocabulary.includes(c)).join("");
  const { sample: count, temperature, steps } = sizes;
  const options = { count, temperature, random: rng(seed) };
  const tokens = await write(model, [...encodeCharacters(prompt, vocabulary)], options);
  const written = tokens.map((token) => vocabulary[token]).join("");
  const linear = linearNames.find((name) => name === row.kind);
  const file =
    model instanceof Gpt && linear && !row.shared
      ? await savedGpt(model, { ...gptSizes(row, sizes), vocabulary, linear }, steps)
      : undefined;
  setBackend(device);
  return { written, ...(file && { file: file.bytes }) };
}
