/** @file NumPy's files: an array (.npy), and several by name in a zip (.npz). */
import { unzipSync } from "fflate";
import { DataError } from "../errors.ts";
import type { Cell, TableRow, TableRows } from "./rows.ts";

/** An array of a NumPy file. */
export interface NpyArray {
  readonly shape: readonly number[];
  /** The elements, row-major: numbers, or the texts of an array of texts. */
  readonly data: Float64Array | readonly string[];
}

type Getter = (view: DataView, at: number, little: boolean) => number;

/** Readers of an element by NumPy's letter and bytes. */
const getters: Readonly<Record<string, Getter>> = {
  b1: (view, at) => view.getUint8(at),
  u1: (view, at) => view.getUint8(at),
  i1: (view, at) => view.getInt8(at),
  u2: (view, at, little) => view.getUint16(at, little),
  i2: (view, at, little) => view.getInt16(at, little),
  u4: (view, at, little) => view.getUint32(at, little),
  i4: (view, at, little) => view.getInt32(at, little),
  u8: (view, at, little) => Number(view.getBigUint64(at, little)),
  i8: (view, at, little) => Number(view.getBigInt64(at, little)),
  f2: (view, at, little) => half(view.getUint16(at, little)),
  f4: (view, at, little) => view.getFloat32(at, little),
  f8: (view, at, little) => view.getFloat64(at, little),
};

/** A number of IEEE's binary16. */
function half(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return (
    sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15))
  );
}

/**
 * Reads a NumPy array of numbers, booleans or texts, in either order of bytes and axes.
 *
 * @param bytes - the whole file
 * @param name - in messages (default: "bytes")
 * @throws DataError for another format, elements of another type, or another number of bytes
 * @see NumPy's documentation, "A simple file format for NumPy arrays", `numpy.lib.format`.
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { parseNpy } from "@spm/data/table";
 * const { shape, data } = parseNpy(await readFile("samples.npy"), "samples.npy");
 * ```
 */
export function parseNpy(bytes: Uint8Array, name = "bytes"): NpyArray {
  const fail = (expected: string, got: unknown): never => {
    throw new DataError("parseNpy", `${name} with ${expected}`, got);
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = String.fromCharCode(...bytes.subarray(1, 6));
  if (bytes.length < 12 || bytes[0] !== 0x93 || magic !== "NUMPY")
    fail("the start of a NumPy array", `${bytes.length} other bytes`);
  const [at, length] =
    bytes[6] === 1 ? [10, view.getUint16(8, true)] : [12, view.getUint32(8, true)];
  const header = new TextDecoder("latin1").decode(bytes.subarray(at, at + length));
  const found = (pattern: RegExp): string =>
    pattern.exec(header)?.[1] ?? fail("a header of dtype, order and shape", header.slice(0, 80));
  const dtype = found(/'descr': *'([^']*)'/);
  const fortran = found(/'fortran_order': *(True|False)/) === "True";
  const sizes = found(/'shape': *\(([^)]*)\)/).match(/\d+/g) ?? [];
  const shape = sizes.map(Number);
  const [, order = "", letter = "", digits = ""] = /^([<>|=])([a-zA-Z])(\d+)$/.exec(dtype) ?? [];
  const width = Number(digits) * (letter === "U" ? 4 : 1);
  const size = shape.reduce((product, n) => product * n, 1);
  const get = getters[letter + digits];
  if (get === undefined && letter !== "U" && letter !== "S")
    return fail("numbers, booleans or texts", `elements of type ${dtype}`);
  const start = at + length;
  if (bytes.length - start !== size * width)
    fail(`${size * width} bytes for shape [${shape.join(", ")}]`, bytes.length - start);
  const place = fortran ? transposed(shape) : (k: number): number => k;
  if (get !== undefined) {
    const little = order !== ">";
    const data = new Float64Array(size);
    for (let k = 0; k < size; k++) data[k] = get(view, start + place(k) * width, little);
    return { shape, data };
  }
  const decode = (from: number): string =>
    letter === "S"
      ? new TextDecoder().decode(bytes.subarray(from, from + width)).replace(/\0+$/, "")
      : codePoints(view, from, width, order !== ">");
  return { shape, data: Array.from({ length: size }, (_, k) => decode(start + place(k) * width)) };
}

function codePoints(view: DataView, from: number, width: number, little: boolean): string {
  let text = "";
  for (let at = from; at < from + width; at += 4) {
    const code = view.getUint32(at, little);
    if (code !== 0) text += String.fromCodePoint(code);
  }
  return text;
}

/** The place of the k-th element in row-major order, in an array in column-major order. */
function transposed(shape: readonly number[]): (k: number) => number {
  return (k) => {
    let [rest, place] = [k, 0];
    const index = shape.toReversed().map((n) => {
      const i = rest % n;
      rest = (rest - i) / n;
      return i;
    });
    for (const [axis, i] of index.entries())
      place = place * (shape[shape.length - 1 - axis] ?? 1) + i;
    return place;
  };
}

/**
 * The rows of a NumPy array or of the arrays of an archive, along their first axis. The columns of
 * an array x [rows] are `x`, of one of more axes `x.0`, `x.1`, … in row-major order; those of a
 * lone array are `0`, `1`, ….
 *
 * @param bytes - the whole file, .npy or .npz
 * @param name - in messages (default: "bytes")
 * @throws DataError for another format, no rows, or arrays of different lengths
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { npyRows, readTable } from "@spm/data/table";
 * const table = await readTable(npyRows(await readFile("samples.npz"), "samples.npz"));
 * console.log(table.columns.map(({ name }) => name)); // x.0, x.1, y
 * ```
 */
export function npyRows(bytes: Uint8Array, name = "bytes"): TableRows {
  const arrays = Object.entries(arraysOf(bytes, name));
  const count = arrays[0]?.[1].shape[0] ?? 0;
  if (count === 0) throw new DataError("npyRows", `arrays with rows in ${name}`, "none");
  const other = arrays.find(([, { shape }]) => shape[0] !== count);
  if (other !== undefined)
    throw new DataError(
      "npyRows",
      `arrays of ${count} rows in ${name}, as ${arrays[0]?.[0]} has`,
      `${other[0]} of shape [${other[1].shape.join(", ")}]`,
      "save what belongs together as a file of its own",
    );
  const columns = arrays.flatMap(([array, { shape }]) => namesOf(array, shape));
  return {
    name,
    columns,
    unit: "row",
    async *[Symbol.asyncIterator](): AsyncGenerator<TableRow, void> {
      for (let row = 0; row < count; row++) {
        const cells: Cell[] = [];
        for (const [, { data }] of arrays) {
          const width = data.length / count;
          for (let k = 0; k < width; k++) cells.push(data[row * width + k]);
        }
        yield { line: row + 1, cells };
      }
    },
  };
}

function arraysOf(bytes: Uint8Array, name: string): Readonly<Record<string, NpyArray>> {
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) return { "": parseNpy(bytes, name) };
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes);
  } catch (error) {
    throw new DataError("npyRows", `a whole zip archive in ${name}`, (error as Error).message);
  }
  return Object.fromEntries(
    Object.entries(files).map(([file, content]) => [
      file.replace(/\.npy$/, ""),
      parseNpy(content, `${file} of ${name}`),
    ]),
  );
}

function namesOf(array: string, [, ...inner]: readonly number[]): string[] {
  if (inner.length === 0) return [array || "0"];
  const width = inner.reduce((product, n) => product * n, 1);
  const prefix = array === "" ? "" : `${array}.`;
  return Array.from({ length: width }, (_, k) => `${prefix}${k}`);
}
