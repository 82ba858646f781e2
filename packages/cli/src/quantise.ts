/** @file `spm quantise`: a GPT whose maps are rounded to few bits, in a small file. */
import { existsSync, readFileSync, statSync } from "node:fs";
import {
  DataLoader,
  type Dataset,
  encodeCharacters,
  nextCharacters,
  type WindowBatch,
} from "@spm/data";
import {
  codedState,
  divergence,
  type Gpt,
  type InputMapName,
  type QuantisedGpt,
  quantisedGpt,
  type Rounding,
  type SavedGpt,
} from "@spm/models";
import { crossEntropy } from "@spm/nn";
import { adam, clipByGlobalNorm, oneCycle } from "@spm/optim";
import {
  CheckpointError,
  evaluate,
  fit,
  type LossFunction,
  type ProgressStream,
} from "@spm/trainer";
import { formatCount } from "@spm/trainer/format";
import { encodeCheckpoint, readCheckpoint, writeAtomically } from "@spm/trainer/node";
import { gptOfRun, LEARNED, textOfRun } from "./experiment-run.ts";
import { savedGpt } from "./saved-gpt.ts";
import { hasTask, openCheckpoint, type SavedFile } from "./saved-model.ts";
import { textTable } from "./text-table.ts";

/** Options of {@link quantise}. */
export interface QuantiseOptions {
  /**
   * The text that the rounding is learned on, but for its last tenth.
   * @defaultValue that of the run, where the path is its folder
   */
  readonly file?: string;
  /** Bits of weights. */
  readonly weights: number;
  /** Bits of activations; without any they are not rounded. */
  readonly activations?: number;
  readonly map: InputMapName;
  /** Bits of angles. */
  readonly angles: 8 | 16;
  /** Passes over the windows that it is learned on. */
  readonly epochs: number;
  readonly learningRate?: number;
  readonly seed: number;
  readonly out?: string;
}

const [WINDOWS, BATCH] = [256, 16];
/** Learning rates that were the best, by map: a learned rotation needs larger steps. */
const mapRates: Readonly<Record<InputMapName, number>> = {
  none: 0.01,
  scales: 0.01,
  hadamard: 0.01,
  mixer: 0.03,
  dense: 0.003,
};

/**
 * Rounds the maps in the blocks of a GPT, learns clips and the map of inputs by the answers of the
 * GPT that it was, and writes a file that `spm sample` reads.
 * @param given - a GPT's file, or the folder of a run that left one
 * @returns whether it was interrupted; nothing is written then
 * @throws CheckpointError for a model that is no GPT, or rounded already, and where no text is
 * known; DataError for a text of other characters, or too short
 */
export async function quantise(
  given: string,
  options: QuantiseOptions,
  stdout: ProgressStream,
  signal: AbortSignal,
): Promise<boolean> {
  const path = gptOfRun("quantise", given, "gpt-dense.safetensors");
  const out = options.out ?? path.replace(/(\.safetensors)?$/, `-w${options.weights}.safetensors`);
  if (existsSync(out)) throw new CheckpointError("quantise", "a new file", out, "--out another");
  if (!hasTask(path)) throw noGpt(`${path} without its characters`);
  const checkpoint = await openCheckpoint(path);
  const { saved, model } = denseGpt(path, checkpoint);
  const { file } = options;
  const text = file === undefined ? await textOfRun("quantise", given) : readFileSync(file, "utf8");
  const { learned, held } = windowsOf(text, saved, file ?? "the run's text");
  const { weights, activations = null, map, seed } = options;
  const rounding = { weights, activations, map };
  const quantised = quantisedGpt(
    model,
    { ...saved, vocabulary: saved.vocabulary.length },
    { ...rounding, seed },
  );
  const bytesBefore = statSync(path).size;
  const before = await natsOf(model, held, signal);
  await learn(quantised, model, learned, options, signal);
  if (signal.aborted) return true;
  const bytes = await encoded(path, quantised, { saved, rounding, angles: options.angles });
  writeAtomically(out, [bytes]);
  const after = await natsOf(modelOf(out, await openCheckpoint(out)), held, signal);
  const rows = [
    ["before", before, formatCount(bytesBefore)],
    ["after", after, formatCount(bytes.length)],
  ];
  stdout.write(`${textTable(["", "nats a character", "bytes"], rows)}\n\nwrote ${out}\n`);
  return false;
}

/** @throws CheckpointError for a model that is no GPT of dense maps */
function denseGpt(
  path: string,
  checkpoint: SavedFile,
): { readonly saved: SavedGpt; readonly model: Gpt } {
  const model = modelOf(path, checkpoint);
  const { gpt: saved } = checkpoint.config as unknown as { readonly gpt: SavedGpt };
  if (saved.rounding !== undefined || saved.linear !== "dense")
    throw new CheckpointError(
      "quantise",
      "a GPT of dense maps in float32",
      `${path}, ${saved.rounding === undefined ? `of ${saved.linear} maps` : "rounded already"}`,
    );
  return { saved, model };
}

/** @throws CheckpointError for a model that is no GPT */
function modelOf(path: string, checkpoint: SavedFile): Gpt {
  const found = savedGpt("quantise", path, checkpoint);
  if (found === undefined) throw noGpt(`${path}, another model`);
  return found.model;
}

const noGpt = (got: string): CheckpointError =>
  new CheckpointError("quantise", "a GPT, as spm experiment charlm leaves it", got);

/** The windows of a text: to learn from, and held out. */
function windowsOf(
  text: string,
  { vocabulary, context }: SavedGpt,
  source: string,
): { readonly learned: Dataset<WindowBatch>; readonly held: DataLoader<WindowBatch> } {
  const classes = encodeCharacters(text, vocabulary, source);
  const cut = Math.floor(LEARNED * classes.length);
  const all = nextCharacters(classes.subarray(0, cut), { context });
  const apart = Math.max(1, Math.floor(all.length / WINDOWS));
  const held = nextCharacters(classes.subarray(cut), { context, stride: context });
  return {
    learned: {
      length: Math.min(WINDOWS, all.length),
      batch: (indices) => all.batch(indices.map((index) => index * apart)),
    },
    held: new DataLoader(held, { batchSize: BATCH }),
  };
}

const loss: LossFunction<Gpt, WindowBatch> = (model, { x, y }) => ({
  loss: crossEntropy(model.forward(x), y),
  weight: y.shape[0] ?? 0,
});

async function natsOf(
  model: Gpt,
  held: DataLoader<WindowBatch>,
  signal: AbortSignal,
): Promise<string> {
  const found = await evaluate(model, held, loss, { signal });
  return found?.loss.toFixed(4) ?? "–";
}

async function learn(
  { model, learned }: QuantisedGpt,
  float: Gpt,
  windows: Dataset<WindowBatch>,
  { epochs, map, learningRate: peak = mapRates[map], seed }: QuantiseOptions,
  signal: AbortSignal,
): Promise<void> {
  const loader = new DataLoader(windows, { batchSize: Math.min(BATCH, windows.length), seed });
  const steps = epochs * Math.ceil(windows.length / BATCH);
  const optimizer = adam([...learned], {
    learningRate: oneCycle({ learningRate: peak, steps, rise: 0.1 }),
    betas: [0.9, 0.99],
  });
  await fit(model, loader, {
    ...{ optimizer, epochs, signal },
    loss: (rounded, { x }) => ({ loss: divergence(rounded, float, x), weight: x.shape[0] ?? 0 }),
    gradients: (grads) => clipByGlobalNorm(grads, 1).grads,
  });
  optimizer.dispose();
}

/** The file: the checkpoint of the GPT with its rounding, its weights in few bits. */
async function encoded(
  path: string,
  quantised: QuantisedGpt,
  {
    saved,
    rounding,
    angles,
  }: { readonly saved: SavedGpt; readonly rounding: Rounding; readonly angles: 8 | 16 },
): Promise<Uint8Array> {
  const { config, progress } = readCheckpoint(path);
  const { tensors, coded } = await codedState(quantised, angles);
  const gpt = { ...saved, rounding: { ...rounding } };
  return encodeCheckpoint(
    { values: inModel(tensors), progress },
    { ...Object(config), gpt },
    { packed: inModel(coded), half: true },
  );
}

const inModel = <T>(values: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(values).map(([path, value]) => [`model.${path}`, value]));
