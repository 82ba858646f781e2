/** @file The dimension of each family, counted, against its formula. */
import { rng } from "@spm/core";
import { describe, expect, test } from "vitest";
import { degreesOfFreedom, rank } from "./degrees-of-freedom.ts";
import { generalMixer, type MixerKind } from "./mixer.ts";
import { mixers } from "./mixers.ts";
import { brick, butterfly, randomMatching, shuffle } from "./patterns.ts";
import type { Schedule } from "./schedule.ts";

const kinds: [name: string, mixer: MixerKind][] = Object.entries(mixers);
const angled = kinds.filter(([, { parameterisation }]) => parameterisation.angle !== undefined);

/** The family with its diagonals, and without them. */
const both = (mixer: MixerKind, schedule: Schedule) => [
  degreesOfFreedom(mixer, schedule),
  degreesOfFreedom(mixer, schedule, { diagonals: false }),
];

describe.each(angled)("%s, of one angle a pair", (_, mixer) => {
  test.each([
    [3, [27, 12]],
    [6, [39, 24]],
    [8, [43, 28]], // all of SO(8) between diagonals, and alone
  ])("butterfly, n = 8, L = %i: with diagonals, without: %o", (stages, expected) => {
    expect(both(mixer, butterfly(8, stages))).toEqual(expected);
  });

  test.each([2, 4, 8])("butterfly over %i, L ≤ log₂ n: nL/2 + 2n − n/2^L, and nL/2", (n) => {
    for (let stages = 1; stages <= Math.log2(n); stages++) {
      // Blocks that do not meet: each trades a factor between its diagonals.
      const parts = n / 2 ** stages;
      const angles = (n * stages) / 2;
      expect(both(mixer, butterfly(n, stages))).toEqual([angles + 2 * n - parts, angles]);
    }
  });

  test("brick: n stages hold all of SO(n), but for signs", () => {
    for (const n of [3, 4, 5, 6])
      expect(degreesOfFreedom(mixer, brick(n), { diagonals: false })).toBe((n * (n - 1)) / 2);
  });

  test("random matchings repeat pairs and lose some", () => {
    const { length } = randomMatching(8, 6, rng(2)).first;
    expect(
      degreesOfFreedom(mixer, randomMatching(8, 6, rng(2)), { diagonals: false }),
    ).toBeLessThan(length);
  });
});

describe.each(kinds)("%s", (_, mixer) => {
  test("no more than its parameters, n², and what free blocks have", () => {
    const schedules = [butterfly(4), butterfly(4, 5), shuffle(5), brick(4)];
    for (const schedule of schedules) {
      const [withEnds = 0, without = 0] = both(mixer, schedule);
      const free = degreesOfFreedom(generalMixer, schedule);
      expect(without).toBeLessThanOrEqual(mixer.parameterisation.count(schedule));
      expect(without).toBeLessThanOrEqual(withEnds);
      expect(withEnds).toBeLessThanOrEqual(free);
      expect(free).toBeLessThanOrEqual(schedule.n ** 2);
    }
  });
});

test.each([
  [3, 32],
  [6, 56],
  [8, 64], // all of R^(8×8)
])("general: butterfly, n = 8, L = %i: %i", (stages, expected) => {
  expect(degreesOfFreedom(generalMixer, butterfly(8, stages))).toBe(expected);
});

test.each([2, 4, 8])("general: butterfly over %i, L ≤ log₂ n: n(L + 1)", (n) => {
  for (let stages = 1; stages <= Math.log2(n); stages++)
    expect(degreesOfFreedom(generalMixer, butterfly(n, stages))).toBe(n * (stages + 1));
});

test("general: the diagonals add nothing, the stages absorb them", () => {
  for (const s of [butterfly(8), shuffle(6), brick(5)]) {
    const [withEnds, without] = both(generalMixer, s);
    expect(withEnds).toBe(without);
  }
});

test.each([
  [4, 3],
  [6, 5],
  [8, 7],
])(
  "shuffle over %i meets the bound: %i general stages hold a generic matrix, one fewer does not",
  (n, stages) => {
    expect(degreesOfFreedom(generalMixer, shuffle(n, stages), { diagonals: false })).toBe(n * n);
    expect(
      degreesOfFreedom(generalMixer, shuffle(n, stages - 1), { diagonals: false }),
    ).toBeLessThan(n * n);
  },
);

// The last direction of these two is 10⁻⁷ of the first: easily taken for rounding. Arithmetic
// modulo a prime has none.
test.each([
  ["butterfly", butterfly(8, 7), 64],
  ["butterfly", butterfly(8, 6), 56],
  ["brick", brick(8, 8), 64],
  ["brick", brick(8, 7), 58],
])("general %s: the same rank in exact arithmetic, %#", (_, schedule, expected) => {
  expect(exactRank(schedule)).toBe(expected);
  expect(degreesOfFreedom(generalMixer, schedule, { diagonals: false })).toBe(expected);
});

test("the rank is counted right", () => {
  const rows = (...r: number[][]) => r.map((row) => Float64Array.from(row));
  expect(rank(rows([1, 2, 3], [2, 4, 6], [0, 0, 1]))).toBe(2);
  expect(rank(rows([0, 0], [0, 0]))).toBe(0);
  expect(rank(rows([1, 0], [1, 1e-6]))).toBe(2);
});

/**
 * The rank of ∂vec(W)/∂(blocks, unpairedScales) at random numbers modulo 2³¹ − 1: no more than the
 * generic rank, and with certainty.
 */
function exactRank(schedule: Schedule): number {
  const modulus = 2147483647n;
  const { n, stages, first, second, starts, unpaired, unpairedStarts } = schedule;
  const random = rng(5);
  const mod = (v: bigint) => ((v % modulus) + modulus) % modulus;
  const eye = (): bigint[][] =>
    Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? 1n : 0n)));
  const times = (a: bigint[][], b: bigint[][]) =>
    a.map((row) =>
      b[0]!.map((_, j) => mod(row.reduce((total, v, k) => total + v * b[k]![j]!, 0n))),
    );
  const entries = Array.from({ length: stages }, (_, l) => {
    const list: [number, number][] = [];
    for (let p = starts[l]!; p < starts[l + 1]!; p++)
      for (const i of [first[p]!, second[p]!])
        for (const j of [first[p]!, second[p]!]) list.push([i, j]);
    for (let r = unpairedStarts[l]!; r < unpairedStarts[l + 1]!; r++)
      list.push([unpaired[r]!, unpaired[r]!]);
    return list;
  });
  const factors = entries.map((list) => {
    const b = eye();
    for (const [i, j] of list) b[i]![j] = BigInt(random.integer(2 ** 31));
    return b;
  });
  const after = factors.map((_, l) => factors.slice(l + 1).reduce((w, b) => times(b, w), eye()));
  const before = factors.map((_, l) => factors.slice(0, l).reduce((w, b) => times(b, w), eye()));
  const rows = entries.flatMap((list, l) =>
    list.map(([i, j]) => after[l]!.flatMap((row) => before[l]![j]!.map((v) => mod(row[i]! * v)))),
  );
  let found = 0;
  for (let c = 0; c < n * n; c++) {
    const pivot = rows.findIndex((row, k) => k >= found && row[c] !== 0n);
    if (pivot < 0) continue;
    [rows[pivot], rows[found]] = [rows[found]!, rows[pivot]!];
    const top = rows[found]!;
    const inverse = power(top[c]!, modulus - 2n, modulus);
    for (const row of rows.slice(found + 1)) {
      const factor = mod(row[c]! * inverse);
      if (factor !== 0n) for (let k = c; k < n * n; k++) row[k] = mod(row[k]! - factor * top[k]!);
    }
    found++;
  }
  return found;
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (let b = base, e = exponent; e > 0n; e >>= 1n, b = (b * b) % modulus)
    if (e & 1n) result = (result * b) % modulus;
  return result;
}
