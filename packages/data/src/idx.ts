/**
 * @file The IDX format of the MNIST files: a big-endian header (type, rank, sizes), then the
 * elements.
 */

import { checkOptions, type OptionNames } from "@spm/core/extend";
import { DataError } from "./errors.ts";

/** An array read from an IDX file: row-major unsigned bytes. */
export interface IdxArray {
  /** The size of each axis. */
  readonly shape: readonly number[];
  /** The elements, row-major: a view of the bytes that were parsed, not a copy. */
  readonly data: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;

const TYPE_NAMES = new Map<number, string>([
  [UNSIGNED_BYTE, "unsigned byte"],
  [0x09, "signed byte"],
  [0x0b, "int16"],
  [0x0c, "int32"],
  [0x0d, "float32"],
  [0x0e, "float64"],
]);

/** Options of {@link parseIdx}. */
export interface ParseIdxOptions {
  /**
   * The name of the file in error messages.
   * @defaultValue `"bytes"`
   */
  readonly name?: string;
}

const names: OptionNames<ParseIdxOptions> = { name: true };

/**
 * Reads an IDX file of unsigned bytes.
 *
 * Layout: two zero bytes, the element type, the rank r, r sizes as big-endian uint32, the elements.
 *
 * @param bytes - the whole file, uncompressed
 * @returns the shape and a view of the elements. Cost O(r)
 * @throws DataError when the header is malformed, the elements aren't unsigned bytes, or the length
 * doesn't match the sizes exactly; OptionError for an unknown option
 * @see Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits", section
 * "File formats".
 * @example
 * ```ts
 * import { parseIdx } from "@spm/data";
 * const { shape, data } = parseIdx(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 9));
 * // shape [2], data [7, 9]
 * ```
 */
export function parseIdx(bytes: Uint8Array, options: ParseIdxOptions = {}): IdxArray {
  checkOptions("parseIdx", options, names);
  const { name = "bytes" } = options;
  const fail = (expected: string, got: string, help?: string): never => {
    throw new DataError("parseIdx", `${name} with ${expected}`, got, help);
  };

  if (bytes.length < 4) fail("a header of at least 4 bytes", `${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

  const zeros = view.getUint16(0);
  if (zeros !== 0) {
    const help = zeros === 0x1f8b ? "this is a gzip file: decompress it first" : undefined;
    fail("two zero bytes at the start", `0x${zeros.toString(16).padStart(4, "0")}`, help);
  }

  const type = view.getUint8(2);
  if (type !== UNSIGNED_BYTE) {
    fail(
      "element type 0x08 (unsigned byte)",
      `0x${type.toString(16).padStart(2, "0")} (${TYPE_NAMES.get(type) ?? "unknown"})`,
    );
  }

  const rank = view.getUint8(3);
  if (rank < 1) fail("a rank of at least 1", `${rank}`);
  const start = 4 + 4 * rank;
  if (bytes.length < start) fail(`a header of ${start} bytes for rank ${rank}`, `${bytes.length}`);

  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const size = shape.reduce((product, length) => product * length, 1);
  if (bytes.length !== start + size) {
    fail(`${start} + ${size} bytes for shape [${shape.join(", ")}]`, `${bytes.length}`);
  }
  return { shape, data: bytes.subarray(start) };
}
