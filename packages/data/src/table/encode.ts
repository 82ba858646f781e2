/** @file The rows of a table as samples, by an encoding. */
import { type Tensor, tensor } from "@spm/core";
import type { Dataset, LabelledBatch } from "../dataset.ts";
import { digestOf } from "../digest.ts";
import { DataError } from "../errors.ts";
import type { ColumnKind } from "./column-reader.ts";
import {
  assertFloat32,
  type CategoryFeature,
  type CategoryTarget,
  columnOf,
  type NumberFeature,
  type NumberTarget,
  type TableEncoding,
} from "./encoding.ts";
import { listed, type ReadTableOptions } from "./read-table.ts";
import type { TableRows } from "./rows.ts";
import type { Table, TableColumn } from "./table.ts";

/**
 * The features of an encoding: one a number, one a category, one more where values may be missing.
 *
 * @example
 * ```ts
 * import { featureCount } from "@spm/data/table";
 * const kind = { name: "kind", kind: "category", categories: ["a", "b"], missing: true } as const;
 * console.log(featureCount({ features: [kind] })); // 3
 * ```
 */
export function featureCount({ features }: Pick<TableEncoding, "features">): number {
  return features.reduce((sum, feature) => sum + widthOf(feature), 0);
}

const widthOf = (feature: NumberFeature | CategoryFeature): number =>
  (feature.kind === "number" ? 1 : feature.categories.length) + (feature.missing ? 1 : 0);

/**
 * The inputs of all rows of a table, which may be another than the one that the encoding is of, and
 * may have no target. A category that it doesn't know is 0 in all features.
 *
 * @returns batches of x float32 [batch, features]. Cost O(batch · features) each
 * @throws DataError for a column that isn't there, is of another kind, or has numbers that float32
 * doesn't have
 * @example
 * ```ts
 * import { fitEncoding, readTable, rowsOf, tableInputs } from "@spm/data/table";
 * const table = await readTable(rowsOf([{ size: 1, kind: "a" }, { size: 3, kind: "b" }]));
 * const encoding = fitEncoding(table, { target: "kind" });
 * console.log(await tableInputs(table, encoding).batch(Int32Array.of(0, 1)).x.data()); // −1, 1
 * ```
 */
export function tableInputs(
  table: Table,
  encoding: Pick<TableEncoding, "features">,
): Dataset<{ readonly x: Tensor }> {
  const width = featureCount(encoding);
  let at = 0;
  const writers = encoding.features.map((feature) => {
    const write = writerOf(table, feature, at);
    at += widthOf(feature);
    return write;
  });
  return {
    length: table.length,
    digest: () => digestOf(JSON.stringify(encoding.features), ...table.columns.flatMap(partsOf)),
    batch(indices) {
      const x = new Float32Array(indices.length * width);
      for (const write of writers)
        for (const [row, index] of indices.entries()) write(x, row * width, index);
      return { x: tensor(x, { shape: [indices.length, width] }) };
    },
  };
}

const partsOf = (column: TableColumn): (ArrayBufferView | string)[] => [
  column.name,
  column.values,
  ...(column.kind === "category" ? column.categories : []),
];

type Writer = (x: Float32Array, from: number, row: number) => void;

/** Writes the features of a column for a row; `at` is the first of them. */
function writerOf(table: Table, feature: NumberFeature | CategoryFeature, at: number): Writer {
  const column = columnOf(table, feature.name);
  const { values } = column;
  if (feature.kind === "number") {
    if (column.kind !== "number")
      throw new DataError("tableInputs", `numbers in the column ${column.name}`, "texts");
    assertFloat32("tableInputs", table, column);
    const { mean, std, missing } = feature;
    return (x, from, row) => {
      const value = values[row] ?? Number.NaN;
      if (!Number.isNaN(value)) x[from + at] = (value - mean) / std;
      else if (missing) x[from + at + 1] = 1;
    };
  }
  const places = codesOf(column, feature.categories);
  const { missing, categories } = feature;
  return (x, from, row) => {
    const value = values[row] ?? -1;
    const place = places(value);
    if (place >= 0) x[from + at + place] = 1;
    else if (missing && isMissing(value)) x[from + at + categories.length] = 1;
  };
}

const isMissing = (value: number): boolean => Number.isNaN(value) || value === -1;

/** The index of a column's value among categories; −1 for a missing or an unknown one. */
function codesOf(column: TableColumn, categories: readonly string[]): (value: number) => number {
  const indices = new Map(categories.map((category, k) => [category, k]));
  if (column.kind === "number") return (value) => indices.get(String(value)) ?? -1;
  const places = column.categories.map((category) => indices.get(category) ?? -1);
  return (value) => places[value] ?? -1;
}

/**
 * The columns with categories that an encoding doesn't know, and how many rows have one.
 *
 * @throws DataError for a column that isn't there
 * @example
 * ```ts
 * import { fitEncoding, readTable, rowsOf, unknownValues } from "@spm/data/table";
 * const table = await readTable(rowsOf([{ kind: "a", y: 1 }, { kind: "b", y: 2 }]));
 * const encoding = fitEncoding(table, { target: "y" });
 * const other = await readTable(rowsOf([{ kind: "a" }, { kind: "c" }]));
 * console.log(unknownValues(other, encoding)); // [ { name: "kind", count: 1 } ]
 * ```
 */
export function unknownValues(
  table: Table,
  { features }: Pick<TableEncoding, "features">,
): { readonly name: string; readonly count: number }[] {
  return features.flatMap((feature) => {
    if (feature.kind === "number") return [];
    const column = columnOf(table, feature.name);
    const place = codesOf(column, feature.categories);
    let count = 0;
    for (const value of column.values) if (!isMissing(value) && place(value) < 0) count++;
    return count === 0 ? [] : [{ name: feature.name, count }];
  });
}

/**
 * The targets of all rows: the index of the class, −1 for an unknown or missing one; or the number
 * itself, not standardised, NaN for a missing one.
 *
 * @returns [rows]
 * @throws DataError for a table without that column
 * @example
 * ```ts
 * import { readTable, rowsOf, tableTargets } from "@spm/data/table";
 * const table = await readTable(rowsOf([{ kind: "a" }, { kind: "b" }]));
 * tableTargets(table, { name: "kind", kind: "category", categories: ["a"] }); // [0, −1]
 * ```
 */
export function tableTargets(table: Table, target: NumberTarget | CategoryTarget): Float64Array {
  const column = columnOf(table, target.name);
  const numbers = Float64Array.from(column.values);
  if (target.kind === "number") return numbers;
  const place = codesOf(column, target.categories);
  return numbers.map((value) => place(value));
}

/**
 * The rows of a table as samples.
 *
 * @returns batches of x float32 [batch, features]; of classes y int32 [batch], of a number the
 * standardised y float32 [batch, 1]
 * @throws DataError for a column that isn't there, and for numbers that float32 doesn't have
 * @example
 * ```ts
 * import { fitEncoding, readTable, rowsOf, tableDataset } from "@spm/data/table";
 * const table = await readTable(rowsOf([{ size: 1, kind: "a" }, { size: 3, kind: "b" }]));
 * const { x, y } = tableDataset(table, fitEncoding(table, { target: "kind" })).batch(
 *   Int32Array.of(0, 1),
 * );
 * console.log(x.shape, y.shape); // [2, 1] [2]
 * ```
 */
export function tableDataset(table: Table, encoding: TableEncoding): Dataset<LabelledBatch> {
  const { target } = encoding;
  const inputs = tableInputs(table, encoding);
  assertFloat32("tableDataset", table, columnOf(table, target.name));
  const values = tableTargets(table, target);
  const { length } = table;
  return {
    length,
    digest: () => digestOf(inputs.digest?.() ?? "", JSON.stringify(target)),
    batch(indices) {
      const { x } = inputs.batch(indices);
      if (target.kind === "category")
        return { x, y: tensor(Int32Array.from(indices, (row) => values[row] ?? -1)) };
      const y = Float32Array.from(
        indices,
        (row) => ((values[row] ?? Number.NaN) - target.mean) / target.std,
      );
      return { x, y: tensor(y, { shape: [indices.length, 1] }) };
    },
  };
}

/**
 * Options by which the rows of another file are read for an encoding: its columns by their kinds,
 * the target where it is there, others not at all.
 *
 * @throws DataError naming the columns of the encoding that the file lacks, and those that it has
 * @example
 * ```ts
 * import { fitEncoding, readOptionsFor, readTable, rowsOf } from "@spm/data/table";
 * const table = await readTable(rowsOf([{ size: 1, kind: "a" }, { size: 3, kind: "b" }]));
 * const encoding = fitEncoding(table, { target: "kind" });
 * const other = rowsOf([{ size: 2, colour: "red" }]);
 * console.log((await readTable(other, readOptionsFor(other, encoding))).columns.length); // 1
 * ```
 */
export function readOptionsFor(
  rows: TableRows,
  { target, features }: TableEncoding,
): Pick<ReadTableOptions, "kinds" | "ignore"> {
  assertColumns(rows, features);
  const kinds = new Map<string, ColumnKind>(features.map(({ name, kind }) => [name, kind]));
  if (target.kind === "number" && rows.columns.includes(target.name))
    kinds.set(target.name, "number");
  return {
    kinds: Object.fromEntries(kinds),
    ignore: rows.columns.filter((name) => !kinds.has(name) && name !== target.name),
  };
}

/** @throws DataError for a file without some columns that a model learned from */
export function assertColumns(
  { columns, name: source }: TableRows,
  features: readonly { readonly name: string }[],
): void {
  const lacking = features.filter(({ name }) => !columns.includes(name));
  if (lacking.length === 0) return;
  const noun = lacking.length === 1 ? "the column" : "the columns";
  throw new DataError(
    "readTable",
    `${noun} ${listed(lacking.map(({ name }) => name))} in ${source}, as in training`,
    `a file that has ${listed(columns)}`,
  );
}
