/** @file Pairs found from samples: planted hierarchies, noise, constants, any width. */
import { type Rng, rng, type Tensor, tensor } from "@spm/core";
import { describe, expect, test } from "vitest";
import { butterfly } from "../patterns.ts";
import { pairsOf } from "../schedule.ts";
import { type FoundPairing, pairingFromData } from "./pairing-from-data.ts";

const symbols = (rows: readonly (readonly number[])[]): Tensor => tensor(rows, { dtype: "int32" });

/** The Random Hierarchy Model: a label becomes two symbols by one of m rules, these four, … */
function hierarchy(levels: number, v: number, m: number, samples: number, random: Rng) {
  const rules = Array.from({ length: levels }, () => random.permutation(v * v));
  const labels = Int32Array.from({ length: samples }, () => Math.floor(v * random.uniform()));
  const rows = Array.from(labels, (label) => {
    let sequence = [label];
    for (const rule of rules)
      sequence = sequence.flatMap((symbol) => {
        const both = rule[symbol * m + Math.floor(m * random.uniform())] ?? 0;
        return [Math.floor(both / v), both % v];
      });
    return sequence;
  });
  return { rows, labels: tensor(labels) };
}

/** The share of a level's groups that are runs of the hierarchy, where input i is at order[i]. */
function right({ levels }: FoundPairing, l: number, order: ArrayLike<number>): number {
  const size = 2 ** (l + 1);
  const pairs = levels[l]?.pairs ?? [];
  const good = pairs.filter((pair) => {
    const places = pair.flat().map((i) => Math.floor((order[i] ?? -1) / size));
    return places.length === size && new Set(places).size === 1;
  });
  return good.length / pairs.length;
}

test.each([
  ["with labels", 4, 8, 1500, true],
  ["without", 3, 6, 1000, false],
  ["few samples", 3, 6, 300, true],
])("the hierarchy that shuffled inputs were made by: %s", (_, L, v, samples, labelled) => {
  const random = rng(samples);
  const { rows, labels } = hierarchy(L, v, v / 2, samples, random);
  const order = random.permutation(2 ** L);
  const x = symbols(rows.map((row) => Array.from(order, (i) => row[i] ?? 0)));
  const found = pairingFromData(x, labelled ? labels : null, { permutations: 19, alpha: 0.05 });
  expect(found.depth).toBe(L);
  for (let l = 0; l < L; l++) expect(right(found, l, order)).toBe(1);
  expect(Array.from(found.order, (i) => order[i] ?? 0).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 2 ** L }, (_, i) => i),
  );
  // the schedule is a butterfly over the inputs in the found order
  const renamed = pairsOf(butterfly(2 ** L)).map((pairs) =>
    pairs.map(([i, j]) => [found.order[i], found.order[j]]),
  );
  const sorted = (pairs: readonly (readonly (number | undefined)[])[]): string[] =>
    pairs.map((pair) => [...pair].sort().join("-")).sort();
  expect(pairsOf(found.schedule).map(sorted)).toEqual(renamed.map(sorted));
});

describe("no pairing here", () => {
  const random = rng(3);
  const noise = (n: number, draw: () => number): number[][] =>
    Array.from({ length: 400 }, () => Array.from({ length: n }, draw));

  test.each([
    ["symbols", symbols(noise(8, () => Math.floor(5 * random.uniform())))],
    ["real numbers", tensor(noise(12, () => random.normal()))],
    ["constants", symbols(noise(6, () => 4))],
    ["real constants", tensor(noise(6, () => 0.1))],
  ])("%s", (_, x) => {
    const { depth, levels } = pairingFromData(x, null, { random: rng(1) });
    expect(depth).toBe(0);
    expect(levels[0]?.pValue).toBeGreaterThan(0.01);
    expect(levels[1]?.pValue).toBeNull();
  });

  test("siblings of a hierarchy that allows every pair of symbols", () => {
    const { rows, labels } = hierarchy(3, 4, 4, 1000, rng(5));
    expect(pairingFromData(symbols(rows), labels).depth).toBe(0);
  });

  test("a p-value of 0.05 or less comes up once in twenty", () => {
    const values = Array.from({ length: 60 }, (_, seed) => {
      const draw = rng(100 + seed);
      const x = Array.from({ length: 60 }, () => Array.from({ length: 4 }, () => draw.normal()));
      return (
        pairingFromData(tensor(x), null, { permutations: 19, alpha: 0.05 }).levels[0]?.pValue ?? 0
      );
    });
    const few = values.filter((p) => p <= 0.05).length;
    expect(few).toBeLessThan(9); // 3 on average, 9 or more with probability 0.003
    expect(values.reduce((a, b) => a + b, 0) / 60).toBeGreaterThan(0.4);
  });
});

test("higher levels have p-values of their own: groups without dependence do not pass", () => {
  // sixteen seeds of pairs that depend on each other, and on nothing else
  const second = Array.from({ length: 16 }, (_, seed) => {
    const random = rng(seed);
    const draw = (): number => Math.floor(4 * random.uniform());
    const x = Array.from({ length: 200 }, () =>
      [draw(), draw(), draw(), draw()].flatMap((v) => [v, random.uniform() < 0.7 ? v : draw()]),
    );
    const { levels } = pairingFromData(symbols(x), null, { permutations: 19, alpha: 0.05 });
    expect(levels[0]?.pValue).toBe(0.05);
    return levels[1]?.pValue ?? 0;
  });
  expect(second.filter((p) => p <= 0.05).length).toBeLessThan(5); // 0.8 on average
  expect(second.reduce((a, b) => a + b, 0) / 16).toBeGreaterThan(0.3);
});

/** Pairs of inputs that share a number, with constants between: 2i with 2i + 1. */
function planted(n: number, constants: readonly number[]): Tensor {
  const random = rng(n);
  return tensor(
    Array.from({ length: 300 }, () => {
      const shared = Array.from({ length: n }, () => random.normal());
      return Array.from({ length: n }, (_, i) =>
        constants.includes(i) ? 7 : (shared[i >> 1] ?? 0) + 0.5 * random.normal(),
      );
    }),
  );
}

test.each([
  [12, []],
  [33, []],
  [33, [4, 5, 20, 21]],
  [12, [11]],
])("pairs among %i inputs, of which %j are constant", (n, constants) => {
  const found = pairingFromData(planted(n, constants), null, { permutations: 19, alpha: 0.05 });
  const firsts = Array.from({ length: n >> 1 }, (_, k) => 2 * k);
  const live = firsts.filter((i) => !constants.includes(i) && !constants.includes(i + 1));
  const pairs = found.levels[0]?.pairs.map((pair) => pair.flat().sort((a, b) => a - b));
  expect(pairs).toEqual(expect.arrayContaining(live.map((i) => [i, i + 1])));
  expect(pairs).toHaveLength(n >> 1);
  expect(found.levels[0]?.pValue).toBe(0.05);
  expect([...found.order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
  expect(found.schedule.stages).toBe(Math.ceil(Math.log2(n)));
});

test.each([
  [1e8, 1],
  [1.7e12, 6e4],
  [0, 1e160],
  [0, 1e-170],
  [0, 1e307],
  [5e-324, 0],
])("two equal columns of float64 at %d with deviation %d", (offset, deviation) => {
  const random = rng(1);
  const x = Array.from({ length: 200 }, () => {
    const v = offset + deviation * random.normal();
    return [v, 3, v, random.normal()];
  });
  const { levels } = pairingFromData(tensor(x, { dtype: "float64" }), null, { permutations: 0 });
  const [own] = levels[0]?.pairs.flatMap((pair, k) =>
    String(pair.flat().sort()) === "0,2" ? [levels[0]?.weights[k]] : [],
  ) ?? [null];
  if (deviation > 0) expect(own).toBeCloseTo(1, 7);
  else expect(own ?? 0).toBe(0); // a constant
});

test.each([
  ["float32", 2 ** -23],
  ["float64", 2 ** -52],
] as const)("rounding of a constant %s column is no deviation", (dtype, epsilon) => {
  const x = Array.from({ length: 64 }, (_, k) =>
    k % 2 ? [1, 1, 0] : [1 - epsilon, 1 - epsilon, k],
  );
  const { levels } = pairingFromData(tensor(x, { dtype }), null, { permutations: 0 });
  expect(levels.map(({ weights }) => Math.max(...weights))).toEqual([0, 0]);
});

test("four inputs of one source are a group of the second level", () => {
  const random = rng(9);
  const x = Array.from({ length: 500 }, () => {
    const sources = Array.from({ length: 3 }, () => random.normal());
    return Array.from({ length: 12 }, (_, i) => (sources[i % 3] ?? 0) + random.normal());
  });
  const { levels } = pairingFromData(tensor(x), null, { permutations: 0 });
  for (const pair of levels[1]?.pairs ?? [])
    expect(new Set(pair.flat().map((i) => i % 3)).size).toBe(pair.flat().length === 4 ? 1 : 2);
  expect(levels.map(({ pValue }) => pValue)).toEqual([null, null, null, null]);
});

test.each([
  [64, 200, true],
  [65, 200, false],
  [100, 1000, true],
  [101, 1000, false],
])("a column of %i symbols in %i samples says something: %j", (count, samples, says) => {
  const rows = Array.from({ length: samples }, (_, row) => [row % count, row % count, 0]);
  const { levels } = pairingFromData(symbols(rows), null, { permutations: 0, states: 2 });
  expect(Math.max(...(levels[0]?.weights ?? [])) > 0).toBe(says);
});

test("the same seed finds the same, from a part of the samples too", () => {
  const { rows, labels } = hierarchy(3, 6, 3, 1500, rng(2));
  const find = () =>
    pairingFromData(symbols(rows), labels, { samples: 800, permutations: 9, alpha: 0.1 });
  expect(find()).toEqual(find());
  for (let l = 0; l < 3; l++) expect(right(find(), l, [0, 1, 2, 3, 4, 5, 6, 7])).toBe(1);
});

test("what it refuses", () => {
  const x = symbols([
    [0, 1],
    [1, 0],
  ]);
  const message = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      return String(error);
    }
    return "nothing";
  };
  expect(message(() => pairingFromData(tensor([1, 2])))).toMatchInlineSnapshot(
    `"ShapeError: pairingFromData: expected x of shape [P ≥ 2, n ≥ 2], got [2]"`,
  );
  expect(message(() => pairingFromData(x, tensor([0.5, 1])))).toMatchInlineSnapshot(
    `"DTypeError: pairingFromData: expected y as int32, got float32"`,
  );
  expect(message(() => pairingFromData(x, tensor(Int32Array.of(1))))).toMatchInlineSnapshot(
    `"ShapeError: pairingFromData: expected labels of shape [2], got [1]"`,
  );
  expect(
    message(() =>
      pairingFromData(
        tensor([
          [0.5, Number.NaN],
          [1, 2],
        ]),
      ),
    ),
  ).toMatchInlineSnapshot(
    `"ValueError: pairingFromData: expected finite numbers, got one that is not"`,
  );
  expect(
    message(() =>
      pairingFromData(
        tensor([
          [0.5, 1],
          [1, 2],
        ]),
        tensor(Int32Array.of(0, 1)),
      ),
    ),
  ).toMatchInlineSnapshot(
    `"DTypeError: pairingFromData: expected int32 symbols beside labels, got float32"`,
  );
  expect(message(() => pairingFromData(x, null, { states: 1 }))).toMatchInlineSnapshot(
    `"ValueError: pairingFromData: expected states as a whole number ≥ 2, got 1"`,
  );
  for (const alpha of [Number.NaN, -1, 0, 5, "a"])
    expect(message(() => Reflect.apply(pairingFromData, null, [x, null, { alpha }]))).toBe(
      `ValueError: pairingFromData: expected alpha in (0, 1], got ${alpha}`,
    );
  expect(message(() => pairingFromData(x, null, { permutations: 98 }))).toMatchInlineSnapshot(`
    "ValueError: pairingFromData: expected permutations of which 1 / (permutations + 1) ≤ alpha = 0.01, got 98
    help: more permutations, a larger alpha, or permutations: 0 for no test"
  `);
  expect(message(() => pairingFromData(x, null, { permutations: 99 }))).toBe("nothing");
});
