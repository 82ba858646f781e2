/**
 * @file The encoding of a table as numbers: standardised numbers, one-hot categories. It is plain
 * JSON, so that a checkpoint holds it and another file is encoded alike.
 */
import { checkOptions, type OptionNames, ValueError } from "@spm/core/extend";
import { DataError } from "../errors.ts";
import { LARGEST } from "./column-reader.ts";
import { listed } from "./read-table.ts";
import type { CategoryColumn, NumberColumn, Table, TableColumn } from "./table.ts";

/** A column of numbers as a feature: (x − mean) / std, 0 where it is missing. */
export interface NumberFeature {
  readonly name: string;
  readonly kind: "number";
  readonly mean: number;
  readonly std: number;
  /** Whether a second feature is 1 where the value is missing. */
  readonly missing: boolean;
}

/** A column of categories as features: one for each, 1 where it is the row's; others are all 0. */
export interface CategoryFeature {
  readonly name: string;
  readonly kind: "category";
  readonly categories: readonly string[];
  /** Whether one more feature is 1 where the value is missing. */
  readonly missing: boolean;
}

/** The target of a regression, which models learn as (y − mean) / std. */
export type NumberTarget = Omit<NumberFeature, "missing">;

/** The classes of a classification, in the order of their numbers. */
export type CategoryTarget = Omit<CategoryFeature, "missing">;

/** The way from a table to numbers; the statistics are those of the training rows. */
export interface TableEncoding {
  readonly kind: "table";
  readonly target: NumberTarget | CategoryTarget;
  readonly features: readonly (NumberFeature | CategoryFeature)[];
  /** The columns that are no features, and why. */
  readonly leftOut: readonly { readonly name: string; readonly why: string }[];
}

/** Options of {@link fitEncoding}. */
export interface FitEncodingOptions {
  /** The column to learn. */
  readonly target: string;
  /**
   * Whether the target is a class or a number.
   * @defaultValue `"auto"`: classes for texts and for up to ten different whole numbers
   */
  readonly task?: "auto" | "classes" | "regression";
  /**
   * The training rows, of which the statistics are.
   * @defaultValue all
   */
  readonly rows?: Int32Array;
}

const names: OptionNames<FitEncodingOptions> = { target: true, task: true, rows: true };
/** The most different whole numbers that are classes. */
const FEW = 10;
/** The most classes of a target, and features of a column of categories. */
const [MOST_CLASSES, MOST_CATEGORIES] = [1000, 100];

/**
 * Fits the encoding of a table to its training rows: mean and standard deviation of each column of
 * numbers, the categories of each other one. A column that is constant, empty, or nearly all
 * different texts is left out, and so are all categories but the 100 most frequent.
 *
 * @throws DataError for a target that isn't there, has one class only, one value only, or texts
 * where numbers are asked for, for no features at all, and for numbers that float32 doesn't have;
 * ValueError, OptionError for options
 * @example
 * ```ts
 * import { fitEncoding, readTable, rowsOf } from "@spm/data/table";
 * const table = await readTable(rowsOf([{ size: 1, kind: "a" }, { size: 3, kind: "b" }]));
 * console.log(fitEncoding(table, { target: "kind" }).features);
 * // [ { name: "size", kind: "number", mean: 2, std: 1, missing: false } ]
 * ```
 */
export function fitEncoding(table: Table, options: FitEncodingOptions): TableEncoding {
  checkOptions("fitEncoding", options, names);
  const { target, task = "auto" } = options;
  const rows = options.rows ?? Int32Array.from({ length: table.length }, (_, i) => i);
  if (!["auto", "classes", "regression"].includes(task))
    throw new ValueError("fitEncoding", "a task among auto, classes, regression", task);
  for (const column of table.columns) assertFloat32("fitEncoding", table, column);
  const fitted = table.columns
    .filter(({ name }) => name !== target)
    .map((column) => ({ name: column.name, feature: featureOf(column, rows) }));
  const features = fitted.flatMap(({ feature }) => (typeof feature === "string" ? [] : [feature]));
  const leftOut = fitted.flatMap(({ name, feature }) =>
    typeof feature === "string" ? [{ name, why: feature }] : [],
  );
  if (features.length === 0) {
    const got = leftOut.map(({ name, why }) => `${name} (${why})`).join(", ") || "no other column";
    throw new DataError("fitEncoding", `columns beside ${target} to learn from`, got);
  }
  return { kind: "table", target: targetOf(table, target, task, rows), features, leftOut };
}

/** @throws DataError for a number that float32 doesn't have */
export function assertFloat32(
  op: string,
  { lines, unit, name: source }: Table,
  { kind, name, values }: TableColumn,
): void {
  const row = kind === "number" ? values.findIndex((value) => Math.abs(value) > LARGEST) : -1;
  const place = `"${name}" in ${unit} ${lines[row]} of ${source}`;
  if (row >= 0)
    throw new DataError(op, `a number of float32, to ±3.4e38, for ${place}`, values[row]);
}

/** A column as features, or why it is none. */
function featureOf(
  column: TableColumn,
  rows: Int32Array,
): NumberFeature | CategoryFeature | string {
  const { name } = column;
  if (column.kind === "number") {
    const { count, mean, std } = statistics(column, rows);
    const missing = count < rows.length;
    if (count === 0) return "empty";
    if (std > 0) return { name, kind: "number", mean, std, missing };
    return missing ? { name, kind: "number", mean, std: 1, missing } : "the same in all rows";
  }
  const counts = countsOf(column, rows);
  const found = [...counts].filter(([code]) => code >= 0).sort(([, a], [, b]) => b - a);
  const missing = counts.has(-1);
  if (found.length === 0) return "empty";
  if (found.length === 1 && !missing) return "the same in all rows";
  if (found.length > MOST_CATEGORIES / 4 && found.length > rows.length / 2)
    return `${found.length} different texts in ${rows.length} rows`;
  const texts = found.slice(0, MOST_CATEGORIES).map(([code]) => column.categories[code] ?? "");
  return { name, kind: "category", categories: texts.sort(byText), missing };
}

/** Mean and population standard deviation of the values that are there. */
function statistics(
  { values }: NumberColumn,
  rows: Int32Array,
): { readonly count: number; readonly mean: number; readonly std: number } {
  let [count, mean, squares] = [0, 0, 0];
  for (const row of rows) {
    const x = values[row] ?? Number.NaN;
    if (Number.isNaN(x)) continue;
    count++;
    const delta = x - mean; // Welford
    mean += delta / count;
    squares += delta * (x - mean);
  }
  return { count, mean, std: count === 0 ? 0 : Math.sqrt(squares / count) };
}

function countsOf({ values }: CategoryColumn, rows: Int32Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (const row of rows) {
    const code = values[row] ?? -1;
    counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  return counts;
}

function targetOf(
  table: Table,
  name: string,
  task: FitEncodingOptions["task"],
  rows: Int32Array,
): NumberTarget | CategoryTarget {
  const fail = (expected: string, got: unknown, help?: string): never => {
    throw new DataError("fitEncoding", `${expected} in the target ${name}`, got, help);
  };
  const column = columnOf(table, name);
  const different = [...differentValues(column)];
  if (different.length < 2)
    fail("at least two values", different.map((value) => JSON.stringify(value)).join() || "none");
  const whole = different.every((value) => Number.isInteger(value));
  const regression =
    task === "regression" ||
    (task === "auto" && column.kind === "number" && !(whole && different.length <= FEW));
  if (regression) {
    if (column.kind === "category")
      return fail("numbers", `texts such as ${JSON.stringify(different[0])}`);
    const { mean, std } = statistics(column, rows);
    if (!(std > 0)) fail("at least two values among the training rows", mean);
    return { name, kind: "number", mean, std };
  }
  if (different.length > MOST_CLASSES || different.length > Math.max(FEW, table.length / 2))
    fail("classes that occur more than once", `${different.length} in ${table.length} rows`);
  const order = column.kind === "number" ? (a: string, b: string) => +a - +b : byText;
  return { name, kind: "category", categories: different.map(String).sort(order) };
}

/** The values that occur. */
function differentValues(column: TableColumn): Set<number | string> {
  if (column.kind === "number")
    return new Set(column.values.filter((value) => !Number.isNaN(value)));
  return new Set(column.categories);
}

/**
 * A column by name.
 *
 * @throws DataError for a name that no column has
 * @example
 * ```ts
 * import { columnOf, readTable, rowsOf } from "@spm/data/table";
 * const table = await readTable(rowsOf([{ size: 1 }, { size: 3 }]));
 * console.log(columnOf(table, "size").values); // [1, 3]
 * ```
 */
export function columnOf({ columns, name: source }: Table, name: string): TableColumn {
  const found = columns.find((column) => column.name === name);
  if (found !== undefined) return found;
  const got = `a table of ${listed(columns.map((column) => column.name))}`;
  throw new DataError("columnOf", `the column "${name}" in ${source}`, got);
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
