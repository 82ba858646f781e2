/** @file Factorisations: exact where they must be, honest about the rest. */
import { add, elements, mul, normal, rng, type Tensor, tensor } from "@spm/core";
import { assert, describe, expect, test } from "vitest";
import { toDense } from "../algebra.ts";
import { dft } from "../exact/fourier.ts";
import { hadamard } from "../exact/hadamard.ts";
import { permutation } from "../exact/permutation.ts";
import type { Factors } from "../factors.ts";
import { brick, butterfly, randomMatching, type Schedule, shuffle } from "../schedule.ts";
import { fromDense } from "./from-dense.ts";
import { nearestOrthogonal } from "./orthogonal.ts";

const float64 = { dtype: "float64" } as const;
const random = rng(8);
const draw = (...shape: number[]): Tensor => normal(random, shape, 0, 1, float64);
const numbers = (x: Tensor): number[] => Array.from(elements(x.ndarray()));
const diagonal = (n: number): Tensor => add(1, mul(0.3, draw(n)));
const rotationOf = (schedule: Schedule): Factors => ({
  kind: "rotation",
  schedule,
  angles: mul(2, draw(schedule.first.length)),
});
const generalOf = (schedule: Schedule): Factors => ({
  kind: "general",
  schedule,
  blocks: draw(schedule.first.length, 4),
  scales: draw(schedule.leftovers.length),
});

/** Of some determinant, and with its first column negated of the other one. */
function orthogonal(n: number, sign: 1 | -1): Tensor {
  const data = Float64Array.from(numbers(draw(n, n)));
  const q = Float64Array.from(nearestOrthogonal({ rows: n, columns: n, data })!.data);
  return tensor(
    q.map((v, k) => (k % n === 0 ? sign * v : v)),
    { shape: [n, n] },
  );
}

/** ‖W′ − W‖ / ‖W‖, measured through the layer itself. */
function measured(factors: Factors, w: Tensor): number {
  const [a, b] = [numbers(toDense(factors)), numbers(w)];
  return Math.hypot(...a.map((v, k) => v - b[k]!)) / (Math.hypot(...b) || 1);
}

describe("exact", () => {
  test.each([1, 2, 3, 4, 5, 8, 16, 33])(
    "orthogonal %i × itself, of either determinant: n stages of a brick",
    (n) => {
      for (const sign of [1, -1] as const) {
        const w = orthogonal(n, sign);
        const { factors, error } = fromDense(w, { kind: "rotation", sweeps: 0 });
        expect(factors.schedule.stages).toBe(n);
        expect(error).toBeLessThan(1e-13);
        expect(measured(factors, w)).toBeLessThan(1e-13);
        assert(factors.dOut !== undefined);
        for (const v of numbers(factors.dOut)) expect(Math.abs(v)).toBe(1);
      }
    },
  );

  test("D Q D′, by scaling rows and columns until their squares sum to one", () => {
    for (const n of [2, 5, 12]) {
      const w = mul(
        mul(orthogonal(n, -1), diagonal(n)),
        tensor(Float64Array.from(numbers(diagonal(n))), { shape: [n, 1] }),
      );
      const { factors, error } = fromDense(w, { kind: "rotation", sweeps: 0 });
      expect(error).toBeLessThan(1e-12);
      expect(measured(factors, w)).toBeLessThan(1e-12);
    }
  });

  test("more stages than n stay at rest", () => {
    const { error } = fromDense(orthogonal(5, 1), {
      kind: "rotation",
      schedule: brick(5, 8),
      sweeps: 0,
    });
    expect(error).toBeLessThan(1e-13);
  });

  test.each([2, 4, 8, 32, 64])(
    "one butterfly over %i, of free blocks and of rotations between diagonals",
    (n) => {
      const schedule = butterfly(n);
      const free = fromDense(toDense(generalOf(schedule)), { sweeps: 0 });
      expect(free.factors.schedule).toEqual(schedule);
      expect(free.error).toBeLessThan(1e-13);
      const w = toDense({ ...rotationOf(schedule), dIn: diagonal(n), dOut: diagonal(n) });
      const turned = fromDense(w, { kind: "rotation", schedule, sweeps: 0 });
      expect(turned.error).toBeLessThan(1e-12);
      expect(measured(turned.factors, w)).toBeLessThan(1e-12);
    },
  );

  test("what is a butterfly: Hadamard's matrix, a matrix of rank 1, the identity, nothing", () => {
    const u = draw(8, 1);
    const rankOne = mul(u, draw(8));
    for (const w of [
      toDense(hadamard(8)),
      rankOne,
      toDense(permutation([0, 1, 2, 3], { kind: "general" })),
    ])
      expect(fromDense(w, { sweeps: 0 }).error).toBeLessThan(1e-13);
    const nothing = fromDense(tensor(new Float64Array(16), { shape: [4, 4] }));
    expect(nothing.error).toBe(0);
  });

  test("the DFT in 16 dimensions, from its 256 numbers", () => {
    const w = toDense(dft(8));
    expect(fromDense(w, { kind: "rotation" }).error).toBeLessThan(1e-13);
  });
});

describe("as near as it gets", () => {
  test("a permutation that no butterfly reaches: bit reversal of four", () => {
    const w = toDense(permutation([0, 2, 1, 3], { kind: "general" }));
    const { factors, error } = fromDense(w);
    expect(error).toBeGreaterThan(0.3);
    expect(measured(factors, w)).toBeCloseTo(error, 12);
  });

  test.each(["rotation", "general"] as const)(
    "%s: sweeps only ever come nearer, and the error returned is the true one",
    (kind) => {
      const w = draw(8, 8);
      for (const schedule of [
        butterfly(8),
        butterfly(8, 6),
        brick(8),
        shuffle(9),
        randomMatching(8, 4, rng(1)),
      ]) {
        const errors = [0, 1, 5, 20].map((sweeps) => {
          const { factors, error } = fromDense(w, { kind, schedule, sweeps });
          expect(measured(factors, w)).toBeCloseTo(error, 10);
          return error;
        });
        for (const [k, e] of errors.slice(1).entries())
          expect(e).toBeLessThanOrEqual(errors[k]! + 1e-12);
        expect(errors.at(-1)).toBeLessThan(0.9);
      }
    },
  );

  test(
    "a mixer on a schedule without a direct way is " +
      "found by sweeps from one of a few random starts",
    () => {
      const schedule = shuffle(8, 5);
      for (const kind of ["rotation", "general"] as const) {
        const w = toDense(rotationOf(schedule));
        const errors = [1, 2, 3, 4].map(
          (seed) => fromDense(w, { kind, schedule, sweeps: 1000, random: rng(seed) }).error,
        );
        expect(Math.min(...errors)).toBeLessThan(1e-7); // sweeps converge linearly at best
      }
    },
  );

  test("matrices that no rotation is near: triangular, with rows of zeros, singular", () => {
    const triangular = tensor(
      Float64Array.from({ length: 64 }, (_, k) => (k >> 3 >= k % 8 ? 1 : 0)),
      { shape: [8, 8] },
    );
    const hollow = mul(
      draw(8, 8),
      tensor(Float64Array.of(0, 1, 1, 1, 1, 1, 1, 0), { shape: [8, 1] }),
    );
    for (const w of [triangular, hollow, mul(draw(8, 1), draw(8))])
      for (const schedule of [brick(8), butterfly(8)]) {
        const { factors, error } = fromDense(w, { kind: "rotation", schedule });
        expect(error).toBeLessThan(0.9);
        expect(measured(factors, w)).toBeCloseTo(error, 10);
      }
  });

  test("not square: the corner of a wider operator", () => {
    for (const shape of [
      [3, 8],
      [8, 3],
      [5, 6],
    ] as const) {
      const w = draw(...shape);
      const { factors, error } = fromDense(w);
      expect(factors.schedule.n).toBe(8);
      expect(toDense(factors).shape).toEqual(shape);
      expect(measured(factors, w)).toBeCloseTo(error, 10);
      expect(fromDense(w, { kind: "rotation", schedule: butterfly(8) }).error).toBeLessThan(0.8);
    }
    const within = toDense({ ...generalOf(butterfly(8)), dIn: diagonal(3), dOut: diagonal(8) });
    expect(fromDense(within).error).toBeLessThan(1e-12);
  });

  test("float32 in, float32 out, factored in float64", () => {
    const w = tensor(Float64Array.from(numbers(orthogonal(6, 1))), {
      shape: [6, 6],
      dtype: "float32",
    });
    const { factors, error } = fromDense(w, { kind: "rotation" });
    expect(toDense(factors).dtype).toBe("float32");
    expect(error).toBeLessThan(1e-7);
    expect(measured(factors, w)).toBeLessThan(1e-6);
  });

  test("the same random numbers give the same factors", () => {
    const w = draw(5, 5);
    const [a, b] = [1, 1].map((seed) => fromDense(w, { schedule: shuffle(5), random: rng(seed) }));
    expect(numbers(toDense(a!.factors))).toEqual(numbers(toDense(b!.factors)));
  });
});

test("refuses what is no matrix", () => {
  expect(() => fromDense(draw(3))).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: fromDense: expected a matrix [out, in], got [3]]`,
  );
  expect(() => fromDense(draw(0, 3))).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: fromDense: expected a matrix [out, in], got [0, 3]]`,
  );
  expect(() =>
    fromDense(
      tensor([
        [1, 2],
        [Number.NaN, 4],
      ]),
    ),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: fromDense: expected finite numbers, got NaN at (1, 0)]`,
  );
  expect(() =>
    fromDense(draw(3, 3), { schedule: butterfly(2) }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: fromDense: expected a schedule of width n ≥ 3, got 2]`,
  );
});
