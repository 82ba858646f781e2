/** @file Vectors in float64, two elements at a time; all start at multiples of sixteen bytes. */

/** Σ xₖ yₖ over n elements. */
export function dot(x: usize, y: usize, n: usize): f64 {
  let a = f64x2.splat(0);
  let b = f64x2.splat(0);
  const end = x + ((n & ~3) << 3);
  for (; x < end; x += 32, y += 32) {
    a = f64x2.add(a, f64x2.mul(v128.load(x), v128.load(y)));
    b = f64x2.add(b, f64x2.mul(v128.load(x, 16), v128.load(y, 16)));
  }
  a = f64x2.add(a, b);
  let sum = f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1);
  for (let k = n & 3; k > 0; k--, x += 8, y += 8) sum += load<f64>(x) * load<f64>(y);
  return sum;
}

/** y += p x + q z over n elements. */
export function addTwo(p: f64, x: usize, q: f64, z: usize, y: usize, n: usize): void {
  const a = f64x2.splat(p);
  const b = f64x2.splat(q);
  const end = y + ((n & ~1) << 3);
  for (; y < end; x += 16, y += 16, z += 16) {
    const sum = f64x2.add(f64x2.mul(a, v128.load(x)), f64x2.mul(b, v128.load(z)));
    v128.store(y, f64x2.add(v128.load(y), sum));
  }
  if (n & 1) store<f64>(y, load<f64>(y) + p * load<f64>(x) + q * load<f64>(z));
}

/** y += p x over n elements. */
export function add(p: f64, x: usize, y: usize, n: usize): void {
  const a = f64x2.splat(p);
  const end = y + ((n & ~1) << 3);
  for (; y < end; x += 16, y += 16)
    v128.store(y, f64x2.add(v128.load(y), f64x2.mul(a, v128.load(x))));
  if (n & 1) store<f64>(y, load<f64>(y) + p * load<f64>(x));
}

/** x ← p x over n elements. */
export function scale(p: f64, x: usize, n: usize): void {
  for (const end = x + (n << 3); x < end; x += 8) store<f64>(x, p * load<f64>(x));
}

/** x ← c x − s y, y ← s x + c y over `bytes`, a multiple of sixteen. */
export function rotate(c: f64, s: f64, x: usize, y: usize, bytes: usize): void {
  const p = f64x2.splat(c);
  const q = f64x2.splat(s);
  for (const end = x + bytes; x < end; x += 16, y += 16) {
    const a = v128.load(x);
    const b = v128.load(y);
    v128.store(x, f64x2.sub(f64x2.mul(p, a), f64x2.mul(q, b)));
    v128.store(y, f64x2.add(f64x2.mul(q, a), f64x2.mul(p, b)));
  }
}

/** {@link rotate} of rows 1 and 2 behind x by c, s, then of rows 0 and 1 by d, t. */
export function rotateTwice(c: f64, s: f64, d: f64, t: f64, x: usize, row: usize): void {
  const p = f64x2.splat(c);
  const q = f64x2.splat(s);
  const u = f64x2.splat(d);
  const v = f64x2.splat(t);
  for (const end = x + row; x < end; x += 16) {
    const a = v128.load(x);
    const b = v128.load(x + row);
    const e = v128.load(x + 2 * row);
    const middle = f64x2.sub(f64x2.mul(p, b), f64x2.mul(q, e));
    v128.store(x + 2 * row, f64x2.add(f64x2.mul(q, b), f64x2.mul(p, e)));
    v128.store(x + row, f64x2.add(f64x2.mul(v, a), f64x2.mul(u, middle)));
    v128.store(x, f64x2.sub(f64x2.mul(u, a), f64x2.mul(v, middle)));
  }
}

/** x and y change places over `bytes`, a multiple of sixteen. */
export function swap(x: usize, y: usize, bytes: usize): void {
  for (const end = x + bytes; x < end; x += 16, y += 16) {
    const a = v128.load(x);
    v128.store(x, v128.load(y));
    v128.store(y, a);
  }
}
