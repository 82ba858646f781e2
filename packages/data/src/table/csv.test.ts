/** @file Texts of cells: what files in the wild have, and what is said of broken ones. */
import { expect, test } from "vitest";
import { DataError } from "../errors.ts";
import { type CsvOptions, csvRows } from "./csv.ts";
import type { ByteStream } from "./text-pieces.ts";

/** Bytes in pieces of a few, so that characters, quotes and line ends are cut anywhere. */
async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(source: ByteStream, options?: CsvOptions) {
  const rows = await csvRows(source, options);
  const found = [];
  for await (const { line, cells, problem } of rows) found.push([line, problem ?? cells]);
  return { columns: rows.columns, rows: found };
}

const wild = '\ufeffname;"size ""cm"""\r\n"a;\r\nb" ; 1\r\n\r\nc;"2"\r\nd é;3';

test.each([1, 2, 3, 7, 1000])(
  "a mark, quotes, newlines in cells, semicolons, CRLF and blank lines, in pieces of %i",
  async (size) => {
    expect(await read(inPieces(new TextEncoder().encode(wild), size))).toEqual({
      columns: ["name", 'size "cm"'],
      rows: [
        [2, ["a;\nb", "1"]],
        [5, ["c", "2"]],
        [6, ["d é", "3"]],
      ],
    });
  },
);

test("the delimiter is told from the first lines, or given; a header may be absent", async () => {
  const delimiters = [",", ";", "\t", "|"];
  for (const one of delimiters)
    expect((await read(`a${one}b b\n1${one}2,5;\n`.replaceAll(",5;", ""))).columns).toEqual([
      "a",
      "b b",
    ]);
  expect((await read("only\n1\n2\n")).rows).toEqual([
    [2, ["1"]],
    [3, ["2"]],
  ]);
  expect(await read("1 2\n3 4\n", { delimiter: " ", header: false })).toEqual({
    columns: ["0", "1"],
    rows: [
      [1, ["1", "2"]],
      [2, ["3", "4"]],
    ],
  });
  expect((await csvRows("a;b\n1;2\n")).decimalComma).toBe(true);
  expect((await read(",b,\n1,2,3\n")).columns).toEqual(["0", "b", "2"]);
});

test("returns alone end lines, too, and so do newlines of either kind in one file", async () => {
  expect((await read("a,b\r1,2\r3,4")).rows).toEqual([
    [2, ["1", "2"]],
    [3, ["3", "4"]],
  ]);
  expect((await read('a,b\r\n1,"2"\n3,4\r\n')).rows.length).toBe(2);
});

test("UTF-16 is read by its mark, others by their name", async () => {
  const utf16 = Uint8Array.from([0xff, 0xfe, ...[..."a\né"].flatMap((c) => [c.charCodeAt(0), 0])]);
  expect(await read(utf16)).toEqual({ columns: ["a"], rows: [[2, ["é"]]] });
  const latin1 = Uint8Array.of(97, 10, 0xe9, 10);
  expect((await read(latin1, { encoding: "latin1" })).rows).toEqual([[2, ["é"]]]);
  await expect(read(latin1, { name: "it.csv" })).rejects.toThrowErrorMatchingInlineSnapshot(`
    [DataError: csvRows: expected a text in utf-8, got other bytes in it.csv
    help: name its encoding, such as latin1, or save it as UTF-8]
  `);
  await expect(read(latin1, { encoding: "utf-99" })).rejects.toThrow(/got utf-99$/);
});

test("a row of another width and quotes that don't end are named by their line", async () => {
  expect((await read('a,b\n"x\ny",1\n1,2,3\n4\n5,6\n')).rows).toEqual([
    [2, ["x\ny", "1"]],
    [4, "2 cells, as in the first line, got 3"],
    [5, "2 cells, as in the first line, got 1"],
    [6, ["5", "6"]],
  ]);
  expect((await read('a,b\n1,2\n"3,4\n5,6\n')).rows).toEqual([
    [2, ["1", "2"]],
    [3, "quotes that end, got others"],
  ]);
});

test("an empty file, columns of one name, and a spreadsheet are refused", async () => {
  for (const source of ["", "\ufeff", "\n\n", new Uint8Array()])
    await expect(read(source, { name: "it.csv" })).rejects.toThrow(
      /^csvRows: expected a header and rows in it.csv, got an empty file$/,
    );
  await expect(read("a,a\n1,2\n")).rejects.toThrow(
    'csvRows: expected columns of different names in text, got "a" twice',
  );
  const zip = Uint8Array.of(0x50, 0x4b, 3, 4, 20, 0, 6, 0);
  await expect(read(zip, { name: "it.xlsx" })).rejects.toThrow(DataError);
  await expect(read(zip, { name: "it.xlsx" })).rejects.toThrowErrorMatchingInlineSnapshot(`
    [DataError: csvRows: expected a text, got it.xlsx with bytes that no text has
    help: a spreadsheet is saved as CSV by its program]
  `);
});

test("no more of the source is taken than a piece before the first row is given", async () => {
  let taken = 0;
  async function* endless() {
    yield new TextEncoder().encode("a,b\n");
    for (;;) {
      taken++;
      yield new TextEncoder().encode("1,2\n".repeat(100));
    }
  }
  const rows = await csvRows(endless(), { size: 1e9 });
  let count = 0;
  for await (const _ of rows) if (++count === 250) break;
  expect(taken).toBe(3);
  expect(rows.progress?.()).toEqual({ bytes: 1204, total: 1e9 });
});
