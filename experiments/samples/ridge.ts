/** @file Ridge regression in closed form: the best that a dense layer can learn from N samples. */

/**
 * The W [n, n] with the least ‖Y − XWᵀ‖² + λ‖W‖²; for λ = 0 and too few samples, the smallest such
 * W. Solved over min(N, n) unknowns by Cholesky's factorisation in float64, with a step of
 * iterative refinement; O(min(N, n)² max(N, n)).
 * @param x - [N, n], row-major
 * @param y - [N, n]
 * @param lambda - at least 0. With noise of deviation σ and entries of W from N(0, 1/n), nσ² is the
 * optimum.
 * @example const w = ridge(x, y, { samples: 256, n: 64, lambda: 0 });
 */
export function ridge(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  { samples, n, lambda }: { readonly samples: number; readonly n: number; readonly lambda: number },
): Float64Array {
  const [xs, ys] = [columns(x, samples, n), columns(y, samples, n)];
  // W = Yᵀ(XXᵀ + λ)⁻¹X where samples are few, W = ((XᵀX + λ)⁻¹XᵀY)ᵀ where they are many
  const rows = samples < n ? columns(x, samples, n, true) : xs;
  const gram = rows.map((a, i) => rows.map((b, j) => dot(a, b) + (i === j ? lambda : 0)));
  const solve = solver(gram);
  const w = new Float64Array(n * n);
  for (let o = 0; o < n; o++) {
    if (samples < n) {
      const weights = solve(ys[o]!);
      for (let i = 0; i < n; i++) w[o * n + i] = dot(weights, xs[i]!);
    } else w.set(solve(Float64Array.from(xs, (column) => dot(column, ys[o]!))), o * n);
  }
  return w;
}

/** The columns of a [rows, n] matrix, or its rows. */
function columns(a: ArrayLike<number>, rows: number, n: number, turned = false): Float64Array[] {
  if (turned)
    return Array.from({ length: rows }, (_, i) =>
      Float64Array.from({ length: n }, (_, j) => a[i * n + j]!),
    );
  return Array.from({ length: n }, (_, j) =>
    Float64Array.from({ length: rows }, (_, i) => a[i * n + j]!),
  );
}

function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!;
  return total;
}

/** Solves A v = b for a symmetric positive definite A, factored once as L Lᵀ. */
function solver(
  a: readonly Float64Array[] | readonly number[][],
): (b: Float64Array) => Float64Array {
  const rows = a.map((row) => Float64Array.from(row));
  const lower: Float64Array[] = [];
  rows.forEach((row, i) => {
    const own = new Float64Array(rows.length);
    for (let j = 0; j <= i; j++) {
      const other = j === i ? own : lower[j]!;
      let rest = row[j]!;
      for (let k = 0; k < j; k++) rest -= own[k]! * other[k]!;
      own[j] = j === i ? Math.sqrt(Math.max(rest, Number.MIN_VALUE)) : rest / other[j]!;
    }
    lower.push(own);
  });
  const upper = lower.map((_, i) => Float64Array.from(lower, (row) => row[i]!));
  const once = (b: Float64Array): Float64Array => {
    const v = b.slice();
    for (let i = 0; i < v.length; i++) {
      for (let k = 0; k < i; k++) v[i]! -= lower[i]![k]! * v[k]!;
      v[i]! /= lower[i]![i]!;
    }
    for (let i = v.length - 1; i >= 0; i--) {
      for (let k = i + 1; k < v.length; k++) v[i]! -= upper[i]![k]! * v[k]!;
      v[i]! /= lower[i]![i]!;
    }
    return v;
  };
  return (b) => {
    const v = once(b);
    const change = once(Float64Array.from(b, (value, i) => value - dot(rows[i]!, v)));
    return v.map((value, i) => value + change[i]!);
  };
}
