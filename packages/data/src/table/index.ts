/**
 * @file The public names of @spm/data/table, which run in a browser: tables of one's own as
 * samples, and images. Files by their path are in `@spm/data/files`.
 */
export { decodeImage, type RgbImage, resizeImage } from "../images/decode-image.ts";
export type { ColumnKind } from "./column-reader.ts";
export { type CsvOptions, csvRows } from "./csv.ts";
export {
  featureCount,
  readOptionsFor,
  tableDataset,
  tableInputs,
  tableTargets,
  unknownValues,
} from "./encode.ts";
export {
  type CategoryFeature,
  type CategoryTarget,
  columnOf,
  type FitEncodingOptions,
  fitEncoding,
  type NumberFeature,
  type NumberTarget,
  type TableEncoding,
} from "./encoding.ts";
export { jsonRows } from "./json.ts";
export { type NpyArray, npyRows, parseNpy } from "./npy.ts";
export { type ReadTableOptions, readTable, type TableProgress } from "./read-table.ts";
export {
  type Cell,
  mapTable,
  type PlainRow,
  type ReadProgress,
  rowsOf,
  type TableRow,
  type TableRows,
} from "./rows.ts";
export {
  type BadRow,
  type CategoryColumn,
  cellsOf,
  type NumberColumn,
  type Table,
  type TableColumn,
} from "./table.ts";
export type { ByteStream, ReadTextOptions } from "./text-pieces.ts";
