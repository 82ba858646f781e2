/**
 * @file The checks of what a module is built from: sizes, and words of which each means something.
 */
import { ShapeError, ValueError } from "@spm/core/extend";

/** @throws ShapeError unless every size is a whole number, at least 1 */
export function checkSizes(op: string, what: string, ...sizes: readonly number[]): void {
  if (sizes.some((size) => !Number.isSafeInteger(size) || size < 1))
    throw new ShapeError(op, `${what} ≥ 1`, sizes.join(" and "));
}

/** @throws ValueError unless the word is one of those that are known */
export function checkChoice(op: string, known: readonly string[], word: string): void {
  if (!known.includes(word)) throw new ValueError(op, known.join(", "), `"${word}"`);
}
