/**
 * @file Geometric products of multivectors of 2^n components: a and b, rows one after another
 * without gaps. Component i of a meets component j of b at i XOR j, with the sign of e_i e_j, which
 * is −1 to the number of ones in passed(i) & j.
 */
import { fma, swap1, swap2 } from "./simd";

/** The bits of j that each bit of i has to pass in e_i e_j, once mod 2. */
function passed(i: u32): u32 {
  let mask: u32 = 0;
  for (let rest = i >> 1; rest > 0; rest >>= 1) mask ^= rest;
  return mask;
}

/** The sign bit of −1 to the number of ones. */
function signBit(ones: u32): u32 {
  return popcnt(ones) << 31;
}

/** out = a b for rows of d components, each 4 bytes. */
export function geometricProducts(out: usize, a: usize, b: usize, rows: usize, d: usize): void {
  const bytes = d << 2;
  memory.fill(out, 0, rows * bytes);
  for (let r: usize = 0; r < rows; r++, out += bytes, a += bytes, b += bytes)
    if (d < 4) few(out, a, b, <u32>d);
    else for (let i: u32 = 0; i < <u32>d; i += 4) addFour(out, a, b, i, <u32>d);
}

function few(out: usize, a: usize, b: usize, d: u32): void {
  for (let i: u32 = 0; i < d; i++)
    for (let j: u32 = 0; j < d; j++) {
      const at = out + ((i ^ j) << 2);
      const product = load<f32>(a + (i << 2)) * load<f32>(b + (j << 2));
      store<f32>(at, load<f32>(at) + (signBit(passed(i) & j) ? -product : product));
    }
}

/**
 * Adds the products of components i to i + 3 of a, those whose number of ones is even and those
 * whose number is odd apart: a rotor has one sort only.
 */
function addFour(out: usize, a: usize, b: usize, i: u32, d: u32): void {
  const f0 = load<f32>(a + (i << 2));
  const f1 = load<f32>(a + (i << 2), 4);
  const f2 = load<f32>(a + (i << 2), 8);
  const f3 = load<f32>(a + (i << 2), 12);
  const above = passed(i) & ~3; // the same for all four
  if (f0 !== 0 || f3 !== 0) {
    const v0 = signed(f0, passed(i), 0);
    const v3 = signed(f3, passed(i + 3), 3);
    for (let j: u32 = 0; j < d; j += 4) {
      const x = v128.xor(v128.load(b + (j << 2)), i32x4.splat(signBit(above & j)));
      const at = out + ((i ^ j) << 2);
      v128.store(at, fma(v0, x, fma(v3, swap1(swap2(x)), v128.load(at))));
    }
  }
  if (f1 !== 0 || f2 !== 0) {
    const v1 = signed(f1, passed(i + 1), 1);
    const v2 = signed(f2, passed(i + 2), 2);
    for (let j: u32 = 0; j < d; j += 4) {
      const x = v128.xor(v128.load(b + (j << 2)), i32x4.splat(signBit(above & j)));
      const at = out + ((i ^ j) << 2);
      v128.store(at, fma(v1, swap1(x), fma(v2, swap2(x), v128.load(at))));
    }
  }
}

/** A component in all lanes, in lane c with its sign against component c XOR `lane` of four. */
function signed(value: f32, mask: u32, lane: u32): v128 {
  let signs = i32x4.splat(signBit(mask & 3 & lane));
  signs = i32x4.replace_lane(signs, 1, signBit(mask & 3 & (1 ^ lane)));
  signs = i32x4.replace_lane(signs, 2, signBit(mask & 3 & (2 ^ lane)));
  signs = i32x4.replace_lane(signs, 3, signBit(mask & 3 & (3 ^ lane)));
  return v128.xor(f32x4.splat(value), signs);
}
