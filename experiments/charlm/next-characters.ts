/**
 * @file Windows of a text for language models: every character of a window is predicted from those
 * before it.
 */
import { type Tensor, tensor } from "@spm/core";
import { DataError, type Dataset } from "@spm/data";

/** Windows, and for each of their characters the next one. */
export interface WindowBatch {
  /** int32, [batch, context] */
  readonly x: Tensor;
  /** int32, [batch, context]: x, shifted by one */
  readonly y: Tensor;
}

/**
 * Windows of `context` characters, each beginning `stride` after the one before.
 * @param classes - of the text's characters, see `encodeCharacters` of @spm/data
 * @throws DataError for a text without a whole window
 */
export function nextCharacters(
  classes: Int32Array,
  context: number,
  stride = 1,
): Dataset<WindowBatch> {
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
