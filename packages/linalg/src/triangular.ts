/** @file Triangular systems, and Cholesky's factorisation. */
import { add, matmul, mul, neg, type Tensor, tensor } from "@spm/core";
import {
  checkDTypes,
  checkOptions,
  checkTensors,
  definePrimitive,
  dtypeOf,
  frontAxis,
  type Op,
  ShapeError,
  sameShape,
  showShape,
  ValueError,
  zerosArray,
} from "@spm/core/extend";
import { composedCholesky, composedSubstitution } from "./composed.ts";
import { factorCholesky, substitute, type Triangle } from "./factors.ts";
import {
  eachMatrix,
  inBatch,
  masked,
  matrices,
  sameBatch,
  squareMatrices,
  transposed,
} from "./matrices.ts";

/**
 * The primitive of {@link triangularSolve}, T X = B: T [..., n, n] and B [..., n, k] of equal
 * leading axes → X [..., n, k].
 * @example
 * const [t, b] = [tensor([[2, 0], [1, 1]]), tensor([[2], [3]])];
 * triangularSolveOp([t, b], { upper: false, unitriangular: false })[0]; // [[1], [2]]
 */
export const triangularSolveOp: Op<[t: 1, b: 1], [x: 1], Triangle> = definePrimitive({
  name: "triangularSolve",
  infer: ([t, b]) => {
    const { batch, n } = squareMatrices("triangularSolve", t);
    const dtype = checkDTypes("triangularSolve", [t, b]);
    if (sameShape(b.shape.slice(0, -1), [...batch, n])) return [{ shape: b.shape, dtype }];
    const expected = `${n} rows in B for A ${showShape(t.shape)}`;
    throw new ShapeError("triangularSolve", expected, showShape(b.shape));
  },
  forward: ([t, b], triangle) => {
    const { batch, n } = squareMatrices("triangularSolve", t);
    const k = b.shape.at(-1) ?? 0;
    const x = zerosArray(dtypeOf(b), b.shape);
    return eachMatrix(batch, [t, b], [x], ([factor, right], [solution]) => {
      solution.set(right);
      substitute(factor, n, solution, k, triangle);
    });
  },
  vjp: ([ct], { inputs: [t], outputs: [x], needs: [byT], options }) => {
    const { upper, unitriangular } = options;
    const [bBar] = triangularSolveOp([transposed(t), ct], { upper: !upper, unitriangular });
    if (!byT) return [null, bBar];
    const first = unitriangular ? 1 : 0; // the diagonal above or below the main one that counts
    const read = (i: number, j: number) => (upper ? j - i : i - j) >= first;
    return [masked(neg(matmul(bBar, transposed(x))), read), bBar];
  },
  composed: ([t, b], triangle) => [composedSubstitution(t, b, triangle)],
  batch: frontAxis(),
});

/** Which triangle counts, and from which side it stands. */
export interface TriangularOptions {
  /** The upper triangle is read, else the lower one. */
  readonly upper: boolean;
  /** A X = B, else X A = B. @defaultValue true */
  readonly left?: boolean;
  /** The diagonal counts as 1 and is not read. @defaultValue false */
  readonly unitriangular?: boolean;
}

/**
 * X with A X = B, A triangular, by substitution: B̄ = A⁻ᵀ X̄, Ā = −B̄ Xᵀ in the triangle that is
 * read.
 *
 * A 0 on the diagonal gives infinities and NaN, as in PyTorch. Runs as {@link solve} does.
 * @param a - [..., n, n]; the other triangle is not looked at
 * @param b - [..., n, k], or [..., k, n] from the other side; leading axes broadcast
 * @returns the shape of B, broadcast. Cost n²k FLOP a matrix
 * @throws ShapeError, DTypeError, OptionError
 * @example
 * triangularSolve(tensor([[2, 0], [1, 1]]), tensor([[2], [3]]), { upper: false }); // [1, 2]
 */
export function triangularSolve(a: Tensor, b: Tensor, options: TriangularOptions): Tensor {
  checkTensors("triangularSolve", a, b);
  const names = { upper: "boolean", left: "boolean", unitriangular: "boolean" } as const;
  checkOptions<TriangularOptions>("triangularSolve", options, names);
  const { upper, left = true, unitriangular = false } = options;
  for (const x of [a, b]) matrices("triangularSolve", x);
  if (left)
    return triangularSolveOp(sameBatch("triangularSolve", a, b), { upper, unitriangular })[0];
  const [t, right] = sameBatch("triangularSolve", transposed(a), transposed(b));
  return transposed(triangularSolveOp([t, right], { upper: !upper, unitriangular })[0]);
}

/**
 * The primitive of {@link cholesky}: [..., n, n] → the lower factor [..., n, n].
 * @example choleskyOp([tensor([[4, 0], [0, 9]])])[0]; // [[2, 0], [0, 3]]
 */
export const choleskyOp: Op<[a: 1], [l: 1]> = definePrimitive({
  name: "cholesky",
  infer: ([a]) => {
    squareMatrices("cholesky", a);
    return [{ shape: a.shape, dtype: checkDTypes("cholesky", [a]) }];
  },
  forward: ([a]) => {
    const { batch, n } = squareMatrices("cholesky", a);
    const result = zerosArray(dtypeOf(a), a.shape);
    return eachMatrix(batch, [a], [result], ([taken], [l], at) => {
      for (let i = 0; i < n; i++) l.set(taken.subarray(i * n, i * n + i + 1), i * n);
      const failed = factorCholesky(l, n);
      if (failed < 0) return;
      const got = `one whose leading ${failed + 1} rows are not${inBatch(batch, at)}`;
      throw new ValueError("cholesky", "a positive definite matrix", got, "add(a, mul(ε, eye(n)))");
    });
  },
  // Ā = L⁻ᵀ S L⁻¹ with S the symmetric part of tril(Lᵀ L̄), whose diagonal counts half.
  vjp: ([ct], { outputs: [l] }) => {
    const { n } = squareMatrices("cholesky", l);
    const halves = Float64Array.from({ length: n * n }, (_, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      return i > j ? 1 / 2 : i === j ? 1 / 4 : 0;
    });
    const { dtype, backend } = l;
    const weights = tensor(halves, { shape: [n, n], dtype, backend });
    const part = mul(matmul(transposed(l), ct), weights);
    const symmetric = add(part, transposed(part));
    const half = triangularSolve(transposed(l), symmetric, { upper: true });
    return [triangularSolve(l, half, { upper: false, left: false })];
  },
  composed: ([a]) => [composedCholesky(a)],
  batch: frontAxis(),
});

/** Which factor is meant. */
export interface CholeskyOptions {
  /** U with A = Uᵀ U, from A's upper triangle. @defaultValue false */
  readonly upper?: boolean;
}

/**
 * L with A = L Lᵀ, lower triangular with a positive diagonal, of a symmetric positive definite A.
 *
 * The lower triangle is read, and Ā is that of a symmetric A: half of each off-diagonal share on
 * either side, as in PyTorch. Runs as {@link solve} does.
 * @param a - [..., n, n]
 * @returns [..., n, n]. Cost ⅓ n³ FLOP a matrix, 2n³ backward
 * @throws ValueError where A is not positive definite, or a NaN is met; ShapeError, DTypeError,
 * OptionError
 * @example cholesky(tensor([[4, 2], [2, 5]])); // [[2, 0], [1, 2]]
 */
export function cholesky(a: Tensor, options: CholeskyOptions = {}): Tensor {
  checkTensors("cholesky", a);
  checkOptions("cholesky", options, { upper: "boolean" });
  squareMatrices("cholesky", a);
  return options.upper ? transposed(choleskyOp([transposed(a)])[0]) : choleskyOp([a])[0];
}
