/** @file The error of a file that is not valid safetensors. */
import { SpmError } from "@spm/core";

/**
 * Bytes that break the safetensors format: a cut or damaged file, or another kind of file.
 *
 * @example
 * ```ts
 * import { parseSafetensors, SafetensorsError } from "@spm/trainer";
 * try {
 *   parseSafetensors(new Uint8Array(3));
 * } catch (error) {
 *   console.log(error instanceof SafetensorsError); // true
 * }
 * ```
 */
export class SafetensorsError extends SpmError {
  override readonly name = "SafetensorsError";

  /** @param expected - what the format asks for; `got` - what the file has */
  constructor(expected: string, got: unknown) {
    super("safetensors", expected, got);
  }
}
