/** @file `spm attribute`: which training images made a model say what it says of a test image. */
import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import {
  compressedGradients,
  factGrass,
  factoredGradients,
  type GradientBlocks,
  grass,
  margin,
  trak,
  wholeGradient,
} from "@spm/attribution";
import { concat, noGrad, rng, scope, sum, type Tensor } from "@spm/core";
import { ValueError } from "@spm/core/extend";
import { DataLoader, type Dataset, type LabelledBatch, subset } from "@spm/data";
import type { Mlp } from "@spm/models";
import { Linear, softmax } from "@spm/nn";
import { CheckpointError, type ProgressStream } from "@spm/trainer";
import { formatCount } from "@spm/trainer/format";
import { writeAtomically } from "@spm/trainer/node";
import { attributionPage, type PlainImage, type ScoredImage } from "./attribution-page.ts";
import type { Registries } from "./registries.ts";
import { savedConfig } from "./saved-config.ts";
import { loadModel, openCheckpoint } from "./saved-model.ts";
import { loadData } from "./task.ts";

/** Numbers that gradients are compressed to: of a layer, or of the model. */
const K = 1024;
/** The most products that whole gradients may cost: a few seconds. */
const MOST_PRODUCTS = 5e10;
const BATCH = 250;
/** Images on each side of the page. */
const SHOWN = 10;

/** Options of {@link attribute}. */
export interface AttributeOptions {
  /** The index of the test image. */
  readonly test: number;
  /** The first training images only. */
  readonly samples?: number;
  readonly damping: number;
  readonly out?: string;
  /** The command line that repeats it. */
  readonly command: string;
}

/**
 * Writes a page of the training images that help and harm a test image most, and prints its path.
 *
 * @param path - a run folder or a checkpoint of `spm train`
 * @throws CheckpointError for what is neither, or was not trained on images; ValueError for an
 * index or a number of samples that isn't there
 */
export async function attribute(
  path: string,
  options: AttributeOptions,
  stdout: ProgressStream,
  registries: Registries,
): Promise<void> {
  const checkpoint = await openCheckpoint(path);
  const config = savedConfig(path, checkpoint, registries);
  const { dataset, layer } = config.options;
  const data = await loadData(config.options, registries);
  const { imageWidth: width } = data;
  if (width === undefined)
    throw new CheckpointError("attribute", "a run on images", `${path}, which is on ${dataset}`);
  const { test, samples = data.train.length, damping } = options;
  if (!(test < data.test.length))
    throw new ValueError("attribute", `a test image in [0, ${data.test.length})`, test);
  if (!(samples <= data.train.length))
    throw new ValueError("attribute", `at most ${data.train.length} training images`, samples);
  const { model } = loadModel(path, checkpoint, registries);
  const train = subset(data.train, samples);
  const asked = data.test.batch(Int32Array.of(test));
  stdout.write(`attribute: gradients of ${formatCount(samples)} training images\n`);
  const { scores, compressed } = await scoresOf(model, train, asked, damping);
  const order = [...scores.keys()].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
  const images = (indices: readonly number[]): Promise<ScoredImage[]> =>
    Promise.all(
      indices.map(async (index) => ({
        ...(await imageOf(train.batch(Int32Array.of(index)))),
        index,
        score: scores[index] ?? Number.NaN,
      })),
    );
  const page = attributionPage({
    test,
    image: await imageOf(asked),
    probabilities: [...(await noGrad(() => softmax(model.forward(asked.x))).data())],
    helpful: await images(order.slice(0, SHOWN)),
    harmful: await images(order.slice(-SHOWN).reverse()),
    width,
    command: options.command,
    facts: {
      dataset,
      layer,
      parameters: model.parameterCount(),
      "training images": samples,
      gradients: compressed,
      damping,
    },
  });
  const out = options.out ?? join(folderOf(path), `attribution-${test}.html`);
  writeAtomically(out, page);
  stdout.write(`page: ${out}\n`);
}

const folderOf = (path: string): string => (statSync(path).isDirectory() ? path : dirname(path));

/** The pixels and the class of a batch of one image. */
async function imageOf({ x, y }: LabelledBatch): Promise<PlainImage> {
  return { pixels: [...(await x.data())], label: await y.item() };
}

/** TRAK's scores of the training samples for one test sample, and how gradients were compressed. */
async function scoresOf(
  model: Mlp,
  train: Dataset<LabelledBatch>,
  asked: LabelledBatch,
  damping: number,
): Promise<{ readonly scores: readonly number[]; readonly compressed: string }> {
  const { compressed, gradientsOf } = gradients(model, train.length);
  const pieces: { readonly blocks: GradientBlocks; readonly margins: Tensor }[] = [];
  for (const batch of new DataLoader(train, { batchSize: Math.min(BATCH, train.length) })) {
    pieces.push(
      scope(() => ({
        blocks: gradientsOf(batch),
        margins: noGrad(() => margin(model.forward(batch.x), batch.y)),
      })),
    );
    batch.x.dispose();
    batch.y.dispose();
    await setImmediate(); // Ctrl-C gets its turn
  }
  const scores = scope(() => {
    const test = gradientsOf(asked);
    const joined = Object.keys(test).map(
      (path) =>
        [
          path,
          concat(
            pieces.flatMap(({ blocks }) => blocks[path] ?? []),
            0,
          ),
        ] as const,
    );
    const margins = concat(
      pieces.map((piece) => piece.margins),
      0,
    );
    const checkpoint = { train: Object.fromEntries(joined), test, margins };
    const parameters = model.parameterCount();
    return trak([checkpoint], { damping, dampingBy: "trace", parameters });
  });
  return { scores: [...(await scores.data())], compressed };
}

/**
 * The gradients of margins: by the factors of dense layers; of others whole, where those of all
 * samples fit, or compressed.
 */
function gradients(
  model: Mlp,
  samples: number,
): { readonly compressed: string; readonly gradientsOf: (batch: LabelledBatch) => GradientBlocks } {
  const random = rng(1);
  const loss = (x: Tensor, y: Tensor): Tensor => sum(margin(model.forward(x), y));
  const dense = model.layers.flatMap((layer, k) =>
    layer instanceof Linear ? [[`layers.${k}`, layer] as const] : [],
  );
  if (dense.length === model.layers.length) {
    const compressors = Object.fromEntries(
      dense.map(([path, { inFeatures, outFeatures }]) => [
        path,
        factGrass(inFeatures, outFeatures, K, { random }),
      ]),
    );
    return {
      compressed: `FactGraSS, ${K} numbers a layer`,
      gradientsOf: ({ x, y }) =>
        factoredGradients(model, () => loss(x, y), compressors, { reduction: "sum" }),
    };
  }
  const parameters = model.parameterCount();
  const whole = parameters * samples * Math.min(parameters, samples) <= MOST_PRODUCTS;
  const compressor = whole ? wholeGradient(parameters) : grass(parameters, K, { random });
  return {
    compressed: whole ? "whole" : `GraSS, ${K} numbers`,
    gradientsOf: ({ x, y }) => compressedGradients(model, loss, [x, y], { "": compressor }),
  };
}
