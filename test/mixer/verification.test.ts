/**
 * @file docs/verification.md is what the code measures: the same tables, within the same bounds.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { page } from "./verification.ts";
import { problems, tablesOf } from "./verification-bounds.ts";

const committed = readFileSync(
  fileURLToPath(new URL("../../docs/verification.md", import.meta.url)),
  "utf8",
);
const fresh = page(3);

/** A line without the errors that it reports. */
const skeleton = (line: string): string => line.replace(/\d+(\.\d+)?e[+-]\d+/g, "#");

test("every error is within its bound, on the committed page and now", () => {
  expect(problems(committed)).toEqual([]);
  expect(problems(fresh)).toEqual([]);
});

test(
  "the committed page has the text and rows that the code makes: " +
    "run `npm run -s verify:mixer` where this fails",
  () => {
    const rows = (text: string) => tablesOf(text).map((table) => table.map(([name]) => name));
    expect(rows(fresh)).toEqual(rows(committed));
    const prose = (text: string) => text.split("\n").filter((line) => !line.startsWith("|"));
    expect(prose(fresh).map(skeleton)).toEqual(prose(committed).map(skeleton));
    // memory is counted, not timed
    expect(tablesOf(fresh).at(-1)).toEqual(tablesOf(committed).at(-1));
  },
);

test("a page with an error too large, a table missing, or memory that grows is found out", () => {
  const withCell = (before: RegExp, cell: string) =>
    committed.replace(before, (_, start: string) => `${start}${cell}`);
  const error = /(\| rotation, reverse, square \| \d+ \| )\S+/;
  expect(problems(withCell(error, "1.0e-1"))).toEqual([
    "rotation, reverse, square: closed form 1.0e-1 from composed ops",
  ]);
  expect(problems(withCell(error, "NaN"))).toHaveLength(1);
  expect(problems(withCell(/(\n\| 256 \| )\S+/, "9,999,999"))).toEqual([
    "reverse holds as much at every depth",
  ]);
  expect(problems(committed.slice(0, committed.indexOf("## Walking back")))).toEqual([
    "a table is missing",
  ]);
});
