/**
 * @file Names for the SIMD instructions that every kernel uses; four float32 lanes, without and
 * with relaxed SIMD.
 */

/** a · b */
export function mul(a: v128, b: v128): v128 {
  return f32x4.mul(a, b);
}

/** a + b */
export function add(a: v128, b: v128): v128 {
  return f32x4.add(a, b);
}

/** a − b */
export function sub(a: v128, b: v128): v128 {
  return f32x4.sub(a, b);
}

/** a · b + c, rounded once where the relaxed build finds a fused instruction */
export function fma(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** c − a · b */
export function fnma(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_nmadd(a, b, c);
  return f32x4.sub(c, f32x4.mul(a, b));
}

/** Lanes at distance 1 exchanged: [1, 0, 3, 2]. */
export function swap1(x: v128): v128 {
  return v128.shuffle<f32>(x, x, 1, 0, 3, 2);
}

/** Lanes at distance 2 exchanged: [2, 3, 0, 1]. */
export function swap2(x: v128): v128 {
  return v128.shuffle<f32>(x, x, 2, 3, 0, 1);
}

/** Sum of the four lanes, pairwise. */
export function sumLanes(x: v128): f32 {
  const pairs = f32x4.add(x, swap2(x));
  return f32x4.extract_lane(f32x4.add(pairs, swap1(pairs)), 0);
}

/** The first lanes of a vector, as many as `bytes` have room for; all of them from 16 on. */
export function storeUpTo(at: usize, x: v128, bytes: usize): void {
  if (bytes >= 16) {
    v128.store(at, x);
    return;
  }
  store<f32>(at, f32x4.extract_lane(x, 0));
  if (bytes > 4) store<f32>(at, f32x4.extract_lane(x, 1), 4);
  if (bytes > 8) store<f32>(at, f32x4.extract_lane(x, 2), 8);
}
