/** @file The data and the model of a training, made from its options. */
import { rng } from "@spm/core";
import { subset } from "@spm/data";
import type { LabelledData, LoadContext } from "@spm/data/datasets";
import { Mlp } from "@spm/models";
import { entryOf, type Registries } from "./registries.ts";
import type { TrainOptions } from "./train-options.ts";

/** The options that an entry has, of all that are given. */
export const optionsOf = (
  entry: { readonly options: object },
  options: TrainOptions,
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.keys(entry.options).flatMap((name) =>
      options[name] === undefined ? [] : [[name, options[name]]],
    ),
  );

/**
 * Loads the data.
 * @param context - of a run, the encoding that its checkpoint keeps
 * @throws DataError, ValueError for data that is not there or too little
 */
export async function loadData(
  options: TrainOptions,
  registries: Registries,
  context: LoadContext = {},
): Promise<LabelledData> {
  const { dataset, samples, testSamples } = options;
  const entry = entryOf(registries, "dataset", dataset);
  const data = await entry.load(optionsOf(entry, options), context);
  return {
    ...data,
    train: samples === undefined ? data.train : subset(data.train, samples),
    test: testSamples === undefined ? data.test : subset(data.test, testSamples),
  };
}

/** The model before training. */
export function buildModel(
  { hidden, depth, layer, seed }: TrainOptions,
  { features, classes }: Pick<LabelledData, "features" | "classes">,
  registries: Registries,
): Mlp {
  const widths = Array.from({ length: depth }, () => hidden);
  const linear = entryOf(registries, "layer", layer).create;
  return new Mlp({ sizes: [features, ...widths, classes], linear, random: rng(seed) });
}
