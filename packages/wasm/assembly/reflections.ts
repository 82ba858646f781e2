/** @file QR factorisations of batches, by Householder's reflections. */
import { both, get, ONE, put, sizeOf, WORD, ZERO } from "./lanes";

/**
 * Householder's reflection I − τ v vᵀ that takes n elements to (β, 0, …, 0): β has the other sign
 * than the first element; nothing happens where the rest is 0. v₀ = 1 is implied, its rest takes
 * the place of the zeros. Returns τ.
 */
function reflect(x: usize, n: usize): v128 {
  const end = x + n * WORD;
  let scale = ZERO;
  for (let at = x + WORD; at < end; at += WORD) scale = f64x2.max(scale, f64x2.abs(v128.load(at)));
  const none = f64x2.eq(scale, ZERO);
  if (both(none)) return ZERO;
  const alpha = v128.load(x);
  scale = v128.bitselect(ONE, f64x2.max(scale, f64x2.abs(alpha)), none);
  let squares = ZERO;
  for (let at = x; at < end; at += WORD) {
    const v = f64x2.div(v128.load(at), scale);
    squares = f64x2.add(squares, f64x2.mul(v, v));
  }
  const length = f64x2.mul(scale, f64x2.sqrt(squares));
  const beta = v128.bitselect(f64x2.neg(length), length, f64x2.gt(alpha, ZERO));
  const factor = v128.bitselect(ONE, f64x2.sub(alpha, beta), none);
  for (let at = x + WORD; at < end; at += WORD) v128.store(at, f64x2.div(v128.load(at), factor));
  v128.store(x, v128.bitselect(alpha, beta, none));
  return v128.bitselect(ZERO, f64x2.div(f64x2.sub(beta, alpha), beta), none);
}

/** y ← (I − τ v vᵀ) y for `count` rows of n elements, `stride` bytes apart; four at a time. */
function reflectRows(tau: v128, v: usize, y: usize, stride: usize, count: usize, n: usize): void {
  const length = n * WORD;
  let row: usize = 0;
  for (; row + 4 <= count; row += 4, y += 4 * stride) {
    const y1 = y + stride;
    const y2 = y1 + stride;
    const y3 = y2 + stride;
    let a = v128.load(y);
    let b = v128.load(y1);
    let c = v128.load(y2);
    let d = v128.load(y3);
    for (let k: usize = WORD; k < length; k += WORD) {
      const x = v128.load(v + k);
      a = f64x2.add(a, f64x2.mul(x, v128.load(y + k)));
      b = f64x2.add(b, f64x2.mul(x, v128.load(y1 + k)));
      c = f64x2.add(c, f64x2.mul(x, v128.load(y2 + k)));
      d = f64x2.add(d, f64x2.mul(x, v128.load(y3 + k)));
    }
    a = f64x2.mul(tau, a);
    b = f64x2.mul(tau, b);
    c = f64x2.mul(tau, c);
    d = f64x2.mul(tau, d);
    v128.store(y, f64x2.sub(v128.load(y), a));
    v128.store(y1, f64x2.sub(v128.load(y1), b));
    v128.store(y2, f64x2.sub(v128.load(y2), c));
    v128.store(y3, f64x2.sub(v128.load(y3), d));
    for (let k: usize = WORD; k < length; k += WORD) {
      const x = v128.load(v + k);
      v128.store(y + k, f64x2.sub(v128.load(y + k), f64x2.mul(a, x)));
      v128.store(y1 + k, f64x2.sub(v128.load(y1 + k), f64x2.mul(b, x)));
      v128.store(y2 + k, f64x2.sub(v128.load(y2 + k), f64x2.mul(c, x)));
      v128.store(y3 + k, f64x2.sub(v128.load(y3 + k), f64x2.mul(d, x)));
    }
  }
  for (; row < count; row++, y += stride) {
    let a = v128.load(y);
    for (let k: usize = WORD; k < length; k += WORD)
      a = f64x2.add(a, f64x2.mul(v128.load(v + k), v128.load(y + k)));
    a = f64x2.mul(tau, a);
    v128.store(y, f64x2.sub(v128.load(y), a));
    for (let k: usize = WORD; k < length; k += WORD)
      v128.store(y + k, f64x2.sub(v128.load(y + k), f64x2.mul(a, v128.load(v + k))));
  }
}

/** A = Q R by reflections: A [count, m, n] with m ≥ n, Q [count, m, n], R [count, n, n]. */
export function qrOf(
  x: usize,
  q: usize,
  r: usize,
  count: usize,
  m: usize,
  n: usize,
  single: bool,
  work: usize,
): void {
  const row = m * WORD; // a column of A, or of Q
  const basis = work + n * row;
  const taus = basis + n * row;
  for (let at: usize = 0; at < count; at += 2) {
    const more: usize = at + 1 < count ? 1 : 0;
    const size = m * n * sizeOf(single);
    const x0 = x + at * size;
    const x1 = x + (at + more) * size;
    for (let i: usize = 0; i < m; i++)
      for (let j: usize = 0; j < n; j++)
        v128.store(work + j * row + i * WORD, get(x0, x1, i * n + j, single));
    for (let k: usize = 0; k < n; k++) {
      const here = work + k * row + k * WORD;
      const tau = reflect(here, m - k);
      v128.store(taus + k * WORD, tau);
      reflectRows(tau, here, here + row, row, n - k - 1, m - k);
    }
    memory.fill(basis, 0, n * row);
    for (let k: usize = 0; k < n; k++) v128.store(basis + k * row + k * WORD, ONE);
    for (let k: usize = n; k > 0; k--) {
      const here = (k - 1) * row + (k - 1) * WORD;
      reflectRows(
        v128.load(taus + (k - 1) * WORD),
        work + here,
        basis + here,
        row,
        n - k + 1,
        m - k + 1,
      );
    }
    const q0 = q + at * size;
    const q1 = q + (at + more) * size;
    for (let i: usize = 0; i < m; i++)
      for (let j: usize = 0; j < n; j++)
        put(q0, q1, i * n + j, v128.load(basis + j * row + i * WORD), single);
    const r0 = r + at * n * n * sizeOf(single);
    const r1 = r + (at + more) * n * n * sizeOf(single);
    for (let i: usize = 0; i < n; i++)
      for (let j: usize = 0; j < n; j++)
        put(r0, r1, i * n + j, j < i ? ZERO : v128.load(work + j * row + i * WORD), single);
  }
}
