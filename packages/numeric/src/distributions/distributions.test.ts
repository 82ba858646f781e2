/**
 * @file Draws follow their distributions (moments, Kolmogorov and Smirnov's test, χ², all with
 * fixed seeds), repeat with the seed, and are refused where parameters make no sense.
 */
import { exp, grad, type Rng, rng, sum, type Tensor, tensor } from "@spm/core";
import { elements } from "@spm/core/extend";
import { describe, expect, test } from "vitest";
import * as n from "../index.ts";

const numbers = (x: Tensor): number[] => [...elements(x.ndarray())];
const double = (...v: number[]): Tensor => tensor(v, { dtype: "float64" });
const integers = (...v: number[]): Tensor => tensor(v, { dtype: "int32" });
const COUNT = 20000;
const shape = [COUNT];

/** Mean and variance. */
function moments(draws: number[]): [mean: number, variance: number] {
  const mean = draws.reduce((a, b) => a + b, 0) / draws.length;
  return [mean, draws.reduce((a, b) => a + (b - mean) ** 2, 0) / (draws.length - 1)];
}

/** Occurrences of 0 … size − 1. */
const countsOf = (draws: number[], size: number): number[] => {
  const counts = Array<number>(size).fill(0);
  for (const v of draws) counts[v] = (counts[v] ?? 0) + 1;
  return counts;
};

/** A distribution function: the integral of a density over pieces of [low, high] (Simpson). */
function integral(density: (x: Tensor) => Tensor, low: number, high: number, pieces = 2000) {
  const step = (high - low) / pieces;
  const at = Float64Array.from({ length: 2 * pieces + 1 }, (_, i) => low + (i * step) / 2);
  const heights = numbers(exp(density(tensor(at))));
  const sums = [0];
  for (let i = 0; i < pieces; i++) {
    const [a = 0, b = 0, c = 0] = heights.slice(2 * i, 2 * i + 3);
    sums.push((sums[i] ?? 0) + (step / 6) * (a + 4 * b + c));
  }
  return (x: number): number => sums[Math.round((x - low) / step)] ?? Number.NaN;
}

interface Case {
  readonly name: string;
  readonly draw: (random: Rng) => Tensor;
  readonly logProb: (x: Tensor) => Tensor;
  readonly range: readonly [low: number, high: number];
  readonly mean: number;
  readonly variance: number;
}

const options = { shape, dtype: "float64" } as const;
const cases: Case[] = [
  {
    name: "exponential",
    draw: (random) => n.exponential(random, 2, options),
    logProb: (x) => n.exponentialLogProb(x, 2),
    range: [0, 12],
    mean: 1 / 2,
    variance: 1 / 4,
  },
  {
    name: "gamma",
    draw: (random) => n.gamma(random, 2.5, 2, options),
    logProb: (x) => n.gammaLogProb(x, 2.5, 2),
    range: [0, 16],
    mean: 2.5 / 2,
    variance: 2.5 / 4,
  },
  {
    name: "beta",
    draw: (random) => n.beta(random, 2, 3, options),
    logProb: (x) => n.betaLogProb(x, 2, 3),
    range: [0, 1],
    mean: 2 / 5,
    variance: 6 / 25 / 6,
  },
  {
    name: "gamma below 1, as its square root",
    draw: (random) => {
      const root = numbers(n.gamma(random, 0.6, 1, options)).map(Math.sqrt);
      return tensor(Float64Array.from(root));
    },
    // of y = √x: the density of x times 2y
    logProb: (y) => {
      const at = numbers(y);
      const logs = numbers(n.gammaLogProb(tensor(Float64Array.from(at, (v) => v * v)), 0.6));
      return tensor(
        Float64Array.from(logs, (v, i) => (at[i] ? v + Math.log(2 * at[i]) : -Infinity)),
      );
    },
    range: [0, 6],
    mean: 0.6253,
    variance: 0.6 - 0.6253 ** 2,
  },
  ...(
    [
      ["of the middle", -1, 2],
      ["of a tail", 3, 5],
      ["of a short piece of a tail", 4, 4.1],
      ["of the lower tail", -6, -2],
    ] as const
  ).map(([what, low, high]): Case => {
    const density = (x: Tensor) => n.truncatedNormalLogProb(x, 0, 1, { low, high });
    const at = Float64Array.from({ length: 4001 }, (_, i) => low + ((high - low) * i) / 4000);
    const weights = numbers(exp(density(tensor(at)))).map((v, i) => (i % 4000 === 0 ? v / 2 : v));
    const total = weights.reduce((a, b) => a + b, 0);
    const mean = weights.reduce((a, w, i) => a + w * (at[i] ?? 0), 0) / total;
    const square = weights.reduce((a, w, i) => a + w * (at[i] ?? 0) ** 2, 0) / total;
    return {
      name: `truncatedNormal ${what}`,
      draw: (random) => n.truncatedNormal(random, 0, 1, { low, high, ...options }),
      logProb: density,
      range: [low, high],
      mean,
      variance: square - mean ** 2,
    };
  }),
];

describe.each(cases)("$name", ({ draw, logProb, range: [low, high], mean, variance }) => {
  const draws = numbers(draw(rng(11)));

  test("has its moments, within five standard errors", () => {
    const [gotMean, gotVariance] = moments(draws);
    expect(Math.abs(gotMean - mean)).toBeLessThan(5 * Math.sqrt(variance / COUNT));
    expect(Math.abs(gotVariance / variance - 1)).toBeLessThan(0.12);
  });

  test("is distributed as its density says, which integrates to 1", () => {
    const below = integral(logProb, low, high);
    expect(Math.abs(below(high) - 1)).toBeLessThan(2e-4);
    const cell = (high - low) / 2000;
    const counts = countsOf(
      draws.map((x) => Math.min(1999, Math.floor((x - low) / cell))),
      2000,
    );
    let [rank, gap] = [0, 0];
    for (const [i, count] of counts.entries()) {
      rank += count;
      gap = Math.max(gap, Math.abs(below(low + (i + 1) * cell) - rank / COUNT));
    }
    expect(gap).toBeLessThan(1.95 / Math.sqrt(COUNT)); // Kolmogorov and Smirnov, at 0.1 %
  });

  test("the same seed gives the same bits, another one others", () => {
    expect(numbers(draw(rng(11)))).toEqual(draws);
    expect(numbers(draw(rng(12)))).not.toEqual(draws);
  });
});

/** Σ (observed − expected)² / expected. */
const chiSquare = (observed: number[], expected: number[]): number =>
  observed.reduce((total, o, i) => total + (o - (expected[i] ?? 0)) ** 2 / (expected[i] ?? 0), 0);

describe("discrete draws against χ², at 0.1 %", () => {
  const weights = double(1, 0, 2, 3, 4);
  const expected = [0.1, 0, 0.2, 0.3, 0.4].map((p) => p * COUNT);
  const seen = [0, 2, 3, 4];
  const of = (all: number[]) => seen.map((i) => all[i] ?? 0);
  const limit = 16.27; // 3 degrees of freedom

  test("categorical, and −∞ never", () => {
    const logits = double(0, -Infinity, Math.log(2), Math.log(3), Math.log(4));
    const counts = countsOf(numbers(n.categorical(rng(1), logits, { shape })), 5);
    expect(counts[1]).toBe(0);
    expect(chiSquare(of(counts), of(expected))).toBeLessThan(limit);
  });

  test("multinomial, choice with and the first of choice without replacement", () => {
    const counts = numbers(n.multinomial(rng(2), COUNT, weights));
    expect(chiSquare(of(counts), of(expected))).toBeLessThan(limit);
    const again = countsOf(numbers(n.choice(rng(3), weights, COUNT)), 5);
    expect(chiSquare(of(again), of(expected))).toBeLessThan(limit);
    const random = rng(4);
    const first = Array.from({ length: COUNT }, () =>
      numbers(n.choice(random, weights, 4, { replacement: false })),
    );
    expect(first.every((row) => row.toSorted().join() === "0,2,3,4")).toBe(true);
    const heads = countsOf(
      first.map(([head = 0]) => head),
      5,
    );
    expect(chiSquare(of(heads), of(expected))).toBeLessThan(limit);
  });

  test("orders without replacement have the probabilities of choiceLogProb", () => {
    const random = rng(5);
    const three = double(1, 2, 3);
    const orders = [
      integers(0, 1),
      integers(0, 2),
      integers(1, 0),
      integers(1, 2),
      integers(2, 0),
      integers(2, 1),
    ];
    const p = orders.map(
      (o) => numbers(exp(n.choiceLogProb(o, three, { replacement: false })))[0] ?? 0,
    );
    expect(p.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    const keys = orders.map((o) => numbers(o).join());
    const drawn = Array.from({ length: COUNT }, () =>
      keys.indexOf(numbers(n.choice(random, three, 2, { replacement: false })).join()),
    );
    expect(
      chiSquare(
        countsOf(drawn, 6),
        p.map((v) => v * COUNT),
      ),
    ).toBeLessThan(20.52);
  });

  test("randint and bernoulli", () => {
    const draws = numbers(n.randint(rng(6), shape, -2, 2)).map((v) => v + 2);
    expect(chiSquare(countsOf(draws, 4), Array(4).fill(COUNT / 4))).toBeLessThan(limit);
    const coins = numbers(n.bernoulli(rng(7), 0.3, { shape }));
    expect(chiSquare(countsOf(coins, 2), [0.7 * COUNT, 0.3 * COUNT])).toBeLessThan(10.83);
    expect(numbers(n.bernoulli(rng(8), double(0, 1, 0, 1)))).toEqual([0, 1, 0, 1]);
  });

  test("Dirichlet rows have sum 1 and the mean a / Σ a", () => {
    const x = n.dirichlet(rng(9), double(1, 2, 5), { shape });
    expect(x.shape).toEqual([COUNT, 3]);
    const rows = numbers(x);
    for (const [k, mean] of [1 / 8, 2 / 8, 5 / 8].entries()) {
      const [got] = moments(rows.filter((_, i) => i % 3 === k));
      expect(Math.abs(got - mean)).toBeLessThan(5 * Math.sqrt((mean * (1 - mean)) / 9 / COUNT));
    }
    expect(moments(numbers(sum(x, { axis: 1 })))[0]).toBeCloseTo(1, 12);
    const tiny = numbers(n.dirichlet(rng(10), double(1e-3, 1e-3)));
    expect((tiny[0] ?? 0) + (tiny[1] ?? 0)).toBe(1);
  });
});

test("shapes and dtypes of draws", () => {
  const random = rng(1);
  expect(n.gamma(random, tensor([1, 2]), 1).shape).toEqual([2]);
  expect(n.beta(random, double(1, 2), 2).dtype).toBe("float64");
  expect(n.exponential(random, tensor([1, 2]), { shape: [3, 2] }).shape).toEqual([3, 2]);
  expect(n.exponential(random, 1).shape).toEqual([]);
  expect(
    n.categorical(
      random,
      tensor([
        [0, 1],
        [1, 0],
      ]),
    ).shape,
  ).toEqual([2]);
  expect(
    n.multinomial(
      random,
      3,
      tensor([
        [0, 1],
        [1, 0],
      ]),
    ).shape,
  ).toEqual([2, 2]);
  expect(
    n.choice(
      random,
      tensor([
        [0, 1],
        [1, 0],
      ]),
      1,
    ),
  ).toMatchObject({ shape: [2, 1], dtype: "int32" });
  expect(n.randint(random, [0, 3], 0, 1).shape).toEqual([0, 3]);
  expect(numbers(n.gamma(random, 1e-3, 1, { shape: [9] })).every((v) => v >= 0)).toBe(true);
});

test("outside of its support a density is 0, with a derivative of 0", () => {
  expect(numbers(n.exponentialLogProb(double(-1), 2))).toEqual([-Infinity]);
  const [outside, edge] = numbers(n.gammaLogProb(double(-1, 0), 1, 2));
  expect(outside).toBe(-Infinity);
  expect(edge).toBeCloseTo(Math.log(2), 13);
  expect(numbers(n.betaLogProb(double(-0.1, 1.1), 2, 2))).toEqual([-Infinity, -Infinity]);
  expect(numbers(n.bernoulliLogProb(double(0.5), 0.5))).toEqual([-Infinity]);
  expect(numbers(n.randintLogProb(double(0.5, -1, 4, 1), 0, 4))).toEqual([
    -Infinity,
    -Infinity,
    -Infinity,
    -Math.log(4),
  ]);
  expect(numbers(n.truncatedNormalLogProb(double(3), 0, 1, { high: 2 }))).toEqual([-Infinity]);
  const slope = grad((a: Tensor) => sum(n.gammaLogProb(double(-1), a, 1)))(double(2));
  expect(numbers(slope)).toEqual([0]);
  const certain = grad((p: Tensor) => sum(n.bernoulliLogProb(double(0, 1), p)))(double(0, 1));
  expect(numbers(certain)).toEqual([-1, 1]);
});

test("far tails keep their digits", () => {
  // mpmath: ln(φ(40.5)/(Φ(−40) − Φ(−41)))
  const got = numbers(n.truncatedNormalLogProb(double(40.5), 0, 1, { low: 40, high: 41 }))[0];
  expect(got).toBeCloseTo(-16.4354965194509, 8);
});

describe("refusals", () => {
  const random = rng(1);
  test.each<[() => unknown, string]>([
    [() => n.bernoulli(random, 1.5), "bernoulli: expected probabilities in [0, 1], got 1.5"],
    [() => n.exponential(random, 0), "exponential: expected positive, finite parameters, got 0"],
    [() => n.gamma(random, Number.NaN), "gamma: expected positive, finite parameters, got NaN"],
    [() => n.beta(random, 1, -1), "beta: expected positive, finite parameters, got -1"],
    [() => n.dirichlet(random, tensor(1)), "dirichlet: expected at least one axis, got a scalar"],
    [() => n.categorical(random, double(Number.NaN)), "categorical: expected finite weights ≥ 0"],
    [() => n.multinomial(random, 1.5, double(1)), "multinomial: expected a number of trials ≥ 0"],
    [() => n.multinomial(random, 1, double(0)), "multinomial: expected a positive weight, got 0"],
    [
      () => n.choice(random, double(1, 0), 2, { replacement: false }),
      "choice: expected a count of at most 1 positive weights, got 2",
    ],
    [() => n.randint(random, [1], 2, 2), "randint: expected 32-bit integers low < high, got 2 and"],
    [() => n.truncatedNormal(random, 0, 1, { low: 1, high: 1 }), "truncatedNormal: expected low <"],
    [() => n.truncatedNormal(random, 0, 0), "truncatedNormal: expected a deviation > 0, got 0"],
    [
      () => n.exponential(random, tensor([1, 2]), { shape: [3] }),
      "exponential: expected shapes that broadcast",
    ],
    [() => n.exponential(random, 1, { size: [3] } as never), 'exponential: unknown option "size"'],
  ])("%s", (run, message) => expect(run).toThrow(message));
});
