/** @file A rounded model: learned by the float model's answers, written, read again, tested. */
import { type Parameter, rng } from "@spm/core";
import { DataLoader } from "@spm/data";
import {
  codedState,
  divergence,
  type Gpt,
  generate,
  gptOf,
  type QuantisedGpt,
  quantisedGpt,
  type Rounding,
  type SavedGpt,
} from "@spm/models";
import { adam, oneCycle } from "@spm/optim";
import { parseSafetensors, unpackTensors } from "@spm/trainer";
import { encodedGpt } from "../charlm/saved-gpt.ts";
import { sampleRange } from "../parts/sample-range.ts";
import type { Plan, SweptRow } from "../parts/sweep.ts";
import type { QuantiseAttempt } from "./findings.ts";
import { type Data, type Float, learn, natsOf } from "./float-model.ts";
import { bytesSaved, widenRows } from "./wider-rows.ts";

/** The rates of the rows where none are tried. */
export const rowRates = {
  none: 0.01,
  scales: 0.01,
  hadamard: 0.01,
  "hadamard-equal": 0.01,
  mixer: 0.03,
  dense: 0.003,
  qat: 0.001,
};

/** Their names. */
export type RowName = keyof typeof rowRates;

/** A method at so many bits. */
export interface QuantiseRow extends SweptRow {
  readonly method: RowName;
  readonly bits: Pick<Rounding, "weights" | "activations">;
}

/** What clips and maps are learned on. */
interface Learning {
  readonly windows: number;
  readonly learnBatch: number;
  readonly learnSteps: number;
}

const maps = { "hadamard-equal": "hadamard", qat: "none" } as const;

/** A method at a rate; a mixer is tested with angles as half floats and as bytes. */
export async function rounded(
  { method, bits, ...plan }: Plan<QuantiseRow>,
  float: Float,
  data: Data,
  learning: Learning,
  seed: number,
  signal: AbortSignal,
): Promise<QuantiseAttempt[]> {
  const map = method === "qat" || method === "hadamard-equal" ? maps[method] : method;
  const rounding = { ...bits, map };
  const quantised = quantisedGpt(float.model, float.sizes, { ...rounding, seed });
  if (method === "hadamard-equal") await widenRows(quantised.maps, anglesOf(float, bits));
  const start = await natsOf(quantised.model, data.test, signal);
  const seconds = await learnRounding(quantised, { method, rate: plan.rate }, float, {
    ...{ data, learning, seed, signal },
  });
  const found: QuantiseAttempt[] = [];
  for (const angleBits of method === "mixer" ? ([16, 8] as const) : ([16] as const)) {
    const file = await fileOf(quantised, float, { rounding, angleBits, data });
    const model = readModel(file);
    const validation = await natsOf(model, data.validation, signal);
    const test = await natsOf(model, data.test, signal);
    if (start === undefined || validation === undefined || test === undefined) return [];
    const name = angleBits === 8 ? "mixer, int8 angles" : method;
    const { weights, activations } = bits;
    found.push({
      ...{ row: angleBits === 8 ? `${plan.row}, int8 angles` : plan.row, rate: plan.rate, seed },
      ...{ method: name, weights, activations, validation, test, start, float: float.nats },
      extra: quantised.extra,
      bytes: file.length - bytesSaved(quantised.maps),
      seconds: {
        learning: seconds,
        ...(await secondsAToken({ token: model, float: float.model })),
      },
    });
    for (const p of model.parameters()) p.dispose();
  }
  for (const p of quantised.model.parameters()) p.dispose();
  return found;
}

/** The bits that a mixer's angles take as half floats. */
function anglesOf(float: Float, bits: QuantiseRow["bits"]): number {
  const { model, extra } = quantisedGpt(float.model, float.sizes, {
    ...{ ...bits, map: "mixer", seed: 0 },
  });
  for (const p of model.parameters()) p.dispose();
  return 16 * extra;
}

/** Seconds that it took. */
async function learnRounding(
  { model, maps, learned }: QuantisedGpt,
  { method, rate }: { readonly method: RowName; readonly rate: number },
  float: Float,
  {
    data: { train },
    learning: { windows, learnBatch, learnSteps },
    seed,
    signal,
  }: {
    readonly data: Data;
    readonly learning: Learning;
    readonly seed: number;
    readonly signal: AbortSignal;
  },
): Promise<number> {
  const weights: Parameter[] = method === "qat" ? maps.map(({ weight }) => weight) : [];
  const optimizer = adam([...learned, ...weights], {
    learningRate: oneCycle({ learningRate: rate, steps: learnSteps, rise: 0.1 }),
    betas: [0.9, 0.99],
  });
  // training of all weights may read the whole text
  const apart = Math.floor(train.length / windows);
  const some = {
    length: windows,
    batch: (indices: Int32Array) => train.batch(indices.map((index) => index * apart)),
  };
  const source = method === "qat" ? sampleRange(train, 0, train.length) : some;
  const loader = new DataLoader(source, { batchSize: learnBatch, seed, dropLast: true });
  const started = performance.now();
  await learn(optimizer, ({ x }) => divergence(model, float.model, x), loader, learnSteps, signal);
  return (performance.now() - started) / 1000;
}

/** The file of `spm sample`. */
async function fileOf(
  quantised: QuantisedGpt,
  { sizes }: Float,
  {
    rounding,
    angleBits,
    data: { vocabulary },
  }: { readonly rounding: Rounding; readonly angleBits: 8 | 16; readonly data: Data },
): Promise<Uint8Array> {
  const { tensors, coded } = await codedState(quantised, angleBits);
  const { context, width, heads = 4, layers } = sizes;
  const saved: SavedGpt = {
    ...{ vocabulary, context, width, heads, layers, rounding },
    linear: "dense",
    tied: false,
  };
  return encodedGpt(tensors, saved, { packed: coded, half: true });
}

/** The model of a file, on the current backend. */
function readModel(bytes: Uint8Array): Gpt {
  const file = parseSafetensors(bytes);
  const { entries, tensor } = unpackTensors(file);
  const values = Object.fromEntries(entries.map(({ name }) => [name, tensor(name)]));
  const found = gptOf({ config: JSON.parse(file.metadata.config ?? "null"), values });
  if (found === undefined) throw new Error("expected the file of a GPT");
  return found.model;
}

const [TOKENS, ROUNDS] = [24, 3];

/** The least of some rounds, by turns, of a token after another with cached keys and values. */
async function secondsAToken<Name extends string>(
  models: Readonly<Record<Name, Gpt>>,
): Promise<Record<Name, number>> {
  const best = new Map<Name, number>();
  const names = Object.keys(models) as Name[];
  for (let round = 0; round < ROUNDS; round++)
    for (const name of names) {
      const started = performance.now();
      await generate(models[name], [0], { count: TOKENS, random: rng(round) });
      const seconds = (performance.now() - started) / 1000 / TOKENS;
      best.set(name, Math.min(seconds, best.get(name) ?? Number.POSITIVE_INFINITY));
    }
  return Object.fromEntries(names.map((name) => [name, best.get(name) ?? 0])) as Record<
    Name,
    number
  >;
}
