/** @file One net: built, trained on its whole training set at once, measured. */
import {
  add,
  argmax,
  cast,
  equal,
  mean,
  mul,
  noGrad,
  type Rng,
  rng,
  scope,
  type Tensor,
} from "@spm/core";
import { elements } from "@spm/core/extend";
import { DataLoader } from "@spm/data";
import { LayerNormResNet, LayerNormTransformer, squaredNorm } from "@spm/models";
import { adam, cosine } from "@spm/optim";
import { type CollapseMetrics, collapseCallback, fit } from "@spm/trainer";
import { type Floor, unconstrainedFloor } from "./floor.ts";
import { losses } from "./losses.ts";
import { onPlane, type Plane } from "./plane.ts";
import type { Row } from "./rows.ts";
import { AVERAGED, digits, genres, type TrainingSet } from "./training-sets.ts";

/** Settings of all nets. */
export interface NetSettings {
  readonly each: number;
  readonly textsEach: number;
  readonly words: number;
  readonly vocabulary: number;
  readonly textWidth: number;
  readonly steps: number;
  readonly rate: number;
  readonly lambda: number;
}

/** The measures over training and at the end, with the step. */
interface Reading {
  readonly step: number;
  readonly nc1: number;
  readonly nc2: number;
  readonly nc3: number;
}

/** A trained net. */
export interface Outcome {
  readonly row: string;
  readonly depth: number;
  readonly seed: number;
  readonly lambda: number;
  readonly steps: number;
  readonly samples: number;
  readonly parameters: number;
  /** Data loss and (λ/2) Σ‖W‖². */
  readonly loss: number;
  readonly penalty: number;
  readonly accuracy: number;
  readonly metrics: CollapseMetrics;
  /** Of the unconstrained-features optimum at this λ: its whole loss, its metrics. */
  readonly floor: Floor;
  readonly readings: readonly Reading[];
  readonly planes: readonly Plane[];
  readonly seconds: number;
}

/** Shares of training that have a picture, besides the end. */
const PICTURED = [0, 0.02, 0.1, 0.3];

type Net = LayerNormResNet | LayerNormTransformer;

/** The training set of a row; the seed draws it. */
function trainingSet(row: Row, settings: NetSettings, random: Rng): Promise<TrainingSet> {
  const { each, textsEach, words, vocabulary } = settings;
  return row.data === "digits"
    ? digits(each, row.first ?? false, random)
    : genres(textsEach, { words, vocabulary }, random);
}

function netOf(row: Row, set: TrainingSet, depth: number, settings: NetSettings, random: Rng): Net {
  const { words, vocabulary, textWidth } = settings;
  const { maps, residual = true, linear = "dense", first = false } = row;
  const block = { maps, linear, random, depth, classes: set.classes };
  if (row.data === "texts")
    return new LayerNormTransformer({ ...block, vocabulary, context: words, width: textWidth });
  const [, features = 0] = set.x.shape;
  return new LayerNormResNet({ ...block, residual, width: AVERAGED, ...(first && { features }) });
}

const floors = new Map<string, Floor>();

/** The floor, solved once. */
function floorOf(...given: Parameters<typeof unconstrainedFloor>): Floor {
  const key = given.join(" ");
  const floor = floors.get(key) ?? unconstrainedFloor(...given);
  floors.set(key, floor);
  return floor;
}

/** The net after training; undefined where the signal ended it. */
export async function trainNet(
  name: string,
  row: Row,
  depth: number,
  settings: NetSettings,
  seed: number,
  signal: AbortSignal,
): Promise<Outcome | undefined> {
  const started = performance.now();
  const [draws, initial] = rng(seed).split(2) as [Rng, Rng];
  const set = await trainingSet(row, settings, draws);
  const model = netOf(row, set, depth, settings, initial);
  const lambda = row.lambda(settings.lambda, depth);
  const { steps, rate } = settings;
  const dataLoss = (): Tensor => losses[row.loss](model.forward(set.x), set.y);
  const penalty = (): Tensor => mul(lambda / 2, squaredNorm(model));
  const seen: { readonly step: number; readonly features: Float64Array }[] = [];
  const every = Math.max(5, Math.floor(steps / 50));
  const pictured = PICTURED.map((share) => Math.round((share * steps) / every) * every);
  const callback = collapseCallback(
    (step) => {
      const features = model.embed(set.x);
      if (step === steps || pictured.includes(step))
        seen.push({ step, features: Float64Array.from(elements(features.ndarray())) });
      return { features, labels: set.y, weight: model.head.toDense() };
    },
    { every },
  );
  // the whole set is the one batch of an epoch
  const loader = new DataLoader({ length: 1, batch: () => set }, { batchSize: 1 });
  const { interrupted } = await fit(model, loader, {
    loss: () => ({ loss: add(dataLoss(), penalty()) }),
    optimizer: adam(model.parameters(), { learningRate: cosine({ learningRate: rate, steps }) }),
    epochs: steps,
    callbacks: [callback],
    signal,
  });
  const last = callback.readings.at(-1);
  if (interrupted || last === undefined) return undefined;
  const { step: _, ...metrics } = last;
  const numberOf = (f: () => Tensor): number =>
    noGrad(() => scope(() => Number(f().ndarray().get())));
  const right = (): Tensor =>
    mean(cast(equal(argmax(model.forward(set.x), { axis: 1 }), set.y), "float32"));
  return {
    row: name,
    depth,
    seed,
    lambda,
    steps,
    samples: set.y.shape[0] ?? 0,
    parameters: model.parameterCount(),
    loss: numberOf(dataLoss),
    penalty: numberOf(penalty),
    accuracy: numberOf(right),
    metrics,
    floor: floorOf(row.loss, set.classes, model.head.inFeatures, lambda),
    readings: callback.readings.map(({ step, nc1Trace, nc2Means, nc3Cosines }) => ({
      step,
      nc1: nc1Trace,
      nc2: nc2Means,
      nc3: nc3Cosines,
    })),
    planes: onPlane(seen, [...elements(set.y.ndarray())]),
    seconds: (performance.now() - started) / 1000,
  };
}
