/**
 * @file Elementary functions of four float32 lanes. Their errors, in units in the last place, are
 * tested in `primitives.test.ts`.
 */
import { add, fma, mul, sub } from "./simd";

/** A polynomial's coefficient in every lane. */
function c(value: f32): v128 {
  return f32x4.splat(value);
}

/** x − k ln 2, ln 2 in two parts. */
function reduced(x: v128, k: v128): v128 {
  return sub(sub(x, mul(k, c(0.693145751953125))), mul(k, c(1.428606765330187e-6)));
}

/** eʳ − 1, |r| ≤ ½ ln 2: a polynomial of degree 7. */
function smallExpm1(r: v128): v128 {
  let p = fma(c(1.98756915e-4), r, c(1.3981999507e-3));
  p = fma(p, r, c(8.3334519073e-3));
  p = fma(p, r, c(4.1665795894e-2));
  p = fma(p, r, c(1.6666665459e-1));
  p = fma(p, r, c(5.0000001201e-1));
  return add(mul(p, mul(r, r)), r);
}

/**
 * eˣ: x = k ln 2 + r, |r| ≤ ½ ln 2, a polynomial for eʳ, and 2ᵏ in two factors, so that subnormals
 * are right.
 */
export function exp(x: v128): v128 {
  // Beyond these the result is ∞ or 0 anyway; a NaN passes min and max of WebAssembly unchanged.
  const bounded = f32x4.max(f32x4.min(x, c(128)), c(-110));
  const k = f32x4.nearest(mul(bounded, c(<f32>Math.LOG2E)));
  const e = add(smallExpm1(reduced(bounded, k)), c(1));
  const power = i32x4.trunc_sat_f32x4_s(k);
  const half = i32x4.shr_s(power, 1);
  const low = i32x4.shl(i32x4.add(half, i32x4.splat(127)), 23);
  const high = i32x4.shl(i32x4.add(i32x4.sub(power, half), i32x4.splat(127)), 23);
  return mul(mul(e, low), high);
}

/** ln x: x = 2ᵏ m, √½ ≤ m < √2, a polynomial of degree 9 for ln m; NaN below 0, −∞ at 0. */
export function log(x: v128): v128 {
  const subnormal = f32x4.lt(x, c(1.17549435e-38));
  const scaled = v128.bitselect(mul(x, c(8388608)), x, subnormal);
  const shifted = i32x4.sub(scaled, i32x4.splat(0x3f3504f3));
  let k = f32x4.convert_i32x4_s(i32x4.shr_s(shifted, 23));
  k = sub(k, v128.and(subnormal, c(23)));
  const m = sub(
    i32x4.add(v128.and(shifted, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3)),
    c(1),
  );
  const m2 = mul(m, m);
  let p = fma(c(7.0376836292e-2), m, c(-1.151461031e-1));
  p = fma(p, m, c(1.167699874e-1));
  p = fma(p, m, c(-1.2420140846e-1));
  p = fma(p, m, c(1.4249322787e-1));
  p = fma(p, m, c(-1.6668057665e-1));
  p = fma(p, m, c(2.0000714765e-1));
  p = fma(p, m, c(-2.4999993993e-1));
  p = fma(p, m, c(3.3333331174e-1));
  let y = mul(mul(p, m), m2);
  y = add(y, mul(k, c(-2.1219444e-4)));
  y = sub(y, mul(m2, c(0.5)));
  y = add(add(m, y), mul(k, c(0.693359375)));
  const infinite = f32x4.eq(x, c(Infinity));
  y = v128.bitselect(x, y, infinite);
  y = v128.bitselect(c(-Infinity), y, f32x4.eq(x, c(0)));
  const legal = v128.or(f32x4.ge(x, c(0)), infinite); // false for NaN, too
  return v128.bitselect(y, c(NaN), legal);
}

/**
 * eˣ − 1: 2ᵏ(eʳ − 1) + (2ᵏ − 1), where the last is exact; eˣ itself where 1 is lost in rounding.
 */
export function expm1(x: v128): v128 {
  const bounded = f32x4.max(f32x4.min(x, c(20)), c(-20));
  const k = f32x4.nearest(mul(bounded, c(<f32>Math.LOG2E)));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(k), i32x4.splat(127)), 23);
  const y = fma(power, smallExpm1(reduced(bounded, k)), sub(power, c(1)));
  return v128.bitselect(exp(x), y, f32x4.gt(x, c(20)));
}

/** ln(1 + x): ln u, u = 1 + x, corrected by the rounding error of u. */
export function log1p(x: v128): v128 {
  const u = add(c(1), x);
  const lost = f32x4.div(sub(x, sub(u, c(1))), u);
  const ends = v128.or(f32x4.eq(u, c(0)), f32x4.eq(u, c(Infinity)));
  return add(log(u), v128.andnot(lost, ends));
}

/** ln(1 + eˣ) = max(x, 0) + ln(1 + e^−|x|) */
export function softplus(x: v128): v128 {
  return add(f32x4.max(x, c(0)), log1p(exp(f32x4.neg(f32x4.abs(x)))));
}

/**
 * erf x: x times an even polynomial up to 1, 1 − e^q(|x|) above, both fitted to least relative
 * error.
 */
export function erf(x: v128): v128 {
  const x2 = mul(x, x);
  let p = fma(c(7.853857823647559e-5), x2, c(-8.010192541405559e-4));
  p = fma(p, x2, c(5.188327748328447e-3));
  p = fma(p, x2, c(-2.6853810995817184e-2));
  p = fma(p, x2, c(1.128358542919159e-1));
  p = fma(p, x2, c(-3.761262595653534e-1));
  p = fma(p, x2, c(1.283791670955126e-1));
  const small = fma(p, x, x);
  const size = f32x4.min(f32x4.abs(x), c(4)); // 1 − erf 4 < 2⁻²⁵
  let q = fma(c(1.863800862338394e-4), size, c(-2.9476669151335955e-3));
  q = fma(q, size, c(2.1838096901774406e-2));
  q = fma(q, size, c(-1.0310681909322739e-1));
  q = fma(q, size, c(-6.381447315216064e-1));
  q = fma(q, size, c(-1.127089262008667));
  q = fma(q, size, c(-3.4151258296333253e-4));
  const signed = v128.or(sub(c(1), exp(q)), v128.and(x, i32x4.splat(<i32>0x80000000)));
  return v128.bitselect(signed, small, f32x4.gt(size, c(1)));
}

/** −1, 0 or 1: a zero keeps its sign, a NaN stays. */
export function sign(x: v128): v128 {
  const one = v128.or(c(1), v128.and(x, i32x4.splat(<i32>0x80000000)));
  return v128.bitselect(one, x, v128.or(f32x4.gt(x, c(0)), f32x4.lt(x, c(0))));
}

/** aᵇ in float64; 1ᵇ = 1 and (−1)^±∞ = 1 as IEEE 754 wants it. */
export function power(a: f32, b: f32): f32 {
  if (a === 1 || (a === -1 && abs<f32>(b) === Infinity)) return 1;
  return <f32>a ** b;
}

// Of one lane, in float64: what is exact there, a power of two for log₂, stays so.

export function hypotenuse(a: f32, b: f32): f32 {
  return <f32>Math.hypot(a, b);
}

export function angle(a: f32, b: f32): f32 {
  return <f32>Math.atan2(a, b);
}

/** a − ⌊a/b⌋ b, with the sign of b, exactly. */
export function modulo(a: f32, b: f32): f32 {
  const rest = <f64>a % <f64>b;
  return <f32>(rest !== 0 && rest < 0 !== b < 0 ? rest + <f64>b : rest);
}

export function binaryLogarithm(x: f32): f32 {
  return <f32>Math.log2(x);
}

export function decimalLogarithm(x: f32): f32 {
  return <f32>Math.log10(x);
}

export function inverseSinh(x: f32): f32 {
  return <f32>Math.asinh(x);
}

export function hyperbolicSine(x: f32): f32 {
  return <f32>Math.sinh(x);
}

export function hyperbolicCosine(x: f32): f32 {
  return <f32>Math.cosh(x);
}

/** tanh x: an odd polynomial below 0.625, 1 − 2/(e²ˣ + 1) above. */
export function tanh(x: v128): v128 {
  const size = f32x4.abs(x);
  const x2 = mul(x, x);
  let p = fma(c(-5.70498872745e-3), x2, c(2.06390887954e-2));
  p = fma(p, x2, c(-5.37397155531e-2));
  p = fma(p, x2, c(1.33314422036e-1));
  p = fma(p, x2, c(-3.33332819422e-1));
  const small = add(mul(mul(p, x2), x), x);
  const e = exp(add(size, size));
  const large = sub(c(1), f32x4.div(c(2), add(e, c(1))));
  const signed = v128.or(large, v128.and(x, i32x4.splat(<i32>0x80000000)));
  return v128.bitselect(small, signed, f32x4.lt(size, c(0.625)));
}

/** 1 / (1 + e⁻ˣ), by e^−|x| so that nothing overflows. */
export function sigmoid(x: v128): v128 {
  const e = exp(f32x4.neg(f32x4.abs(x)));
  const over = v128.bitselect(c(1), e, f32x4.ge(x, c(0)));
  return f32x4.div(v128.bitselect(over, x, f32x4.eq(x, x)), add(c(1), e));
}

/** The largest |x| of which {@link remainder} keeps its bits. */
const NEAR: f32 = 8192;

/** Quarter turns in x, rounded to the nearest. */
export function quarters(x: v128): v128 {
  return f32x4.nearest(mul(x, c(<f32>(2 / Math.PI))));
}

/**
 * x − turns·π/2 by Cody and Waite: π/2 in four parts, the products of the first three exact, so
 * that the remainder, |r| ≤ π/4, keeps its bits up to |x| = {@link NEAR} even where it is tiny.
 */
export function remainder(x: v128, turns: v128): v128 {
  let r = sub(x, mul(turns, c(1.5703125)));
  r = sub(r, mul(turns, c(4.837512969970703e-4)));
  r = sub(r, mul(turns, c(7.549533620476723e-8)));
  return sub(r, mul(turns, c(2.5633440682570896e-12)));
}

/** sin r, |r| ≤ π/4 */
export function smallSine(r: v128): v128 {
  const r2 = mul(r, r);
  const s = fma(c(-1.9515295891e-4), r2, c(8.3321608736e-3));
  return add(r, mul(mul(r, r2), fma(s, r2, c(-1.6666654611e-1))));
}

/** cos r, |r| ≤ π/4 */
export function smallCosine(r: v128): v128 {
  const r2 = mul(r, r);
  const q = fma(c(2.443315711809948e-5), r2, c(-1.388731625493765e-3));
  return add(sub(c(1), mul(r2, c(0.5))), mul(mul(r2, r2), fma(q, r2, c(4.166664568298827e-2))));
}

/** sin of a remainder and k quarter turns, from the remainder's sine and cosine. */
export function turned(s: v128, q: v128, k: v128): v128 {
  const odd = i32x4.neg(v128.and(k, i32x4.splat(1)));
  return v128.xor(v128.bitselect(q, s, odd), i32x4.shl(v128.and(k, i32x4.splat(2)), 30));
}

/** sin x (`quarter` 0) or cos x (1). */
export function sine(x: v128, quarter: i32): v128 {
  const turns = quarters(x);
  const r = remainder(x, turns);
  const k = i32x4.add(i32x4.trunc_sat_f32x4_s(turns), i32x4.splat(quarter));
  const y = turned(smallSine(r), smallCosine(r), k);
  return anyFar(x) ? withFar(y, x, quarter) : y;
}

/** Whether a lane lies beyond {@link NEAR}. */
export function anyFar(x: v128): bool {
  return v128.any_true(f32x4.gt(f32x4.abs(x), c(NEAR)));
}

/**
 * y, and sin x (`quarter` 0) or cos x (1) in the lanes beyond {@link NEAR}: in float64, with as
 * many bits of π as each needs; NaN for ±∞.
 */
export function withFar(y: v128, x: v128, quarter: i32): v128 {
  let far = f32x4.splat(farSine(f32x4.extract_lane(x, 0), quarter));
  far = f32x4.replace_lane(far, 1, farSine(f32x4.extract_lane(x, 1), quarter));
  far = f32x4.replace_lane(far, 2, farSine(f32x4.extract_lane(x, 2), quarter));
  far = f32x4.replace_lane(far, 3, farSine(f32x4.extract_lane(x, 3), quarter));
  return v128.bitselect(far, y, f32x4.gt(f32x4.abs(x), c(NEAR)));
}

function farSine(x: f32, quarter: i32): f32 {
  return <f32>(quarter === 0 ? Math.sin(x) : Math.cos(x));
}
