/** @file Every function and class of this package refuses an option that it does not have. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OptionError } from "@spm/core/extend";
import { encode } from "fast-png";
import { afterAll, describe, expect, test } from "vitest";
import { datasets } from "./datasets/index.ts";
import * as files from "./files.ts";
import * as data from "./index.ts";
import * as mnist from "./mnist.ts";
import * as tables from "./table/index.ts";

const folder = mkdtempSync(join(tmpdir(), "spm-options-"));
afterAll(() => rmSync(folder, { recursive: true }));
const [table, pictures] = [join(folder, "it.csv"), join(folder, "pictures")];
writeFileSync(table, "a,b\n1,2\n");
for (const name of ["a", "b"]) {
  mkdirSync(join(pictures, name), { recursive: true });
  const image = { width: 1, height: 1, channels: 1, data: Uint8Array.of(7) };
  writeFileSync(join(pictures, name, "1.png"), encode(image));
}
const rows = tables.rowsOf([
  { a: 1, y: 0 },
  { a: 2, y: 1 },
]);
const sizes = { count: 12, features: 2, classes: 3, seed: 1 };

/** A call of each export that has options; `nonsense` is spread into them. */
const calls: Readonly<Record<string, (nonsense: object) => unknown>> = {
  DataLoader: (nonsense) =>
    new data.DataLoader(data.gaussianClusters(sizes), { batchSize: 4, ...nonsense }),
  csvRows: (nonsense) => tables.csvRows("a,b\n1,2\n", { name: "it", ...nonsense }),
  fitEncoding: async (nonsense) =>
    tables.fitEncoding(await tables.readTable(rows), { target: "y", ...nonsense }),
  imageFolder: (nonsense) => files.imageFolder(pictures, { size: 2, ...nonsense }),
  jsonRows: (nonsense) => tables.jsonRows("[1, 2]", { name: "it", ...nonsense }),
  nextCharacters: (nonsense) =>
    data.nextCharacters(Int32Array.of(0, 1), { context: 1, ...nonsense }),
  openTable: (nonsense) => files.openTable(table, { name: "it", ...nonsense }),
  readImages: (nonsense) => files.readImages([join(pictures, "a/1.png")], { size: 2, ...nonsense }),
  readTable: (nonsense) => tables.readTable(rows, { badRows: "skip", ...nonsense }),
  splitIndices: (nonsense) => data.splitIndices(10, { seed: 1, ...nonsense }),
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
  ...["subset", "vocabularyOf", "datasets", "loadMnist", "select", "columnOf", "decodeImage"],
  ...["featureCount", "imageFiles", "mapTable", "npyRows", "parseNpy", "resizeImage", "rowsOf"],
  ...["cellsOf", "readOptionsFor", "tableDataset", "tableInputs", "unknownValues", "tableTargets"],
];

test("every export is in the table or has no options", () => {
  const faces = [data, { datasets }, files, mnist, tables];
  const all = faces.flatMap((face) => Object.keys(face));
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
  const options: object = { file: "no-such-file", folder: "none", nonsense: 1 };
  await expect(entry.load(options)).rejects.toThrow(OptionError);
});

test("says which option may be meant", () => {
  const options = { batchSize: 4, ...{ shufle: 1, batch_size: 4 } };
  const make = () => new data.DataLoader(data.gaussianClusters(sizes), options);
  expect(make).toThrow(/^DataLoader: unknown option "shufle"; help: one of batchSize, seed, drop/);
});
