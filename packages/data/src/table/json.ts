/** @file Rows of JSON: an object or an array a line, or one array of them. */
import { checkOptions, type OptionNames } from "@spm/core/extend";
import { DataError } from "../errors.ts";
import { type Cell, columnsOf, type PlainRow, rowOf, rowsOf, type TableRows } from "./rows.ts";
import { type ByteStream, type ReadTextOptions, textPieces } from "./text-pieces.ts";

const names: OptionNames<ReadTextOptions> = { name: true, encoding: true, size: true };
/** Rows whose keys are the columns. */
const FIRST = 1000;

/**
 * The rows of JSON lines (an object or an array a line), or of a file that is one JSON array of
 * them. Columns are the keys of the first 1,000 rows; a list of values is columns `key.0`, `key.1`,
 * …, an object in a row is `key.inner`. A line that isn't JSON has a `problem`.
 *
 * @param source - bytes, a stream of them, or the text
 * @throws DataError for no row at all, and for an array that is not JSON; OptionError for an
 * unknown option
 * @example
 * ```ts
 * import { jsonRows } from "@spm/data/table";
 * const rows = await jsonRows('{"x": [1, 2], "kind": "a"}\n{"x": [3, 4], "kind": null}\n');
 * console.log(rows.columns); // [ "x.0", "x.1", "kind" ]
 * for await (const { cells } of rows) console.log(cells); // [1, 2, "a"], then [3, 4, null]
 * ```
 */
export async function jsonRows(
  source: ByteStream,
  options: ReadTextOptions = {},
): Promise<TableRows> {
  checkOptions("jsonRows", options, names);
  const { name = "text" } = options;
  const { pieces, progress } = textPieces("jsonRows", source, options, false);
  const { value: start = "" } = await pieces.next();
  const lines = linesOf(start, pieces);
  if (beginsArray(start)) return arrayRows(start, pieces, name);
  const first: Line[] = [];
  for (let next = await lines.next(); !next.done; next = await lines.next()) {
    first.push(next.value);
    if (first.length === FIRST) break;
  }
  const columns = columnsOf(first.flatMap(({ row }) => (row === undefined ? [] : [row])));
  if (columns.length === 0)
    throw new DataError("jsonRows", `a JSON object or array a line in ${name}`, shown(start));
  return {
    name,
    columns,
    unit: "line",
    progress,
    async *[Symbol.asyncIterator]() {
      for (const line of first) yield tableRow(line, columns);
      for await (const line of lines) yield tableRow(line, columns);
    },
  };
}

/** A line with its row; undefined where it isn't one. */
interface Line {
  readonly line: number;
  readonly text: string;
  readonly row: PlainRow | undefined;
}

const tableRow = ({ line, text, row }: Line, columns: readonly string[]) =>
  row === undefined
    ? { line, cells: [], problem: `a JSON object or array, got ${shown(text)}` }
    : rowOf(row, columns, line);

async function* linesOf(
  start: string,
  pieces: AsyncIterable<string>,
): AsyncGenerator<Line, undefined> {
  let line = 0;
  const parsed = function* (piece: string): Generator<Line> {
    for (const text of piece.replace(/\n$/, "").split("\n")) {
      line++;
      if (text.trim() !== "") yield { line, text, row: plain(parse(text)) };
    }
  };
  yield* parsed(start);
  for await (const piece of pieces) yield* parsed(piece);
}

/** The rows of a file that is one array. */
async function arrayRows(
  start: string,
  pieces: AsyncIterable<string>,
  name: string,
): Promise<TableRows> {
  const texts = [start];
  for await (const piece of pieces) texts.push(piece);
  let value: unknown;
  try {
    value = JSON.parse(texts.join(""));
  } catch (error) {
    throw new DataError("jsonRows", `JSON in ${name}`, (error as Error).message);
  }
  const rows = (Array.isArray(value) ? value : [value]).map(plain);
  const odd = rows.indexOf(undefined);
  if (odd >= 0)
    throw new DataError("jsonRows", `objects or arrays in ${name}`, `another value at ${odd}`);
  return rowsOf(rows as PlainRow[], name);
}

/** The value of a text; undefined for one that isn't JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether a text begins one array of rows, and not a line that is a row of its own. */
function beginsArray(text: string): boolean {
  if (!/^\s*\[\s*[[{]/.test(text)) return false;
  const [line = "", ...others] = text.trim().split("\n", 2);
  return others.length === 0 || parse(line) === undefined;
}

/** An object or array with its inner ones spread into `key.inner`; undefined for another value. */
function plain(value: unknown): PlainRow | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const row: Record<string, Cell> = {};
  const add = (path: string, at: object): void => {
    for (const [key, inner] of Object.entries(at) as [string, unknown][]) {
      const name = path === "" ? key : `${path}.${key}`;
      if (typeof inner === "object" && inner !== null) add(name, inner);
      else row[name] = inner as Cell;
    }
  };
  add("", value);
  return row;
}

const shown = (text: string): string => {
  const line = text.trim().split("\n", 1)[0] ?? "";
  return line === "" ? "an empty file" : line.length > 60 ? `${line.slice(0, 60)}…` : line;
};
