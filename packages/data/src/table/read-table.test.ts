/** @file Rows become columns: kinds, missing values, bad rows and what is said of them. */
import { expect, test } from "vitest";
import { csvRows } from "./csv.ts";
import { npyRows } from "./npy.ts";
import { type ReadTableOptions, readTable } from "./read-table.ts";
import { rowsOf } from "./rows.ts";
import type { Table } from "./table.ts";

const read = async (text: string, options?: ReadTableOptions): Promise<Table> =>
  readTable(await csvRows(text, { name: "it.csv" }), options);
const columnsOf = ({ columns }: Table) =>
  columns.map((column) => [
    column.name,
    column.kind === "number" ? [...column.values] : [column.categories, [...column.values]],
  ]);

test("numbers and categories are told apart; what is missing is NaN or −1", async () => {
  const text = "a,b,c,d\n1,x,,0x10\n-2.5e3,y,NA,?\nNaN,x,,true\n+.5,,null,inf\n";
  const nan = Number.NaN;
  expect(columnsOf(await read(text))).toEqual([
    ["a", [1, -2500, nan, 0.5]],
    [
      "b",
      [
        ["x", "y"],
        [0, 1, 0, -1],
      ],
    ],
    ["c", [nan, nan, nan, nan]],
    [
      "d",
      [
        ["0x10", "true", "inf"],
        [0, -1, 1, 2],
      ],
    ],
  ]);
  expect(columnsOf(await read("a\n-\n1\n", { missing: ["-"] }))).toEqual([["a", [nan, 1]]]);
  expect(columnsOf(await read("a;b\n1,5;2\n3;4\n"))).toEqual([
    ["a", [1.5, 3]],
    ["b", [2, 4]],
  ]);
  // with a decimal point somewhere, a comma is none
  await expect(read("a;b\n1.5;2,0\n3;4\n5;6\n", { kinds: { b: "number" } })).rejects.toThrow(
    'expected a number for "b" in line 2 of it.csv, got "2,0"',
  );
  const mixed = rowsOf([{ a: 1, b: true }, { a: null, b: "true" }, { a: Number.NaN }]);
  expect(columnsOf(await readTable(mixed))).toEqual([
    ["a", [1, nan, nan]],
    ["b", [["true"], [0, 0, -1]]],
  ]);
});

test("kinds may be given, columns ignored", async () => {
  const text = "zip,name\n02134,a\n2134,b\n";
  expect(columnsOf(await read(text, { kinds: { zip: "category" }, ignore: ["name"] }))).toEqual([
    [
      "zip",
      [
        ["02134", "2134"],
        [0, 1],
      ],
    ],
  ]);
  await expect(read(text, { ignore: ["nme"] })).rejects.toThrow(
    'readTable: expected a column of it.csv: "zip", "name", got "nme"',
  );
});

const bad = `a,b\n${"1,x\n".repeat(20)}one,x\n1,x,2\n,y\n2,\n`;

test("a bad row is an error that names file and line", async () => {
  await expect(read(bad)).rejects.toThrowErrorMatchingInlineSnapshot(`
    [DataError: readTable: expected a number for "a" in line 22 of it.csv, got "one"
    help: mend the row, or leave out and count such rows: badRows "skip", --bad-rows skip]
  `);
  await expect(read("a,b\n1,2\n3\n")).rejects.toThrowErrorMatchingInlineSnapshot(`
    [DataError: readTable: expected 2 cells, as in the first line in line 3 of it.csv, got 1
    help: mend the row, or leave out and count such rows: badRows "skip", --bad-rows skip]
  `);
  await expect(read("a,b\n1,2\n3,\n", { required: ["b"] })).rejects.toThrow(
    'expected a value for "b" in line 3 of it.csv, got ""',
  );
});

test("or is left out and counted, the first named; the others keep their lines", async () => {
  const table = await read(bad, { badRows: "skip", required: ["b"] });
  expect(table.length).toBe(21);
  expect(table.lines.at(-1)).toBe(24);
  expect(table.skipped).toEqual({
    count: 3,
    first: [
      { line: 22, problem: 'a number for "a", got "one"' },
      { line: 23, problem: "2 cells, as in the first line, got 3" },
      { line: 25, problem: 'a value for "b", got ""' },
    ],
  });
  const long = await read(`a,b\n${"1,x\n".repeat(3000)}x,x\n${"1\n".repeat(9)}`, {
    badRows: "skip",
  });
  expect([long.length, long.skipped.count, long.skipped.first.length]).toEqual([3000, 10, 5]);
});

test("no good row at all is an error, with the first bad one", async () => {
  await expect(read("a,b\n1\n2\n", { badRows: "skip" })).rejects.toThrowErrorMatchingInlineSnapshot(
    `[DataError: readTable: expected rows in it.csv, got 2 bad ones, the first in line 2: 2 cells, as in the first line, got 1]`,
  );
  await expect(read("a,b\n")).rejects.toThrow("readTable: expected rows in it.csv, got none");
});

test("progress is told every 10,000 rows, and at the end", async () => {
  const told: unknown[] = [];
  const text = `a,b\n${"1,x\n".repeat(25_000)}`;
  const rows = await csvRows(new TextEncoder().encode(text), { size: text.length });
  const table = await readTable(rows, { onProgress: (progress) => told.push(progress) });
  const bytes = text.length;
  expect(told).toEqual([10_000, 20_000, 25_000].map((rows) => ({ rows, bytes, total: bytes })));
  expect(table.columns.map(({ values }) => values.length)).toEqual([25_000, 25_000]);
});

test("the rows of a NumPy array are counted, not its lines", async () => {
  const header = `{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }`.padEnd(117);
  const start = [0x93, ...Buffer.from("NUMPY"), 1, 0, 118, 0, ...Buffer.from(`${header}\n`)];
  const numbers = new Uint8Array(Float64Array.of(1, Infinity).buffer);
  await expect(
    readTable(npyRows(Uint8Array.from([...start, ...numbers]), "it.npy")),
  ).rejects.toThrow('±3.4e38, for "0" in row 2 of it.npy, got Infinity');
});
