/** @file The best approximation of a matrix by one of low rank. */
import { Matrix, SingularValueDecomposition } from "ml-matrix";

/**
 * W ≈ U V with the `rank` largest singular values, their roots on either side; zeros beyond the rank that W can have. O(n³).
 * @returns u: out rows of `rank`; v: `rank` rows of in
 */
export function truncated(weight: readonly ArrayLike<number>[], rank: number): { u: number[][]; v: number[][] } {
  const matrix = new Matrix(weight.map((row) => Array.from(row)));
  const { leftSingularVectors, rightSingularVectors, diagonal } = new SingularValueDecomposition(matrix, {
    autoTranspose: true,
  });
  const order = [...diagonal.entries()].sort(([, a], [, b]) => b - a);
  const part = (vectors: Matrix, row: number, k: number): number => {
    const found = order[k];
    if (found === undefined) return 0;
    const [from, value] = found;
    return vectors.get(row, from) * Math.sqrt(value);
  };
  const ranks = Array.from({ length: rank }, (_, k) => k);
  return {
    u: weight.map((_, o) => ranks.map((k) => part(leftSingularVectors, o, k))),
    v: ranks.map((k) => Array.from({ length: matrix.columns }, (_, i) => part(rightSingularVectors, i, k))),
  };
}
