/**
 * @file Factorisations put their matrix together again, whatever it is; what is singular or has
 * equal values does what the docstrings say; the rest is refused.
 */
import {
  arange,
  eye,
  grad,
  matmul,
  mul,
  normal,
  permutation,
  rng,
  square,
  sub,
  sum,
  type Tensor,
  take,
  tensor,
  transpose,
  zeros,
} from "@spm/core";
import { elements } from "@spm/core/extend";
import { describe, expect, test } from "vitest";
import * as linalg from "./index.ts";

const double = { dtype: "float64" } as const;
const random = rng(5);
const draw = (...shape: number[]): Tensor => normal(random, shape, 0, 1, double);
const numbers = (x: Tensor): number[] => [...elements(x.ndarray())];
const swapped = (x: Tensor): Tensor => {
  const axes = [...x.shape.keys()];
  return transpose(x, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]);
};
/** The largest difference, relative to the largest element of what it shall be. */
function distance(got: Tensor, want: Tensor): number {
  expect(got.shape).toEqual(want.shape);
  const scale = numbers(want).reduce((top, v) => Math.max(top, Math.abs(v)), 0) || 1;
  return numbers(sub(got, want)).reduce((top, v) => {
    const gap = Math.abs(v) / scale;
    return Math.max(gap, top);
  }, 0);
}
const scaled = (x: Tensor, s: Tensor): Tensor => mul(x, s.expandDims(-2));
/** QᵀQ = I */
const orthonormal = (q: Tensor, tolerance: number): void => {
  const n = q.shape.at(-1) ?? 0;
  const product = matmul(swapped(q), q);
  const want = eye(n, n, { dtype: q.dtype }).broadcastTo(product.shape);
  expect(distance(product, want)).toBeLessThan(tolerance);
};

const square8 = draw(8, 8);
const hostile: Record<string, Tensor> = {
  zeros: zeros([4, 4], double),
  identity: eye(5, 5, double),
  "1×1": draw(1, 1),
  "rank 2 of 20": matmul(draw(20, 2), draw(2, 20)),
  "all ones": zeros([6, 6], double).add(1),
  "a shift, nilpotent": eye(7, 7, double)
    .slice([{ start: 1 }])
    .pad([0, 0], [1, 0]),
  "a permutation": take(eye(7, 7, double), permutation(random, 7)),
  orthogonal: linalg.qr(square8).q,
  "a zero inside of two bands": tensor(
    [
      [1, 1, 0, 0],
      [0, 0, 1, 0],
      [0, 0, 1, 1],
      [0, 0, 0, 1],
    ],
    double,
  ),
  Hilbert: tensor(
    Array.from({ length: 12 }, (_, i) => Array.from({ length: 12 }, (_, j) => 1 / (i + j + 1))),
    double,
  ),
  tiny: mul(square8, 1e-200),
  huge: mul(square8, 1e200),
  graded: mul(square8, arange(8, double).mul(-15).exp()),
  "64×64": draw(64, 64),
  batch: draw(2, 3, 5, 5),
  "a view": draw(6, 12).slice([{ step: -1 }, { step: 2 }]),
  "no rows": zeros([0, 0], double),
};
const oblong: Record<string, Tensor> = {
  tall: draw(9, 4),
  wide: draw(4, 9),
  row: draw(1, 6),
  column: draw(6, 1),
  "tall of rank 1": matmul(draw(9, 1), draw(1, 4)),
  "no columns": zeros([3, 0], double),
  "an empty batch": zeros([0, 3, 2], double),
};

describe.each(["float64", "float32"] as const)("%s", (dtype) => {
  const tolerance = dtype === "float64" ? 1e-13 : 1e-5;
  const cast = (x: Tensor) =>
    x
      .mul(dtype === "float32" && numbers(x).some((v) => Math.abs(v) > 1e38) ? 1e-190 : 1)
      .cast(dtype);
  const square = Object.entries(hostile);

  test.each([...square, ...Object.entries(oblong)])("QR, LU, SVD and A⁺ of %s", (_, given) => {
    const a = cast(given);
    const [m = 0, n = 0] = a.shape.slice(-2);
    for (const mode of ["reduced", "complete"] as const) {
      const { q, r } = linalg.qr(a, { mode });
      expect(distance(matmul(q, r), a)).toBeLessThan(tolerance);
      orthonormal(q, tolerance);
      expect(
        numbers(r).every(
          (v, at) => at % n >= Math.floor(at / n) % (r.shape.at(-2) ?? 1) || v === 0,
        ),
      ).toBe(true);
    }
    const { p, l, u } = linalg.lu(a);
    expect(distance(matmul(matmul(p, l), u), a)).toBeLessThan(tolerance);
    expect(numbers(l).every((v) => Math.abs(v) <= 1)).toBe(true);
    for (const fullMatrices of [true, false]) {
      const { u, s, vh } = linalg.svd(a, { fullMatrices });
      for (const q of [u, swapped(vh)]) orthonormal(q, tolerance);
      const k = Math.min(m, n);
      const [left, right] = [u, swapped(vh)].map((x) =>
        x.slice([...x.shape.slice(0, -1).map(() => undefined), { stop: k }]),
      ) as [Tensor, Tensor];
      expect(distance(matmul(scaled(left, s), swapped(right)), a)).toBeLessThan(tolerance);
      expect(
        numbers(s).every((v, at, all) => v >= 0 && (at % k === 0 || v <= (all[at - 1] ?? 0))),
      ).toBe(true);
    }
    // The two of Penrose's equations that no condition number spoils.
    const inverse = linalg.pinv(a, { rtol: 1e-3 });
    for (const product of [matmul(a, inverse), matmul(inverse, a)])
      expect(distance(product, swapped(product))).toBeLessThan(1e3 * tolerance);
  });

  test.each(square)("eigenvalues of %s, symmetric", (_, given) => {
    const a = cast(given);
    const symmetric = a.add(swapped(a));
    const { eigenvalues, eigenvectors } = linalg.eigh(symmetric);
    orthonormal(eigenvectors, tolerance);
    const product = matmul(scaled(eigenvectors, eigenvalues), swapped(eigenvectors));
    expect(distance(product, symmetric)).toBeLessThan(tolerance);
    expect(numbers(linalg.eigh(symmetric, { UPLO: "U" }).eigenvalues)).toEqual(
      numbers(eigenvalues),
    );
  });
});

test("eigenvalues are right up to the rounding of the largest", () => {
  const a = tensor(
    [
      [1, 0, 0],
      [0, 2e-20, 1e-20],
      [0, 1e-20, 2e-20],
    ],
    double,
  );
  const [least = 1, middle = 1, most] = numbers(linalg.eigh(a).eigenvalues);
  expect(most).toBe(1);
  for (const w of [least, middle]) expect(Math.abs(w)).toBeLessThan(Number.EPSILON);
});

describe("degenerate spectra", () => {
  const identity = eye(3, 3, double);
  const finite = (x: Tensor) => numbers(x).every(Number.isFinite);

  test("eigenvalues and singular values alone have gradients", () => {
    const byValues = grad((a) => sum(square(linalg.eigh(a).eigenvalues)))(identity);
    expect(distance(byValues, mul(2, identity))).toBeLessThan(1e-14);
    expect(distance(grad((a) => sum(linalg.svd(a).s))(identity), identity)).toBeLessThan(1e-14);
  });

  test("vectors have none: infinite or NaN", () => {
    const weights = draw(3, 3);
    expect(finite(grad((a) => sum(mul(weights, linalg.eigh(a).eigenvectors)))(identity))).toBe(
      false,
    );
    expect(finite(grad((a) => sum(mul(weights, linalg.svd(a).u)))(identity))).toBe(false);
  });

  test("pseudoinverses and least squares have gradients all the same", () => {
    const weights = draw(3, 3);
    const slope = grad((a) => sum(mul(weights, linalg.pinv(a))))(identity);
    expect(distance(slope, mul(-1, weights))).toBeLessThan(1e-13);
  });
});

describe("singular matrices", () => {
  const singular = tensor(
    [
      [1, 2],
      [2, 4],
    ],
    double,
  );

  test("have determinant 0, whose logarithm is −∞, and no derivative of it", () => {
    expect(numbers(linalg.det(singular)).map(Math.abs)).toEqual([0]);
    const { sign, logabsdet } = linalg.slogdet(singular);
    expect(numbers(sign).map(Math.abs)).toEqual([0]);
    expect(numbers(logabsdet)).toEqual([-Infinity]);
    expect(numbers(grad((a) => linalg.det(a))(singular)).every(Number.isFinite)).toBe(false);
  });

  test("a triangle with a 0 on its diagonal gives infinities", () => {
    const b = tensor([[1], [1]], double);
    const x = linalg.triangularSolve(zeros([2, 2], double), b, { upper: false });
    expect(numbers(x).some(Number.isFinite)).toBe(false);
  });

  test("least squares take any rank", () => {
    const { solution, residuals, rank } = linalg.lstsq(singular, tensor([1, 1], double));
    expect(numbers(rank)).toEqual([1]);
    expect(numbers(solution).map((v) => v.toFixed(12))).toEqual([
      "0.120000000000",
      "0.240000000000",
    ]);
    expect(numbers(residuals).map((v) => v.toFixed(12))).toEqual(["0.200000000000"]);
  });
});

test("products of 0 rows are 1, and exponentials of infinities NaN", () => {
  expect(numbers(linalg.det(zeros([2, 0, 0])))).toEqual([1, 1]);
  expect(numbers(linalg.solve(zeros([0, 0]), zeros([0, 2])))).toEqual([]);
  const infinite = tensor([
    [Infinity, 0],
    [0, 1],
  ]);
  expect(numbers(linalg.matrixExponential(infinite))).toEqual([NaN, NaN, NaN, NaN]);
  const rotation = linalg.matrixExponential(
    tensor(
      [
        [0, -Math.PI],
        [Math.PI, 0],
      ],
      double,
    ),
  );
  expect(distance(rotation, mul(-1, eye(2, 2, double)))).toBeLessThan(1e-14);
});

test("norms over axes elsewhere, kept or not", () => {
  const x = draw(3, 2, 4);
  for (const ord of ["fro", "nuc", 1, -1, 2, -2, Infinity, -Infinity] as const) {
    const want = linalg.matrixNorm(transpose(x, [1, 2, 0]), { ord });
    expect(distance(linalg.matrixNorm(x, { ord, axis: [2, 0] }), want)).toBeLessThan(1e-14);
    expect(linalg.matrixNorm(x, { ord, axis: [2, 0], keepdims: true }).shape).toEqual([1, 2, 1]);
  }
  expect(numbers(grad((x) => linalg.vectorNorm(x, { ord: 3 }))(zeros([2], double)))).toEqual([
    0, 0,
  ]);
});

describe("refusals", () => {
  const nan = tensor([
    [NaN, 0],
    [0, 1],
  ]);
  const { cholesky, inverse, det, slogdet, eigh, matrixExponential, qr, lu, svd, pinv } = linalg;
  const ofSquares = { cholesky, inverse, det, slogdet, eigh, matrixExponential };
  const ofAny = { qr, lu, svd, pinv };
  const refusal = (run: () => unknown, message: string): [() => unknown, string] => [run, message];
  const mixed = [eye(2), zeros([2, 2], double)] as const;
  test.each<[() => unknown, string]>([
    [
      () =>
        linalg.solve(
          tensor([
            [1, 2],
            [2, 4],
          ]),
          zeros([2]),
        ),
      "solve: expected a matrix of full rank, 2, got rank at most 1\nhelp: lstsq() takes any rank",
    ],
    [
      () => linalg.inverse(zeros([2, 3, 3])),
      "inverse: expected a matrix of full rank, 3, got rank at most 0 in matrix 0 of the batch",
    ],
    [
      () =>
        linalg.cholesky(
          tensor([
            [1, 2],
            [2, 1],
          ]),
        ),
      "cholesky: expected a positive definite matrix, got one whose leading 2 rows are not",
    ],
    [
      () => linalg.cholesky(nan),
      "cholesky: expected a positive definite matrix, got one whose leading 1 rows are not",
    ],
    [() => linalg.eigh(nan), "eigh: expected finite numbers, got NaN"],
    [() => linalg.svd(nan), "svd: expected finite numbers, got NaN"],
    [() => linalg.pinv(nan), "pinv: expected finite numbers, got NaN"],
    ...Object.entries({ ...ofSquares, ...ofAny }).flatMap(([name, op]) => [
      refusal(() => op(zeros([3])), `${name}: expected a matrix or a batch of them, got [3]`),
      refusal(
        () => op(eye(2, 2, { dtype: "int32" })),
        `${name}: expected float32 or float64, got int32`,
      ),
    ]),
    ...Object.entries(ofSquares).map(([name, op]) =>
      refusal(() => op(zeros([2, 3])), `${name}: expected square matrices [..., n, n], got [2, 3]`),
    ),
    [
      () => linalg.solve(eye(2), zeros([3, 1])),
      "solve: expected 2 rows in B for A [2, 2], got [3, 1]",
    ],
    [
      () => linalg.solve(zeros([2, 2, 2]), zeros([3, 2, 1])),
      "solve: expected shapes that broadcast",
    ],
    [
      () => linalg.solve(...mixed),
      "solve: expected one dtype for all operands, got float32 and float64",
    ],
    [
      () => linalg.solve(eye(2), zeros([2]), { left: false }),
      "solve: expected B [..., k, n] on the right, got [2]",
    ],
    [
      () => linalg.triangularSolve(eye(2), zeros([3, 1]), { upper: true }),
      "triangularSolve: expected 2 rows in B for A [2, 2], got [3, 1]",
    ],
    [
      () => linalg.lstsq(zeros([3, 2]), zeros([2, 1])),
      "lstsq: expected 3 rows in B for A [3, 2], got [2, 1]",
    ],
    [
      () => linalg.lstsq(...mixed),
      "lstsq: expected one dtype for all operands, got float32 and float64",
    ],
    [() => linalg.pinv(eye(2), { rtol: -1 }), "pinv: expected rtol ≥ 0, got -1"],
    [
      () => linalg.qr(eye(2), { mode: "r" as "reduced" }),
      'qr: expected "reduced" or "complete", got "r"',
    ],
    [() => linalg.eigh(eye(2), { UPLO: "l" as "L" }), 'eigh: expected "L" or "U", got "l"'],
    [
      () => linalg.svd(eye(2), { full_matrices: false } as object),
      'svd: unknown option "full_matrices"; help: fullMatrices',
    ],
    [
      () => linalg.vectorNorm(eye(2), { dim: 1 } as object),
      'vectorNorm: unknown option "dim"; help: axis',
    ],
    [
      () => linalg.vectorNorm(eye(2), { ord: NaN }),
      "vectorNorm: expected a number for ord, got NaN",
    ],
    [
      () => linalg.matrixNorm(eye(2), { ord: 3 }),
      'matrixNorm: expected "fro", "nuc", ±1, ±2 or ±Infinity, got 3',
    ],
    [
      () => linalg.matrixNorm(eye(2), { axis: [1, -1] }),
      "matrixNorm: expected two different axes, got [1,-1]",
    ],
  ])("%#", (run, message) => expect(run).toThrow(message));
});
