/**
 * @file A character language model on Moby Dick with every projection dense, or a mixer, and a
 * recurrent model for comparison.
 */
import {
  currentBackend,
  type Rng,
  reference,
  rng,
  setBackend,
  type Tensor,
  tensor,
} from "@spm/core";
import { DataLoader, encodeCharacters, vocabularyOf } from "@spm/data";
import { Gpt, generate } from "@spm/models";
import { crossEntropy, type LinearKind } from "@spm/nn";
import { adamw, clipByGlobalNorm, oneCycle } from "@spm/optim";
import type { LossFunction } from "@spm/trainer";
import type { Experiment } from "../parts/experiment.ts";
import { linearNames, readNames } from "../parts/lists.ts";
import { trainInTurn } from "../parts/train-in-turn.ts";
import { charlmFindings, type Outcome } from "./findings.ts";
import { GruLanguageModel } from "./gru-language-model.ts";
import { loadMobyDick } from "./moby-dick.ts";
import { nextCharacters, type WindowBatch } from "./next-characters.ts";
import { savedGpt } from "./saved-gpt.ts";

type LanguageModel = Gpt | GruLanguageModel;

const TRAIN_SHARE = 0.9;
/** Small, since an interruption waits for the end of a batch. */
const EVALUATION_BATCH = 8;
const PROMPT = "The whale ";
const recurrent = (kind: LinearKind): `gru-${LinearKind}` => `gru-${kind}`;
/** A transformer by the kind of its projections, a GRU by that of its maps. */
const known = [...linearNames, ...linearNames.map(recurrent)];

const loss: LossFunction<LanguageModel, WindowBatch> = (model, { x, y }) => ({
  loss: crossEntropy(model.forward(x), y),
  weight: y.shape[0]!,
});

/** Nats and bits per character, at equal steps and by seconds. */
export const charlm: Experiment<{
  models: string;
  width: number;
  layers: number;
  heads: number;
  context: number;
  batch: number;
  steps: number;
  rate: number;
  mixerRate: number;
  evaluations: number;
  characters: number;
  sample: number;
  temperature: number;
}> = {
  name: "charlm",
  question: "How well does a character language model of mixers predict Moby Dick?",
  settings: {
    models: "dense,rotation,general,gru-dense",
    width: 256,
    layers: 4,
    heads: 4,
    context: 128,
    batch: 32,
    steps: 1000,
    rate: 0.001,
    mixerRate: 0.003,
    evaluations: 4,
    characters: 1_213_006,
    sample: 300,
    temperature: 0.8,
  },
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
  async run({ settings, seed, signal, log }) {
    const { models, context, batch, steps, evaluations, characters, sample, temperature } =
      settings;
    const names = readNames("models", models, known);
    const text = [...(await loadMobyDick())].slice(0, characters).join("");
    const vocabulary = vocabularyOf(text);
    const classes = encodeCharacters(text, vocabulary);
    const cut = Math.floor(TRAIN_SHARE * classes.length);
    const train = nextCharacters(classes.subarray(0, cut), context);
    const evalWindows = nextCharacters(classes.subarray(cut), context, context);
    const runners = names.map((name) => {
      const model = build(name, { ...settings, vocabulary: vocabulary.length, seed });
      const highest = name.endsWith("dense") ? settings.rate : settings.mixerRate;
      const optimizer = adamw(model.parameters(), {
        learningRate: oneCycle({ learningRate: highest, steps, rise: 0.1 }),
        weightDecay: 0.01,
      });
      return {
        name,
        model,
        optimizer,
        batches: new DataLoader(train, { batchSize: batch, seed, dropLast: true }).batches(),
      };
    });
    const trained = await trainInTurn(runners, {
      loss,
      evalData: new DataLoader(evalWindows, {
        batchSize: Math.min(batch, EVALUATION_BATCH, evalWindows.length),
      }),
      steps,
      every: Math.ceil(steps / evaluations),
      gradients: (grads: readonly Tensor[]) => clipByGlobalNorm(grads, 1).grads,
      signal,
      onReading: ({ name }, { step, metrics, seconds }) =>
        log(`${name}, step ${step}, ${seconds.toFixed(1)} s: ${metrics.loss.toFixed(4)} nats`),
    });
    const files: { name: string; bytes: Uint8Array }[] = [];
    const outcomes: Outcome[] = [];
    const prompt = [
      ...encodeCharacters([...PROMPT].filter((c) => vocabulary.includes(c)).join(""), vocabulary),
    ];
    for (const { name, model: here, readings } of trained) {
      const device = currentBackend();
      const sizes = { ...settings, vocabulary: vocabulary.length, seed };
      const model = await inCpuMemory(here, () => build(name, sizes));
      const tokens = signal.aborted
        ? []
        : await write(model, prompt, { count: sample, temperature, random: rng(seed) });
      const written = tokens.map((token) => vocabulary[token]).join("");
      outcomes.push({ name, parameters: model.parameterCount(), readings, written });
      if (model instanceof Gpt && !signal.aborted)
        files.push(
          await savedGpt(
            model,
            { ...settings, linear: name as LinearKind, vocabulary, tied: false },
            steps,
          ),
        );
      setBackend(device);
    }
    return { ...charlmFindings(outcomes, steps), files };
  },
};

/** The parts that a model is built from. */
interface Sizes {
  readonly vocabulary: number;
  readonly context: number;
  readonly width: number;
  readonly heads: number;
  readonly layers: number;
  readonly seed: number;
}

/** The state of the GRU is twice as wide as the transformer. */
function build(name: string, sizes: Sizes): LanguageModel {
  const { vocabulary, context, width, heads, layers } = sizes;
  const random = rng(sizes.seed);
  const kind = name.replace(/^gru-/, "") as LinearKind;
  const shared = { linear: kind, random };
  if (kind === name)
    return new Gpt({ vocabulary, context, width, heads, layers, tied: false, ...shared });
  return new GruLanguageModel({ vocabulary, width, hidden: 2 * width, ...shared });
}

/**
 * The model itself if it is in CPU memory; on a device a copy on the reference backend, since text
 * grows token by token, and on a device every shape is a new kernel.
 */
async function inCpuMemory(
  model: LanguageModel,
  make: () => LanguageModel,
): Promise<LanguageModel> {
  const device = currentBackend();
  if (device.arrayOf !== undefined) return model;
  const values = await Promise.all(
    Object.entries(model.stateDict()).map(
      async ([path, value]) => [path, await value.data(), value.shape] as const,
    ),
  );
  setBackend(reference);
  const copy = make();
  copy.loadStateDict(
    Object.fromEntries(values.map(([path, data, shape]) => [path, tensor(data, { shape })])),
  );
  return copy;
}

function write(
  model: LanguageModel,
  prompt: readonly number[],
  {
    count,
    temperature,
    random,
  }: { readonly count: number; readonly temperature: number; readonly random: Rng },
): Promise<number[]> {
  return model instanceof Gpt
    ? generate(model, prompt, { count, temperature, random })
    : model.write(prompt, count, temperature, random);
}
