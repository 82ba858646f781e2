/** @file Where training starts: spectra, flatness, dtypes, and what is refused. */
import { elements, rng, type Tensor, tensor } from "@spm/core";
import { describe, expect, test } from "vitest";
import { toDense } from "./algebra.ts";
import { condition } from "./condition.ts";
import type { Factors } from "./factors.ts";
import { type InitOptions, initialAngles, initialBlocks, type MixerInit } from "./initialise.ts";
import { butterfly, type Schedule, shuffle } from "./schedule.ts";
import { sideBySide } from "./schedule-algebra.ts";

const numbers = (x: Tensor): number[] => Array.from(elements(x.ndarray()));

function started(
  kind: Factors["kind"],
  schedule: Schedule,
  init: MixerInit,
  seed: number,
  options: InitOptions = {},
): Factors {
  const rest = { dtype: "float64", ...options } as const;
  if (kind === "rotation")
    return { kind, schedule, angles: initialAngles(schedule, rng(seed), init, rest) };
  const scales = tensor(new Float64Array(schedule.leftovers.length).fill(1));
  return { kind, schedule, blocks: initialBlocks(schedule, rng(seed), init, rest), scales };
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;

describe.each(["rotation", "general"] as const)("%s", (kind) => {
  // Of W, n = 64 in 6 stages, the median of 20 draws: n²·E W⁴ is 1 where W is flat, and the share
  // of ‖W‖ that lies off the diagonal.
  test.each([
    ["haar", 11.4, 1.5, 0.99],
    ["quarter", 1.25, 0.15, 0.98],
    ["identity", 57, 6, 0.24],
  ] as const)(
    "%s: orthogonal, with entries as flat as they should be",
    (init, kurtosis, tolerance, share) => {
      const n = 64;
      const draws = Array.from({ length: 20 }, (_, seed) => {
        const factors = started(kind, butterfly(n), init, seed);
        const w = numbers(toDense(factors));
        expect(condition(factors, 1).bound).toBeCloseTo(1, 12);
        const on = w.reduce((total, v, k) => total + (k % (n + 1) === 0 ? v * v : 0), 0);
        expect(w.reduce((total, v) => total + v * v, 0) / n).toBeCloseTo(1, 12);
        return {
          flat: w.reduce((total, v) => total + v ** 4, 0),
          off: Math.sqrt(Math.max(0, 1 - on / n)),
        };
      });
      const flat = median(draws.map((d) => d.flat)); // Σ W⁴ = n² E W⁴
      expect(Math.abs(flat - kurtosis)).toBeLessThan(tolerance);
      expect(Math.abs(median(draws.map((d) => d.off)) - share)).toBeLessThan(0.02);
    },
  );

  test("hadamard: exact, on one butterfly and on several side by side; with noise, near it", () => {
    for (const schedule of [butterfly(8), sideBySide(butterfly(8), 3)]) {
      const w = toDense(started(kind, schedule, "hadamard", 1)).ndarray();
      const parity = (i: number) => [...i.toString(2)].filter((bit) => bit === "1").length % 2;
      for (let i = 0; i < schedule.n; i++)
        for (let j = 0; j < schedule.n; j++) {
          const h = i >> 3 === j >> 3 ? (1 - 2 * parity(i & j & 7)) / Math.sqrt(8) : 0;
          expect(w.get(i, j)).toBeCloseTo(h, 12);
        }
    }
    const near = toDense(started(kind, butterfly(8), "hadamard", 1, { noise: 0.01 })).ndarray();
    expect(Math.abs(near.get(0, 0) - 1 / Math.sqrt(8))).toBeGreaterThan(1e-6);
    expect(Math.abs(near.get(0, 0) - 1 / Math.sqrt(8))).toBeLessThan(0.05);
  });

  test("identity without noise is the identity, bit by bit", () => {
    const w = numbers(toDense(started(kind, shuffle(5), "identity", 1, { noise: 0 })));
    expect(w.map((v) => v + 0)).toEqual(w.map((_, k) => (k % 6 === 0 ? 1 : 0)));
  });

  test("the same seed gives the same numbers, in float32 and float64", () => {
    const [a, b] = [1, 1].map((seed) => started(kind, shuffle(5), "haar", seed));
    expect(numbers(toDense(a!))).toEqual(numbers(toDense(b!)));
    const single = started(kind, shuffle(5), "haar", 1, { dtype: "float32" });
    const stages = (f: Factors) => numbers(f.kind === "rotation" ? f.angles : f.blocks);
    expect(stages(single)).toEqual(stages(a!).map(Math.fround));
  });
});

test("haar of a general mixer reflects in about half of the blocks, others never", () => {
  const reflected = (init: MixerInit) => {
    const blocks = numbers(initialBlocks(shuffle(100), rng(2), init));
    return blocks.filter(
      (_, k) => k % 4 === 0 && blocks[k]! * blocks[k + 3]! < blocks[k + 1]! * blocks[k + 2]!,
    ).length;
  };
  const pairs = shuffle(100).first.length;
  expect(reflected("haar") / pairs).toBeGreaterThan(0.4);
  expect(reflected("haar") / pairs).toBeLessThan(0.6);
  expect(reflected("quarter")).toBe(0);
});

test("refuses what it can't start from", () => {
  expect(() => initialAngles(shuffle(6), rng(1), "hadamard")).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: hadamard: expected one pass of a butterfly over n = 2^k, got shuffle]`,
  );
  expect(() =>
    initialAngles(butterfly(8, 4), rng(1), "hadamard"),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: hadamard: expected one pass of a butterfly over n = 2^k, got butterfly]`,
  );
  expect(() =>
    initialAngles(butterfly(8, 2), rng(1), "haar", { noise: -1 }),
  ).toThrowErrorMatchingInlineSnapshot(`[ValueError: initialise: expected a noise ≥ 0, got -1]`);
  expect(() =>
    initialBlocks(butterfly(8), rng(1), "gauss" as "haar"),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: initialise: expected "haar", "identity", "quarter" or "hadamard", got "gauss"]`,
  );
});
