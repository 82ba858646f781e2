/**
 * @file Eigenvalues and singular values on wasm: those of the reference, with vectors that put the
 * matrix together again, whatever it is; a value of 0 is left to the reference.
 */
import { abs, add, eye, matmul, max, mul, normal, rng, sub, type Tensor, tensor } from "@spm/core";
import { elements, fromArray } from "@spm/core/extend";
import * as linalg from "@spm/linalg";
import { describe, expect, test } from "vitest";
import { wasmSync } from "./backend.ts";

const backend = wasmSync({ bytes: 2 ** 26 });
const random = rng(4);
const there = (x: Tensor): Tensor => fromArray(x.ndarray(), backend);
const here = (x: Tensor): Tensor => fromArray(x.ndarray());
const numbers = (x: Tensor): number[] => [...elements(x.ndarray())];
const swapped = (x: Tensor): Tensor => x.transpose([0, 2, 1]);
const scaled = (x: Tensor, s: Tensor): Tensor => mul(x, s.expandDims(-2));

/** max |a − b| / max |b|, both over matrices and on the reference. */
function distance(a: Tensor, b: Tensor): number {
  expect(a.shape).toEqual(b.shape);
  const [gap = 0, top = 0] = [sub(a, b), b].map((x) => max(abs(x)).ndarray().data[0] ?? 0);
  return gap / (top || 1);
}

/** QᵀQ = I */
function skew(q: Tensor): number {
  const product = matmul(swapped(q), q);
  const n = q.shape.at(-1) ?? 0;
  return distance(product, eye(n, n, { dtype: q.dtype }).broadcastTo(product.shape));
}

/** Of a batch [count, m, n] of random numbers. */
const kinds: Record<string, (x: Tensor) => Tensor> = {
  random: (x) => x,
  huge: (x) => mul(x, x.dtype === "float64" ? 1e200 : 1e30),
  tiny: (x) => mul(x, x.dtype === "float64" ? 1e-200 : 1e-30),
  "rank 2": (x) => matmul(x.slice([{}, {}, { stop: 2 }]), x.slice([{}, { stop: 2 }])),
  "columns of very different lengths": (x) => {
    const lengths = Array.from({ length: x.shape.at(-1) ?? 0 }, (_, k) => 0.03 ** k);
    return mul(x, tensor(lengths, { dtype: x.dtype }));
  },
  "0 but for one element": (x) =>
    mul(x, tensor([1].concat(Array(40).fill(0)).slice(0, x.shape[2])).cast(x.dtype)),
  zeros: (x) => mul(x, 0),
};
const shapes = [
  [1, 1, 1],
  [3, 2, 2],
  [5, 5, 5],
  [2, 9, 4],
  [2, 3, 8],
  [1, 33, 33],
] as const;

describe.each(["float32", "float64"] as const)("%s", (dtype) => {
  const tolerance = dtype === "float64" ? 1e-13 : 1e-5;

  test.each(Object.entries(kinds))("%s", (_, kind) => {
    for (const shape of shapes) {
      const a = kind(normal(random, shape, 0, 1, { dtype }));
      const { u, s, vh } = linalg.svd(there(a), { fullMatrices: false });
      const [left, values, right] = [here(u), here(s), here(vh)];
      expect(distance(matmul(scaled(left, values), right), a)).toBeLessThan(tolerance);
      expect(distance(values, linalg.svd(a).s)).toBeLessThan(tolerance);
      for (const q of [left, swapped(right)]) expect(skew(q)).toBeLessThan(tolerance);
      const options = { rtol: 1e-3 };
      const inverse = linalg.pinv(a, options);
      expect(distance(here(linalg.pinv(there(a), options)), inverse)).toBeLessThan(1e3 * tolerance);
      const [got, want] = [there(a), a].map((x) => linalg.lstsq(x, x, options).rank);
      expect(got && numbers(got)).toEqual(want && numbers(want));
      if (shape[1] !== shape[2]) continue;
      const symmetric = add(a, swapped(a));
      const found = linalg.eigh(there(symmetric), { UPLO: "U" });
      const [w, v] = [here(found.eigenvalues), here(found.eigenvectors)];
      expect(distance(matmul(scaled(v, w), swapped(v)), symmetric)).toBeLessThan(tolerance);
      expect(skew(v)).toBeLessThan(tolerance);
      expect(distance(w, linalg.eigh(symmetric).eigenvalues)).toBeLessThan(tolerance);
    }
  });

  test("vectors have the reference's signs, and random matrices no fallback", () => {
    const own = wasmSync({ bytes: 2 ** 24 });
    for (const shape of [
      [4, 6, 4],
      [4, 3, 7],
      [2, 5, 5],
    ] as const) {
      const a = normal(random, shape, 0, 1, { dtype });
      const [got, want] = [fromArray(a.ndarray(), own), a].map((x) =>
        linalg.svd(x, { fullMatrices: false }),
      );
      if (got === undefined || want === undefined) throw new Error("there are two");
      for (const part of ["u", "s", "vh"] as const)
        expect(distance(here(got[part]), want[part])).toBeLessThan(100 * tolerance);
    }
    const { fallbacks } = own.report();
    expect(fallbacks).toEqual([]);
  });
});

test("zeros between the blocks of a matrix, equal eigenvalues, pairs ±1", () => {
  const cases = [
    eye(4, 4),
    tensor([
      [0, 1],
      [1, 0],
    ]),
    tensor([
      [0, 0, 0],
      [0, 0, 1],
      [0, 1, 0],
    ]),
    tensor([
      [1, 1, 1],
      [1, 1, 1],
      [1, 1, 1],
    ]),
    tensor([
      [2, 0, 0, 1],
      [0, 2, 0, 0],
      [0, 0, 3, 0],
      [1, 0, 0, 2],
    ]),
  ].map((x) => x.cast("float64").expandDims(0));
  for (const a of cases) {
    const { eigenvalues, eigenvectors } = linalg.eigh(there(a));
    const [w, v] = [here(eigenvalues), here(eigenvectors)];
    expect(distance(matmul(scaled(v, w), swapped(v)), a)).toBeLessThan(1e-14);
    expect(distance(w, linalg.eigh(a).eigenvalues)).toBeLessThan(1e-14);
  }
});

test("NaN is refused as on the reference", () => {
  const odd = there(
    tensor([
      [NaN, 0],
      [0, 1],
    ]),
  );
  expect(() => linalg.eigh(odd)).toThrow("eigh: expected finite numbers, got NaN");
  expect(() => linalg.svd(odd)).toThrow("svd: expected finite numbers, got NaN");
});
