/** @file Rows of CSV, TSV, and other texts of lines with something between cells. */
import { checkOptions, type OptionNames } from "@spm/core/extend";
import Papa from "papaparse";
import { DataError } from "../errors.ts";
import type { TableRow, TableRows } from "./rows.ts";
import { type ByteStream, type ReadTextOptions, textPieces } from "./text-pieces.ts";

/** Options of {@link csvRows}. */
export interface CsvOptions extends ReadTextOptions {
  /**
   * The text between cells.
   * @defaultValue one of `,`, `;`, tab and `|`, whichever cuts the first lines alike
   */
  readonly delimiter?: string;
  /**
   * Whether the first line names the columns; otherwise they are "0", "1", …
   * @defaultValue true
   */
  readonly header?: boolean;
}

const names: OptionNames<CsvOptions> = {
  name: true,
  encoding: true,
  size: true,
  delimiter: true,
  header: "boolean",
};
const DELIMITERS = [",", ";", "\t", "|"];
/** Lines from which the delimiter is told. */
const FIRST = 20;

/**
 * The rows of a text such as CSV (RFC 4180): cells in double quotes may have delimiters, newlines
 * and doubled quotes; lines end with "\n" or "\r\n"; blank lines are left out, and so is the space
 * around a cell. A row with too few or too many cells has a `problem`.
 *
 * @param source - bytes, a stream of them, or the text
 * @throws DataError for an empty text, bytes that are no text of the encoding, or two columns of
 * one name; OptionError for an unknown option
 * @example
 * ```ts
 * import { csvRows } from "@spm/data/table";
 * const rows = await csvRows('size;"kind"\r\n1,5;"a; b"\r\n');
 * console.log(rows.columns); // [ "size", "kind" ]
 * for await (const { line, cells } of rows) console.log(line, cells); // 2 [ "1,5", "a; b" ]
 * ```
 */
export async function csvRows(source: ByteStream, options: CsvOptions = {}): Promise<TableRows> {
  checkOptions("csvRows", options, names);
  const { name = "text", header = true } = options;
  const { pieces, progress } = textPieces("csvRows", source, options, true);
  const { value: first } = await pieces.next();
  if (first === undefined || first.trim() === "")
    throw new DataError("csvRows", `a header and rows in ${name}`, "an empty file");
  const delimiter = options.delimiter ?? delimiterOf(first);
  const lines = linesOf(first, pieces, delimiter);
  const { value: head } = await lines.next();
  if (head === undefined) throw new DataError("csvRows", `rows in ${name}`, "none");
  const columns = header ? named(head.cells as string[], name) : head.cells.map((_, k) => `${k}`);
  const width = columns.length;
  return {
    name,
    columns,
    unit: "line",
    decimalComma: delimiter === ";",
    progress,
    async *[Symbol.asyncIterator]() {
      if (!header) yield head;
      for await (const row of lines)
        yield row.problem !== undefined || row.cells.length === width
          ? row
          : { ...row, problem: `${width} cells, as in the first line, got ${row.cells.length}` };
    },
  };
}

/** The delimiter that cuts the first lines into the same number of cells, the more the better. */
function delimiterOf(text: string): string {
  const widths = DELIMITERS.map((delimiter) => {
    const { data } = Papa.parse<string[]>(text, { delimiter, newline: "\n", preview: FIRST });
    const rows = data.filter((cells) => cells.length > 1 || cells[0]?.trim() !== "");
    const [width = 1] = rows.map((cells) => cells.length);
    const alike = rows.filter((cells) => cells.length === width).length / rows.length;
    return width > 1 ? alike + 1e-3 * Math.min(width, 100) : 0;
  });
  return DELIMITERS[widths.indexOf(Math.max(...widths))] ?? ",";
}

/** The cells of each line that isn't blank. */
async function* linesOf(
  first: string,
  pieces: AsyncIterable<string>,
  delimiter: string,
): AsyncGenerator<TableRow, void> {
  let line = 1;
  const parsed = function* (piece: string): Generator<TableRow> {
    const { data, errors } = Papa.parse<string[]>(piece, { delimiter, newline: "\n" });
    const broken = new Set(errors.filter(({ type }) => type === "Quotes").map(({ row }) => row));
    for (const [k, cells] of data.entries()) {
      const at = line;
      line += 1 + cells.reduce((sum, cell) => sum + newlinesIn(cell), 0);
      if (cells.length === 1 && cells[0]?.trim() === "") {
        if (k === data.length - 1 && piece.endsWith("\n")) line--; // the end of the last line
        continue;
      }
      if (broken.has(k)) yield { line: at, cells: [], problem: "quotes that end, got others" };
      else yield { line: at, cells: cells.map((cell) => cell.trim()) };
    }
  };
  yield* parsed(first);
  for await (const piece of pieces) yield* parsed(piece);
}

function newlinesIn(cell: string): number {
  let count = 0;
  for (let at = cell.indexOf("\n"); at >= 0; at = cell.indexOf("\n", at + 1)) count++;
  return count;
}

/** The names of the columns; one without a name is named by its place. */
function named(cells: readonly string[], name: string): string[] {
  const columns = cells.map((cell, k) => cell || String(k));
  const twice = columns.find((column, k) => columns.indexOf(column) < k);
  if (twice !== undefined)
    throw new DataError("csvRows", `columns of different names in ${name}`, `"${twice}" twice`);
  return columns;
}
