/**
 * @file docs/verification.md is what the code measures: the same tables, within the same bounds.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { wasm } from "@spm/wasm";
import { expect, test } from "vitest";
import { openSoftwareGpu } from "../gpu/software-gpu.ts";
import { ABSENT, page } from "./verification.ts";
import { problems, tablesOf } from "./verification-bounds.ts";

const committed = readFileSync(
  fileURLToPath(new URL("../../docs/verification.md", import.meta.url)),
  "utf8",
);
const gpu = await openSoftwareGpu();
const fresh = await page(3, { wasm: await wasm(), gpu });
await gpu?.dispose();

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
    // Memory is counted, not timed; a GPU that was not there, or is not here, is left out.
    const [ours, theirs] = [tablesOf(fresh), tablesOf(committed)].map((tables) =>
      tables.slice(2).flat(),
    );
    const absent = (row: number, column: number): boolean =>
      [ours, theirs].some((rows) => rows?.[row]?.[column] === ABSENT);
    const seen = (rows: string[][] | undefined) =>
      rows?.map((row, r) => row.filter((_, c) => !absent(r, c)));
    expect(seen(ours)).toEqual(seen(theirs));
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
  expect(problems(withCell(/(\n\| 6 \| [\d,]+ \| )\S+/, "9,999,999"))).toEqual([
    expect.stringContaining("L 6: wasm's peak 9,999,999, the reference's"),
  ]);
  expect(problems(withCell(/(\n\| 24 \| [\d,]+ \| [\d,]+ \| )\S+/, "9,999,999"))).toEqual([
    expect.stringContaining("L 24: the GPU's peak 9,999,999"),
  ]);
  expect(problems(committed.slice(0, committed.indexOf("## Walking back")))).toEqual([
    "a table is missing",
  ]);
});
