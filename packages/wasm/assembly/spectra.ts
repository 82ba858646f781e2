/**
 * @file Eigenvalues and singular values of batches, one matrix at a time in float64. Rows are
 * padded to whole vectors by zeros; the vectors that belong to values are rows, too.
 */
import { add, addTwo, dot, rotate, rotateTwice, scale, swap } from "./vectors64";

/** Squares below this have lost digits; matrices are scaled to a largest element of 1. */
const TINY: f64 = 1e-280;
const EPSILON: f64 = 2.220446049250313e-16;

/** Bytes of a row of n numbers, whole vectors. */
function rowOf(n: usize): usize {
  return ((n + 1) & ~1) << 3;
}

function at(x: usize, k: usize): f64 {
  return load<f64>(x + (k << 3));
}

function set(x: usize, k: usize, v: f64): void {
  store<f64>(x + (k << 3), v);
}

function read(x: usize, k: usize, single: bool): f64 {
  return single ? <f64>load<f32>(x + (k << 2)) : at(x, k);
}

function write(x: usize, k: usize, v: f64, single: bool): void {
  if (single) store<f32>(x + (k << 2), <f32>v);
  else set(x, k, v);
}

/** The largest |xₖ| of n numbers, infinite if one is NaN. */
function largest(x: usize, n: usize, single: bool): f64 {
  let top: f64 = 0;
  for (let k: usize = 0; k < n; k++) {
    const v = Math.abs(read(x, k, single));
    if (!(v <= top)) top = isNaN(v) ? Infinity : v;
  }
  return top;
}

/** Rows of n zeros, with 1 on the diagonal. */
function identity(x: usize, n: usize, row: usize): void {
  memory.fill(x, 0, n * row);
  for (let k: usize = 0; k < n; k++) set(x + k * row, k, 1);
}

/**
 * T = Q A Qᵀ with three diagonals, from the lower triangle of A, by Householder's reflections from
 * the last row on: d becomes T's diagonal, e what stands beside it (n − 1 numbers and a 0), the
 * rows of q those of Q. `work` has room for two rows.
 */
function tridiagonal(a: usize, n: usize, d: usize, e: usize, q: usize, work: usize): void {
  const row = rowOf(n);
  const taus = work + row;
  for (let i = n - 1; i > 0; i--) {
    const v = a + i * row; // its first i elements go to (0, …, 0, β)
    set(d, i, at(v, i));
    const squares = dot(v, v, i - 1);
    const alpha = at(v, i - 1);
    set(e, i - 1, alpha);
    set(taus, i, 0);
    if (squares < TINY) continue;
    const length = Math.sqrt(squares + alpha * alpha);
    const beta = alpha > 0 ? -length : length;
    const tau = (beta - alpha) / beta;
    scale(1 / (alpha - beta), v, i - 1);
    set(v, i - 1, 1);
    set(e, i - 1, beta);
    set(taus, i, tau);
    for (let k: usize = 0; k < i; k++) {
      const other = a + k * row;
      set(work, k, dot(other, v, k + 1)); // A v, each element of A's triangle counting twice
      add(at(v, k), other, work, k);
    }
    scale(tau, work, i);
    add(-0.5 * tau * dot(work, v, i), v, work, i);
    for (let k: usize = 0; k < i; k++) addTwo(-at(v, k), work, -at(work, k), v, a + k * row, k + 1);
  }
  set(d, 0, at(a, 0));
  set(e, n - 1, 0);
  identity(q, n, row);
  for (let i: usize = 1; i < n; i++)
    if (at(taus, i) !== 0)
      for (let k: usize = 0; k < i; k++)
        add(-at(taus, i) * dot(q + k * row, a + i * row, i), a + i * row, q + k * row, i);
}

/**
 * The eigenvalues of a tridiagonal matrix in place of d, by QL steps with implicit shifts
 * (Wilkinson 1968; Bowdler, Martin, Reinsch and Wilkinson 1968), whose rotations the rows of q go
 * through. `work` has room for two rows. Returns whether they converged.
 */
function diagonalise(d: usize, e: usize, n: usize, q: usize, work: usize): bool {
  const row = rowOf(n);
  const sines = work + row;
  for (let l: usize = 0; l < n; l++)
    for (let step = 0; ; step++) {
      let m = l; // the block l … m has no 0 beside its diagonal
      for (; m + 1 < n; m++) {
        const around = Math.abs(at(d, m)) + Math.abs(at(d, m + 1));
        if (Math.abs(at(e, m)) <= 0.5 * EPSILON * around + 1e-150) break;
      }
      if (m === l) break;
      if (step === 60) return false;
      let g = (at(d, l + 1) - at(d, l)) / (2 * at(e, l));
      const root = Math.sqrt(g * g + 1);
      g = at(d, m) - at(d, l) + at(e, l) / (g + (g < 0 ? -root : root));
      let s: f64 = 1;
      let c: f64 = 1;
      let p: f64 = 0;
      let i = m;
      for (; i > l; i--) {
        const f = s * at(e, i - 1);
        const b = c * at(e, i - 1);
        const squares = f * f + g * g;
        const r = squares < TINY ? 0 : Math.sqrt(squares);
        set(e, i, r);
        if (r === 0) break; // the block falls apart here
        s = f / r;
        c = g / r;
        g = at(d, i) - p;
        const t = (at(d, i - 1) - g) * s + 2 * c * b;
        p = s * t;
        set(d, i, g + p);
        g = c * t - b;
        set(work, i - 1, c);
        set(sines, i - 1, s);
      }
      set(d, i, at(d, i) - p);
      if (i === l) set(e, l, g);
      set(e, m, 0);
      let k = m; // rotations of rows k − 1 and k, from the last to row i
      for (; k >= i + 2; k -= 2)
        rotateTwice(
          at(work, k - 1),
          at(sines, k - 1),
          at(work, k - 2),
          at(sines, k - 2),
          q + (k - 2) * row,
          row,
        );
      if (k > i) rotate(at(work, i), at(sines, i), q + i * row, q + (i + 1) * row, row);
    }
  return true;
}

/** Rows of x and of y, n of them, in the order of their values: descending, or ascending. */
function sort(
  d: usize,
  n: usize,
  descending: bool,
  x: usize,
  xRow: usize,
  y: usize,
  yRow: usize,
): void {
  for (let k: usize = 0; k + 1 < n; k++) {
    let best = k;
    for (let j = k + 1; j < n; j++)
      if (descending ? at(d, j) > at(d, best) : at(d, j) < at(d, best)) best = j;
    if (best === k) continue;
    const v = at(d, k);
    set(d, k, at(d, best));
    set(d, best, v);
    swap(x + k * xRow, x + best * xRow, xRow);
    if (y !== 0) swap(y + k * yRow, y + best * yRow, yRow);
  }
}

/**
 * Values [count, n], ascending, and vectors [count, n, n] of symmetric matrices, of which the lower
 * triangle is read; signs by `weights` [n]: Σⱼ wⱼ vⱼ ≥ 0. `work` has room for 2n + 4 rows. Returns
 * whether all have them.
 */
export function eighOf(
  x: usize,
  values: usize,
  vectors: usize,
  count: usize,
  n: usize,
  single: bool,
  weights: usize,
  work: usize,
): i32 {
  const row = rowOf(n);
  const q = work + n * row;
  const d = q + n * row;
  const e = d + row;
  for (let m: usize = 0; m < count; m++) {
    const size = m * n * n * (single ? 4 : 8);
    const top = largest(x + size, n * n, single);
    if (!isFinite(top)) return 0;
    const unit = top === 0 ? 1 : top;
    for (let i: usize = 0; i < n; i++)
      for (let j: usize = 0; j <= i; j++)
        set(work + i * row, j, read(x + size, i * n + j, single) / unit);
    tridiagonal(work, n, d, e, q, e + row);
    if (!diagonalise(d, e, n, q, e + row)) return 0;
    sort(d, n, false, q, row, 0, 0);
    for (let k: usize = 0; k < n; k++) {
      write(values, m * n + k, at(d, k) * unit, single);
      const v = q + k * row;
      const sign: f64 = dot(v, weights, n) < 0 ? -1 : 1;
      for (let i: usize = 0; i < n; i++) write(vectors + size, i * n + k, sign * at(v, i), single);
    }
  }
  return 1;
}

/**
 * The rows of b [n, m] orthogonal by rotations that the rows of v go through as well (Hestenes
 * 1958), and their lengths as d, descending. Returns whether it came to an end, no length 0.
 */
function orthogonalise(b: usize, m: usize, n: usize, v: usize, d: usize): bool {
  const row = rowOf(m);
  let sweep = 0;
  for (let again = true; again; sweep++) {
    if (sweep === 40) return false;
    again = false;
    for (let k: usize = 0; k < n; k++) set(d, k, dot(b + k * row, b + k * row, m));
    for (let i: usize = 0; i + 1 < n; i++)
      for (let j = i + 1; j < n; j++) {
        const x = b + i * row;
        const y = b + j * row;
        const product = dot(x, y, m);
        if (Math.abs(product) <= 4 * EPSILON * Math.sqrt(at(d, i)) * Math.sqrt(at(d, j))) continue;
        again = true;
        const z = (at(d, j) - at(d, i)) / (2 * product);
        const t = (z < 0 ? -1 : 1) / (Math.abs(z) + Math.sqrt(1 + z * z));
        const c = 1 / Math.sqrt(1 + t * t);
        rotate(c, c * t, x, y, row);
        rotate(c, c * t, v + i * rowOf(n), v + j * rowOf(n), rowOf(n));
        set(d, i, dot(x, x, m));
        set(d, j, dot(y, y, m));
      }
  }
  for (let k: usize = 0; k < n; k++) {
    if (at(d, k) < TINY) return false;
    set(d, k, Math.sqrt(at(d, k)));
  }
  sort(d, n, true, b, row, v, rowOf(n));
  return true;
}

/**
 * A = U diag(s) Vᵀ of a matrix [m, n] at x, m ≥ n, or of its transpose [n, m] where `wide`: rows of
 * b [n, m] become uₖ sₖ, rows of v [n, n] those of Vᵀ, d the values over A's largest element, which
 * is returned, or 0 where it does not end or a value is 0. The eigenvectors of AᵀA are where the
 * rotations start: few are left then, and digits depend on those rotations alone.
 */
function spectrum(
  x: usize,
  m: usize,
  n: usize,
  wide: bool,
  single: bool,
  b: usize,
  v: usize,
  d: usize,
): f64 {
  const row = rowOf(m);
  const short = rowOf(n);
  const e = d + short;
  const rows = e + 3 * short; // the columns of A
  const gram = rows + n * row;
  const unit = largest(x, m * n, single);
  if (unit === 0 || !isFinite(unit)) return 0;
  memory.fill(rows, 0, n * row);
  memory.fill(b, 0, n * row);
  for (let i: usize = 0; i < m; i++)
    for (let j: usize = 0; j < n; j++)
      set(rows + j * row, i, read(x, wide ? j * m + i : i * n + j, single) / unit);
  for (let i: usize = 0; i < n; i++)
    for (let j: usize = 0; j <= i; j++)
      set(gram + i * short, j, dot(rows + i * row, rows + j * row, m));
  tridiagonal(gram, n, d, e, v, e + short);
  if (!diagonalise(d, e, n, v, e + short)) return 0;
  sort(d, n, true, v, short, 0, 0);
  for (let k: usize = 0; k < n; k++) {
    const y = b + k * row;
    let j: usize = 0;
    for (; j + 2 <= n; j += 2)
      addTwo(
        at(v + k * short, j),
        rows + j * row,
        at(v + k * short, j + 1),
        rows + (j + 1) * row,
        y,
        m,
      );
    if (j < n) add(at(v + k * short, j), rows + j * row, y, m);
  }
  return orthogonalise(b, m, n, v, d) ? unit : 0;
}

/**
 * Reduced singular value decompositions of matrices [count, m, n], m ≥ n, or [count, n, m] where
 * `wide`; signs by `weights` [n] as those of eigenvectors. `work` has room for 2n rows of m and
 * 2n + 4 rows of n. Returns whether all have them, and no value is 0.
 */
export function svdOf(
  x: usize,
  u: usize,
  s: usize,
  vh: usize,
  count: usize,
  m: usize,
  n: usize,
  wide: bool,
  single: bool,
  weights: usize,
  work: usize,
): i32 {
  const v = work + n * rowOf(m);
  const d = v + n * rowOf(n);
  const bytes: usize = single ? 4 : 8;
  for (let c: usize = 0; c < count; c++) {
    const unit = spectrum(x + c * m * n * bytes, m, n, wide, single, work, v, d);
    if (unit === 0) return 0;
    const left = wide ? vh + c * m * n * bytes : u + c * m * n * bytes;
    const right = wide ? u + c * n * n * bytes : vh + c * n * n * bytes;
    for (let k: usize = 0; k < n; k++) {
      const p = work + k * rowOf(m);
      const q = v + k * rowOf(n);
      write(s, c * n + k, at(d, k) * unit, single);
      const sign: f64 = dot(q, weights, n) < 0 ? -1 : 1;
      const over = sign / at(d, k);
      for (let i: usize = 0; i < m; i++)
        write(left, wide ? k * m + i : i * n + k, over * at(p, i), single);
      for (let i: usize = 0; i < n; i++)
        write(right, wide ? i * n + k : k * n + i, sign * at(q, i), single);
    }
  }
  return 1;
}

/**
 * Pseudoinverses of the same matrices, and their ranks (int32): values of at most max(atol,
 * rtol · the largest) count as 0. `work` as of {@link svdOf}.
 */
export function pinvOf(
  x: usize,
  out: usize,
  rank: usize,
  count: usize,
  m: usize,
  n: usize,
  wide: bool,
  single: bool,
  atol: f64,
  rtol: f64,
  work: usize,
): i32 {
  const row = rowOf(m);
  const v = work + n * row;
  const d = v + n * rowOf(n);
  const sums = d + 4 * rowOf(n); // where the columns of A were
  for (let c: usize = 0; c < count; c++) {
    const size = c * m * n * (single ? 4 : 8);
    const unit = spectrum(x + size, m, n, wide, single, work, v, d);
    if (unit === 0) return 0;
    const floor = Math.max(atol, rtol * at(d, 0) * unit);
    let kept: usize = 0;
    while (kept < n && at(d, kept) * unit > floor) kept++;
    store<i32>(rank + (c << 2), <i32>kept);
    memory.fill(sums, 0, n * row);
    for (let k: usize = 0; k < kept; k++) {
      const over = 1 / (at(d, k) * at(d, k) * unit);
      for (let i: usize = 0; i < n; i++)
        add(over * at(v + k * rowOf(n), i), work + k * row, sums + i * row, m);
    }
    for (let i: usize = 0; i < n; i++)
      for (let j: usize = 0; j < m; j++)
        write(out + size, wide ? j * n + i : i * m + j, at(sums + i * row, j), single);
  }
  return 1;
}
