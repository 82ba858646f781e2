/** @file `spm attribute`: which training samples made a model say what it says of a test sample. */
import { setImmediate } from "node:timers/promises";
import {
  compressedGradients,
  factGrass,
  factoredGradients,
  type GradientBlocks,
  grass,
  influence,
  margin,
  trak,
  wholeGradient,
} from "@spm/attribution";
import { concat, noGrad, rng, scope, square, sub, sum, type Tensor } from "@spm/core";
import { ValueError } from "@spm/core/extend";
import { DataLoader, type Dataset, type LabelledBatch, subset } from "@spm/data";
import type { LabelledData } from "@spm/data/datasets";
import type { Mlp } from "@spm/models";
import { Linear, softmax } from "@spm/nn";
import { CheckpointError, type ProgressStream } from "@spm/trainer";
import { formatCount } from "@spm/trainer/format";
import { writeAtomically } from "@spm/trainer/node";
import { classNames, numberTarget, targetName } from "./assess.ts";
import {
  type AttributionPage,
  type AttributionTable,
  attributionPage,
  attributionTablePage,
  type ScoredImage,
  type ScoredRow,
  signed,
} from "./attribution-page.ts";
import { assertNew, freePlace } from "./new-file.ts";
import { imageOf } from "./plain-image.ts";
import type { Registries } from "./registries.ts";
import { contextOf, savedConfig } from "./saved-config.ts";
import { assertSameSamples, folderOf, loadModel, openCheckpoint } from "./saved-model.ts";
import type { SavedConfig } from "./saved-task.ts";
import { loadData } from "./task.ts";
import { textTable } from "./text-table.ts";

/** Numbers that gradients are compressed to: of a layer, or of the model. */
const K = 1024;
/** The most products that whole gradients may cost: a few seconds. */
const MOST_PRODUCTS = 5e10;
const BATCH = 250;
/** Samples on each side of the page. */
const SHOWN = 10;

/** Options of {@link attribute}. */
export interface AttributeOptions {
  /** The index of the test sample. */
  readonly test: number;
  /** The first training samples only. */
  readonly samples?: number;
  readonly damping: number;
  readonly out?: string;
  /** The command line that repeats it. */
  readonly command: string;
}

/**
 * Writes a page of the training samples that help and harm a test sample most, and prints its path;
 * of a table, prints the rows, too.
 *
 * @param path - a run folder or a checkpoint of `spm train`
 * @throws CheckpointError for what is neither, or was not trained on images or a table; ValueError
 * for an index or a number of samples that isn't there; RunError where the place is taken
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
  const data = await loadData(config.options, registries, contextOf(config));
  const { imageWidth, rows } = data;
  const got = `${path}, which is on ${dataset}`;
  if (imageWidth === undefined && rows === undefined)
    throw new CheckpointError("attribute", "a run on images or a table", got);
  assertSameSamples("attribute", ["train", "test"], config, data);
  const what = imageWidth === undefined ? "row" : "image";
  const { test, samples = data.train.length, damping } = options;
  if (!(test < data.test.length))
    throw new ValueError("attribute", `a test ${what} in [0, ${data.test.length})`, test);
  if (!(samples <= data.train.length))
    throw new ValueError("attribute", `at most ${data.train.length} training ${what}s`, samples);
  const out = options.out ?? freePlace(folderOf(path), `attribution-${test}`, [".html"]);
  assertNew("attribute", out);
  const { model } = loadModel(path, checkpoint, registries);
  const train = subset(data.train, samples);
  const asked = data.test.batch(Int32Array.of(test));
  stdout.write(`attribute: gradients of ${formatCount(samples)} training ${what}s\n`);
  const target = numberTarget(config.encoding);
  const { scores, compressed } = await scoresOf(model, train, asked, damping, target !== undefined);
  const order = [...scores.keys()].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
  const score = (index: number): number => scores[index] ?? Number.NaN;
  const output = noGrad(() => model.forward(asked.x));
  const found: Found = {
    common: {
      test,
      command: options.command,
      names: target === undefined ? classNames(config.encoding, data.classes) : [],
      facts: {
        dataset,
        layer,
        parameters: model.parameterCount(),
        [`training ${what}s`]: samples,
        gradients: compressed,
        damping,
      },
    },
    outputs: [...(await (target === undefined ? softmax(output) : output).data())],
    helpful: order.slice(0, SHOWN).map((index) => ({ index, score: score(index) })),
    harmful: order.slice(-SHOWN).map((index) => ({ index, score: score(index) })),
  };
  found.harmful.reverse();
  if (imageWidth === undefined) {
    const page = rowsPage(found, data, config);
    writeAtomically(out, attributionTablePage(page));
    stdout.write(rowsText(page));
  } else writeAtomically(out, attributionPage(await imagesPage(found, data, config, imageWidth)));
  stdout.write(`page: ${out}\n`);
}

/** Findings about a test sample: the model's outputs, and the training samples' scores. */
interface Found {
  readonly common: Pick<AttributionTable, "test" | "command" | "names" | "facts">;
  readonly outputs: readonly number[];
  readonly helpful: { readonly index: number; readonly score: number }[];
  readonly harmful: { readonly index: number; readonly score: number }[];
}

function rowsPage(
  { common, outputs, helpful, harmful }: Found,
  { rows }: LabelledData,
  { encoding }: SavedConfig,
): AttributionTable {
  const target = numberTarget(encoding);
  const withCells = (scored: Found["helpful"]): ScoredRow[] =>
    scored.map((one) => ({ ...one, cells: rows?.train(one.index) ?? {} }));
  return {
    ...common,
    cells: rows?.test(common.test) ?? {},
    target: targetName(encoding),
    outputs: outputs.map((v) => (target === undefined ? v : v * target.std + target.mean)),
    helpful: withCells(helpful),
    harmful: withCells(harmful),
  };
}

async function imagesPage(
  { common, outputs, helpful, harmful }: Found,
  { train, test }: LabelledData,
  { encoding }: SavedConfig,
  width: number,
): Promise<AttributionPage> {
  const channels = encoding?.kind === "images" ? encoding.channels : 1;
  const withPixels = (scored: Found["helpful"]): Promise<ScoredImage[]> =>
    Promise.all(
      scored.map(async (one) => ({ ...(await imageOf(train, one.index, channels)), ...one })),
    );
  return {
    ...common,
    image: await imageOf(test, common.test, channels),
    probabilities: outputs,
    helpful: await withPixels(helpful),
    harmful: await withPixels(harmful),
    width,
  };
}

/** The rows with their scores as text. */
function rowsText({ cells, helpful, harmful }: AttributionTable): string {
  const columns = Object.keys(cells);
  const line = (first: string, at: AttributionTable["cells"]): string[] => [
    first,
    ...columns.map((name) => at[name] ?? ""),
  ];
  const body = [
    line("test row", cells),
    ...[...helpful, ...harmful.toReversed()].map((row) => line(signed(row.score), row.cells)),
  ];
  return `${textTable(["score", ...columns], body)}\n`;
}

/**
 * TRAK's scores of the training samples for one test sample, or influences on its squared error,
 * and how gradients were compressed.
 */
async function scoresOf(
  model: Mlp,
  train: Dataset<LabelledBatch>,
  asked: LabelledBatch,
  damping: number,
  regression: boolean,
): Promise<{ readonly scores: readonly number[]; readonly compressed: string }> {
  const { compressed, gradientsOf } = gradients(model, train.length, regression);
  const pieces: { readonly blocks: GradientBlocks; readonly margins?: Tensor }[] = [];
  for (const batch of new DataLoader(train, { batchSize: Math.min(BATCH, train.length) })) {
    pieces.push(
      scope(() => ({
        blocks: gradientsOf(batch),
        ...(!regression && { margins: noGrad(() => margin(model.forward(batch.x), batch.y)) }),
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
    const gradients = { train: Object.fromEntries(joined), test };
    const by = { damping, dampingBy: "trace" } as const;
    if (regression) return influence([gradients], by);
    const margins = concat(
      pieces.flatMap((piece) => piece.margins ?? []),
      0,
    );
    return trak([{ ...gradients, margins }], { ...by, parameters: model.parameterCount() });
  });
  return { scores: [...(await scores.data())], compressed };
}

/**
 * The gradients of margins, or of squared errors: by the factors of dense layers; of others whole,
 * where those of all samples fit, or compressed.
 */
function gradients(
  model: Mlp,
  samples: number,
  regression: boolean,
): { readonly compressed: string; readonly gradientsOf: (batch: LabelledBatch) => GradientBlocks } {
  const random = rng(1);
  const loss = (x: Tensor, y: Tensor): Tensor => {
    const out = model.forward(x);
    return sum(regression ? square(sub(out, y)) : margin(out, y));
  };
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
