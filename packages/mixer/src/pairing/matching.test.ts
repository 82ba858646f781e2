/** @file Maximum-weight matching beside all matchings, and where it meets many blossoms. */
import { rng } from "@spm/core";
import { expect, test } from "vitest";
import { maximumWeightMatching } from "./matching.ts";

/** The largest total weight of a matching that leaves at most one vertex alone, by subsets. */
function best(n: number, weights: Float64Array): number {
  const most = new Float64Array(2 ** n).fill(Number.NEGATIVE_INFINITY);
  most[0] = 0;
  for (let set = 1; set < 2 ** n; set++) {
    const i = 31 - Math.clz32(set);
    const rest = set ^ (1 << i);
    for (let j = 0; j < i; j++)
      if (rest & (1 << j))
        most[set] = Math.max(most[set]!, most[rest ^ (1 << j)]! + weights[j * n + i]!);
  }
  const all = 2 ** n - 1;
  if (n % 2 === 0) return most[all]!;
  return Math.max(...Array.from({ length: n }, (_, i) => most[all ^ (1 << i)]!));
}

test.each([
  ["few values, many ties", (u: number) => Math.floor(3 * u)],
  ["whole numbers", (u: number) => Math.floor(100 * u) - 50],
  ["real numbers", (u: number) => u],
])("the largest weight of all matchings: %s", (_, weightOf) => {
  const random = rng(1);
  for (let round = 0; round < 150; round++) {
    const n = 1 + Math.floor(12 * random.uniform());
    const weights = Float64Array.from({ length: n * n }, () => weightOf(random.uniform()));
    const pairs = maximumWeightMatching(n, weights);
    expect(pairs).toHaveLength(Math.floor(n / 2));
    expect(new Set(pairs.flat()).size).toBe(2 * pairs.length);
    const total = pairs.reduce((sum, [i, j]) => sum + weights[i * n + j]!, 0);
    expect(total).toBeCloseTo(best(n, weights), 6);
  }
});

test("a greedy choice of the heaviest pair first would lose", () => {
  // 0 and 1 are the heaviest pair, 0-2 with 1-3 the heaviest two
  const weights = new Float64Array(16);
  [weights[1], weights[2], weights[7], weights[11]] = [10, 9, 9, 1];
  expect(maximumWeightMatching(4, weights)).toEqual([
    [0, 2],
    [1, 3],
  ]);
});
