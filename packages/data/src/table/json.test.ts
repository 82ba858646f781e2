/** @file JSON lines, arrays in JSON, plain arrays, and rows that are mapped. */
import { expect, test } from "vitest";
import { jsonRows } from "./json.ts";
import { mapTable, rowsOf, type TableRows } from "./rows.ts";

async function read(rows: TableRows) {
  const found = [];
  for await (const { line, cells, problem } of rows) found.push([line, problem ?? cells]);
  return { columns: rows.columns, rows: found };
}

test("a line is a row; lists and inner objects are columns of their own", async () => {
  const text = '{"x":[1,2],"p":{"q":"a"}}\n\n{"p":{"q":null},"x":[3,4],"late":true}\r\n';
  expect(await read(await jsonRows(text))).toEqual({
    columns: ["x.0", "x.1", "p.q", "late"],
    rows: [
      [1, [1, 2, "a", undefined]],
      [3, [3, 4, null, true]],
    ],
  });
  expect((await read(await jsonRows("[1,2]\n[3,4]\n"))).columns).toEqual(["0", "1"]);
});

test("a file that is one array has a row for each element, on one line or on several", async () => {
  const want = {
    columns: ["a", "b"],
    rows: [
      [1, [1, undefined]],
      [2, [2, "x"]],
    ],
  };
  for (const space of [0, 2]) {
    const text = JSON.stringify([{ a: 1 }, { a: 2, b: "x" }], null, space);
    expect(await read(await jsonRows(text))).toEqual(want);
  }
});

test("a line that isn't JSON, or has a key of its own late, is named", async () => {
  expect((await read(await jsonRows('{"a":1}\n{a:2}\n3\n'))).rows).toEqual([
    [1, [1]],
    [2, "a JSON object or array, got {a:2}"],
    [3, "a JSON object or array, got 3"],
  ]);
  const late = `${'{"a":1}\n'.repeat(1000)}{"b":1}\n`;
  expect((await read(await jsonRows(late))).rows.at(-1)).toEqual([
    1001,
    'one of the columns of the first rows, got "b"',
  ]);
});

test("what has no rows is refused", async () => {
  await expect(jsonRows("", { name: "it.jsonl" })).rejects.toThrow(
    "jsonRows: expected a JSON object or array a line in it.jsonl, got an empty file",
  );
  await expect(jsonRows("[{", { name: "it.json" })).rejects.toThrow(/expected JSON in it.json/);
  await expect(jsonRows("[[1], 2]\n")).rejects.toThrow(/objects or arrays in text, got another/);
  expect(() => rowsOf([])).toThrow("rowsOf: expected at least one row with a value, got rows");
});

test("rows are mapped one by one, left out, or passed where they can't be used", async () => {
  const rows = await jsonRows('{"a":1}\n{a\n{"a":2}\n{"a":3}\n');
  const mapped = mapTable(rows, ["b"], ({ a }) => (a === 2 ? undefined : { b: Number(a) * 10 }));
  expect(await read(mapped)).toEqual({
    columns: ["b"],
    rows: [
      [1, [10]],
      [2, "a JSON object or array, got {a"],
      [4, [30]],
    ],
  });
  expect(
    (await read(mapTable(rowsOf([[1, { inner: 1 } as never]]), ["0", "1"], (r) => r))).rows,
  ).toEqual([[1, 'a plain value for "1", got an object']]);
});
