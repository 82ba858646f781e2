/** @file Rows become the columns of a table in memory; bad rows are named. */
import { checkOptions, type OptionNames, ValueError } from "@spm/core/extend";
import { DataError } from "../errors.ts";
import { type ColumnKind, ColumnReader } from "./column-reader.ts";
import type { ReadProgress, TableRow, TableRows } from "./rows.ts";
import type { BadRow, Table } from "./table.ts";

/** Options of {@link readTable}. */
export interface ReadTableOptions {
  /**
   * The kinds of columns, by name.
   * @defaultValue a number where nine of ten values in the first 1,000 rows are, else a category
   */
  readonly kinds?: Readonly<Record<string, ColumnKind>>;
  /**
   * Columns whose value must be there, such as the target.
   * @defaultValue none
   */
  readonly required?: readonly string[];
  /**
   * Columns that aren't read.
   * @defaultValue none
   */
  readonly ignore?: readonly string[];
  /**
   * Texts that stand for a missing value.
   * @defaultValue the empty text, NA, N/A, NaN, nan, null, NULL, None, ?
   */
  readonly missing?: readonly string[];
  /**
   * The reaction to a row that can't be used: end with an error that names file and line, or leave
   * it out and count it.
   * @defaultValue `"error"`
   */
  readonly badRows?: "error" | "skip";
  /** Called now and then while rows are read. */
  readonly onProgress?: (progress: TableProgress) => void;
}

/** The progress of reading a table. */
export interface TableProgress extends Partial<ReadProgress> {
  readonly rows: number;
}

const names: OptionNames<ReadTableOptions> = {
  kinds: true,
  required: true,
  ignore: true,
  missing: true,
  badRows: true,
  onProgress: true,
};
/** The texts that stand for a missing value. */
const MISSING = ["", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?"];
/** Rows from which the kinds of columns are told. */
const FIRST = 1000;
/** Rows between two calls of `onProgress`. */
const PROGRESS = 10_000;
/** Bad rows that are named. */
const NAMED = 5;

/**
 * Reads all rows into columns: 8 bytes a number, 4 a category.
 *
 * @param rows - of {@link csvRows}, {@link jsonRows}, {@link npyRows}, {@link rowsOf},
 * {@link mapTable}, or one's own
 * @throws DataError naming file and line for a row with another number of cells, a text in a column
 * of numbers, or nothing in a required column, where bad rows are an error; for no good row; for a
 * name that no column has. ValueError, OptionError for options
 * @example
 * ```ts
 * import { csvRows, readTable } from "@spm/data/table";
 * const text = "size,kind\n1,a\n2,b\nbig,b\n";
 * const options = { kinds: { size: "number" }, badRows: "skip" } as const;
 * const table = await readTable(await csvRows(text), options);
 * console.log(table.length, table.skipped.first);
 * // 2 [ { line: 4, problem: 'a number for "size", got "big"' } ]
 * ```
 */
export async function readTable(rows: TableRows, options: ReadTableOptions = {}): Promise<Table> {
  checkOptions("readTable", options, names);
  const { required = [], ignore = [], badRows = "error", onProgress } = options;
  if (badRows !== "error" && badRows !== "skip")
    throw new ValueError("readTable", "badRows among error, skip", badRows);
  const { kinds = {} } = options;
  for (const name of [...required, ...ignore, ...Object.keys(kinds)]) assertColumn(rows, name);

  const skipped = { count: 0, first: [] as BadRow[] };
  const skip = (line: number, problem: string): void => {
    if (badRows === "error") throw badRow(rows, line, problem);
    skipped.count++;
    if (skipped.first.length < NAMED) skipped.first.push({ line, problem });
  };
  const lines: number[] = [];
  let columns: ColumnReader[] | undefined;
  const add = ({ line, cells, problem }: TableRow): void => {
    const wrong = problem ?? columns?.map((column) => column.read(cells)).find((text) => text);
    if (wrong === undefined) {
      for (const column of columns ?? []) column.keep();
      lines.push(line);
    } else skip(line, wrong);
    if (lines.length % PROGRESS === 0) onProgress?.({ rows: lines.length, ...rows.progress?.() });
  };
  let first: TableRow[] = [];
  const begin = (): void => {
    columns = readersOf(rows, first, options);
    for (const row of first) add(row);
    first = [];
  };
  for await (const row of rows) {
    if (columns !== undefined) add(row);
    else if (first.push(row) === FIRST) begin();
  }
  if (columns === undefined) begin();
  if (lines.length === 0) throw noRow(rows, skipped);
  onProgress?.({ rows: lines.length, ...rows.progress?.() });
  return {
    name: rows.name,
    length: lines.length,
    columns: (columns ?? []).map((column) => column.column(lines.length)),
    lines: Int32Array.from(lines),
    unit: rows.unit,
    skipped,
  };
}

/** A reader for each column that isn't ignored. */
function readersOf(
  rows: TableRows,
  first: readonly TableRow[],
  { kinds = {}, required = [], ignore = [], missing = MISSING }: ReadTableOptions,
): ColumnReader[] {
  const good = first.filter(({ problem }) => problem === undefined);
  const texts = new Set(missing);
  const comma = rows.decimalComma === true && !good.some(({ cells }) => cells.some(hasPoint));
  return rows.columns.flatMap((name, place) => {
    if (ignore.includes(name)) return [];
    const format = { name, place, missing: texts, comma, required: required.includes(name) };
    const sample = good.map(({ cells }) => cells[place]);
    return [new ColumnReader(format, kinds[name] ?? ColumnReader.kindOf(sample, format))];
  });
}

const hasPoint = (cell: unknown): boolean => typeof cell === "string" && /^-?\d*\.\d+$/.test(cell);

/**
 * A column by its name, or by its place: "0" is the first, "-1" the last one.
 * @throws DataError where there is none
 */
export function columnNamed(rows: TableRows, name: string): string {
  const place = /^-?\d+$/.test(name) ? rows.columns.at(Number(name)) : undefined;
  if (rows.columns.includes(name) || place === undefined) assertColumn(rows, name);
  return rows.columns.includes(name) ? name : (place ?? name);
}

/** @throws DataError for a name that no column has */
function assertColumn({ columns, name: source }: TableRows, name: string): void {
  if (columns.includes(name)) return;
  throw new DataError("readTable", `a column of ${source}: ${listed(columns)}`, `"${name}"`);
}

/** The first names of columns, in quotes. */
export function listed(columns: readonly string[]): string {
  const some = columns.slice(0, 20).map((column) => JSON.stringify(column));
  return `${some.join(", ")}${columns.length > some.length ? ", …" : ""}`;
}

const badRow = ({ name, unit }: TableRows, line: number, problem: string): DataError => {
  const [expected = "", got] = problem.split(/, got (.*)/s);
  const mend = 'mend the row, or leave out and count such rows: badRows "skip", --bad-rows skip';
  const text = expected.startsWith("a value") && got !== "null" && got !== '""';
  return new DataError(
    "readTable",
    `${expected} in ${unit} ${line} of ${name}`,
    got ?? "another row",
    text ? `${mend}; if ${got} is a value, list the texts that are none: missing, --missing` : mend,
  );
};

function noRow({ name, unit }: TableRows, { count, first }: Table["skipped"]): DataError {
  const [bad] = first;
  const got =
    bad === undefined
      ? "none"
      : `${count} bad ones, the first in ${unit} ${bad.line}: ${bad.problem}`;
  return new DataError("readTable", `rows in ${name}`, got);
}
