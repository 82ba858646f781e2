/** @file The GPT that is rounded, the windows of the book that it reads, and training. */
import { rng, scope, type Tensor } from "@spm/core";
import {
  DataLoader,
  encodeCharacters,
  nextCharacters,
  vocabularyOf,
  type WindowBatch,
} from "@spm/data";
import { Gpt, type GptOptions } from "@spm/models";
import { crossEntropy } from "@spm/nn";
import { adamw, clipByGlobalNorm, type Optimizer, oneCycle } from "@spm/optim";
import { evaluate, type LossFunction, trainStep } from "@spm/trainer";
import { loadMobyDick } from "../charlm/moby-dick.ts";
import { steps as stepsOf } from "../parts/steps.ts";

const loss: LossFunction<Gpt, WindowBatch> = (model, { x, y }) => ({
  loss: crossEntropy(model.forward(x), y),
  weight: y.shape[0] ?? 0,
});

/** Windows of the book: to learn from, to choose rates by, and to report. */
export interface Data {
  /** Its characters. */
  readonly vocabulary: string;
  readonly train: ReturnType<typeof nextCharacters>;
  readonly validation: DataLoader<WindowBatch>;
  readonly test: DataLoader<WindowBatch>;
}

/** Of the book: to learn from, and to choose rates by; the rest is reported. */
const [LEARNED, VALIDATION] = [0.85, 0.05];
const EVALUATION_BATCH = 8;

/** The sizes of the book and of the model. */
export interface FloatSizes {
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly context: number;
  readonly batch: number;
  readonly steps: number;
  readonly rate: number;
  readonly characters: number;
}

/** The book in windows. */
export async function loadData({ characters, context }: FloatSizes): Promise<Data> {
  const text = [...(await loadMobyDick())].slice(0, characters).join("");
  const vocabulary = vocabularyOf(text);
  const classes = encodeCharacters(text, vocabulary);
  const [first, second] = [LEARNED, LEARNED + VALIDATION].map((share) =>
    Math.floor(share * classes.length),
  );
  const held = (part: Int32Array): DataLoader<WindowBatch> => {
    const windows = nextCharacters(part, { context, stride: context });
    return new DataLoader(windows, { batchSize: Math.min(EVALUATION_BATCH, windows.length) });
  };
  return {
    vocabulary,
    train: nextCharacters(classes.subarray(0, first), { context }),
    validation: held(classes.subarray(first, second)),
    test: held(classes.subarray(second)),
  };
}

/** The model that is rounded. */
export interface Float {
  readonly model: Gpt;
  readonly sizes: Omit<GptOptions, "random">;
  /** On the test text. */
  readonly nats: number;
}

/** Nats a character. */
export const natsOf = async (
  model: Gpt,
  data: DataLoader<WindowBatch>,
  signal: AbortSignal,
): Promise<number | undefined> => (await evaluate(model, data, loss, { signal }))?.loss;

/** Trains it. */
export async function floatModel(
  { width, layers, heads, context, batch, steps, rate }: FloatSizes,
  { vocabulary, train, test }: Data,
  seed: number,
  signal: AbortSignal,
): Promise<Float | undefined> {
  const sizes = { context, width, heads, layers, tied: false, vocabulary: vocabulary.length };
  const model = new Gpt({ ...sizes, random: rng(seed) });
  const learningRate = oneCycle({ learningRate: rate, steps, rise: 0.1 });
  const optimizer = adamw(model.parameters(), { learningRate, weightDecay: 0.1 });
  const loader = new DataLoader(train, { batchSize: batch, seed, dropLast: true });
  await learn(optimizer, (windows) => loss(model, windows).loss, loader, steps, signal);
  const nats = await natsOf(model, test, signal);
  return nats === undefined ? undefined : { model, sizes, nats };
}

/** Steps on batches in turn, gradients clipped to norm 1. */
export async function learn(
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
