/** @file The peak of the machine: independent multiplications and additions, for benches. */
import { add, mul } from "./simd";

/**
 * `count` × 12 independent x ← a·x + b in four lanes: 96 FLOP an iteration. Returns a number that
 * depends on all of them.
 */
export function multiplyAdd(count: i32, a: f32, b: f32): f32 {
  const f = f32x4.splat(a);
  const s = f32x4.splat(b);
  let x0 = s;
  let x1 = s;
  let x2 = s;
  let x3 = s;
  let x4 = s;
  let x5 = s;
  let x6 = s;
  let x7 = s;
  let x8 = s;
  let x9 = s;
  let x10 = s;
  let x11 = s;
  do {
    x0 = add(mul(x0, f), s);
    x1 = add(mul(x1, f), s);
    x2 = add(mul(x2, f), s);
    x3 = add(mul(x3, f), s);
    x4 = add(mul(x4, f), s);
    x5 = add(mul(x5, f), s);
    x6 = add(mul(x6, f), s);
    x7 = add(mul(x7, f), s);
    x8 = add(mul(x8, f), s);
    x9 = add(mul(x9, f), s);
    x10 = add(mul(x10, f), s);
    x11 = add(mul(x11, f), s);
  } while (--count);
  const low = add(add(add(x0, x1), add(x2, x3)), add(x4, x5));
  return f32x4.extract_lane(add(low, add(add(add(x6, x7), add(x8, x9)), add(x10, x11))), 0);
}
