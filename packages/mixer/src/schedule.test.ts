/** @file Schedules: their pairs, what they reach, and what they refuse. */
import { rng } from "@spm/core";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { connectivity, pathCounts } from "./connectivity.ts";
import {
  brick,
  butterfly,
  defaultSchedule,
  fromPairs,
  log2Stages,
  pairsOf,
  randomMatching,
  type Schedule,
  shuffle,
} from "./schedule.ts";
import { inSeries, reversed, reversedOrder, sideBySide } from "./schedule-algebra.ts";

const kinds: Record<string, (n: number, stages?: number) => Schedule> = {
  butterfly,
  shuffle,
  brick,
  random: (n, stages = log2Stages(n)) => randomMatching(n, stages, rng(n)),
};

test.each(Object.entries(kinds))(
  "%s: every coordinate once a stage, paired or left over, for every n",
  (_, make) => {
    for (let n = 1; n <= 40; n++) {
      const s = make(n, 7);
      for (let l = 0; l < s.stages; l++) {
        const paired = [s.first, s.second].flatMap((side) => [
          ...side.slice(s.starts[l], s.starts[l + 1]),
        ]);
        const all = [...paired, ...s.leftovers.slice(s.leftoverStarts[l], s.leftoverStarts[l + 1])];
        expect(all.sort((a, b) => a - b)).toEqual([...Array(n).keys()]);
      }
    }
  },
);

test("the pairs are those of the definitions", () => {
  expect(pairsOf(butterfly(4))).toEqual([
    [
      [0, 1],
      [2, 3],
    ],
    [
      [0, 2],
      [1, 3],
    ],
  ]);
  expect(pairsOf(butterfly(5, 3))).toEqual([
    [
      [0, 1],
      [2, 3],
    ],
    [
      [0, 2],
      [1, 3],
    ],
    [[0, 4]],
  ]);
  expect(pairsOf(shuffle(4))).toEqual([
    [
      [0, 2],
      [1, 3],
    ],
    [
      [0, 1],
      [2, 3],
    ],
  ]);
  expect(pairsOf(shuffle(5, 2))).toEqual([
    [
      [0, 2],
      [1, 3],
    ],
    [
      [4, 2],
      [0, 1],
    ],
  ]);
  expect(pairsOf(brick(5, 2))).toEqual([
    [
      [0, 1],
      [2, 3],
    ],
    [
      [1, 2],
      [3, 4],
    ],
  ]);
  expect(pairsOf(randomMatching(6, 2, rng(3)))).toEqual(pairsOf(randomMatching(6, 2, rng(3))));
});

test("odd n: one coordinate is left over in each stage, and not the same one each time", () => {
  for (const make of [shuffle, brick, kinds.random!])
    for (const n of [3, 7, 33]) {
      const { leftovers } = make(n, 6);
      expect(leftovers).toHaveLength(6);
      expect(new Set(leftovers).size).toBeGreaterThan(1);
    }
});

test("the default is the butterfly for n = 2^k, the shuffle otherwise", () => {
  expect(defaultSchedule(8)).toEqual(butterfly(8));
  expect(defaultSchedule(12)).toEqual(shuffle(12));
});

// Stages until every output sees every input.
test.each([
  { n: 8, butterfly: 3, shuffle: 3, brick: 7, random: [5, 7] },
  { n: 12, butterfly: 7, shuffle: 4, brick: 11, random: [6, 8] },
  { n: 33, butterfly: 11, shuffle: 7, brick: 33, random: [9, 10] },
  { n: 64, butterfly: 6, shuffle: 6, brick: 63, random: [9, 10] },
  { n: 65, butterfly: 13, shuffle: 8, brick: 65, random: [10, 11] },
  { n: 100, butterfly: 12, shuffle: 7, brick: 99, random: [11, 11] },
  { n: 127, butterfly: 8, shuffle: 8, brick: 127, random: [11, 12] },
  { n: 200, butterfly: 14, shuffle: 8, brick: 199, random: [12, 12] },
])(
  "fully mixing after $n: butterfly $butterfly, shuffle $shuffle, brick $brick, random $random",
  (row) => {
    const { n } = row;
    for (const name of ["butterfly", "shuffle", "brick"] as const) {
      expect(connectivity(kinds[name]!(n, row[name])).fullAfter).toBe(row[name]);
      if (row[name] > 1) expect(connectivity(kinds[name]!(n, row[name] - 1)).full).toBe(false);
    }
    const draws = Array.from(
      { length: 15 },
      (_, seed) => connectivity(randomMatching(n, 20, rng(seed))).fullAfter!,
    );
    const [median, most] = [draws.sort((a, b) => a - b)[7]!, draws[14]!];
    // other random numbers than the table's
    expect(Math.abs(median - row.random[0]!)).toBeLessThanOrEqual(1);
    expect(Math.abs(most - row.random[1]!)).toBeLessThanOrEqual(2);
  },
);

test("a butterfly over n ≠ 2^k leaves entries that no parameters can fill", () => {
  expect(connectivity(butterfly(100)).unreachable).toBe(1232);
  expect(connectivity(butterfly(5)).unreachable).toBe(3);
  expect(connectivity(butterfly(64)).unreachable).toBe(0);
});

test(
  "the shuffle's default number of stages is the fewest that mix fully: " +
    "⌈log₂ n⌉ for even n, one or two more for odd",
  () => {
    for (let n = 2; n <= 80; n++)
      expect(connectivity(shuffle(n)).fullAfter).toBe(shuffle(n).stages);
    expect(shuffle(11).stages).toBe(6);
    expect(shuffle(12).stages).toBe(4);
    expect(shuffle(33).stages).toBe(7);
  },
);

test("fewer stages than log₂ n: contiguous blocks of 2^L; more: 2^L / n paths to each", () => {
  const n = 16;
  const few = pathCounts(butterfly(n, 2));
  const many = pathCounts(butterfly(n, 7));
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      expect(few[i * n + j]).toBe(i >> 2 === j >> 2 ? 1 : 0);
      expect(many[i * n + j]).toBe(2 ** 7 / n);
    }
});

test("brick: the support is the band |i − j| ≤ L", () => {
  const counts = pathCounts(brick(12, 4));
  for (let i = 0; i < 12; i++)
    for (let j = 0; j < 12; j++) if (Math.abs(i - j) > 4) expect(counts[i * 12 + j]).toBe(0);
});

test("pairs that never change mix no further than their pair", () => {
  const stuck = fromPairs(
    4,
    Array(9).fill([
      [0, 1],
      [2, 3],
    ]),
  );
  expect(connectivity(stuck)).toEqual({ full: false, unreachable: 8, fullAfter: null });
});

test("one coordinate is fully mixed from the start", () => {
  expect(connectivity(butterfly(1))).toEqual({ full: true, unreachable: 0, fullAfter: 0 });
});

test("reversed twice is the schedule; where the parameters come from says the same", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 5 }),
      fc.nat(),
      (n, stages, seed) => {
        const s = randomMatching(n, stages, rng(seed));
        const back = reversed(s);
        expect(pairsOf(reversed(back))).toEqual(pairsOf(s));
        const { pairs, leftovers } = reversedOrder(s);
        expect([...back.first]).toEqual([...pairs].map((p) => s.first[p]));
        expect([...back.leftovers]).toEqual([...leftovers].map((r) => s.leftovers[r]));
        expect(reversed(s)).toBe(back);
      },
    ),
    { seed: 1 },
  );
});

test("a million coordinates: every one meets each distance", () => {
  const n = 2 ** 20;
  const s = butterfly(n);
  expect(s.first.length).toBe(10 * n);
  const wrong = s.first.findIndex((i, p) => (i ^ s.second[p]!) !== 2 ** Math.floor((2 * p) / n));
  expect(wrong).toBe(-1);
  expect(reversed(s).first.subarray(0, 3)).toEqual(Int32Array.of(0, 1, 2));
});

test("in series and side by side", () => {
  expect(pairsOf(inSeries(brick(3, 1), brick(3, 2)))).toEqual([[[0, 1]], [[0, 1]], [[1, 2]]]);
  const two = sideBySide(shuffle(3, 2), 2);
  expect(two.n).toBe(6);
  expect(pairsOf(two)).toEqual([
    [
      [0, 1],
      [3, 4],
    ],
    [
      [2, 0],
      [5, 3],
    ],
  ]);
  expect([...two.leftovers]).toEqual([2, 5, 1, 4]);
});

test("refuses what is no schedule", () => {
  expect(() =>
    fromPairs(4, [
      [
        [0, 1],
        [1, 2],
      ],
    ]),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: fromPairs: expected disjoint pairs in a stage, got 1 twice in stage 0, in (1, 2)]`,
  );
  expect(() => fromPairs(4, [[], [[2, 2]]])).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: fromPairs: expected pairs of two coordinates, got (2, 2) in stage 1]`,
  );
  expect(() => fromPairs(4, [[[0, 4]]])).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: fromPairs: expected coordinates in [0, 4), got 4 in pair (0, 4) of stage 0]`,
  );
  expect(() => fromPairs(4, [[[-1, 0]]])).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: fromPairs: expected coordinates in [0, 4), got -1 in pair (-1, 0) of stage 0]`,
  );
  expect(() => fromPairs(4, [[[0.5, 1]]])).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: fromPairs: expected coordinates in [0, 4), got 0.5 in pair (0.5, 1) of stage 0]`,
  );
  expect(() => fromPairs(4, [])).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: fromPairs: expected L ≥ 1 stages, got 0]`,
  );
  expect(() => butterfly(0)).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: butterfly: expected a width n ≥ 1, got 0]`,
  );
  expect(() => shuffle(-3)).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: shuffle: expected a width n ≥ 1, got -3]`,
  );
  expect(() => brick(2.5)).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: brick: expected a width n ≥ 1, got 2.5]`,
  );
  expect(() => butterfly(8, 0)).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: butterfly: expected L ≥ 1 stages, got 0]`,
  );
  expect(() => randomMatching(4, Number.NaN, rng(1))).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: random: expected L ≥ 1 stages, got NaN]`,
  );
  expect(() => butterfly(2 ** 31)).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: butterfly: expected n · L ≤ 268435456, got 2147483648 · 31]`,
  );
  for (const make of [
    () => shuffle(2 ** 30 + 1),
    () => brick(2 ** 15),
    () => randomMatching(2 ** 40, 1, rng(1)),
    () => fromPairs(2 ** 29, [[]]),
    () => sideBySide(butterfly(4), 2 ** 27),
    () => butterfly(Number.MAX_SAFE_INTEGER),
  ])
    expect(make).toThrow(/expected n · L ≤ 268435456, got/);
  expect(() => inSeries(brick(3), brick(4))).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: inSeries: expected schedules of one width, 3, got 4]`,
  );
  expect(() => sideBySide(brick(3), 0)).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: sideBySide: expected a count ≥ 1, got 0]`,
  );
});
