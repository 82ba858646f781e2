/** @file Maximum-weight matching on a complete graph. */

import { Blossoms } from "./blossoms.ts";

/** Weights become whole numbers up to this, so that duals are exact. */
const RESOLUTION = 2 ** 30;

/**
 * The pairs of largest total weight among all ways to pair n vertices, of which one stays alone
 * where n is odd. Weights are rounded to 2⁻³⁰ of their range. Cost O(n³), memory O(n²).
 * @param weights - [n, n] row-major, finite; the upper triangle is read
 * @returns each pair once, (i, j) with i < j, ascending in i
 */
export function maximumWeightMatching(n: number, weights: Float64Array): [number, number][] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < n; i++)
    for (let j = i + 1; j < n; j++) {
      low = Math.min(low, weights[i * n + j] ?? 0);
      high = Math.max(high, weights[i * n + j] ?? 0);
    }
  const scale = high > low ? RESOLUTION / (high - low) : 0;
  // above 0 everywhere: two vertices that stay alone would gain by their edge
  const whole = (i: number, j: number): number =>
    1 + Math.round(scale * ((weights[i * n + j] ?? 0) - low));
  const { mate } = new Blossoms(n, whole);
  const pairs: [number, number][] = [];
  for (let i = 1; i <= n; i++) if ((mate[i] ?? 0) > i) pairs.push([i - 1, (mate[i] ?? 0) - 1]);
  return pairs;
}
