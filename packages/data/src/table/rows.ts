/** @file The rows of a table, one after the other: what every reader gives, and arrays too. */
import { ValueError } from "@spm/core/extend";
import { DataError } from "../errors.ts";

/** A cell as its source has it; null and undefined are missing values. */
export type Cell = string | number | boolean | null | undefined;

/** A row with its place in the source. */
export interface TableRow {
  /** The line that it begins on, from 1; of a source without lines, the row, from 1. */
  readonly line: number;
  /** A cell for each column. */
  readonly cells: readonly Cell[];
  /** The fault of a row that can't be used: "5 cells, got 4". */
  readonly problem?: string;
}

/** The progress of a reader. */
export interface ReadProgress {
  readonly bytes: number;
  /** Of the file; undefined where nobody knows. */
  readonly total: number | undefined;
}

/**
 * The rows of a table as they are read, once: no more of the source is in memory than a piece.
 * CSV, JSON, NumPy and arrays all become this, and all that follows works on it.
 */
export interface TableRows extends AsyncIterable<TableRow> {
  /** The name of the source in messages. */
  readonly name: string;
  readonly columns: readonly string[];
  /** The word for one of its rows in messages. */
  readonly unit: "line" | "row";
  /** Whether numbers may have a decimal comma, as where semicolons are between cells. */
  readonly decimalComma?: boolean;
  /** Its progress so far. */
  readonly progress?: () => ReadProgress;
}

/** A row of plain values: by column, or in the order of the columns. */
export type PlainRow = Readonly<Record<string, Cell>> | readonly Cell[];

/**
 * The rows of arrays or objects in memory.
 *
 * @param rows - objects, whose keys are the columns, or arrays, whose columns are "0", "1", …
 * @param name - in messages (default: "rows")
 * @throws DataError for no rows
 * @example
 * ```ts
 * import { readTable, rowsOf } from "@spm/data/table";
 * const table = await readTable(rowsOf([{ size: 1, kind: "a" }, { size: 2, kind: "b" }]));
 * console.log(table.length, table.columns.map(({ name, kind }) => `${name}: ${kind}`));
 * // 2 [ "size: number", "kind: category" ]
 * ```
 */
export function rowsOf(rows: readonly PlainRow[], name = "rows"): TableRows {
  const columns = columnsOf(rows);
  if (columns.length === 0) throw new DataError("rowsOf", "at least one row with a value", name);
  return {
    name,
    columns,
    unit: "row",
    async *[Symbol.asyncIterator]() {
      for (const [k, row] of rows.entries()) yield rowOf(row, columns, k + 1);
    },
  };
}

/** The keys of all rows, in the order in which they occur. */
export function columnsOf(rows: readonly PlainRow[]): string[] {
  const keys = new Set<string>();
  for (const row of rows) for (const key of Object.keys(row)) keys.add(key);
  return [...keys];
}

/** A row of plain values in the order of the columns. */
export function rowOf(row: PlainRow, columns: readonly string[], line: number): TableRow {
  const byKey = row as Readonly<Record<string, unknown>>;
  const cells = columns.map((column) => byKey[column]);
  const known = new Set(columns);
  const extra = Object.keys(byKey).find((key) => !known.has(key));
  if (extra !== undefined) return bad(line, `one of the columns of the first rows, got "${extra}"`);
  const odd = cells.findIndex((cell) => typeof cell === "object" && cell !== null);
  if (odd >= 0) return bad(line, `a plain value for "${columns[odd]}", got an object`);
  return { line, cells: cells as Cell[] };
}

const bad = (line: number, problem: string): TableRow => ({ line, cells: [], problem });

/**
 * The same rows mapped by `f`, such as for a column made of others; rows for which `f` gives
 * undefined are left out, and rows that can't be used pass.
 *
 * @param columns - those of the mapped rows
 * @throws ValueError for anything but a function
 * @example
 * ```ts
 * import { mapTable, readTable, rowsOf } from "@spm/data/table";
 * const rows = rowsOf([{ day: "2026-11-30", sold: 3 }]);
 * const monthly = mapTable(rows, ["month", "sold"], ({ day, sold }) => ({
 *   month: String(day).slice(5, 7),
 *   sold,
 * }));
 * console.log((await readTable(monthly)).length); // 1
 * ```
 */
export function mapTable(
  rows: TableRows,
  columns: readonly string[],
  f: (row: Readonly<Record<string, Cell>>) => PlainRow | undefined,
): TableRows {
  if (typeof f !== "function") throw new ValueError("mapTable", "a function of a row", f);
  return {
    ...rows,
    columns,
    async *[Symbol.asyncIterator]() {
      for await (const row of rows) {
        if (row.problem !== undefined) {
          yield row;
          continue;
        }
        const named = Object.fromEntries(rows.columns.map((name, k) => [name, row.cells[k]]));
        const mapped = f(named);
        if (mapped !== undefined) yield rowOf(mapped, columns, row.line);
      }
    },
  };
}
