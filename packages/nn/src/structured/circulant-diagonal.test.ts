/** @file The circulant between diagonals: its inits, inverse, determinant, both products. */
import { normal, rng, type Tensor, tensor } from "@spm/core";
import { elements } from "@spm/core/extend";
import { expect, test } from "vitest";
import { CirculantDiagonal } from "./circulant-diagonal.ts";

const numbers = (x: Tensor): number[] => [...elements(x.ndarray())];
const widths = [1, 2, 5, 12, 24, 48, 96];

/** max |x − y| / max |y| */
function distance(x: Tensor, y: Tensor): number {
  const [a, b] = [numbers(x), numbers(y)];
  const largest = (v: number[]): number => v.reduce((t, e) => Math.max(t, Math.abs(e)), 0);
  return largest(a.map((v, k) => v - b[k]!)) / largest(b);
}

test.each(widths)("starts orthogonal at n = %i: unit frequencies, signs around them", (n) => {
  const map = new CirculantDiagonal(n, n, { random: rng(n) });
  const w = numbers(map.toDense());
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      const dot = Array.from({ length: n }, (_, k) => w[i * n + k]! * w[j * n + k]!);
      expect(dot.reduce((a, b) => a + b)).toBeCloseTo(i === j ? 1 : 0, 5);
    }
  expect(numbers(map.logAbsDet())[0]).toBeCloseTo(0, 4);
  expect(new Set([...numbers(map.left), ...numbers(map.right)].map(Math.abs))).toEqual(
    new Set([1]),
  );
  expect(map.parameterCount()).toBe(4 * n);
});

test("starts near the identity: e₀ and noise of deviation 0.3/√n between ones", () => {
  const n = 96;
  const map = new CirculantDiagonal(n, n, { random: rng(1), init: "identity", gain: 2 });
  const [first, ...rest] = Array.from({ length: n }, (_, o) => numbers(map.toDense())[o * n]! / 2);
  expect(Math.abs(first! - 1)).toBeLessThan(0.12);
  expect(Math.hypot(...rest)).toBeGreaterThan(0.25);
  expect(Math.hypot(...rest)).toBeLessThan(0.35);
  expect(new Set(numbers(map.left))).toEqual(new Set([2]));
});

test.each([...widths, 256, 300])("its inverse undoes it in float32 at n = %i", (n) => {
  const map = new CirculantDiagonal(n, n, { random: rng(3) });
  for (const [k, p] of [map.left, map.right].entries())
    p.assign(
      tensor(
        numbers(normal(rng(k), [n])).map((v) => 2 ** v),
        { dtype: "float32" },
      ),
    );
  map.bias?.assign(normal(rng(4), [n]));
  const x = normal(rng(5), [2, n]);
  expect(distance(map.inverse(map.forward(x)), x)).toBeLessThan(1e-5);
});

test.each([
  [256, 256],
  [260, 300],
  [300, 250],
])("by Fourier transforms it is the same map, %i → %i", (inFeatures, outFeatures) => {
  const map = new CirculantDiagonal(inFeatures, outFeatures, { random: rng(1), bias: false });
  const x = normal(rng(2), [inFeatures]);
  const [w, v] = [numbers(map.toDense()), numbers(x)];
  const y = Array.from({ length: outFeatures }, (_, o) =>
    v.reduce((t, e, i) => t + e * w[o * inFeatures + i]!, 0),
  );
  expect(distance(map.forward(x), tensor(y))).toBeLessThan(1e-5);
});

test("what has no inverse or determinant, and unknown starts, are refused", () => {
  const map = new CirculantDiagonal(3, 4, { random: rng(1) });
  const x = normal(rng(1), [2, 4]);
  expect(() => map.inverse(x)).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: CirculantDiagonal.inverse: expected as many outputs as inputs, got 3 → 4]`,
  );
  expect(() => map.logAbsDet()).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: CirculantDiagonal.logAbsDet: expected as many outputs as inputs, got 3 → 4]`,
  );
  const init = "near" as "identity";
  expect(
    () => new CirculantDiagonal(4, 4, { random: rng(1), init }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: CirculantDiagonal: expected orthogonal, identity, got "near"]`,
  );
});
