/** @file A table of one's own by name: the file, the column to learn, and how it is read. */
import { checkOptions, type OptionSchema } from "@spm/core/extend";
import { select, splitIndices } from "../split.ts";
import { assertColumns, featureCount, readOptionsFor, tableDataset } from "../table/encode.ts";
import { fitEncoding, type TableEncoding } from "../table/encoding.ts";
import { openTable } from "../table/open-table.ts";
import { columnNamed, type ReadTableOptions, readTable } from "../table/read-table.ts";
import type { TableRows } from "../table/rows.ts";
import { cellsOf, type Table } from "../table/table.ts";
import type { DatasetEntry, LoadContext } from "./entry.ts";

/** Options of {@link table}. */
interface TableFileOptions {
  readonly file: string;
  readonly target?: string;
  readonly task?: "auto" | "classes" | "regression";
  readonly ignore?: string;
  readonly categories?: string;
  readonly missing?: string;
  readonly delimiter?: string;
  readonly header?: boolean;
  readonly encoding?: string;
  readonly badRows?: "error" | "skip";
  readonly testShare?: number;
  readonly splitSeed?: number;
}

/** The options of all data of one's own. */
export const ownData: {
  readonly badRows: OptionSchema;
  readonly testShare: OptionSchema;
  readonly splitSeed: OptionSchema;
} = {
  badRows: {
    description: "rows or images that can't be read: an error, or left out and counted",
    type: "string",
    enum: ["error", "skip"],
  },
  testShare: {
    description: "the share of samples that are test samples",
    type: "number",
    exclusiveMinimum: 0,
    exclusiveMaximum: 1,
    default: 0.2,
  },
  splitSeed: {
    description: "the seed that says which these are",
    type: "integer",
    default: 1,
  },
};

const text = (description: string): OptionSchema => ({ description, type: "string" });

/** A table of one's own: a part of its rows, which a seed chooses, is test data. */
export const table: DatasetEntry<TableFileOptions> = {
  description: "a table of yours: .csv, .tsv, .jsonl, .json, .npy or .npz",
  options: {
    file: text("the file of the table"),
    target: text("the column to learn, by name or place (default: the last)"),
    task: {
      description: "whether the target is a class or a number; auto looks at its values",
      type: "string",
      enum: ["auto", "classes", "regression"],
      default: "auto",
    },
    ignore: text("columns to leave out, separated by commas"),
    categories: text("columns of numbers that stand for categories, separated by commas"),
    missing: text("texts that stand for a missing value, separated by commas"),
    delimiter: text("what stands between cells (default: what fits the first lines)"),
    header: {
      description: "whether the first line names the columns",
      type: "boolean",
      default: true,
    },
    encoding: text("the encoding of the text (default: utf-8)"),
    ...ownData,
  },
  required: ["file"],
  load: async (options, context = {}) => {
    checkOptions("table", options, table.options);
    const { testShare = 0.2, splitSeed = 1, task = "auto" } = options;
    const saved = context.encoding?.kind === "table" ? context.encoding : undefined;
    const rows = await openTable(options.file, textOptionsOf(options));
    const target = saved?.target.name ?? columnNamed(rows, options.target ?? "-1");
    const read = await readTable(rows, {
      ...readOptionsOf(rows, options, saved),
      required: [target],
      ...(context.onProgress && { onProgress: context.onProgress }),
    });
    const parts = splitIndices(read.length, { seed: splitSeed, testShare });
    const encoding = saved ?? fitEncoding(read, { target, task, rows: parts.train });
    if (saved === undefined) tellAbout(read, encoding, context);
    const all = tableDataset(read, encoding);
    const rowIn = (part: Int32Array) => (i: number) => cellsOf(read, part[i] ?? -1);
    return {
      train: select(all, parts.train),
      test: select(all, parts.test),
      features: featureCount(encoding),
      classes: encoding.target.kind === "number" ? 1 : encoding.target.categories.length,
      encoding,
      rows: { train: rowIn(parts.train), test: rowIn(parts.test) },
    };
  },
};

/** The options of the text that are given. */
function textOptionsOf({ delimiter, header, encoding }: TableFileOptions) {
  return {
    ...(delimiter !== undefined && { delimiter: delimiter === "tab" ? "\t" : delimiter }),
    ...(header !== undefined && { header }),
    ...(encoding !== undefined && { encoding }),
  };
}

const listed = (names: string | undefined): string[] =>
  names === undefined || names === "" ? [] : names.split(",").map((name) => name.trim());

/** The options that rows are read with: those given, with the columns of a saved encoding alone. */
function readOptionsOf(
  rows: TableRows,
  { ignore, categories, missing, badRows }: TableFileOptions,
  saved: TableEncoding | undefined,
): ReadTableOptions {
  const columns = (names: string | undefined): string[] =>
    listed(names).map((name) => columnNamed(rows, name));
  const common = {
    ...(missing !== undefined && { missing: ["", ...listed(missing)] }),
    ...(badRows !== undefined && { badRows }),
  };
  if (saved !== undefined) {
    assertColumns(rows, [...saved.features, saved.target]);
    return { ...common, ...readOptionsFor(rows, saved) };
  }
  const kinds = columns(categories).map((name) => [name, "category"] as const);
  return { ...common, ignore: columns(ignore), kinds: Object.fromEntries(kinds) };
}

/** Says what was made of a table. */
function tellAbout(
  { name, length, skipped, unit }: Table,
  { target, features, leftOut }: TableEncoding,
  { tell }: LoadContext,
): void {
  tell?.(`${name}: ${length} rows, ${features.length} columns to learn from`);
  const { kind } = target;
  tell?.(
    kind === "number"
      ? `target ${target.name}: a number, ${shown(target.mean)} ± ${shown(target.std)}`
      : `target ${target.name}: ${target.categories.length} classes, ${few(target.categories)}`,
  );
  for (const { name: column, why } of leftOut) tell?.(`left out: ${column} (${why})`);
  for (const { line, problem } of skipped.first) tell?.(`bad row: ${unit} ${line}: ${problem}`);
  if (skipped.count > 0) tell?.(`bad rows: ${skipped.count} of ${skipped.count + length} left out`);
}

const shown = (value: number): string => String(Number(value.toPrecision(6)));
const few = (names: readonly string[]): string =>
  names.length > 6 ? `${names.slice(0, 6).join(", ")}, …` : names.join(", ");
