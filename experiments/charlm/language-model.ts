/** @file The language models by name: transformers and recurrent ones, of every kind of map. */
import { currentBackend, type Rng, reference, rng, setBackend, tensor } from "@spm/core";
import { Gpt, type GptOptions, generate } from "@spm/models";
import type { LinearFactory } from "@spm/nn";
import type { LinearMap } from "@spm/nn/extend";
import { type MapRow, mapKinds, mapRow } from "../parts/map-rows.ts";
import { GruLanguageModel } from "./gru-language-model.ts";

/** A model of this experiment. */
export type LanguageModel = Gpt | GruLanguageModel;

/**
 * A row: `general`, `dense-112x2` (of width 112, two layers), `tied-dense`, `shared-dense`,
 * `gru-dense`.
 */
export interface LanguageRow extends MapRow {
  /** Whether the head is the embedding. */
  readonly tied: boolean;
  /** Whether all blocks have the maps of the first; their norms are their own. */
  readonly shared: boolean;
  readonly recurrent: boolean;
}

/** A row by its name. @throws ValueError for an unknown one */
export function languageRow(name: string): LanguageRow {
  const [, form = "", rest = name] = name.match(/^(tied|shared|gru)-(.+)$/) ?? [];
  const is = (own: string): boolean => form === own;
  return {
    ...mapRow(rest),
    row: name,
    tied: is("tied"),
    shared: is("shared"),
    recurrent: is("gru"),
  };
}

/** The sizes that rows without their own have. */
export interface LanguageSizes {
  readonly vocabulary: number;
  readonly context: number;
  readonly width: number;
  readonly heads: number;
  readonly layers: number;
}

/** The sizes of a row's transformer. */
export function gptSizes(
  { width, layers, tied }: LanguageRow,
  sizes: LanguageSizes,
): Omit<GptOptions, "random"> & { readonly tied: boolean } {
  const { vocabulary, context, heads } = sizes;
  const own = { width: width ?? sizes.width, layers: layers ?? sizes.layers };
  return { vocabulary, context, heads, ...own, tied };
}

/** A row's model from a seed. The state of a GRU is twice as wide as a transformer. */
export function languageModel(row: LanguageRow, sizes: LanguageSizes, seed: number): LanguageModel {
  const { create } = mapKinds[row.kind];
  const own = { linear: row.shared ? sharedByBlocks(create) : create, random: rng(seed) };
  const { width, ...rest } = gptSizes(row, sizes);
  if (!row.recurrent) return new Gpt({ width, ...rest, ...own });
  return new GruLanguageModel({
    vocabulary: sizes.vocabulary,
    width,
    hidden: 2 * width,
    ...own,
  });
}

/** Of query, key, value, output and the two of the perceptron. */
const MAPS_OF_A_BLOCK = 6;

/** The maps of the first block, and the same again for every other. */
function sharedByBlocks(create: LinearFactory): LinearFactory {
  const made: LinearMap[] = [];
  let asked = 0;
  return (...sizes) => {
    const place = asked++ % MAPS_OF_A_BLOCK;
    const map = made[place] ?? create(...sizes);
    made[place] = map;
    return map;
  };
}

/**
 * The model itself if it is in CPU memory; on a device a copy on the reference backend, since text
 * grows token by token, and on a device every shape is a new kernel.
 */
export async function inCpuMemory(
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

/** Continues a prompt. @returns the prompt and its continuation */
export function write(
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
