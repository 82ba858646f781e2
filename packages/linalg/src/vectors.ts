/** @file Loops over stretches of vectors, which all factorisations here are made of. */

/** Σ xₖ yₖ over n elements, in four partial sums that don't wait for each other. */
export function dot(x: Float64Array, i: number, y: Float64Array, j: number, n: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  const end = i + n;
  for (; i + 3 < end; i += 4, j += 4) {
    a += x[i]! * y[j]!;
    b += x[i + 1]! * y[j + 1]!;
    c += x[i + 2]! * y[j + 2]!;
    d += x[i + 3]! * y[j + 3]!;
  }
  for (; i < end; i++, j++) a += x[i]! * y[j]!;
  return a + b + (c + d);
}

/** y += factor · x over n elements. */
export function axpy(
  factor: number,
  x: Float64Array,
  i: number,
  y: Float64Array,
  j: number,
  n: number,
): void {
  for (const end = i + n; i < end; i++, j++) y[j]! += factor * x[i]!;
}

/** Four of {@link dot} at once: of x and of four rows of y, `stride` apart. */
export function dots(
  x: Float64Array,
  i: number,
  y: Float64Array,
  j: number,
  stride: number,
  n: number,
  sums: Float64Array,
): void {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  const second = stride;
  const third = 2 * stride;
  const fourth = 3 * stride;
  for (const end = i + n; i < end; i++, j++) {
    const v = x[i]!;
    a += v * y[j]!;
    b += v * y[j + second]!;
    c += v * y[j + third]!;
    d += v * y[j + fourth]!;
  }
  sums[0] = a;
  sums[1] = b;
  sums[2] = c;
  sums[3] = d;
}

/** y −= Σ cₖ · row k, over `count` rows of n elements in x, `stride` apart; four at a time. */
export function subtractRows(
  c: Float64Array,
  ci: number,
  count: number,
  x: Float64Array,
  xi: number,
  stride: number,
  y: Float64Array,
  yi: number,
  n: number,
): void {
  let k = 0;
  for (; k + 3 < count; k += 4) {
    const p = c[ci + k]!;
    const q = c[ci + k + 1]!;
    const r = c[ci + k + 2]!;
    const s = c[ci + k + 3]!;
    let at = xi + k * stride;
    for (let j = yi; j < yi + n; j++, at++)
      y[j]! -=
        p * x[at]! + q * x[at + stride]! + (r * x[at + 2 * stride]! + s * x[at + 3 * stride]!);
  }
  for (; k < count; k++) axpy(-c[ci + k]!, x, xi + k * stride, y, yi, n);
}

/** max |xₖ|, NaN if one is. */
export function largest(x: Float64Array): number {
  let top = 0;
  for (const v of x) if (!(Math.abs(v) <= top)) top = Math.abs(v);
  return top;
}

/** The transpose of the m×n matrix `a`. */
export function transposed(a: Float64Array, m: number, n: number): Float64Array {
  const t = new Float64Array(m * n);
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) t[j * m + i] = a[i * n + j]!;
  return t;
}

/**
 * Householder's reflection I − τ v vᵀ that takes n elements to (β, 0, …, 0), as LAPACK chooses it:
 * β has the other sign than the first element; nothing happens where the rest is 0. v₀ = 1 is
 * implied, its rest takes the place of the zeros.
 * @returns τ
 */
export function reflect(x: Float64Array, at: number, n: number): number {
  let scale = 0;
  for (let k = at + 1; k < at + n; k++) scale = Math.max(scale, Math.abs(x[k]!));
  if (scale === 0) return 0;
  const alpha = x[at]!;
  scale = Math.max(scale, Math.abs(alpha));
  let squares = 0;
  for (let k = at; k < at + n; k++) squares += (x[k]! / scale) ** 2;
  const beta = (alpha > 0 ? -scale : scale) * Math.sqrt(squares);
  for (let k = at + 1; k < at + n; k++) x[k]! /= alpha - beta;
  x[at] = beta;
  return (beta - alpha) / beta;
}

const sums = new Float64Array(4);

/**
 * y ← (I − τ v vᵀ) y for `count` rows of n elements, `stride` apart, with v as {@link reflect}
 * leaves it.
 */
export function reflectRows(
  tau: number,
  v: Float64Array,
  at: number,
  y: Float64Array,
  start: number,
  stride: number,
  count: number,
  n: number,
): void {
  if (tau === 0) return;
  let row = start;
  const end = start + count * stride;
  for (; row + 3 * stride < end; row += 4 * stride) {
    dots(v, at + 1, y, row + 1, stride, n - 1, sums);
    const a = tau * (sums[0]! + y[row]!);
    const b = tau * (sums[1]! + y[row + stride]!);
    const c = tau * (sums[2]! + y[row + 2 * stride]!);
    const d = tau * (sums[3]! + y[row + 3 * stride]!);
    y[row]! -= a;
    y[row + stride]! -= b;
    y[row + 2 * stride]! -= c;
    y[row + 3 * stride]! -= d;
    for (let k = at + 1, j = row + 1; k < at + n; k++, j++) {
      const x = v[k]!;
      y[j]! -= a * x;
      y[j + stride]! -= b * x;
      y[j + 2 * stride]! -= c * x;
      y[j + 3 * stride]! -= d * x;
    }
  }
  for (; row < end; row += stride) {
    const w = tau * (y[row]! + dot(v, at + 1, y, row + 1, n - 1));
    y[row]! -= w;
    axpy(-w, v, at + 1, y, row + 1, n - 1);
  }
}
