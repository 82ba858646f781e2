/** @file LU, Cholesky's factorisation, and linear systems, of batches. */
import { both, get, ONE, put, sizeOf, subtractRows, take, WORD, ZERO } from "./lanes";

/** L with A = L Lᵀ in place of the lower triangle of a. Returns whether all pivots are positive. */
function cholesky(a: usize, n: usize): bool {
  const row = n * WORD;
  for (let first: usize = 0; first < n; first += 4) {
    const whole = first + 4 <= n; // four rows at once, up to where they differ in length
    const at = a + first * row;
    for (let j: usize = 0; whole && j < first; j++) {
      const other = a + j * row;
      let p = v128.load(at + j * WORD);
      let q = v128.load(at + row + j * WORD);
      let r = v128.load(at + 2 * row + j * WORD);
      let s = v128.load(at + 3 * row + j * WORD);
      for (let k: usize = 0; k < j * WORD; k += WORD) {
        const v = v128.load(other + k);
        p = f64x2.sub(p, f64x2.mul(v, v128.load(at + k)));
        q = f64x2.sub(q, f64x2.mul(v, v128.load(at + row + k)));
        r = f64x2.sub(r, f64x2.mul(v, v128.load(at + 2 * row + k)));
        s = f64x2.sub(s, f64x2.mul(v, v128.load(at + 3 * row + k)));
      }
      const scale = f64x2.div(ONE, v128.load(other + j * WORD));
      v128.store(at + j * WORD, f64x2.mul(p, scale));
      v128.store(at + row + j * WORD, f64x2.mul(q, scale));
      v128.store(at + 2 * row + j * WORD, f64x2.mul(r, scale));
      v128.store(at + 3 * row + j * WORD, f64x2.mul(s, scale));
    }
    const end = min(first + 4, n);
    for (let i = first; i < end; i++)
      for (let j: usize = whole ? first : 0; j <= i; j++) {
        const here = a + i * row;
        const other = a + j * row;
        let rest = v128.load(here + j * WORD);
        for (let k: usize = 0; k < j * WORD; k += WORD)
          rest = f64x2.sub(rest, f64x2.mul(v128.load(here + k), v128.load(other + k)));
        if (j < i) rest = f64x2.div(rest, v128.load(other + j * WORD));
        else if (both(f64x2.gt(rest, ZERO))) rest = f64x2.sqrt(rest);
        else return false;
        v128.store(here + j * WORD, rest);
      }
  }
  return true;
}

/** Lower factors of positive definite matrices [count, n, n]; 0 where one is not. */
export function choleskyOf(
  x: usize,
  out: usize,
  count: usize,
  n: usize,
  single: bool,
  work: usize,
): i32 {
  const size = n * n * sizeOf(single);
  for (let m: usize = 0; m < count; m += 2) {
    const x0 = x + m * size;
    const x1 = m + 1 < count ? x0 + size : x0;
    const y0 = out + m * size;
    const y1 = m + 1 < count ? y0 + size : y0;
    take(x0, x1, n * n, single, work);
    if (!cholesky(work, n)) return 0;
    for (let i: usize = 0; i < n; i++)
      for (let j: usize = 0; j < n; j++) {
        const v = j <= i ? v128.load(work + (i * n + j) * WORD) : ZERO;
        put(y0, y1, i * n + j, v, single);
      }
  }
  return 1;
}

/** The elements of two rows of one lane change places. */
function swap(x: usize, y: usize, n: usize): void {
  for (let k: usize = 0; k < n * WORD; k += WORD) {
    const v = load<f64>(x + k);
    store<f64>(x + k, load<f64>(y + k));
    store<f64>(y + k, v);
  }
}

/** Swaps row k with row p of one lane, in the matrix and in the order; the sign turns. */
function exchange(a: usize, n: usize, k: usize, p: usize, order: usize, lane: usize): void {
  if (p === k) return;
  swap(a + k * n * WORD + lane * 8, a + p * n * WORD + lane * 8, n);
  swap(order + k * WORD + lane * 8, order + p * WORD + lane * 8, 1);
}

/**
 * P A = L U in place, with the largest pivot of each column; `order` becomes the rows of A in the
 * order of those of L U. Returns the parities of P, ±1.
 */
function lu(a: usize, m: usize, n: usize, order: usize): v128 {
  const row = n * WORD;
  let parity = ONE;
  for (let i: usize = 0; i < m; i++) v128.store(order + i * WORD, f64x2.splat(<f64>i));
  const last = min(m, n);
  for (let first: usize = 0; first < last; first += 4) {
    const end = min(first + 4, last);
    for (let k = first; k < end; k++) {
      let place = f64x2.splat(<f64>k);
      let best = f64x2.abs(v128.load(a + k * row + k * WORD));
      for (let i = k + 1; i < m; i++) {
        const v = f64x2.abs(v128.load(a + i * row + k * WORD));
        const larger = f64x2.gt(v, best);
        best = v128.bitselect(v, best, larger);
        place = v128.bitselect(f64x2.splat(<f64>i), place, larger);
      }
      const stays = f64x2.eq(place, f64x2.splat(<f64>k));
      parity = v128.bitselect(parity, f64x2.neg(parity), stays);
      exchange(a, n, k, <usize>f64x2.extract_lane(place, 0), order, 0);
      exchange(a, n, k, <usize>f64x2.extract_lane(place, 1), order, 1);
      const pivot = v128.load(a + k * row + k * WORD);
      const zero = f64x2.eq(pivot, ZERO); // then all below are, too
      const divisor = v128.bitselect(ONE, pivot, zero);
      for (let i = k + 1; i < m; i++) {
        const at = a + i * row;
        const factor = f64x2.div(v128.load(at + k * WORD), divisor);
        v128.store(at + k * WORD, factor);
        for (let j = (k + 1) * WORD; j < end * WORD; j += WORD)
          v128.store(
            at + j,
            f64x2.sub(v128.load(at + j), f64x2.mul(factor, v128.load(a + k * row + j))),
          );
      }
    }
    const top = a + first * row;
    for (let i = first + 1; i < m; i++)
      subtractRows(
        a + i * row + first * WORD,
        min(i, end) - first,
        top + end * WORD,
        row,
        a + i * row + end * WORD,
        n - end,
      );
  }
  return parity;
}

/** L and U of matrices [count, m, n] in one, the rows' order (int32) and its parity. */
export function luOf(
  x: usize,
  out: usize,
  order: usize,
  parity: usize,
  count: usize,
  m: usize,
  n: usize,
  single: bool,
  work: usize,
): void {
  const size = m * n * sizeOf(single);
  const rows = work + m * n * WORD;
  for (let at: usize = 0; at < count; at += 2) {
    const two = at + 1 < count;
    const x0 = x + at * size;
    const y0 = out + at * size;
    take(x0, two ? x0 + size : x0, m * n, single, work);
    const sign = lu(work, m, n, rows);
    for (let k: usize = 0; k < m * n; k++)
      put(y0, two ? y0 + size : y0, k, v128.load(work + k * WORD), single);
    const o0 = order + at * m * 4;
    const o1 = two ? o0 + m * 4 : o0;
    for (let i: usize = 0; i < m; i++) {
      const from = v128.load(rows + i * WORD);
      store<i32>(o1 + i * 4, <i32>f64x2.extract_lane(from, 1));
      store<i32>(o0 + i * 4, <i32>f64x2.extract_lane(from, 0));
    }
    put(parity, two ? parity + sizeOf(single) : parity, 0, sign, single);
    parity += 2 * sizeOf(single);
  }
}

/** B ← T⁻¹ B with B [n, k], by substitution; T upper or lower, its diagonal read or 1. */
function substitute(t: usize, n: usize, b: usize, k: usize, upper: bool, unit: bool): void {
  const row = k * WORD;
  for (let step: usize = 0; step < n; step++) {
    const i = upper ? n - 1 - step : step;
    const from = upper ? i + 1 : 0;
    subtractRows(t + (i * n + from) * WORD, step, b + from * row, row, b + i * row, k);
    if (unit) continue;
    const pivot = v128.load(t + (i * n + i) * WORD);
    for (let at = b + i * row; at < b + (i + 1) * row; at += WORD)
      v128.store(at, f64x2.div(v128.load(at), pivot));
  }
}

/** X with T X = B: T [count, n, n] triangular, B and X [count, n, k]. */
export function triangularOf(
  t: usize,
  b: usize,
  out: usize,
  count: usize,
  n: usize,
  k: usize,
  upper: bool,
  unit: bool,
  single: bool,
  work: usize,
): void {
  const size = n * n * sizeOf(single);
  const width = n * k * sizeOf(single);
  const right = work + n * n * WORD;
  for (let at: usize = 0; at < count; at += 2) {
    const more: usize = at + 1 < count ? 1 : 0;
    take(t + at * size, t + (at + more) * size, n * n, single, work);
    take(b + at * width, b + (at + more) * width, n * k, single, right);
    substitute(work, n, right, k, upper, unit);
    for (let j: usize = 0; j < n * k; j++)
      put(out + at * width, out + (at + more) * width, j, v128.load(right + j * WORD), single);
  }
}

/** X with A X = B: A [count, n, n], B and X [count, n, k]; 0 where one is singular. */
export function solveOf(
  a: usize,
  b: usize,
  out: usize,
  count: usize,
  n: usize,
  k: usize,
  single: bool,
  work: usize,
): i32 {
  const size = n * n * sizeOf(single);
  const width = n * k * sizeOf(single);
  const rows = work + n * n * WORD;
  const right = rows + n * WORD;
  for (let at: usize = 0; at < count; at += 2) {
    const more: usize = at + 1 < count ? 1 : 0;
    take(a + at * size, a + (at + more) * size, n * n, single, work);
    lu(work, n, n, rows);
    const b0 = b + at * width;
    const b1 = b + (at + more) * width;
    for (let i: usize = 0; i < n; i++) {
      if (v128.any_true(f64x2.eq(v128.load(work + i * (n + 1) * WORD), ZERO))) return 0;
      const from = v128.load(rows + i * WORD);
      const r0 = <usize>f64x2.extract_lane(from, 0);
      const r1 = <usize>f64x2.extract_lane(from, 1);
      for (let j: usize = 0; j < k; j++)
        v128.store(
          right + (i * k + j) * WORD,
          get(b0 + r0 * k * sizeOf(single), b1 + r1 * k * sizeOf(single), j, single),
        );
    }
    substitute(work, n, right, k, false, true);
    substitute(work, n, right, k, true, false);
    for (let j: usize = 0; j < n * k; j++)
      put(out + at * width, out + (at + more) * width, j, v128.load(right + j * WORD), single);
  }
  return 1;
}
