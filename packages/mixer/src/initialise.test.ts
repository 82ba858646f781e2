/** @file Where training starts: spectra, flatness, dtypes, and what is refused. */
import { rng, type Tensor } from "@spm/core";
import { elements } from "@spm/core/extend";
import { describe, expect, test } from "vitest";
import { toDense } from "./algebra.ts";
import { condition } from "./condition.ts";
import { type Factors, toGeneral } from "./factors.ts";
import { type InitOptions, initialParameters } from "./initialise.ts";
import { generalMixer, type MixerKind } from "./mixer.ts";
import { mixers } from "./mixers.ts";
import { inOrder, type MixerInit } from "./parameterisation/define.ts";
import { reflectionMixer } from "./parameterisation/reflection.ts";
import { rotationMixer } from "./parameterisation/rotation.ts";
import { butterfly, shuffle } from "./patterns.ts";
import type { Schedule } from "./schedule.ts";
import { blockDiagonal } from "./schedule-algebra.ts";

const numbers = (x: Tensor): number[] => Array.from(elements(x.ndarray()));
const kinds: [name: string, mixer: MixerKind][] = Object.entries(mixers);

function started(
  mixer: MixerKind,
  schedule: Schedule,
  init: MixerInit,
  seed: number,
  options: InitOptions = {},
): Factors {
  const rest = { dtype: "float64", init, ...options } as const;
  return { mixer, schedule, parameters: initialParameters(mixer, schedule, rng(seed), rest) };
}

/** Whether a block is one of the kind: the nearest of the kind is the block itself. */
function holds({ parameterisation }: MixerKind, block: readonly number[]): boolean {
  const nearest = parameterisation.nearest(Float64Array.from(block), new Float64Array());
  const { blocks } = parameterisation.blocks(nearest, 0);
  return blocks.every((v, k) => Math.abs(v - (block[k] ?? Number.NaN)) < 1e-12);
}
const canTurn = (mixer: MixerKind): boolean =>
  [1, -1].some((sign) => holds(mixer, [0.6, -sign * 0.8, 0.8, sign * 0.6]));
const canRest = (mixer: MixerKind): boolean => holds(mixer, [1, 0, 0, 1]);
const canReflect = (mixer: MixerKind): boolean => holds(mixer, [1, 0, 0, -1]);

const median = (values: number[]): number =>
  values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

describe.each(kinds)("%s", (name, mixer) => {
  // Of W, n = 64 in 6 stages, the median of 20 draws: n²·E W⁴ is 1 where W is flat, and the share
  // of ‖W‖ that lies off the diagonal.
  const spectra = (
    [
      ["haar", 11.4, 1.5, 0.99],
      ["quarter", 1.25, 0.15, 0.98],
      ["identity", 57, 6, 0.24],
    ] as const
  ).filter(([init]) => canTurn(mixer) && (init !== "identity" || canRest(mixer)));

  test("is measured wherever it has orthogonal blocks", () => {
    if (!mixer.parameterisation.orthogonal && mixer !== generalMixer) return;
    expect(spectra).toHaveLength(canRest(mixer) ? 3 : 2);
  });

  test.each(spectra)("%s: orthogonal, as flat as it should be", (init, kurtosis, by, share) => {
    const n = 64;
    const draws = Array.from({ length: 20 }, (_, seed) => {
      const factors = started(mixer, butterfly(n), init, seed);
      const w = numbers(toDense(factors));
      expect(condition(factors, { steps: 1 }).bound).toBeCloseTo(1, 12);
      const on = w.reduce((total, v, k) => total + (k % (n + 1) === 0 ? v * v : 0), 0);
      expect(w.reduce((total, v) => total + v * v, 0) / n).toBeCloseTo(1, 12);
      return {
        flat: w.reduce((total, v) => total + v ** 4, 0),
        off: Math.sqrt(Math.max(0, 1 - on / n)),
      };
    });
    const flat = median(draws.map((d) => d.flat)); // Σ W⁴ = n² E W⁴
    expect(Math.abs(flat - kurtosis)).toBeLessThan(by);
    expect(Math.abs(median(draws.map((d) => d.off)) - share)).toBeLessThan(0.02);
  });

  test("hadamard: exact, on one butterfly and on several side by side; with noise, near it", () => {
    for (const schedule of [butterfly(8), blockDiagonal(butterfly(8), 3)]) {
      const w = toDense(started(mixer, schedule, "hadamard", 1)).ndarray();
      const parity = (i: number) => [...i.toString(2)].filter((bit) => bit === "1").length % 2;
      for (let i = 0; i < schedule.n; i++)
        for (let j = 0; j < schedule.n; j++) {
          const h = i >> 3 === j >> 3 ? (1 - 2 * parity(i & j & 7)) / Math.sqrt(8) : 0;
          expect(w.get(i, j)).toBeCloseTo(h, 12);
        }
    }
    const near = toDense(started(mixer, butterfly(8), "hadamard", 1, { noise: 0.01 })).ndarray();
    expect(Math.abs(near.get(0, 0) - 1 / Math.sqrt(8))).toBeGreaterThan(1e-6);
    expect(Math.abs(near.get(0, 0) - 1 / Math.sqrt(8))).toBeLessThan(0.05);
  });

  test("hadamard over n = 2: the second column negated where the start is a rotation", () => {
    const w = toDense(started(mixer, butterfly(2), "hadamard", 1)).ndarray();
    const sign = canRest(mixer) ? -1 : 1;
    const expected = [1, sign, 1, -sign].map((v) => v * Math.SQRT1_2);
    for (const [k, v] of expected.entries()) expect(w.get(k >> 1, k & 1)).toBeCloseTo(v, 12);
  });

  test("identity without noise is the identity, bit by bit, or there is none", () => {
    const start = () => started(mixer, shuffle(5), "identity", 1, { noise: 0 });
    if (!canRest(mixer))
      return expect(start).toThrow(/^initialParameters: expected .*, got "identity"$/);
    const w = numbers(toDense(start()));
    expect(w.map((v) => v + 0)).toEqual(w.map((_, k) => (k % 6 === 0 ? 1 : 0)));
  });

  test("the same seed gives the same numbers, in float32 and float64", () => {
    const stages = ({ parameters }: Factors) =>
      inOrder(mixer.parameterisation, parameters).map(numbers);
    const [a, b] = [0, 1].map(() => stages(started(mixer, shuffle(5), "haar", 1)));
    expect(a).toEqual(b);
    const single = started(mixer, shuffle(5), "haar", 1, { dtype: "float32" });
    expect(toDense(single).dtype).toBe("float32");
    expect(stages(single)).toEqual(a?.map((list) => list.map(Math.fround)));
  });

  test("haar reflects in about half of the blocks where it can, quarter where it must", () => {
    const schedule = shuffle(100);
    const reflected = (init: MixerInit) => {
      const blocks = numbers(toGeneral(started(mixer, schedule, init, 2)).parameters.blocks);
      const negative = Array.from(schedule.first, (_, p) => {
        const [a = 0, b = 0, c = 0, d = 0] = blocks.slice(4 * p, 4 * p + 4);
        return a * d < b * c;
      }).filter((is) => is);
      return negative.length / schedule.first.length;
    };
    expect(canRest(mixer) || canReflect(mixer)).toBe(true);
    expect(reflected("quarter")).toBe(canRest(mixer) ? 0 : 1);
    if (canRest(mixer) !== canReflect(mixer))
      return expect(reflected("haar")).toBe(canReflect(mixer) ? 1 : 0);
    expect(reflected("haar")).toBeGreaterThan(0.4);
    expect(reflected("haar")).toBeLessThan(0.6);
  });

  test("a start of any name is one or a ValueError, and unless named is haar", () => {
    const schedule = butterfly(8);
    const { parameterisation } = mixer;
    const haar = initialParameters(mixer, schedule, rng(3));
    expect(haar).toEqual(initialParameters(mixer, schedule, rng(3), { init: "haar" }));
    expect(inOrder(parameterisation, haar).map(({ shape }) => shape)).toEqual(
      parameterisation.shapes(schedule),
    );
    expect(() => started(mixer, schedule, "gauss" as "haar", 1)).toThrow(/got "gauss"$/);
    expect(() => started(mixer, schedule, "haar", 1, { noise: Number.NaN })).toThrow(
      "initialParameters: expected a noise ≥ 0, got NaN",
    );
    expect(() => started(mixer, shuffle(6), "hadamard", 1)).toThrow(/got shuffle$/);
    expect(name).toBe(parameterisation.name);
  });
});

test("refuses what it can't start from", () => {
  const start = (schedule: Schedule, init: MixerInit, options?: InitOptions) => () =>
    initialParameters(rotationMixer, schedule, rng(1), { init, ...options });
  expect(start(shuffle(6), "hadamard")).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: hadamard: expected one pass of a butterfly over n = 2^k, got shuffle]`,
  );
  expect(start(butterfly(8, 4), "hadamard")).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: hadamard: expected one pass of a butterfly over n = 2^k, got butterfly]`,
  );
  expect(start(butterfly(8, 2), "haar", { noise: -1 })).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: initialParameters: expected a noise ≥ 0, got -1]`,
  );
  expect(() =>
    initialParameters(generalMixer, butterfly(8), rng(1), { init: "gauss" as "haar" }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: initialParameters: expected "haar", "identity", "quarter" or "hadamard", got "gauss"]`,
  );
  expect(() =>
    initialParameters(reflectionMixer, butterfly(8), rng(1), { init: "identity" }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: initialParameters: expected "haar", "quarter" or "hadamard" for reflections, got "identity"]`,
  );
});
