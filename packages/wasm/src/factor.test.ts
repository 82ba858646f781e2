/** @file Factorisations on wasm: the numbers of the reference, in any batch and both dtypes. */
import { add, eye, matmul, mul, normal, rng, type Tensor, tensor, transpose } from "@spm/core";
import { elements, fromArray } from "@spm/core/extend";
import * as linalg from "@spm/linalg";
import { describe, expect, test } from "vitest";
import { wasmSync } from "./backend.ts";

const backend = wasmSync({ bytes: 2 ** 26 });
const random = rng(3);
const there = (x: Tensor): Tensor => fromArray(x.ndarray(), backend);
const numbers = (x: Tensor): number[] => [...elements(x.ndarray())];
const swapped = (x: Tensor): Tensor => transpose(x, [0, 2, 1]);

/** max |a − b| / (1 + max |b|) */
function distance(a: Tensor, b: Tensor): number {
  expect(a.shape).toEqual(b.shape);
  const [got, want] = [numbers(a), numbers(b)];
  const top = Math.max(...want.map(Math.abs), 0);
  return Math.max(...want.map((v, i) => Math.abs(v - (got[i] ?? Number.NaN))), 0) / (1 + top);
}

const jobs: Readonly<Record<string, (a: Tensor, b: Tensor, c: Tensor) => Tensor>> = {
  solve: (a, b) => linalg.solve(a, b),
  "solve, transposed": (a, b) => linalg.solve(swapped(a), b),
  lu: (a) => linalg.lu(a).p,
  "lu, tall": (_a, b) => linalg.lu(b).u,
  det: (a) => linalg.det(a),
  cholesky: (_a, _b, c) => linalg.cholesky(c),
  "lower triangle": (a, b) => linalg.triangularSolve(a, b, { upper: false }),
  "upper triangle, 1 on its diagonal": (a, b) =>
    linalg.triangularSolve(a, b, { upper: true, unitriangular: true }),
  qr: (a) => linalg.qr(a).r,
  "qr, tall": (_a, b) => linalg.qr(b).q,
};

describe.each(["float32", "float64"] as const)("%s", (dtype) => {
  test.each(Object.entries(jobs))("%s", (_, job) => {
    const bound = dtype === "float32" ? 1e-5 : 1e-11;
    for (const [count, n] of [
      [1, 1],
      [3, 2],
      [2, 5],
      [5, 9],
      [4, 16],
    ] as const) {
      const a = add(normal(random, [count, n, n], 0, 1, { dtype }), eye(n, n, { dtype }).mul(2));
      const b = normal(random, [count, n, 2].with(2, Math.min(n, 2)), 0, 1, { dtype });
      const c = add(matmul(a, swapped(a)), eye(n, n, { dtype }));
      expect(distance(job(there(a), there(b), there(c)), job(a, b, c))).toBeLessThan(bound);
    }
    const unexpected = backend.report().fallbacks.filter(({ primitive }) => primitive in linalg);
    expect(unexpected).toEqual([]);
  });
});

test("the report counts what runs on the reference", () => {
  const own = wasmSync({ bytes: 2 ** 24 });
  const a = fromArray(eye(3, 3).ndarray(), own);
  for (const f of [linalg.eigh, linalg.svd, linalg.pinv, linalg.matrixExponential]) f(a);
  for (const f of [linalg.svd, linalg.pinv, linalg.matrixExponential]) f(mul(a, 0));
  const counted = own.report().fallbacks.map((f) => [f.primitive, f.count, f.reason]);
  expect(counted).toEqual([
    ["matrixExponential", 2, "no kernel"],
    ["svd", 1, "a matrix without that factorisation"],
    ["pinv", 1, "a matrix without that factorisation"],
  ]);
});

test("what has no factorisation throws as on the reference, with its place in the batch", () => {
  const good = [
    [2, 0],
    [0, 2],
  ];
  const bad = [
    [1, 1],
    [1, 1],
  ];
  const batch = there(tensor([good, good, bad]));
  expect(() => linalg.inverse(batch)).toThrow("full rank, 2, got rank at most 1 in matrix 2");
  expect(() => linalg.cholesky(batch)).toThrow("rows are not in matrix 2 of the batch");
});

test("zeros and NaN come out as on the reference", () => {
  const odd = tensor([
    [
      [0, 1],
      [0, 2],
    ],
    [
      [Number.NaN, 1],
      [1, 2],
    ],
    [
      [3, 4],
      [0, 0],
    ],
  ]);
  for (const f of [linalg.det, (x: Tensor) => linalg.lu(x).u, (x: Tensor) => linalg.qr(x).r])
    expect(numbers(f(there(odd)))).toEqual(numbers(f(odd)));
});
