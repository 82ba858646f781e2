/**
 * @file The orthogonal matrix inside W: Q of W = D Q D′, then the orthogonal matrix nearest to Q.
 */
import {
  dot,
  type Matrix,
  matrix,
  orthogonalityError,
  product,
  transposedMatrix,
} from "./matrix.ts";

/** W = diag(left) Q diag(right). */
export interface Balanced {
  readonly left: Float64Array;
  readonly q: Matrix;
  readonly right: Float64Array;
}

/**
 * Diagonals such that every row and column of Q has length 1. The squares of Q's entries are then
 * doubly stochastic, and such a scaling is unique (Sinkhorn 1967): if W = D Q D′ with an orthogonal
 * Q, this finds it, up to signs. A zero row or column keeps 0; where no scaling is found (a
 * triangular matrix has none), Q is W itself.
 * Rows and columns are scaled in turn, O(n²) a step; the nearer Q is to a block-diagonal matrix,
 * the more steps it takes.
 */
export function balanced(w: Matrix, steps = 20_000): Balanced {
  const { rows, columns } = w;
  const squares = w.data.map((v) => v * v);
  const [left, right] = [new Float64Array(rows).fill(1), new Float64Array(columns).fill(1)];
  const sums = (of: "rows" | "columns", other: Float64Array): Float64Array => {
    const total = new Float64Array(of === "rows" ? rows : columns);
    for (let i = 0, k = 0; i < rows; i++)
      for (let j = 0; j < columns; j++, k++)
        total[of === "rows" ? i : j]! += squares[k]! * other[of === "rows" ? j : i]!;
    return total;
  };
  const reciprocal = (v: number) => (v === 0 ? 0 : 1 / v);
  let change = 1;
  for (let step = 0; step < steps && change > 1e-15; step++) {
    change = 0;
    sums("rows", right).forEach((total, i) => {
      if (total > 0) change = Math.max(change, Math.abs(left[i]! * total - 1));
      left[i] = reciprocal(total);
    });
    right.set(sums("columns", left).map(reciprocal));
  }
  if (!(change < 1e-3)) return { left: left.fill(1), q: w, right: right.fill(1) };
  const q = matrix(
    rows,
    columns,
    (i, j) => w.data[i * columns + j]! * Math.sqrt(left[i]! * right[j]!),
  );
  const sizes = (d: Float64Array) => d.map((v) => Math.sqrt(reciprocal(v)));
  return { left: sizes(left), q, right: sizes(right) };
}

/**
 * The orthogonal matrix nearest to a square A: its polar factor, by Newton and Schulz, X ← X (3I −
 * XᵀX)/2.
 * @returns null where A is too near to a singular matrix to have one
 */
export function nearestOrthogonal(a: Matrix, steps = 100): Matrix | null {
  let x = a;
  if (orthogonalityError(x) > 0.5) {
    const size = Math.sqrt(dot(a.data, a.data));
    if (size === 0) return null;
    // singular values below 1, where the iteration converges
    x = { ...a, data: a.data.map((v) => v / size) };
  }
  for (let step = 0; step < steps; step++) {
    if (orthogonalityError(x) < 1e-15 * a.rows) return x;
    const gram = product(transposedMatrix(x), x);
    const correction = matrix(
      a.rows,
      a.rows,
      (i, j) => ((i === j ? 3 : 0) - gram.data[i * a.rows + j]!) / 2,
    );
    x = product(x, correction);
  }
  return orthogonalityError(x) < 1e-10 ? x : null;
}
