/** @file Every function and class of this package refuses an option that it does not have. */
import { OptionError } from "@spm/core/extend";
import { describe, expect, test } from "vitest";
import { datasets } from "./datasets/index.ts";
import * as data from "./index.ts";
import * as mnist from "./mnist.ts";

const sizes = { count: 12, features: 2, classes: 3, seed: 1 };

/** A call of each export that has options; `nonsense` is spread into them. */
const calls: Readonly<Record<string, (nonsense: object) => unknown>> = {
  DataLoader: (nonsense) =>
    new data.DataLoader(data.gaussianClusters(sizes), { batchSize: 4, ...nonsense }),
  characters: (nonsense) =>
    data.characters("banana", { context: 2, vocabulary: "abn", ...nonsense }),
  gaussianClusters: (nonsense) => data.gaussianClusters({ ...sizes, ...nonsense }),
  mapBatches: (nonsense) =>
    data.mapBatches(data.gaussianClusters(sizes), (batch) => batch, nonsense),
  parseIdx: (nonsense) =>
    data.parseIdx(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 7), { name: "it", ...nonsense }),
  prefetch: (nonsense) => data.prefetch([1], (k) => k, { ahead: 1, ...nonsense }).next(),
};

const without = [
  ...[
    "Batches",
    "DataError",
    "digestOf",
    "collectSamples",
    "encodeCharacters",
    "epochOrder",
    "imageDataset",
  ],
  ...["inGroups", "pixelStatistics", "sampleDataset", "standardizationTable"],
  ...["subset", "vocabularyOf", "datasets", "loadMnist"],
];

test("every export is in the table or has no options", () => {
  const all = [...Object.keys(data), ...Object.keys({ datasets }), ...Object.keys(mnist)];
  expect([...Object.keys(calls), ...without].sort()).toEqual(all.sort());
});

describe.each(Object.entries(calls))("%s", (_, call) => {
  test("takes its options, and refuses another", async () => {
    await (async () => call({}))();
    await expect(async () => call({ nonsense: 1 })).rejects.toThrow(OptionError);
    await expect(async () => call({ nonsense: 1 })).rejects.toThrow(/unknown option "nonsense"/);
  });
});

test.each(Object.entries(datasets))("data set %s by name refuses one", async (_, entry) => {
  const options: object = { file: "no-such-file", nonsense: 1 };
  await expect(entry.load(options)).rejects.toThrow(OptionError);
});

test("says which option may be meant", () => {
  const options = { batchSize: 4, ...{ shufle: 1, batch_size: 4 } };
  const make = () => new data.DataLoader(data.gaussianClusters(sizes), options);
  expect(make).toThrow(/^DataLoader: unknown option "shufle"; help: one of batchSize, seed, drop/);
});
