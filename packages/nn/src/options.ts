/** @file Checks of the arguments of constructors: sizes, and words out of a list. */
import { ShapeError, ValueError } from "@spm/core/extend";

/**
 * Refuses sizes below 1.
 * @throws ShapeError unless every size is a whole number, at least 1
 * @example checkSizes("Scale", "width", 8);
 */
export function checkSizes(op: string, what: string, ...sizes: readonly number[]): void {
  if (sizes.some((size) => !Number.isSafeInteger(size) || size < 1))
    throw new ShapeError(op, `${what} ≥ 1`, sizes.join(" and "));
}

/**
 * Refuses words that are not in a list.
 * @throws ValueError naming the known words
 * @example checkChoice("Scale", ["row", "column"], "row");
 */
export function checkChoice(op: string, known: readonly string[], word: string): void {
  if (!known.includes(word)) throw new ValueError(op, known.join(", "), `"${word}"`);
}
