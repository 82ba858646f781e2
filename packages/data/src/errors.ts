/** @file The error of this package: data that breaks its format. */

import { SpmError } from "@spm/core";

/**
 * Data that breaks its format: a wrong magic number, a truncated file, a label out of range.
 *
 * @example
 * ```ts
 * import { DataError, parseIdx } from "@spm/data";
 * try {
 *   parseIdx(new Uint8Array(2));
 * } catch (error) {
 *   console.log(error instanceof DataError); // true
 * }
 * ```
 */
export class DataError extends SpmError {
  override readonly name = "DataError";
}
