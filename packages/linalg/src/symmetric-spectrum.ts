/**
 * @file Eigenvalues and vectors of one symmetric matrix, row-major in float64: reflections make it
 * tridiagonal, shifted QR steps diagonal.
 */
import {
  type Bands,
  decouple,
  epsilon,
  identity,
  type OrderedSpectrum,
  ordered,
  rotation,
  rotations,
} from "./qr-steps.ts";
import {
  axpy,
  dot,
  largest,
  type Rotations,
  reflect,
  reflectRows,
  rotateColumns,
} from "./vectors.ts";

/**
 * A = V diag(w) Vᵀ of a symmetric matrix, of which the lower triangle is read.
 * @returns w ascending and V, or null when the QR steps don't converge
 */
export function symmetricSpectrum(
  matrix: Float64Array,
  n: number,
): Pick<OrderedSpectrum, "values" | "right"> | null {
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) a[i * n + j] = a[j * n + i] = matrix[i * n + j]!;
  const scale = largest(a) || 1;
  for (let k = 0; k < a.length; k++) a[k]! /= scale;
  const v = identity(n);
  const bands = tridiagonal(a, n, v);
  const turns = rotations(n);
  const converged = decouple(bands, epsilon ** 2, (first, last) => {
    symmetricStep(bands, first, last, turns);
    rotateColumns(v, n, first, last, turns);
  });
  return converged ? ordered(bands.d, scale, v, v, true) : null;
}

/** Qᵀ A Q tridiagonal; v becomes Q. A is used up. */
function tridiagonal(a: Float64Array, n: number, v: Float64Array): Bands {
  const [d, e, p] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  for (let k = 0; k < n; k++) {
    d[k] = a[k * n + k]!;
    if (k === n - 1) break;
    const [at, size] = [k * n + k + 1, n - k - 1];
    const tau = reflect(a, at, size);
    e[k] = a[at]!;
    if (tau === 0) continue;
    reflectRows(tau, a, at, v, n - size, n, n, size);
    a[at] = 1; // the reflection in full, for p = τ A v − (τ²/2)(vᵀ A v) v and A − v pᵀ − p vᵀ
    for (let i = 0; i < size; i++) p[i] = tau * dot(a, at + (i + 1) * n, a, at, size);
    axpy((-tau / 2) * dot(p, 0, a, at, size), a, at, p, 0, size);
    for (let i = 0; i < size; i++) {
      const row = at + (i + 1) * n;
      const [vi, pi] = [a[at + i]!, p[i]!];
      for (let j = 0; j < size; j++) a[row + j]! -= vi * p[j]! + pi * a[at + j]!;
    }
  }
  return { d, e };
}

/** One QR step on a tridiagonal block, shifted by the eigenvalue of its last corner. */
function symmetricStep({ d, e }: Bands, first: number, last: number, turns: Rotations): void {
  const half = (d[last - 1]! - d[last]!) / 2;
  const corner = e[last - 1]!;
  const root = Math.sqrt(half * half + corner * corner);
  let f = d[first]! - (d[last]! - (corner * corner) / (half + (half < 0 ? -root : root)));
  let g = e[first]!;
  for (let k = first; k < last; k++) {
    const r = rotation(turns, k, f, g);
    if (k > first) e[k - 1] = r;
    const [c, s] = [turns.cos[k]!, turns.sin[k]!];
    const [upper, lower, both] = [d[k]!, d[k + 1]!, e[k]!];
    const moved = s * (s * (lower - upper) + 2 * c * both);
    d[k] = upper + moved;
    d[k + 1] = lower - moved;
    f = c * s * (lower - upper) + (c - s) * (c + s) * both;
    e[k] = f;
    if (k < last - 1) {
      g = s * e[k + 1]!;
      e[k + 1]! *= c;
    }
  }
}
