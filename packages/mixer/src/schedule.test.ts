/** @file Schedules: their pairs, what they reach, and what they refuse. */

import { inspect } from "node:util";
import { rng } from "@spm/core";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { connectivity, pathCounts } from "./connectivity.ts";
import {
  brick,
  butterfly,
  defaultSchedule,
  log2Stages,
  randomMatching,
  shuffle,
} from "./patterns.ts";
import {
  eachPair,
  eachUnpaired,
  fromPairs,
  type Pair,
  pairsOf,
  type Schedule,
} from "./schedule.ts";
import {
  blockDiagonal,
  composeSchedules,
  reversedOrder,
  reverseSchedule,
} from "./schedule-algebra.ts";

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
        const all = [...paired, ...s.unpaired.slice(s.unpairedStarts[l], s.unpairedStarts[l + 1])];
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
      const { unpaired } = make(n, 6);
      expect(unpaired).toHaveLength(6);
      expect(new Set(unpaired).size).toBeGreaterThan(1);
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
        const back = reverseSchedule(s);
        expect(pairsOf(reverseSchedule(back))).toEqual(pairsOf(s));
        const { pairs, unpaired } = reversedOrder(s);
        expect([...back.first]).toEqual([...pairs].map((p) => s.first[p]));
        expect([...back.unpaired]).toEqual([...unpaired].map((r) => s.unpaired[r]));
        expect(reverseSchedule(s)).toBe(back);
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
  expect(reverseSchedule(s).first.subarray(0, 3)).toEqual(Int32Array.of(0, 1, 2));
});

test("in series and side by side", () => {
  expect(pairsOf(composeSchedules(brick(3, 1), brick(3, 2)))).toEqual([
    [[0, 1]],
    [[0, 1]],
    [[1, 2]],
  ]);
  const two = blockDiagonal(shuffle(3, 2), 2);
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
  expect([...two.unpaired]).toEqual([2, 5, 1, 4]);
});

describe("strides", () => {
  test("of a butterfly: the distances, where every coordinate has a partner", () => {
    for (let k = 1; k <= 6; k++)
      expect(butterfly(2 ** k).strides).toEqual(Array.from({ length: k }, (_, l) => 2 ** l));
    expect(butterfly(8, 5).strides).toEqual([1, 2, 4, 1, 2]);
    expect(butterfly(12, 2).strides).toEqual([1, 2]);
    expect(butterfly(24, 3).strides).toEqual([1, 2, 4]);
    expect(butterfly(12, 3).strides).toBeNull(); // a distance of 4 leaves 8 to 11 over
    for (const n of [1, 3, 5, 6, 7]) expect(butterfly(n).strides).toBeNull();
  });

  test("of other schedules: none", () => {
    for (const s of [shuffle(8), shuffle(7), brick(8), randomMatching(8, 3, rng(1))])
      expect(s.strides).toBeNull();
  });

  test("reversed, in series, side by side", () => {
    expect(reverseSchedule(butterfly(16)).strides).toEqual([8, 4, 2, 1]);
    expect(reverseSchedule(reverseSchedule(butterfly(16))).strides).toEqual([1, 2, 4, 8]);
    expect(reverseSchedule(butterfly(6)).strides).toBeNull();
    expect(reverseSchedule(shuffle(8)).strides).toBeNull();
    const there = butterfly(8);
    expect(composeSchedules(there, reverseSchedule(there)).strides).toEqual([1, 2, 4, 4, 2, 1]);
    expect(composeSchedules(there, brick(8)).strides).toBeNull();
    expect(composeSchedules(brick(8), there).strides).toBeNull();
    expect(blockDiagonal(butterfly(4), 3).strides).toEqual([1, 2]);
    expect(blockDiagonal(butterfly(4), 1).strides).toEqual([1, 2]);
    expect(blockDiagonal(butterfly(6), 2).strides).toBeNull();
    expect(blockDiagonal(shuffle(4), 2).strides).toBeNull();
  });

  test("wherever they stand, the pairs are i and i XOR stride, in ascending order of i", () => {
    const made = [butterfly(16, 6), butterfly(24, 3), reverseSchedule(butterfly(8))];
    made.push(
      composeSchedules(butterfly(8, 2), reverseSchedule(butterfly(8))),
      blockDiagonal(butterfly(4, 3), 5),
    );
    for (const s of made) {
      expect(s.strides).toHaveLength(s.stages);
      expect(pairsOf(s)).toEqual(s.strides?.map((stride) => pairsAt(s.n, stride)));
      expect(s.unpaired).toHaveLength(0);
    }
  });

  test("fromPairs proves them from the pairs alone", () => {
    for (const s of [
      butterfly(8),
      butterfly(12, 2),
      reverseSchedule(butterfly(16)),
      butterfly(2, 3),
    ]) {
      const same = fromPairs(s.n, pairsOf(s), { name: s.name });
      expect(same).toEqual(s);
      expect(same.strides).not.toBeNull();
    }
    const widths = fc.integer({ min: 1, max: 12 });
    const exponents = fc.array(fc.nat(3), { minLength: 1 });
    fc.assert(
      fc.property(widths, exponents, (width, exponents) => {
        const n = width * 2 ** (Math.max(...exponents) + 1);
        const strides = exponents.map((k) => 2 ** k);
        expect(
          fromPairs(
            n,
            strides.map((stride) => pairsAt(n, stride)),
          ).strides,
        ).toEqual(strides);
      }),
      { seed: 1 },
    );
  });

  test("fromPairs gives none for the same pairs in another order", () => {
    const [first = [], second = []] = pairsOf(butterfly(8, 2));
    expect(fromPairs(8, [first, second]).strides).toEqual([1, 2]);
    expect(fromPairs(8, [first, second.toReversed()]).strides).toBeNull();
    expect(fromPairs(8, [first.toReversed(), second]).strides).toBeNull();
    const [a = [0, 1], b = [2, 3], ...rest] = first;
    expect(fromPairs(8, [[b, a, ...rest]]).strides).toBeNull();
    const [i, j] = a;
    expect(fromPairs(8, [[[j, i], b, ...rest]]).strides).toBeNull(); // second before first
    expect(fromPairs(8, [first.map(([i, j]): Pair => [j, i])]).strides).toBeNull();
  });

  test("fromPairs gives none for odd n, a stage of other pairs, or one that is not full", () => {
    const full = pairsAt(8, 1);
    const others: Pair[][] = [
      pairsOf(brick(8, 2))[1] ?? [],
      pairsOf(shuffle(8))[1] ?? [],
      full.slice(1),
      full.slice(0, -1),
      [],
      Array.from({ length: 4 }, (_, i): Pair => [i, 7 - i]),
      Array.from({ length: 4 }, (_, i): Pair => [i, (i ^ 3) + 4]), // not one distance
    ];
    for (const pairs of others) {
      expect(fromPairs(8, [pairs]).strides).toBeNull();
      expect(fromPairs(8, [full, pairs]).strides).toBeNull();
      expect(fromPairs(8, [pairs, full]).strides).toBeNull();
    }
    for (const n of [1, 3, 5, 9]) expect(fromPairs(n, pairsOf(butterfly(n))).strides).toBeNull();
    const three: Pair[] = [0, 1, 2].map((i) => [i, i + 3]);
    expect(fromPairs(6, [three]).strides).toBeNull(); // a distance that is no power of two
    expect(fromPairs(6, [pairsAt(4, 2)]).strides).toBeNull(); // two coordinates without a partner
  });
});

/** i and i XOR stride, ascending. */
const pairsAt = (n: number, stride: number): Pair[] =>
  Array.from({ length: n }, (_, i) => i)
    .filter((i) => (i & stride) === 0)
    .map((i): Pair => [i, i + stride]);

test.each(Object.entries(kinds))("%s: each pair and each unpaired, once, by stage", (_, make) => {
  for (const n of [1, 2, 5, 8, 13]) {
    const s = make(n, 4);
    const [pairs, unpaired]: [number[], number[]] = [[], []];
    for (let l = 0; l < s.stages; l++) {
      eachPair(s, l, (i, j, p) => {
        expect([i, j]).toEqual([s.first[p], s.second[p]]);
        expect(p).toBeGreaterThanOrEqual(s.starts[l] ?? Number.NaN);
        expect(p).toBeLessThan(s.starts[l + 1] ?? Number.NaN);
        pairs.push(p);
      });
      eachUnpaired(s, l, (i, r) => {
        expect(i).toBe(s.unpaired[r]);
        expect(r).toBeGreaterThanOrEqual(s.unpairedStarts[l] ?? Number.NaN);
        expect(r).toBeLessThan(s.unpairedStarts[l + 1] ?? Number.NaN);
        unpaired.push(r);
      });
    }
    expect(pairs).toEqual([...s.first.keys()]);
    expect(unpaired).toEqual([...s.unpaired.keys()]);
  }
});

test("a stage that is not there has no pairs and no unpaired", () => {
  const visited: number[] = [];
  for (const l of [-1, 2, 7]) {
    eachPair(shuffle(5, 2), l, (i) => visited.push(i));
    eachUnpaired(shuffle(5, 2), l, (i) => visited.push(i));
  }
  expect(visited).toEqual([]);
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
    () => blockDiagonal(butterfly(4), 2 ** 27),
    () => butterfly(Number.MAX_SAFE_INTEGER),
  ])
    expect(make).toThrow(/expected n · L ≤ 268435456, got/);
  expect(() => composeSchedules(brick(3), brick(4))).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: composeSchedules: expected schedules of one width, 3, got 4]`,
  );
  expect(() => blockDiagonal(brick(3), 0)).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: blockDiagonal: expected a count ≥ 1, got 0]`,
  );
});

describe("a schedule prints", () => {
  test("as a drawing of its pairs", () => {
    expect(inspect(butterfly(8))).toMatchInlineSnapshot(`
      "butterfly: n = 8, L = 3, pairs: 12
      0 ─●───●─────●─────────
      1 ─●───┼─●───┼─●───────
      2 ─●───●─┼───┼─┼─●─────
      3 ─●─────●───┼─┼─┼─●───
      4 ─●───●─────●─┼─┼─┼───
      5 ─●───┼─●─────●─┼─┼───
      6 ─●───●─┼───────●─┼───
      7 ─●─────●─────────●───"
    `);
    expect(String(brick(5, 2))).toMatchInlineSnapshot(`
      "brick: n = 5, L = 2, pairs: 4, unpaired: 2
      0 ─●───────
      1 ─●───●───
      2 ─●───●───
      3 ─●───●───
      4 ─────●───"
    `);
    expect(String(fromPairs(4, [[[3, 0]], []]))).toMatchInlineSnapshot(`
      "pairs: n = 4, L = 2, pairs: 1, unpaired: 6
      0 ─●─────
      1 ─┼─────
      2 ─┼─────
      3 ─●─────"
    `);
    expect(String(reverseSchedule(shuffle(6)))).toMatchInlineSnapshot(`
      "shuffle reversed: n = 6, L = 3, pairs: 9
      0 ─●─────●───────●───────
      1 ─┼─●───┼─●─────┼─●─────
      2 ─●─┼───┼─┼─●───┼─┼─●───
      3 ─●─┼───┼─┼─●───●─┼─┼───
      4 ─┼─●───●─┼───────●─┼───
      5 ─●───────●─────────●───"
    `);
  });

  test("up to n = 16, as many stages as fit", () => {
    const lines = String(butterfly(16, 40)).split("\n");
    expect(lines).toHaveLength(17);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(90);
    expect(lines[1]).toMatch(/─ …$/);
    expect(String(butterfly(32))).toBe("butterfly: n = 32, L = 5, pairs: 80");
  });

  test("every pair once, whatever its stages", () => {
    for (const kind of Object.values(kinds))
      for (const n of [1, 2, 5, 8, 13, 16]) {
        const schedule = kind(n, 2);
        const drawn = String(schedule).split("\n").slice(1).join("");
        expect(drawn.split("●").length - 1).toBe(2 * schedule.first.length);
      }
  });
});
