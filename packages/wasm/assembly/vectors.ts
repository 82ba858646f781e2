/** @file Vectors scaled and added, for the mixer's diagonals. */
import { add, mul } from "./simd";

/** out[i] = factor · a[i] · b[i], for a multiple of sixteen bytes */
export function scaleVector(out: usize, a: usize, b: usize, factor: f32, bytes: usize): void {
  const f = f32x4.splat(factor);
  for (let k: usize = 0; k < bytes; k += 16)
    v128.store(out + k, mul(mul(v128.load(a + k), f), v128.load(b + k)));
}

/** out[i] = factor · a[i], for a multiple of sixteen bytes */
export function stretchVector(out: usize, a: usize, factor: f32, bytes: usize): void {
  const f = f32x4.splat(factor);
  for (let k: usize = 0; k < bytes; k += 16) v128.store(out + k, mul(v128.load(a + k), f));
}

/**
 * first[i] += Σ the same place of the `parts` − 1 arrays behind it, `step` bytes apart, in their
 * order; `count` a multiple of four.
 */
export function addParts(first: usize, count: usize, parts: i32, step: usize): void {
  const end = first + (count << 2);
  for (; first < end; first += 16) {
    let sum = v128.load(first);
    let at = first;
    for (let k = 1; k < parts; k++) {
      at += step;
      sum = add(sum, v128.load(at));
    }
    v128.store(first, sum);
  }
}
