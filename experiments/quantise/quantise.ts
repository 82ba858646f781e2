/**
 * @file A character GPT in few bits: its inputs and weights are rounded after a map between them
 * that changes nothing without rounding, learned or not.
 */
import {
  exp,
  mean,
  mul,
  noGrad,
  type Parameter,
  rng,
  scope,
  sub,
  sum,
  type Tensor,
} from "@spm/core";
import { ValueError } from "@spm/core/extend";
import { DataLoader, encodeCharacters, vocabularyOf } from "@spm/data";
import { Gpt } from "@spm/models";
import { crossEntropy, logSoftmax } from "@spm/nn";
import { adam, adamw, clipByGlobalNorm, type Optimizer, oneCycle } from "@spm/optim";
import { evaluate, type LossFunction, trainStep } from "@spm/trainer";
import { loadMobyDick } from "../charlm/moby-dick.ts";
import { nextCharacters, type WindowBatch } from "../charlm/next-characters.ts";
import type { Experiment } from "../parts/experiment.ts";
import { readNames } from "../parts/lists.ts";
import { sampleRange } from "../parts/sample-range.ts";
import { steps as stepsOf, uninterrupted } from "../parts/steps.ts";
import { earlierAttempts, type Plan, seedsFrom, sweep } from "../parts/sweep.ts";
import { type QuantiseAttempt, quantiseFindings } from "./findings.ts";
import {
  type Bits,
  bytesOnDisk,
  extraNumbers,
  type QuantisedGpt,
  quantisedGpt,
} from "./quantised-gpt.ts";

const settings = {
  /** By name, with commas, or "all". */
  rows: "all",
  /** Bits of weights and activations, e.g. "w4a4,w3a3". */
  bits: "w4a4,w3a3,w2a4",
  width: 256,
  layers: 4,
  heads: 4,
  context: 128,
  batch: 32,
  /** Of the float model. */
  steps: 2000,
  rate: 0.001,
  characters: 1_213_006,
  /** Windows that clips and maps are learned on, those of a batch, and steps. */
  windows: 256,
  learnBatch: 16,
  learnSteps: 300,
  seeds: 1,
  /** Learning rates to choose from; a row's own without any. */
  rates: "",
  /** A folder of runs of this experiment: their results as one report, without training. */
  from: "",
};

/** The rates of the rows where none are tried. */
const rows = { none: 0.01, scales: 0.01, hadamard: 0.01, mixer: 0.03, dense: 0.003, qat: 0.001 };
type RowName = keyof typeof rows;
const rowNames = Object.keys(rows) as RowName[];

interface QuantiseRow {
  readonly row: string;
  readonly ownRate: number;
  readonly method: RowName;
  readonly bits: Bits;
}

/** Nats lost by bits and method, at how many bytes. */
export const quantise: Experiment<typeof settings> = {
  name: "quantise",
  question: "What does a learned rotation before rounding save a small language model?",
  settings,
  quick: {
    rows: "none,mixer,dense,qat",
    bits: "w3a3",
    width: 16,
    layers: 1,
    heads: 2,
    context: 16,
    batch: 8,
    steps: 12,
    characters: 6000,
    windows: 16,
    learnBatch: 4,
    learnSteps: 3,
  },
  tune: { rates: "0.003,0.01,0.03", seeds: 3 },
  async run({ settings: given, seed, signal, log }) {
    const { rates, from } = given;
    if (from !== "") return quantiseFindings(earlierAttempts<QuantiseAttempt>(from, "quantise"));
    const names = readNames("rows", given.rows, rowNames);
    const plans = given.bits.split(",").flatMap((text) => {
      const bits = readBits(text.trim());
      return names.map(
        (method): QuantiseRow => ({
          ...{ method, bits, row: `${text.trim()}, ${method}` },
          ownRate: rows[method],
        }),
      );
    });
    const data = await loadData(given);
    const floats = new Map<number, Float | undefined>();
    const attempts = await sweep(
      plans,
      { rates, seeds: seedsFrom(seed, given.seeds), signal },
      async (chosen: readonly Plan<QuantiseRow>[], k) => {
        const float = await floatModel(given, data, k, signal);
        floats.set(k, float);
        const found: QuantiseAttempt[] = [];
        if (float === undefined) return found;
        log(`seed ${k}: ${float.nats.toFixed(4)} nats in float`);
        for await (const plan of uninterrupted(chosen, signal)) {
          const result = await rounded(plan, float, data, given, k, signal);
          if (result === undefined) break;
          found.push(result);
          log(`${plan.row}, rate ${plan.rate}: ${result.test.toFixed(4)} nats`);
        }
        return found;
      },
    );
    return quantiseFindings(attempts);
  },
};

/** "w3a4" */
function readBits(text: string): Bits {
  const [, weights, activations] = text.match(/^w([2-8])a([2-8])$/) ?? [];
  if (weights !== undefined && activations !== undefined)
    return { weights: Number(weights), activations: Number(activations) };
  throw new ValueError("experiment", "bits like w4a4, of 2 to 8", `"${text}"`);
}

const loss: LossFunction<Gpt, WindowBatch> = (model, { x, y }) => ({
  loss: crossEntropy(model.forward(x), y),
  weight: y.shape[0] ?? 0,
});

/** Windows of the book: to learn from, to choose rates by, and to report. */
interface Data {
  readonly vocabulary: number;
  readonly train: ReturnType<typeof nextCharacters>;
  readonly validation: DataLoader<WindowBatch>;
  readonly test: DataLoader<WindowBatch>;
}

/** Of the book: to learn from, and to choose rates by; the rest is reported. */
const [LEARNED, VALIDATION] = [0.85, 0.05];
const EVALUATION_BATCH = 8;

async function loadData({ characters, context }: typeof settings): Promise<Data> {
  const text = [...(await loadMobyDick())].slice(0, characters).join("");
  const vocabulary = vocabularyOf(text);
  const classes = encodeCharacters(text, vocabulary);
  const [first, second] = [LEARNED, LEARNED + VALIDATION].map((share) =>
    Math.floor(share * classes.length),
  );
  const held = (part: Int32Array): DataLoader<WindowBatch> => {
    const windows = nextCharacters(part, context, context);
    return new DataLoader(windows, { batchSize: Math.min(EVALUATION_BATCH, windows.length) });
  };
  return {
    vocabulary: vocabulary.length,
    train: nextCharacters(classes.subarray(0, first), context),
    validation: held(classes.subarray(first, second)),
    test: held(classes.subarray(second)),
  };
}

/** The model that is rounded. */
interface Float {
  readonly model: Gpt;
  readonly sizes: ConstructorParameters<typeof Gpt>[0];
  /** On the test text. */
  readonly nats: number;
}

const natsOf = async (
  model: Gpt,
  data: DataLoader<WindowBatch>,
  signal: AbortSignal,
): Promise<number | undefined> => (await evaluate(model, data, loss, { signal }))?.loss;

async function floatModel(
  { width, layers, heads, context, batch, steps, rate }: typeof settings,
  { vocabulary, train, test }: Data,
  seed: number,
  signal: AbortSignal,
): Promise<Float | undefined> {
  const sizes = { vocabulary, context, width, heads, layers, tied: false, random: rng(seed) };
  const model = new Gpt(sizes);
  const learningRate = oneCycle({ learningRate: rate, steps, rise: 0.1 });
  const optimizer = adamw(model.parameters(), { learningRate, weightDecay: 0.1 });
  const loader = new DataLoader(train, { batchSize: batch, seed, dropLast: true });
  await learn(optimizer, (windows) => loss(model, windows).loss, loader, steps, signal);
  const nats = await natsOf(model, test, signal);
  return nats === undefined ? undefined : { model, sizes, nats };
}

/** Steps on batches in turn, gradients clipped to norm 1. */
async function learn(
  optimizer: Optimizer,
  lossOf: (batch: WindowBatch) => Tensor,
  loader: DataLoader<WindowBatch>,
  steps: number,
  signal: AbortSignal,
): Promise<void> {
  const batches = loader.batches();
  const gradients = (grads: readonly Tensor[]): readonly Tensor[] =>
    clipByGlobalNorm(grads, 1).grads;
  for await (const step of stepsOf(steps, signal)) {
    const value = scope(() => {
      const batch = batches.next();
      return trainStep(optimizer, () => lossOf(batch), { gradients });
    });
    if (step % 16 === 0) await value.item(); // on a device: the steps so far are done
    value.dispose();
  }
  optimizer.dispose();
}

/** A method at a rate: clips, and what else it has, learned by the float model's answers. */
async function rounded(
  { row, rate, method, bits }: Plan<QuantiseRow>,
  float: Float,
  data: Data,
  { windows, learnBatch, learnSteps }: typeof settings,
  seed: number,
  signal: AbortSignal,
): Promise<QuantiseAttempt | undefined> {
  const kind = method === "qat" ? "none" : method;
  const { random: _, ...sizes } = float.sizes;
  const quantised: QuantisedGpt = quantisedGpt(float.model, sizes, { kind, bits, seed });
  const { model, maps } = quantised;
  const start = await natsOf(model, data.test, signal);
  const weights = method === "qat" ? maps.map(({ weight }) => weight) : [];
  const learned = new Set<Parameter>([...maps.flatMap((map) => map.learned), ...weights]);
  const optimizer = adam([...learned], {
    learningRate: oneCycle({ learningRate: rate, steps: learnSteps, rise: 0.1 }),
    betas: [0.9, 0.99],
  });
  // training of all weights may read the whole text
  const apart = Math.floor(data.train.length / windows);
  const some = {
    length: windows,
    batch: (indices: Int32Array) => data.train.batch(indices.map((index) => index * apart)),
  };
  const source = method === "qat" ? sampleRange(data.train, 0, data.train.length) : some;
  const loader = new DataLoader(source, { batchSize: learnBatch, seed, dropLast: true });
  const started = performance.now();
  await learn(optimizer, ({ x }) => divergence(float.model, model, x), loader, learnSteps, signal);
  const seconds = (performance.now() - started) / 1000;
  const [validation, test] = [
    await natsOf(model, data.validation, signal),
    await natsOf(model, data.test, signal),
  ];
  if (start === undefined || validation === undefined || test === undefined) return undefined;
  const extra = extraNumbers(maps);
  const bytes = bytesOnDisk(quantised, bits.weights);
  for (const p of model.parameters()) p.dispose();
  const facts = { method, weights: bits.weights, activations: bits.activations };
  return {
    row,
    rate,
    seed,
    ...facts,
    validation,
    test,
    start,
    float: float.nats,
    extra,
    bytes,
    seconds,
  };
}

/** Σ p (log p − log q), the mean over tokens: how far the rounded model is from the float one. */
function divergence(float: Gpt, model: Gpt, x: Tensor): Tensor {
  const p = noGrad(() => logSoftmax(float.forward(x)));
  const q = logSoftmax(model.forward(x));
  return mean(sum(mul(exp(p), sub(p, q)), -1));
}
