/** @file Factorisations: exact where they must be, honest about the rest. */
import { add, mul, normal, rng, type Tensor, tensor } from "@spm/core";
import { elements } from "@spm/core/extend";
import { describe, expect, test } from "vitest";
import { toDense } from "../algebra.ts";
import type { Factors } from "../factors.ts";
import { generalMixer, type MixerKind } from "../mixer.ts";
import { mixers } from "../mixers.ts";
import { byName } from "../parameterisation/define.ts";
import { rotationMixer } from "../parameterisation/rotation.ts";
import { brick, butterfly, randomMatching, shuffle } from "../patterns.ts";
import { dft } from "../presets/fourier.ts";
import { hadamard } from "../presets/hadamard.ts";
import { fromPermutation } from "../presets/permutation.ts";
import type { Schedule } from "../schedule.ts";
import { fromDense } from "./from-dense.ts";
import { nearestOrthogonal } from "./orthogonal.ts";

const float64 = { dtype: "float64" } as const;
const random = rng(8);
const draw = (...shape: number[]): Tensor => normal(random, shape, 0, 1, float64);
const numbers = (x: Tensor): number[] => Array.from(elements(x.ndarray()));
const diagonal = (n: number): Tensor => add(1, mul(0.3, draw(n)));
const kinds: [name: string, mixer: MixerKind][] = Object.entries(mixers);
const orthogonals = kinds.filter(([, { parameterisation }]) => parameterisation.orthogonal);
const free = kinds.filter(([, mixer]) => holdsAny(mixer));

/** Whether any four numbers are a block of the kind. */
function holdsAny({ parameterisation }: MixerKind): boolean {
  const block = [3, -1, 4, 1.5];
  const nearest = parameterisation.nearest(Float64Array.from(block), new Float64Array());
  const { blocks } = parameterisation.blocks(nearest, 0);
  return block.every((v, k) => Math.abs(v - (blocks[k] ?? Number.NaN)) < 1e-12);
}

/** Any numbers of a kind; angles with a spread of two radians. */
function drawn(mixer: MixerKind, schedule: Schedule): Factors {
  const { parameterisation } = mixer;
  const scale = parameterisation.orthogonal ? 2 : 1;
  const list = parameterisation.shapes(schedule).map((shape) => mul(scale, draw(...shape)));
  return { mixer, schedule, parameters: byName(parameterisation, list) };
}

/** Of some determinant, and with its first column negated of the other one. */
function orthogonal(n: number, sign: 1 | -1): Tensor {
  const data = Float64Array.from(numbers(draw(n, n)));
  const q = nearestOrthogonal({ rows: n, columns: n, data });
  if (q === null) throw new Error("a singular draw");
  return tensor(
    q.data.map((v, k) => (k % n === 0 ? sign * v : v)),
    { shape: [n, n] },
  );
}

/** ‖W′ − W‖ / ‖W‖, measured through the layer itself. */
function measured(factors: Factors, w: Tensor): number {
  const [a, b] = [numbers(toDense(factors)), numbers(w)];
  const difference = a.map((v, k) => v - (b[k] ?? Number.NaN));
  return Math.hypot(...difference) / (Math.hypot(...b) || 1);
}

describe.each(orthogonals)("exact: %s", (_, mixer) => {
  test.each([1, 2, 3, 4, 5, 8, 16, 33])(
    "orthogonal %i × itself, of either determinant: n stages of a brick",
    (n) => {
      for (const sign of [1, -1] as const) {
        const w = orthogonal(n, sign);
        const { factors, error } = fromDense(w, { mixer, sweeps: 0 });
        expect(factors.mixer).toBe(mixer);
        expect(factors.schedule.stages).toBe(n);
        expect(error).toBeLessThan(1e-13);
        expect(measured(factors, w)).toBeLessThan(1e-13);
        for (const v of numbers(factors.dOut)) expect(Math.abs(v)).toBe(1);
      }
    },
  );

  test("D Q D′, by scaling rows and columns until their squares sum to one", () => {
    for (const n of [2, 5, 12]) {
      const rows = tensor(Float64Array.from(numbers(diagonal(n))), { shape: [n, 1] });
      const w = mul(mul(orthogonal(n, -1), diagonal(n)), rows);
      const { factors, error } = fromDense(w, { mixer, sweeps: 0 });
      expect(error).toBeLessThan(1e-12);
      expect(measured(factors, w)).toBeLessThan(1e-12);
    }
  });

  test("more stages than n stay at rest", () => {
    const options = { mixer, schedule: brick(5, 8), sweeps: 0 };
    const { factors, error } = fromDense(orthogonal(5, 1), options);
    expect(error).toBeLessThan(1e-13);
    expect(factors.schedule.stages).toBe(8);
  });

  test.each([2, 4, 8, 32, 64])("one butterfly over %i, between diagonals", (n) => {
    const schedule = butterfly(n);
    const w = toDense({ ...drawn(mixer, schedule), dIn: diagonal(n), dOut: diagonal(n) });
    const { factors, error } = fromDense(w, { mixer, schedule, sweeps: 0 });
    expect(error).toBeLessThan(1e-12);
    expect(measured(factors, w)).toBeLessThan(1e-12);
  });

  test("presets of every kind: a butterfly, the DFT in 16 dimensions, permutations", () => {
    for (const [, made] of kinds) {
      const h = toDense(hadamard(8, { mixer: made }));
      expect(fromDense(h, { mixer, schedule: butterfly(8), sweeps: 0 }).error).toBeLessThan(1e-12);
      const order = [2, 0, 4, 1, 3];
      const dense = [dft(8, { mixer: made }), fromPermutation(order, { mixer: made })].map(toDense);
      for (const w of [h, ...dense]) expect(fromDense(w, { mixer }).error).toBeLessThan(1e-13);
    }
  });
});

describe.each(free)("exact: %s", (_, mixer) => {
  test.each([2, 4, 8, 32, 64])("one butterfly over %i", (n) => {
    const schedule = butterfly(n);
    const { factors, error } = fromDense(toDense(drawn(mixer, schedule)), { mixer, sweeps: 0 });
    expect(factors.mixer).toBe(mixer);
    expect(factors.schedule).toEqual(schedule);
    expect(error).toBeLessThan(1e-13);
  });

  test("what is a butterfly: the Hadamard matrix, one of rank 1, the identity, nothing", () => {
    const u = draw(8, 1);
    const rankOne = mul(u, draw(8));
    const rest = fromPermutation([0, 1, 2, 3], { mixer: generalMixer });
    for (const w of [toDense(hadamard(8)), rankOne, toDense(rest)])
      expect(fromDense(w, { mixer, sweeps: 0 }).error).toBeLessThan(1e-13);
    const nothing = fromDense(tensor(new Float64Array(16), { shape: [4, 4] }), { mixer });
    expect(nothing.error).toBe(0);
  });

  test("a corner of a butterfly, with diagonals", () => {
    const whole = { ...drawn(mixer, butterfly(8)), dIn: diagonal(3), dOut: diagonal(8) };
    expect(fromDense(toDense(whole), { mixer }).error).toBeLessThan(1e-12);
  });
});

test("free blocks hold any four numbers, and orthogonal ones do not", () => {
  expect(holdsAny(generalMixer)).toBe(true);
  for (const [, mixer] of orthogonals) expect(holdsAny(mixer)).toBe(false);
});

describe.each(kinds)("as near as it gets: %s", (_, mixer) => {
  test("a permutation that no butterfly reaches: bit reversal of four", () => {
    const w = toDense(fromPermutation([0, 2, 1, 3], { mixer }));
    const { factors, error } = fromDense(w, { mixer, schedule: butterfly(4) });
    expect(error).toBeGreaterThan(0.3);
    expect(measured(factors, w)).toBeCloseTo(error, 12);
  });

  test("sweeps only ever come nearer, and the error returned is the true one", () => {
    const w = draw(8, 8);
    const [passes, matching] = [butterfly(8, 6), randomMatching(8, 4, rng(1))];
    for (const schedule of [butterfly(8), passes, brick(8), shuffle(9), matching]) {
      let before = Number.POSITIVE_INFINITY;
      for (const sweeps of [0, 1, 5, 20]) {
        const { factors, error } = fromDense(w, { mixer, schedule, sweeps });
        expect(measured(factors, w)).toBeCloseTo(error, 10);
        expect(error).toBeLessThanOrEqual(before + 1e-12);
        before = error;
      }
      expect(before).toBeLessThan(0.9);
    }
  });

  const swept = "one on a schedule without a direct way is found by sweeps from one of four starts";
  if (mixer.parameterisation.improve)
    test(swept, () => {
      const schedule = shuffle(8, 5);
      const own = mixer.parameterisation.orthogonal ? mixer : rotationMixer;
      for (const turned of new Set<MixerKind>([rotationMixer, own])) {
        const w = toDense(drawn(turned, schedule));
        const errors = [1, 2, 3, 4].map(
          (seed) => fromDense(w, { mixer, schedule, sweeps: 1000, random: rng(seed) }).error,
        );
        expect(Math.min(...errors)).toBeLessThan(1e-7); // sweeps converge linearly at best
      }
    });

  test("matrices that nothing orthogonal is near: triangular, with rows of zeros, singular", () => {
    const triangular = tensor(
      Float64Array.from({ length: 64 }, (_, k) => (k >> 3 >= k % 8 ? 1 : 0)),
      { shape: [8, 8] },
    );
    const kept = tensor(Float64Array.of(0, 1, 1, 1, 1, 1, 1, 0), { shape: [8, 1] });
    for (const w of [triangular, mul(draw(8, 8), kept), mul(draw(8, 1), draw(8))])
      for (const schedule of [brick(8), butterfly(8)]) {
        const { factors, error } = fromDense(w, { mixer, schedule });
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
      const { factors, error } = fromDense(w, { mixer, schedule: butterfly(8) });
      expect(factors.schedule.n).toBe(8);
      expect(toDense(factors).shape).toEqual(shape);
      expect(measured(factors, w)).toBeCloseTo(error, 10);
      expect(error).toBeLessThan(0.8);
    }
  });

  test("float32 in, float32 out, factored in float64", () => {
    const data = Float64Array.from(numbers(orthogonal(6, 1)));
    const w = tensor(data, { shape: [6, 6], dtype: "float32" });
    const { factors, error } = fromDense(w, { mixer, schedule: brick(6) });
    expect(toDense(factors).dtype).toBe("float32");
    expect(error).toBeLessThan(1e-7);
    expect(measured(factors, w)).toBeLessThan(1e-6);
  });

  test("the same random numbers give the same factors", () => {
    const w = draw(5, 5);
    const [a, b] = [0, 1].map(() => {
      const { factors } = fromDense(w, { mixer, schedule: shuffle(5), random: rng(1) });
      return numbers(toDense(factors));
    });
    expect(a).toEqual(b);
  });
});

test("free blocks unless another kind is asked for, over the next power of two", () => {
  for (const shape of [
    [3, 8],
    [8, 3],
    [5, 6],
  ] as const) {
    const w = draw(...shape);
    const { factors, error } = fromDense(w);
    expect(factors.mixer).toBe(generalMixer);
    expect(factors.schedule).toEqual(butterfly(8));
    expect(measured(factors, w)).toBeCloseTo(error, 10);
  }
  expect(fromDense(draw(5, 3), { mixer: rotationMixer }).factors.schedule).toEqual(brick(5));
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
