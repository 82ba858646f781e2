/** @file The dense character model whose projections are replaced, and what they read. */
import { add, concat, noGrad, type Rng, reshape, rng, slice, type Tensor } from "@spm/core";
import {
  DataLoader,
  encodeCharacters,
  nextCharacters,
  vocabularyOf,
  type WindowBatch,
} from "@spm/data";
import { Gpt } from "@spm/models";
import { crossEntropy, Linear } from "@spm/nn";
import { LinearMap } from "@spm/nn/extend";
import { adamw, clipByGlobalNorm, oneCycle } from "@spm/optim";
import { evaluate, type LossFunction } from "@spm/trainer";
import { loadMobyDick } from "../charlm/moby-dick.ts";
import { trainInTurn } from "../parts/train-in-turn.ts";

/** Sizes and training of the language model. */
export interface LanguageSettings {
  readonly width: number;
  readonly heads: number;
  readonly layers: number;
  readonly context: number;
  readonly batch: number;
  readonly steps: number;
  readonly rate: number;
  readonly characters: number;
  /** Held-out windows that a loss is measured on. */
  readonly windows: number;
}

/** A dense map in whose place another function of x may stand; the bias stays. */
export class Replaceable extends LinearMap {
  readonly dense: Linear;
  /** x [..., in] → [..., out], without a bias; null for the dense map itself. */
  #stand: ((x: Tensor) => Tensor) | null = null;
  #onInput: ((x: Tensor) => void) | null = null;

  constructor(dense: Linear) {
    super(dense.inFeatures, dense.outFeatures);
    this.dense = dense;
  }

  get bias(): Linear["bias"] {
    return this.dense.bias;
  }

  get flopsPerRow(): number {
    return this.dense.flopsPerRow;
  }

  replace(stand: ((x: Tensor) => Tensor) | null): void {
    this.#stand = stand;
  }

  onInput(listener: ((x: Tensor) => void) | null): void {
    this.#onInput = listener;
  }

  forward(x: Tensor): Tensor {
    this.#onInput?.(x);
    if (this.#stand === null) return this.dense.forward(x);
    const y = this.#stand(x);
    return this.bias === null ? y : add(y, this.bias);
  }

  toDense(): Tensor {
    return this.dense.toDense();
  }
}

const TRAIN_SHARE = 0.9;
const EVALUATION_BATCH = 50;

const loss: LossFunction<Gpt, WindowBatch> = (model, { x, y }) => ({
  loss: crossEntropy(model.forward(x), y),
  weight: y.shape[0] ?? 0,
});

/** A trained model, its last block's projections, and its data. */
export interface Language {
  /** Key, query, value: in the order in which they are replaced. */
  readonly projections: readonly Replaceable[];
  /** Nats a character on the held-out windows; undefined once the signal is aborted. */
  nats(): Promise<number | undefined>;
  /** What the projections read on random windows of the training text, [count, width]. */
  inputs(count: number, random: Rng): Tensor;
  /** Seconds of its training steps. */
  readonly seconds: number;
}

/** Trains it. @returns undefined once the signal is aborted */
export async function trainedLanguage(
  settings: LanguageSettings,
  seed: number,
  signal: AbortSignal,
): Promise<Language | undefined> {
  const { characters, context, batch, steps, rate, windows } = settings;
  const text = (await loadMobyDick()).slice(0, characters);
  const vocabulary = vocabularyOf(text);
  const classes = encodeCharacters(text, vocabulary);
  const cut = Math.floor(TRAIN_SHARE * classes.length);
  const train = nextCharacters(classes.subarray(0, cut), { context });
  const held = nextCharacters(classes.subarray(cut, cut + windows * context + 1), {
    context,
    stride: context,
  });
  const { width, heads, layers } = settings;
  const model = new Gpt({
    vocabulary: vocabulary.length,
    context,
    width,
    heads,
    layers,
    tied: false,
    linear: (i, o, options) => new Replaceable(new Linear(i, o, options)),
    random: rng(seed),
  });
  const learningRate = oneCycle({ learningRate: rate, steps, rise: 0.1 });
  const runner = {
    name: "dense",
    model,
    optimizer: adamw(model.parameters(), { learningRate, weightDecay: 0.01 }),
    batches: new DataLoader(train, { batchSize: batch, seed, dropLast: true }).batches(),
  };
  const evalData = new DataLoader(held, { batchSize: Math.min(EVALUATION_BATCH, held.length) });
  const [trained] = await trainInTurn([runner], {
    loss,
    evalData,
    steps,
    every: steps,
    gradients: (grads: readonly Tensor[]) => clipByGlobalNorm(grads, 1).grads,
    signal,
  });
  const { query, key, value } = model.blocks.at(-1)?.attention ?? {};
  const projections = [key, query, value].filter((map) => map instanceof Replaceable);
  const [first] = projections;
  if (signal.aborted || first === undefined) return undefined;
  return {
    projections,
    seconds: trained?.readings.at(-1)?.seconds ?? 0,
    nats: async () => (await evaluate(model, evalData, loss, { signal }))?.loss,
    inputs: (count, random) => {
      const indices = Int32Array.from({ length: Math.ceil(count / context) }, () =>
        random.integer(train.length),
      );
      return noGrad(() => {
        const seen: Tensor[] = [];
        first.onInput((x) => void seen.push(x));
        model.forward(train.batch(indices).x);
        first.onInput(null);
        return slice(reshape(concat(seen), [-1, width]), [{ stop: count }]);
      });
    },
  };
}
