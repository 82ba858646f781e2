/**
 * @file Random numbers: the same bits from the same seed, forever; streams that know nothing of
 * each other; the right moments.
 */
import { expect, test } from "vitest";
import { elements } from "../extend.ts";
import { normal, permutation, rng, uniform } from "../index.ts";
import { Rng } from "./random.ts";

const bits = (random: Rng, count = 4): number[] =>
  Array.from({ length: count }, () => random.bits());
const numbers = (x: ReturnType<typeof uniform>): number[] => [...elements(x.ndarray())];

test("the bits of a seed are pinned", () => {
  expect(bits(rng(1))).toMatchInlineSnapshot(`
    [
      -932738007,
      -1050142510,
      -2137606154,
      1193920700,
    ]
  `);
  expect(numbers(uniform(rng(1), [3], 0, 1, { dtype: "float64" }))).toMatchInlineSnapshot(`
    [
      0.7828300130031604,
      0.5022997802345552,
      0.7942485756713401,
    ]
  `);
  expect(numbers(normal(rng(1), [3], 0, 1, { dtype: "float64" }))).toMatchInlineSnapshot(`
    [
      -1.7474301413411302,
      -1.5003518533926394,
      -0.6569731832231206,
    ]
  `);
  expect(numbers(permutation(rng(1), 8))).toMatchInlineSnapshot(`
    [
      5,
      7,
      4,
      3,
      6,
      2,
      0,
      1,
    ]
  `);
});

test("a saved state goes on where it was", () => {
  const random = rng(7);
  bits(random, 10);
  const state = JSON.parse(JSON.stringify(random.state));
  const next = bits(random);
  expect(bits(new Rng(state))).toEqual(next);
});

test("near seeds, large seeds and split streams have nothing in common", () => {
  const streams = [
    rng(0),
    rng(1),
    rng(2),
    rng(2 ** 32),
    rng(2 ** 32 + 1),
    rng(-1),
    ...rng(3).split(3),
  ];
  const all = streams.flatMap((random) => bits(random, 200));
  expect(new Set(all).size).toBeGreaterThan(all.length - 3); // 1,800 draws of 2³²: a repeat is rare
});

test("split advances the parent: what follows is new", () => {
  const random = rng(5);
  const [a, b] = random.split(2);
  const drawn = [bits(a!), bits(b!), bits(random)].flat();
  expect(new Set(drawn).size).toBe(drawn.length);
});

test("uniform fills its interval evenly and never reaches its end, in either precision", () => {
  for (const dtype of ["float32", "float64"] as const) {
    const v = numbers(uniform(rng(4), [20_000], -1, 3, { dtype }));
    expect(Math.min(...v)).toBeGreaterThanOrEqual(-1);
    expect(Math.max(...v)).toBeLessThan(3);
    for (let k = 0; k < 8; k++) {
      const share = v.filter((x) => x >= -1 + k / 2 && x < -0.5 + k / 2).length / v.length;
      expect(share).toBeCloseTo(1 / 8, 1.9);
    }
  }
  // two float32 numbers: rounding would reach the end
  const wide = numbers(uniform(rng(4), [5_000], 2 ** 24, 2 ** 24 + 2));
  expect(new Set(wide)).toEqual(new Set([2 ** 24]));
});

test("normal has its moments", () => {
  const v = numbers(normal(rng(4), [200_000], 2, 3, { dtype: "float64" }));
  for (const [k, expected] of [0, 1, 0, 3].entries()) {
    const moment = v.reduce((sum, x) => sum + ((x - 2) / 3) ** (k + 1), 0) / v.length;
    expect(Math.abs(moment - expected)).toBeLessThan(0.1); // the fourth scatters by 0.02
  }
});

test("integers have no bias, permutations none either", () => {
  const random = rng(9);
  const counts = [0, 0, 0];
  for (let i = 0; i < 30_000; i++) counts[random.integer(3)]!++;
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(300);
  const orders = new Map<string, number>();
  for (let i = 0; i < 6_000; i++) {
    const order = random.permutation(3).join();
    orders.set(order, (orders.get(order) ?? 0) + 1);
  }
  expect(orders.size).toBe(6);
  for (const count of orders.values()) expect(Math.abs(count - 1000)).toBeLessThan(130);
});
