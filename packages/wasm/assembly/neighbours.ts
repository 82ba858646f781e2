/**
 * @file Weighted sums along neighbours on a circle and their transposes, of matrices [n, width] one
 * after another without gaps, from one row of all of them to another; `shifts` are int32 in [0, n).
 */
import { fma, sumLanes } from "./simd";

/** The row that lies `shift` behind row `at` on the circle of its own matrix. */
function shifted(at: usize, shift: usize, n: usize): usize {
  const i = at % n;
  const j = i + shift;
  return at - i + (j < n ? j : j - n);
}

/**
 * out[i] = Σₖ w[i, k] · v[i + shiftₖ]; along the inverse links Σₖ w[i − shiftₖ, k] · v[i − shiftₖ].
 */
export function neighbourSum(
  out: usize,
  w: usize,
  v: usize,
  shifts: usize,
  from: usize,
  to: usize,
  n: usize,
  links: usize,
  width: usize,
  inverse: bool,
): void {
  const bytes = width << 2;
  for (let at = from; at < to; at++) {
    const row = out + at * bytes;
    memory.fill(row, 0, bytes);
    for (let k: usize = 0; k < links; k++) {
      const shift: usize = load<u32>(shifts + (k << 2));
      const far = shifted(at, inverse ? n - shift : shift, n);
      const weight = load<f32>(w + (((inverse ? far : at) * links + k) << 2));
      addScaled(row, v + far * bytes, weight, bytes);
    }
  }
}

/** out += weight · x */
function addScaled(out: usize, x: usize, weight: f32, bytes: usize): void {
  const all = f32x4.splat(weight);
  let c: usize = 0;
  for (; c + 16 <= bytes; c += 16)
    v128.store(out + c, fma(all, v128.load(x + c), v128.load(out + c)));
  for (; c < bytes; c += 4) store<f32>(out + c, load<f32>(out + c) + weight * load<f32>(x + c));
}

/** out[i, k] = ⟨a[i], b[i + shiftₖ]⟩ */
export function neighbourProducts(
  out: usize,
  a: usize,
  b: usize,
  shifts: usize,
  from: usize,
  to: usize,
  n: usize,
  links: usize,
  width: usize,
): void {
  const bytes = width << 2;
  for (let at = from; at < to; at++)
    for (let k: usize = 0; k < links; k++) {
      const far = shifted(at, load<u32>(shifts + (k << 2)), n);
      store<f32>(out + ((at * links + k) << 2), dot(a + at * bytes, b + far * bytes, bytes));
    }
}

/** Σ x · y */
function dot(x: usize, y: usize, bytes: usize): f32 {
  let sums = f32x4.splat(0);
  let c: usize = 0;
  for (; c + 16 <= bytes; c += 16) sums = fma(v128.load(x + c), v128.load(y + c), sums);
  let total = sumLanes(sums);
  for (; c < bytes; c += 4) total += load<f32>(x + c) * load<f32>(y + c);
  return total;
}
