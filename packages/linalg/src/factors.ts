/**
 * @file Factorisations of one matrix, row-major in float64: LU, Cholesky, QR, and substitution.
 */
import { dot, dots, reflect, reflectRows, subtractRows, transposed } from "./vectors.ts";

/** Columns that are eliminated before the rest of the matrix is touched. */
const panel = 4;

/**
 * P A = L U in place, with the largest pivot of each column: U on and above the diagonal, L below
 * it, whose own diagonal is 1.
 * @param order - becomes the rows of A in the order of those of L U
 * @returns det P, 1 or −1
 */
export function factorLu(a: Float64Array, m: number, n: number, order: Float64Array): number {
  let sign = 1;
  for (let i = 0; i < m; i++) order[i] = i;
  const last = Math.min(m, n);
  for (let first = 0; first < last; first += panel) {
    const end = Math.min(first + panel, last);
    for (let k = first; k < end; k++) {
      let p = k;
      for (let i = k + 1; i < m; i++) if (Math.abs(a[i * n + k]!) > Math.abs(a[p * n + k]!)) p = i;
      if (p !== k) {
        sign = -sign;
        swap(a, p * n, k * n, n);
        swap(order, p, k, 1);
      }
      const pivot = a[k * n + k]!;
      if (pivot === 0) continue;
      for (let i = k + 1; i < m; i++) {
        const factor = a[i * n + k]! / pivot;
        a[i * n + k] = factor;
        for (let j = k + 1; j < end; j++) a[i * n + j]! -= factor * a[k * n + j]!;
      }
    }
    for (let i = first + 1; i < m; i++) {
      const count = Math.min(i, end) - first;
      subtractRows(a, i * n + first, count, a, first * n + end, n, a, i * n + end, n - end);
    }
  }
  return sign;
}

function swap(x: Float64Array, i: number, j: number, n: number): void {
  for (let k = 0; k < n; k++) {
    const v = x[i + k]!;
    x[i + k] = x[j + k]!;
    x[j + k] = v;
  }
}

/** Which triangle of a matrix is meant, and whether its diagonal counts as 1. */
export interface Triangle {
  readonly upper: boolean;
  readonly unitriangular: boolean;
}

/** B ← T⁻¹ B with B [n, k], by substitution. */
export function substitute(
  t: Float64Array,
  n: number,
  b: Float64Array,
  k: number,
  { upper, unitriangular }: Triangle,
): void {
  for (let step = 0; step < n; step++) {
    const i = upper ? n - 1 - step : step;
    const from = upper ? i + 1 : 0;
    if (k === 1) b[i]! -= dot(t, i * n + from, b, from, step);
    else subtractRows(t, i * n + from, step, b, from * k, k, b, i * k, k);
    if (!unitriangular) for (let c = i * k; c < (i + 1) * k; c++) b[c]! /= t[i * n + i]!;
  }
}

const sums = new Float64Array(4);

/**
 * L with A = L Lᵀ, in place of A's lower triangle; the upper one is neither read nor written.
 * @returns the first row whose pivot is not positive, −1 if there is none
 */
export function factorCholesky(a: Float64Array, n: number): number {
  for (let first = 0; first < n; first += 4) {
    const whole = first + 4 <= n; // four rows at once, up to where they differ in length
    for (let j = 0; whole && j < first; j++) {
      dots(a, j * n, a, first * n, n, j, sums);
      for (let r = 0; r < 4; r++) {
        const at = (first + r) * n + j;
        a[at] = (a[at]! - sums[r]!) / a[j * n + j]!;
      }
    }
    for (let i = first; i < Math.min(first + 4, n); i++)
      for (let j = whole ? first : 0; j <= i; j++) {
        const rest = a[i * n + j]! - dot(a, i * n, a, j * n, j);
        if (j < i) a[i * n + j] = rest / a[j * n + j]!;
        else if (rest > 0) a[i * n + i] = Math.sqrt(rest);
        else return i;
      }
  }
  return -1;
}

/** A QR factorisation: what is below the diagonal of `columns` are the reflections that make Q. */
export interface Reflections {
  /** The columns of R, and of the reflections, a row each: [n, m]. */
  readonly columns: Float64Array;
  readonly tau: Float64Array;
}

/** A = Q R by Householder's reflections, A [m, n] with m ≥ n. */
export function factorQr(a: Float64Array, m: number, n: number): Reflections {
  const [columns, tau] = [transposed(a, m, n), new Float64Array(n)];
  for (let k = 0; k < n; k++) {
    const at = k * m + k;
    tau[k] = reflect(columns, at, m - k);
    reflectRows(tau[k]!, columns, at, columns, at + m, m, n - k - 1, m - k);
  }
  return { columns, tau };
}

/** Columns from … to − 1 of the orthogonal matrix H₀ H₁ ⋯ of n reflections, a row each. */
export function columnsOfQ(
  { columns, tau }: Reflections,
  m: number,
  from: number,
  to: number,
): Float64Array {
  const q = new Float64Array((to - from) * m);
  for (let j = from; j < to; j++) q[(j - from) * m + j] = 1;
  for (let k = tau.length - 1; k >= 0; k--) {
    const first = Math.max(k, from); // those before are not changed
    const start = (first - from) * m + k;
    reflectRows(tau[k]!, columns, k * m + k, q, start, m, to - first, m - k);
  }
  return q;
}
