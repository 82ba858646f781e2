/** @file A table in memory: columns of numbers and of categories. */
import { ValueError } from "@spm/core/extend";
import type { TableRows } from "./rows.ts";

/** A column of a table. */
export type TableColumn = NumberColumn | CategoryColumn;

/** A column of numbers. */
export interface NumberColumn {
  readonly name: string;
  readonly kind: "number";
  /** [rows]; NaN where a value is missing. */
  readonly values: Float64Array;
}

/** A column of categories. */
export interface CategoryColumn {
  readonly name: string;
  readonly kind: "category";
  /** Indices into the categories, [rows]; −1 where a value is missing. */
  readonly values: Int32Array;
  /** The texts, each once, in the order in which they occur. */
  readonly categories: readonly string[];
}

/** A row that can't be used. */
export interface BadRow {
  readonly line: number;
  readonly problem: string;
}

/** A table in memory. */
export interface Table {
  /** Of its source. */
  readonly name: string;
  /** The number of rows. */
  readonly length: number;
  readonly columns: readonly TableColumn[];
  /** The place of each row in the source, [rows]. */
  readonly lines: Int32Array;
  /** The word for a row of the source in messages. */
  readonly unit: TableRows["unit"];
  /** The rows that were left out: how many, and the first of them. */
  readonly skipped: { readonly count: number; readonly first: readonly BadRow[] };
}

/**
 * A row as texts, column by column; the empty text where a value is missing.
 *
 * @throws ValueError for a row that isn't there
 * @example
 * ```ts
 * import { cellsOf, readTable, rowsOf } from "@spm/data/table";
 * const table = await readTable(rowsOf([{ size: 1, kind: "a" }, { size: null, kind: "b" }]));
 * console.log(cellsOf(table, 1)); // { size: "", kind: "b" }
 * ```
 */
export function cellsOf({ columns, length }: Table, row: number): Record<string, string> {
  if (!(Number.isInteger(row) && row >= 0 && row < length))
    throw new ValueError("cellsOf", `a row in [0, ${length})`, row);
  const textOf = (column: TableColumn): string => {
    const value = column.values[row] ?? Number.NaN;
    if (column.kind === "category") return column.categories[value] ?? "";
    return Number.isNaN(value) ? "" : String(value);
  };
  return Object.fromEntries(columns.map((column) => [column.name, textOf(column)]));
}
