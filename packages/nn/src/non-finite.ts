/** @file Weights that are not finite, in words. */

/**
 * The first tensor with values that are NaN or infinite, and how many; undefined where there is
 * none. O(numbers).
 * @param values - the elements of each by name
 * @example nonFiniteIn([["bias", [0, NaN, 1]]]); // '1 of 3 values of "bias" that are not'
 */
export function nonFiniteIn(
  values: Iterable<readonly [name: string, elements: ArrayLike<number>]>,
): string | undefined {
  const found: string[] = [];
  for (const [name, elements] of values) {
    let count = 0;
    for (let k = 0; k < elements.length; k++) if (!Number.isFinite(elements[k])) count++;
    if (count > 0) found.push(`${count} of ${elements.length} values of "${name}" that are not`);
  }
  const others = found.length - 1;
  return others > 0 ? `${found[0]}, nor are some of ${others} more` : found[0];
}
