/** @file What one pass can and can't be: the rank-1 law, and how many permutations it reaches. */
import { rng, tensor } from "@spm/core";
import { elements } from "@spm/core/extend";
import { apply, butterfly, fromPermutation, generalMixer, toDense } from "@spm/mixer";
import { expect, test } from "vitest";
import { kinds } from "./kinds.ts";
import { rowsOf } from "./matrix.ts";
import { factorsOf } from "./random-mixers.ts";

/**
 * Largest |2 × 2 minor| of the blocks that every cut 0 < m < L leaves: rows of one low part,
 * columns of one high part.
 */
function rankOneViolation(w: number[][], stages: number): number {
  const n = w.length;
  let worst = 0;
  for (let m = 1; m < stages; m++)
    for (let low = 0; low < 2 ** m; low++)
      for (let high = 0; high < n; high += 2 ** m) {
        const block = w
          .filter((_, i) => i % 2 ** m === low)
          .map((row) => row.slice(high, high + 2 ** m));
        const [first, ...rest] = block as [number[], ...number[][]];
        for (const row of rest)
          for (let j = 0; j < row.length; j++)
            for (let k = j + 1; k < row.length; k++)
              worst = Math.max(worst, Math.abs(first[j]! * row[k]! - first[k]! * row[j]!));
      }
  return worst;
}

test.each(kinds)(
  "%s: one pass of a butterfly obeys the rank-1 law; " +
    "two passes don't, nor does the swap of 1 and 2 among four",
  (_, mixer) => {
    const random = rng(3);
    for (const [n, stages] of [
      [4, 2],
      [8, 3],
      [16, 4],
    ] as const) {
      expect(
        rankOneViolation(rowsOf(toDense(factorsOf(mixer, butterfly(n), random))), stages),
      ).toBeLessThan(1e-12);
      expect(
        rankOneViolation(
          rowsOf(toDense(factorsOf(mixer, butterfly(n, 2 * stages), random))),
          stages,
        ),
      ).toBeGreaterThan(1e-3);
    }
    const swap = rowsOf(toDense(fromPermutation([0, 2, 1, 3], { mixer })));
    expect(rankOneViolation(swap, 2)).toBeCloseTo(1, 12);
  },
);

test(
  "one pass of swaps over eight reaches 2^12 of the 40,320 permutations, " +
    "and bit reversal is not among them",
  () => {
    const schedule = butterfly(8);
    const inputs = tensor(Float64Array.from({ length: 8 }, (_, i) => i));
    const scales = tensor(new Float64Array());
    const reached = new Set<string>();
    for (let choice = 0; choice < 2 ** 12; choice++) {
      const blocks = Float64Array.from(
        Array.from({ length: 12 }, (_, p) =>
          (choice >> p) & 1 ? [0, 1, 1, 0] : [1, 0, 0, 1],
        ).flat(),
      );
      const y = apply(
        {
          mixer: generalMixer,
          schedule,
          parameters: { blocks: tensor(blocks, { shape: [12, 4] }), unpairedScales: scales },
        },
        inputs,
      );
      reached.add(elements(y.ndarray()).join());
    }
    expect(reached.size).toBe(4096);
    expect(reached.has([0, 1, 2, 3, 4, 5, 6, 7].join())).toBe(true);
    expect(reached.has([0, 4, 2, 6, 1, 5, 3, 7].join())).toBe(false);
  },
);
