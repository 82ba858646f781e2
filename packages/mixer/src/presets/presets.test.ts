/** @file Each preset of every kind against its definition, entry by entry, to 1e-12. */
import { normal, rng, type Tensor, tensor } from "@spm/core";
import { elements } from "@spm/core/extend";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inverseMixer, toDense, transposed } from "../algebra.ts";
import { apply, type Factors } from "../factors.ts";
import { generalMixer, type MixerKind } from "../mixer.ts";
import { mixers } from "../mixers.ts";
import { rotationMixer } from "../parameterisation/rotation.ts";
import { butterfly } from "../patterns.ts";
import { circularConvolution, dct, dft } from "./fourier.ts";
import { hadamard } from "./hadamard.ts";
import { fromPermutation } from "./permutation.ts";

/** Largest distance of an entry of W from `entry(row, column)`. */
function distance(factors: Factors, entry: (i: number, j: number) => number): number {
  const w = toDense(factors).ndarray();
  const [rows, columns] = w.shape as [number, number];
  let worst = 0;
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) worst = Math.max(worst, Math.abs(w.get(i, j) - entry(i, j)));
  return worst;
}

/** Whether the stages alone are the matrix. */
const bare = ({ dIn, dOut, bias }: Factors): boolean => !dIn && !dOut && !bias;
const parity = (i: number): number => [...i.toString(2)].filter((bit) => bit === "1").length % 2;

/** How far the nearest block of a kind is from a block. */
function missedBy({ parameterisation }: MixerKind, block: readonly number[]): number {
  const nearest = parameterisation.nearest(Float64Array.from(block), new Float64Array());
  const { blocks } = parameterisation.blocks(nearest, 0);
  return Math.max(...block.map((v, k) => Math.abs(v - (blocks[k] ?? Number.NaN))));
}

/** Whether any turn is one of the kind's blocks but for its sign: what a preset is exact for. */
function turns(mixer: MixerKind): boolean {
  const [c, s] = [Math.cos(0.3), Math.sin(0.3)];
  return [1, -1].some((sign) => missedBy(mixer, [c, -sign * s, s, sign * c]) < 1e-15);
}

const all: [name: string, mixer: MixerKind][] = Object.entries(mixers);
const kinds = all.filter(([, mixer]) => turns(mixer));

test("orthogonal kinds turn, and so do free blocks", () => {
  for (const [, mixer] of all)
    if (mixer.parameterisation.orthogonal || mixer === generalMixer)
      expect(turns(mixer)).toBe(true);
});

describe.each(kinds)("%s", (_, mixer) => {
  const { determinant } = mixer.parameterisation;

  test.each([1, 2, 4, 8, 16, 64])("hadamard, n = %i: (−1)^popcount(i & j) / √n", (n) => {
    const h = hadamard(n, { mixer });
    expect(distance(h, (i, j) => (1 - 2 * parity(i & j)) / Math.sqrt(n))).toBeLessThan(1e-12);
    expect(h.schedule.stages).toBe(Math.max(1, Math.log2(n)));
    expect(h.mixer).toBe(mixer);
    expect(bare(h)).toBe(determinant !== 1 || n !== 2); // n = 2 has determinant −1
  });

  test.each([2, 4, 8, 32])("hadamard in Walsh's order, n = %i: i changes of sign in row i", (n) => {
    const w = toDense(hadamard(n, { mixer, order: "walsh" })).ndarray();
    for (let i = 0; i < n; i++) {
      let changes = 0;
      for (let j = 1; j < n; j++) if (w.get(i, j) * w.get(i, j - 1) < 0) changes++;
      expect(changes).toBe(i);
      for (let j = 0; j < n; j++) expect(Math.abs(w.get(i, j))).toBeCloseTo(1 / Math.sqrt(n), 12);
    }
  });

  test.each([1, 2, 4, 8, 16, 32])("dft, N = %i, and its inverse", (length) => {
    for (const inverse of [false, true]) {
      const f = dft(length, { mixer, inverse });
      const entry = (i: number, j: number) => {
        const angle = ((inverse ? 2 : -2) * Math.PI * (i % length) * (j % length)) / length;
        const [re, im] = [Math.cos(angle) / Math.sqrt(length), Math.sin(angle) / Math.sqrt(length)];
        return i < length ? (j < length ? re : -im) : j < length ? im : re;
      };
      expect(distance(f, entry)).toBeLessThan(1e-12);
      expect(f.schedule.n).toBe(2 * length);
      expect(f.dIn ?? f.bias).toBeUndefined();
      expect(bare(f)).toBe(determinant !== -1); // its stages are turns
      const signs = f.dOut === undefined ? [] : elements(f.dOut.ndarray());
      for (const v of signs) expect(Math.abs(v)).toBe(1);
    }
  });

  test("the inverse of the dft is the inverse dft", () => {
    const back = toDense(dft(8, { mixer, inverse: true })).ndarray();
    const inverted = inverseMixer(dft(8, { mixer }));
    expect(distance(inverted, (i, j) => back.get(i, j))).toBeLessThan(1e-12);
  });

  test.each([1, 2, 4, 8, 32])("dct, N = %i, and its inverse by transposition", (length) => {
    const c = (k: number) => Math.sqrt((k === 0 ? 1 : 2) / length);
    const entry = (k: number, j: number) =>
      c(k) * Math.cos((Math.PI * (2 * j + 1) * k) / (2 * length));
    const whole = dct(length, { mixer });
    expect(distance(whole, entry)).toBeLessThan(1e-12);
    expect(distance(transposed(whole), (i, j) => entry(j, i))).toBeLessThan(1e-12);
  });

  test("any permutation, by either network", () => {
    const exact = missedBy(mixer, [0, 1, 1, 0]) === 0; // sines and cosines round
    const orders = fc
      .integer({ min: 1, max: 33 })
      .chain((n) => fc.shuffledSubarray([...Array(n).keys()], { minLength: n, maxLength: n }));
    fc.assert(
      fc.property(orders, (order) => {
        const bits = Math.log2(order.length);
        for (const network of ["involutions", "benes"] as const) {
          if (network === "benes" && !Number.isInteger(bits)) continue;
          const p = fromPermutation(order, { mixer, network });
          const error = distance(p, (i, j) => (order[i] === j ? 1 : 0));
          expect(error).toBeLessThan(exact ? 1e-300 : 1e-12);
          const stages = network === "involutions" ? 2 : Math.max(1, 2 * bits - 1);
          expect(p.schedule.stages).toBe(stages);
        }
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  test("every permutation of four by a Beneš network of distances 1, 2, 1", () => {
    const all = [0, 1, 2, 3].flatMap((a) =>
      [0, 1, 2, 3].flatMap((b) => [0, 1, 2, 3].map((c) => [a, b, c, 6 - a - b - c])),
    );
    const orders = all.filter(
      (order) => new Set(order).size === 4 && order.every((i) => i >= 0 && i < 4),
    );
    expect(orders).toHaveLength(24);
    for (const order of orders) {
      const p = fromPermutation(order, { mixer });
      expect(distance(p, (i, j) => (order[i] === j ? 1 : 0))).toBeLessThan(1e-12);
      expect(p.schedule.strides).toEqual([1, 2, 1]);
    }
  });

  test("float32, too", () => {
    const exact = 1 / Math.sqrt(8);
    const h = hadamard(8, { mixer, dtype: "float32" });
    expect(toDense(h).dtype).toBe("float32");
    expect(distance(h, (i, j) => (1 - 2 * parity(i & j)) * exact)).toBeLessThan(1e-6);
  });
});

test("they are of rotations unless another kind is asked for", () => {
  const made = [
    hadamard(8),
    hadamard(8, { order: "walsh" }),
    dft(4),
    dct(4),
    fromPermutation([1, 0]),
  ];
  for (const { mixer } of made) expect(mixer).toBe(rotationMixer);
  expect(hadamard(8).schedule).toEqual(butterfly(8));
});

test.each([1, 2, 4, 8, 16])("circular convolution with %i numbers", (length) => {
  const drawn = normal(rng(length), [length], 0, 1, { dtype: "float64" });
  const kernel = Array.from(elements(drawn.ndarray()));
  const conv = circularConvolution(kernel);
  const entry = (i: number, j: number) => kernel[(i - j + length) % length] ?? Number.NaN;
  expect(distance(conv, entry)).toBeLessThan(1e-12);
  expect(conv.schedule.stages).toBe(Math.max(3, 4 * Math.log2(length) + 1));
});

test("mixing with a preset is what its name says", () => {
  const x: Tensor = tensor(Float64Array.of(10, 20, 30));
  const y = apply(fromPermutation([2, 0, 1], { mixer: generalMixer }), x);
  expect(Array.from(elements(y.ndarray()))).toEqual([30, 10, 20]);
});

test("refuses what it can't take", () => {
  expect(() => hadamard(12)).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: hadamard: expected a power of two, got 12]`,
  );
  expect(() => dft(0)).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: dft: expected a power of two, got 0]`,
  );
  expect(() => dct(6)).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: dct: expected a power of two, got 6]`,
  );
  expect(() => circularConvolution([1, 2, 3])).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: circularConvolution: expected a power of two, got 3]`,
  );
  expect(() => circularConvolution([1, Number.NaN])).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: circularConvolution: expected finite numbers, got NaN at 1]`,
  );
  expect(() => fromPermutation([0, 0, 1])).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: fromPermutation: expected each of 0 … 2 once, got [0, 0, 1]]`,
  );
  expect(() => fromPermutation([0, 1.5])).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: fromPermutation: expected each of 0 … 1 once, got [0, 1.5]]`,
  );
  expect(() => fromPermutation([])).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: fromPermutation: expected a width n ≥ 1, got 0]`,
  );
  expect(() =>
    fromPermutation([1, 2, 0], { network: "benes" }),
  ).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: fromPermutation: expected a power of two for a Beneš network, got 3
    help: network: "involutions" takes any n]
  `);
});
