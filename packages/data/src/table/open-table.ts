/** @file The rows of a file, by its extension. Needs Node. */
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { basename, isAbsolute } from "node:path";
import { DataError } from "../errors.ts";
import { type CsvOptions, csvRows } from "./csv.ts";
import { jsonRows } from "./json.ts";
import { npyRows } from "./npy.ts";
import type { TableRows } from "./rows.ts";

/** The readers by extension. */
const readers: Readonly<
  Record<string, (path: string, size: number, options: CsvOptions) => Promise<TableRows>>
> = {
  csv: (path, size, options) => csvRows(createReadStream(path), { ...options, size }),
  tsv: (path, size, options) =>
    csvRows(createReadStream(path), { delimiter: "\t", ...options, size }),
  jsonl: (path, size, { name, encoding }) =>
    jsonRows(createReadStream(path), without({ name, encoding, size })),
  npy: async (path, _, { name }) => npyRows(await readFile(path), name),
};
const aliases: Readonly<Record<string, string>> = {
  txt: "csv",
  tab: "tsv",
  ndjson: "jsonl",
  json: "jsonl",
  npz: "npy",
};

/**
 * The rows of a file: .csv, .tsv (.tab), .txt (as CSV), .jsonl (.ndjson), .json, .npy or .npz.
 *
 * @param options - those of {@link csvRows}, which other formats don't look at
 * @throws DataError for another extension, a file that can't be read, and as the readers
 * @example
 * ```ts
 * import { openTable } from "@spm/data/files";
 * import { readTable } from "@spm/data/table";
 * const table = await readTable(await openTable("people.csv"));
 * console.log(table.length, table.columns.map(({ name }) => name));
 * ```
 */
export async function openTable(path: string, options: CsvOptions = {}): Promise<TableRows> {
  const extension = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? "";
  const reader = readers[aliases[extension] ?? extension];
  if (reader === undefined) {
    const known = [...Object.keys(readers), ...Object.keys(aliases)].join(", .");
    throw new DataError("openTable", `a file of .${known}`, path);
  }
  try {
    const { size } = await stat(path);
    return await reader(path, size, { name: basename(path), ...options });
  } catch (error) {
    if (error instanceof DataError || !(error instanceof Error && "syscall" in error)) throw error;
    const elsewhere = !isAbsolute(path) && "code" in error && error.code === "ENOENT";
    const help = elsewhere ? `the path leads from the current folder, ${process.cwd()}` : undefined;
    throw new DataError("openTable", `a file to read at ${path}`, error.message, help);
  }
}

/** The options that have a value. */
const without = <T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
