/** @file Tables as samples: the features, the rows that statistics are of, what is refused. */
import type { Tensor } from "@spm/core";
import { elements } from "@spm/core/extend";
import { expect, test } from "vitest";
import { DataLoader } from "../loader.ts";
import { csvRows } from "./csv.ts";
import { featureCount, readOptionsFor, tableDataset, tableInputs, tableTargets } from "./encode.ts";
import { type FitEncodingOptions, fitEncoding } from "./encoding.ts";
import { readTable } from "./read-table.ts";
import type { Table } from "./table.ts";

const read = async (text: string): Promise<Table> => readTable(await csvRows(text));
const rowsOfTensor = (x: Tensor): number[][] => {
  const [rows = 0, width = 1] = x.shape;
  const all = [...elements(x.ndarray())];
  return Array.from({ length: rows }, (_, k) => all.slice(k * width, (k + 1) * width));
};
const indices = Int32Array.of(0, 1, 2, 3);
const text = "size,kind,same,id,y\n1,a,7,p,no\n3,,7,q,yes\n,b,7,r,no\n90,c,7,s,yes\n";

test("numbers are standardised by the training rows alone, categories one-hot", async () => {
  const table = await read(text);
  const encoding = fitEncoding(table, { target: "y", rows: Int32Array.of(0, 1, 2) });
  expect(encoding).toEqual({
    kind: "table",
    target: { name: "y", kind: "category", categories: ["no", "yes"] },
    features: [
      { name: "size", kind: "number", mean: 2, std: 1, missing: true },
      { name: "kind", kind: "category", categories: ["a", "b"], missing: true },
      { name: "id", kind: "category", categories: ["p", "q", "r"], missing: false },
    ],
    leftOut: [{ name: "same", why: "the same in all rows" }],
  });
  expect(JSON.parse(JSON.stringify(encoding))).toEqual(encoding);
  expect(featureCount(encoding)).toBe(8);
  const { x, y } = tableDataset(table, encoding).batch(indices);
  expect(rowsOfTensor(x)).toEqual([
    [-1, 0, 1, 0, 0, 1, 0, 0],
    [1, 0, 0, 0, 1, 0, 1, 0],
    [0, 1, 0, 1, 0, 0, 0, 1],
    [88, 0, 0, 0, 0, 0, 0, 0], // categories that the training rows don't have
  ]);
  expect([y.dtype, ...elements(y.ndarray())]).toEqual(["int32", 0, 1, 0, 1]);
});

test("another table is encoded alike, in any order of columns, without a target too", async () => {
  const encoding = fitEncoding(await read(text), { target: "y", rows: Int32Array.of(0, 1, 2) });
  const other = await read("y,kind,id,size\nno,b,q,2\nmaybe,,z,4\n");
  expect(rowsOfTensor(tableInputs(other, encoding).batch(Int32Array.of(0, 1)).x)).toEqual([
    [0, 0, 0, 1, 0, 0, 1, 0],
    [2, 0, 0, 0, 1, 0, 0, 0],
  ]);
  expect([...tableTargets(other, encoding.target)]).toEqual([0, -1]);
  const narrow = await read("kind,size\nb,2\n");
  expect(() => tableInputs(narrow, encoding)).toThrow(
    'columnOf: expected the column "id" in text, got a table of "kind", "size"',
  );
  const named = { ...(await csvRows("kind,y\nb,2\n")), name: "new.csv" };
  expect(() => readOptionsFor(named, encoding)).toThrow(
    'readTable: expected the columns "size", "id" in new.csv, as in training, ' +
      'got a file that has "kind", "y"',
  );
  const texts = await readTable(await csvRows("size,kind,id\nbig,a,p\n"));
  expect(() => tableInputs(texts, encoding)).toThrow(
    "tableInputs: expected numbers in the column size, got texts",
  );
});

test("numbers that float32 doesn't have are refused in a table that a program makes", async () => {
  const table = await read("size,price\n1,2.5\n2,3.5\n3,4.5\n");
  const encoding = fitEncoding(table, { target: "price" });
  for (const [place, name, op] of [
    [0, "size", "tableInputs"],
    [1, "price", "tableDataset"],
  ] as const) {
    const columns = table.columns.map((column, k) =>
      k === place && column.kind === "number"
        ? { ...column, values: Float64Array.of(1, 2, -1e39) }
        : column,
    );
    const own = { ...table, columns };
    const message = `expected a number of float32, to ±3.4e38, for "${name}" in line 4 of text`;
    expect(() => fitEncoding(own, { target: "price" })).toThrow(`fitEncoding: ${message}`);
    expect(() => tableDataset(own, encoding)).toThrow(`${op}: ${message}, got -1e+39`);
  }
});

test("a target of numbers is learnt standardised; a few whole ones are classes", async () => {
  const table = await read("x,y\n1,2.5\n2,3.5\n3,4.5\n4,9\n");
  const { target } = fitEncoding(table, { target: "y", rows: Int32Array.of(0, 1, 2) });
  expect(target).toMatchObject({ name: "y", kind: "number", mean: 3.5 });
  const encoding = fitEncoding(table, { target: "y", rows: Int32Array.of(0, 2) });
  const { y } = tableDataset(table, encoding).batch(indices);
  expect([y.dtype, ...rowsOfTensor(y)]).toEqual(["float32", [-1], [0], [1], [5.5]]);
  expect([...tableTargets(table, encoding.target)]).toEqual([2.5, 3.5, 4.5, 9]);

  const counts = await read(`x,y\n${[10, 2, 10, 2, 3].map((y, x) => `${x},${y}`).join("\n")}`);
  const classes = fitEncoding(counts, { target: "y" });
  expect(classes.target).toEqual({ name: "y", kind: "category", categories: ["2", "3", "10"] });
  expect([...tableTargets(counts, classes.target)]).toEqual([2, 0, 2, 0, 1]);
  expect(fitEncoding(counts, { target: "y", task: "regression" }).target.kind).toBe("number");
});

test("texts that are nearly all different are left out, rare categories are 0", async () => {
  const lines = Array.from({ length: 400 }, (_, k) => `text ${k},${k % 150},${k % 2}`);
  const table = await readTable(await csvRows(`name,zip,y\n${lines.join("\n")}`), {
    kinds: { zip: "category" },
  });
  const { features, leftOut } = fitEncoding(table, { target: "y" });
  expect(leftOut).toEqual([{ name: "name", why: "400 different texts in 400 rows" }]);
  const [zip] = features;
  expect(zip?.kind === "category" && zip.categories.length).toBe(100);
  expect(zip?.kind === "category" && zip.categories.includes("0")).toBe(true);
  expect(zip?.kind === "category" && zip.categories.includes("149")).toBe(false);
});

test.each<[string, string, Partial<FitEncodingOptions>, string]>([
  ["no such target", "x,y\n1,a\n2,b\n", { target: "z" }, '"z" in text, got a table of "x", "y"'],
  ["one class", "x,y\n1,a\n2,a\n", {}, 'expected at least two values in the target y, got "a"'],
  ["one number", "x,y\n1,2\n2,2\n", {}, "expected at least two values in the target y, got 2"],
  ["no value", "x,y\n1,\n2,\n", {}, "expected at least two values in the target y, got none"],
  [
    "texts for numbers",
    "x,y\n1,a\n2,b\n",
    { task: "regression" },
    'expected numbers in the target y, got texts such as "a"',
  ],
  [
    "a name as the target",
    `x,y\n${Array.from({ length: 30 }, (_, k) => `${k},name ${k}`).join("\n")}`,
    {},
    "expected classes that occur more than once in the target y, got 30 in 30 rows",
  ],
  ["no features", "x,y\n1,a\n1,b\n", {}, "columns beside y to learn from, got x (the same in all"],
  [
    "the test rows alone differ",
    "x,y\n1,2.5\n2,2.5\n3,4.5\n",
    { rows: Int32Array.of(0, 1) },
    "at least two values among the training rows in the target y, got 2.5",
  ],
])("%s is refused", async (_, text, options, message) => {
  const table = await read(text);
  expect(() => fitEncoding(table, { target: "y", ...options })).toThrow(message);
});

test("a digest changes with a value, a name, a category; loaders take a table", async () => {
  const digests = [text, text.replace("90", "91"), text.replace("a,7", "d,7")].map(async (t) => {
    const table = await read(t);
    return tableDataset(table, fitEncoding(table, { target: "y" })).digest?.();
  });
  const all = await Promise.all(digests);
  expect(new Set(all).size).toBe(3);
  expect(await digests[0]).toBe(all[0]);
  const table = await read(text);
  const data = tableDataset(table, fitEncoding(table, { target: "y" }));
  const batches = [...new DataLoader(data, { batchSize: 2, seed: 1 })];
  expect(batches.map(({ x, y }) => [x.shape[0], y.shape])).toEqual([
    [2, [2]],
    [2, [2]],
  ]);
});
