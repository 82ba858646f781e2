/**
 * @file Windows of a text for language models: every character of a window is predicted from those
 * before it.
 */
import { type Tensor, tensor } from "@spm/core";
import { checkOptions, type OptionNames, ValueError } from "@spm/core/extend";
import type { Dataset } from "./dataset.ts";
import { DataError } from "./errors.ts";

/** Windows, and for each of their characters the next one. */
export interface WindowBatch {
  /** int32, [batch, context] */
  readonly x: Tensor;
  /** int32, [batch, context]: x, shifted by one */
  readonly y: Tensor;
}

/** Options of {@link nextCharacters}. */
export interface NextCharactersOptions {
  /** Characters of a window, at least 1. */
  readonly context: number;
  /**
   * Characters from the start of a window to that of the next, at least 1.
   * @defaultValue 1
   */
  readonly stride?: number;
}

const names: OptionNames<NextCharactersOptions> = { context: true, stride: true };

/**
 * A dataset of windows of a text, for language models.
 * @param classes - of the text's characters, as `encodeCharacters` gives them
 * @returns batches of x and y, int32 [batch, context]
 * @throws DataError for a text without a whole window and a character after it; ValueError for a
 * context or stride below 1; OptionError for an unknown option
 * @example
 * ```ts
 * import { encodeCharacters, nextCharacters } from "@spm/data";
 * const windows = nextCharacters(encodeCharacters("banana", "abn"), { context: 3 });
 * console.log(windows.length, windows.batch(Int32Array.of(1)).y.toArray()); // 3 [[2, 0, 2]]
 * ```
 */
export function nextCharacters(
  classes: Int32Array,
  options: NextCharactersOptions,
): Dataset<WindowBatch> {
  checkOptions("nextCharacters", options, names);
  const { context, stride = 1 } = options;
  for (const [name, value] of Object.entries({ context, stride }))
    if (!Number.isInteger(value) || value < 1)
      throw new ValueError("nextCharacters", `a whole ${name} ≥ 1`, value);
  const length = Math.floor((classes.length - 1 - context) / stride) + 1;
  if (length < 1)
    throw new DataError(
      "nextCharacters",
      `more than ${context} characters, the context`,
      classes.length,
    );
  return {
    length,
    batch(indices) {
      const shape = [indices.length, context];
      const from = (shift: number): Tensor => {
        const out = new Int32Array(indices.length * context);
        indices.forEach((sample, row) => {
          const start = sample * stride + shift;
          out.set(classes.subarray(start, start + context), row * context);
        });
        return tensor(out, { shape });
      };
      return { x: from(0), y: from(1) };
    },
  };
}
