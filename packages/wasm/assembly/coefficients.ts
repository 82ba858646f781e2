/**
 * @file Coefficients of the scaled butterfly stages, from angles or 2×2 blocks, and parameter gradients from raw sums.
 *
 * With z = S ⊙ v, a block [a b; c d] on (i, j) becomes v_i += (b/a)(S_j/S_i) v_j and v_j += (c/d)(S_i/S_j) v_i, S_i ← a S_i,
 * S_j ← d S_j. Cotangents of v go back through the transposes of the same stages: they are S ⊙ those of z.
 *
 * Four pairs are taken at a time, number k of a stage with n/8 fours. Where they lie is in the table of stages, five words each:
 * distance of a pair and offset of the coefficients in bytes, form, log₂ h of its pass, offset of the sums.
 */
import { anyFar, quarters, remainder, smallCosine, smallSine, turned, withFar } from "./functions";
import { add, fma, mul, sub, swap1, swap2 } from "./simd";

/** A pass of two stages in the table of passes. */
const RADIX4: i32 = 1;
/** Forms of a stage: coefficients by coordinate, or the first or second stage of such a pass, eight vectors for four. */
const NATURAL: i32 = 0;
const LOWER: i32 = 1;
/** Beyond this ratio of off-diagonal to diagonal, or scale, the kernels with unscaled blocks take over. */
const STEEPEST: f32 = 1e6;
const SMALLEST: f32 = 1e-18;
const LARGEST: f32 = 1e18;

/** Blocks [cos θ, −sin θ, sin θ, cos θ] of `count` angles; the blocks have room for a multiple of four. */
export function rotationBlocks(angles: usize, blocks: usize, count: i32): void {
  const end = angles + ((<usize>count + 3) & ~3) * 4;
  while (angles < end) {
    const x = v128.load(angles);
    const turns = quarters(x);
    const r = remainder(x, turns);
    const k = i32x4.trunc_sat_f32x4_s(turns);
    const s = smallSine(r);
    const q = smallCosine(r);
    let sin = turned(s, q, k);
    let cos = turned(s, q, i32x4.add(k, i32x4.splat(1)));
    if (anyFar(x)) {
      sin = withFar(sin, x, 0);
      cos = withFar(cos, x, 1);
    }
    const minus = f32x4.neg(sin);
    const low = v128.shuffle<f32>(cos, minus, 0, 4, 1, 5);
    const low2 = v128.shuffle<f32>(sin, cos, 0, 4, 1, 5);
    const high = v128.shuffle<f32>(cos, minus, 2, 6, 3, 7);
    const high2 = v128.shuffle<f32>(sin, cos, 2, 6, 3, 7);
    v128.store(blocks, v128.shuffle<f64>(low, low2, 0, 2));
    v128.store(blocks, v128.shuffle<f64>(low, low2, 1, 3), 16);
    v128.store(blocks, v128.shuffle<f64>(high, high2, 0, 2), 32);
    v128.store(blocks, v128.shuffle<f64>(high, high2, 1, 3), 48);
    angles += 16;
    blocks += 64;
  }
}

/** Bytes from a row's start to coordinate i of the first of four pairs. */
function column(form: i32, k: usize, s: usize): usize {
  if (form === NATURAL) return k << 5;
  const second = (k >> s) & 1;
  const base = ((k >> (s + 1)) << (s + 2)) | (k & (((<usize>1) << s) - 1));
  return (base + (second << (form === LOWER ? s + 1 : s))) << 4;
}

/** Number of the four vectors that a pass takes them with. */
function tuple(k: usize, s: usize): usize {
  return ((k >> (s + 1)) << s) | (k & (((<usize>1) << s) - 1));
}

/** The first and the second members of four pairs within eight columns, 4 or 8 bytes apart. */
function firsts(at: usize, distance: usize): v128 {
  const low = v128.load(at);
  const high = v128.load(at, 16);
  return distance === 4 ? v128.shuffle<f32>(low, high, 0, 2, 4, 6) : v128.shuffle<f32>(low, high, 0, 1, 4, 5);
}
function seconds(at: usize, distance: usize): v128 {
  const low = v128.load(at);
  const high = v128.load(at, 16);
  return distance === 4 ? v128.shuffle<f32>(low, high, 1, 3, 5, 7) : v128.shuffle<f32>(low, high, 2, 3, 6, 7);
}

/** The way back of both. */
function put(at: usize, distance: usize, first: v128, second: v128): void {
  if (distance === 4) {
    v128.store(at, v128.shuffle<f32>(first, second, 0, 4, 1, 5));
    v128.store(at, v128.shuffle<f32>(first, second, 2, 6, 3, 7), 16);
  } else {
    v128.store(at, v128.shuffle<f32>(first, second, 0, 1, 4, 5));
    v128.store(at, v128.shuffle<f32>(first, second, 2, 3, 6, 7), 16);
  }
}

/**
 * Coefficients and scales of the stages. `scales` [L + 1, n]: ones, then what each stage makes of those before it. Two words
 * follow them: 1 where every ratio and scale is within range, otherwise 0; and the exponent of a power of two near the last row's largest.
 * `parameters`: an angle a pair, or (`rotation` false) a block.
 */
export function scaleStages(
  parameters: usize,
  rotation: bool,
  table: usize,
  stages: i32,
  n: usize,
  coefficients: usize,
  scales: usize,
): void {
  const row = n << 2;
  const fours = n >> 3;
  const steepest = f32x4.splat(STEEPEST);
  const smallest = f32x4.splat(SMALLEST);
  const largest = f32x4.splat(LARGEST);
  let fits = i32x4.splat(-1);
  for (let i: usize = 0; i < row; i += 16) v128.store(scales + i, f32x4.splat(1));
  for (let l = 0; l < stages; l++, table += 20) {
    const distance = <usize>load<u32>(table);
    const to = coefficients + <usize>load<u32>(table, 4);
    const form = load<i32>(table, 8);
    const s = <usize>load<u32>(table, 12);
    const partner: usize = form > LOWER ? 32 : 16;
    const near = distance < 16;
    for (let k: usize = 0; k < fours; k++) {
      let a: v128, b: v128, c: v128, d: v128;
      if (rotation) {
        const x = v128.load(parameters);
        const turns = quarters(x);
        const r = remainder(x, turns);
        const q = i32x4.trunc_sat_f32x4_s(turns);
        const sine = smallSine(r);
        const cosine = smallCosine(r);
        c = turned(sine, cosine, q);
        a = turned(sine, cosine, i32x4.add(q, i32x4.splat(1)));
        if (anyFar(x)) {
          c = withFar(c, x, 0);
          a = withFar(a, x, 1);
        }
        b = f32x4.neg(c);
        d = a;
        parameters += 16;
      } else {
        const m0 = v128.load(parameters);
        const m1 = v128.load(parameters, 16);
        const m2 = v128.load(parameters, 32);
        const m3 = v128.load(parameters, 48);
        const ab = v128.shuffle<f32>(m0, m1, 0, 4, 1, 5);
        const ab2 = v128.shuffle<f32>(m2, m3, 0, 4, 1, 5);
        const cd = v128.shuffle<f32>(m0, m1, 2, 6, 3, 7);
        const cd2 = v128.shuffle<f32>(m2, m3, 2, 6, 3, 7);
        a = v128.shuffle<f64>(ab, ab2, 0, 2);
        b = v128.shuffle<f64>(ab, ab2, 1, 3);
        c = v128.shuffle<f64>(cd, cd2, 0, 2);
        d = v128.shuffle<f64>(cd, cd2, 1, 3);
        parameters += 64;
      }
      const i = scales + column(form, k, s);
      const si = near ? firsts(i, distance) : v128.load(i);
      const sj = near ? seconds(i, distance) : v128.load(i + distance);
      const ni = mul(si, a);
      const nj = mul(sj, d);
      const toI = f32x4.div(mul(b, sj), ni);
      const toJ = f32x4.div(mul(c, si), nj);
      let at = k << 5;
      if (form !== NATURAL) {
        const second = (k >> s) & 1;
        at = (tuple(k, s) << 7) + (form === LOWER ? second << 5 : (second << 4) + 64);
      }
      if (near) {
        put(to + at, distance, toI, toJ);
        put(i + row, distance, ni, nj);
      } else {
        v128.store(to + at, toI);
        v128.store(to + at + partner, toJ);
        v128.store(i + row, ni);
        v128.store(i + row + distance, nj);
      }
      const flat = v128.and(
        f32x4.le(f32x4.abs(b), mul(steepest, f32x4.abs(a))),
        f32x4.le(f32x4.abs(c), mul(steepest, f32x4.abs(d))),
      );
      const sizeI = f32x4.abs(ni);
      const sizeJ = f32x4.abs(nj);
      const within = v128.and(
        v128.and(f32x4.ge(sizeI, smallest), f32x4.ge(sizeJ, smallest)),
        v128.and(f32x4.le(sizeI, largest), f32x4.le(sizeJ, largest)),
      );
      fits = v128.and(fits, v128.and(flat, within));
    }
    scales += row;
  }
  let most = f32x4.splat(0);
  for (let i: usize = 0; i < row; i += 16) most = f32x4.max(most, f32x4.abs(v128.load(scales + i)));
  most = f32x4.max(most, swap1(most));
  most = f32x4.max(most, swap2(most));
  store<i32>(scales + row, i32x4.all_true(fits) ? 1 : 0);
  store<i32>(scales + row, (i32x4.extract_lane(most, 0) >> 23) - 127, 4);
}

/**
 * ∂θ = factor (Σ z_i g_j − z_j g_i) / (S_i S_j). At distances of 4 and more the sums come by pairs, otherwise z ⊙ swapped g by
 * coordinate.
 */
export function rotationGradient(
  raw: usize,
  table: usize,
  stages: i32,
  n: usize,
  scales: usize,
  factor: f32,
  gradient: usize,
): void {
  const fours = n >> 3;
  const f = f32x4.splat(factor);
  for (let l = 0; l < stages; l++, table += 20) {
    const distance = <usize>load<u32>(table);
    const form = load<i32>(table, 8);
    const s = <usize>load<u32>(table, 12);
    const w = raw + <usize>load<u32>(table, 16);
    scales += n << 2; // those that the stage makes
    if (distance < 16) {
      for (let at: usize = 0; at < n << 2; at += 32, gradient += 16) {
        const scale = mul(firsts(scales + at, distance), seconds(scales + at, distance));
        const sum = sub(firsts(w + at, distance), seconds(w + at, distance));
        v128.store(gradient, f32x4.div(mul(sum, f), scale));
      }
      continue;
    }
    // Pairs lie side by side in runs.
    const natural = form === NATURAL;
    const run: usize = natural ? fours : (<usize>1) << s;
    const step: usize = natural ? 32 : 16;
    const sumStep: usize = natural ? 16 : 64;
    for (let k: usize = 0; k < fours; k += run) {
      const second = (k >> s) & 1;
      let i = scales + column(form, k, s);
      let at = natural ? w : w + (tuple(k, s) << 6) + (second << 4) + (form > LOWER ? 32 : 0);
      for (const end = gradient + (run << 4); gradient < end; gradient += 16, i += step, at += sumStep) {
        const scale = mul(v128.load(i), v128.load(i + distance));
        v128.store(gradient, f32x4.div(mul(v128.load(at), f), scale));
      }
    }
  }
}

/**
 * The last pass, where it is of two stages, summed products of ȳ: with what the stages make of its inputs they are d̄Out over v, and
 * times scale ⊙ dOut what the other passes have.
 */
function closeSums(raw: usize, pass: usize, n: usize, P: usize, scale: usize, dOut: usize, gOut: usize): void {
  if (load<i32>(pass) !== RADIX4) return;
  let p = P + <usize>load<u32>(pass, 4);
  let w = raw + <usize>load<u32>(pass, 12);
  const gap = (<usize>load<u32>(pass, 8)) << 4;
  const bytes = n << 2;
  for (let start: usize = 0; start < bytes; start += gap << 2)
    for (let at = start; at < start + gap; at += 16, p += 128, w += 256)
      for (let u: usize = 0; u < 4; u++) {
        // Of a b c d after the stages, the first stage's partner is the next or the one before, the second's two further.
        const row = w + (u << 6);
        const place = at + u * gap;
        const self = u << 4;
        const near = self ^ 16;
        const far = self ^ 32;
        const both = self ^ 48;
        const here = fma(v128.load(p + self), v128.load(row + near), v128.load(row + self));
        const there = fma(v128.load(p + far), v128.load(row + both), v128.load(row + far));
        v128.store(gOut + place, fma(v128.load(p + 64 + self), there, here));
        const e = mul(v128.load(scale + place), v128.load(dOut + place));
        for (let k: usize = 0; k < 64; k += 16) v128.store(row + k, mul(v128.load(row + k), e));
      }
}

/**
 * The sums of the general variant's fused passes, D₁ O₁ D₂ O₂ by members a b c d, from the products g_u v_w that the backward kernel
 * summed in their place; a table of passes as the kernel's, P its coefficients.
 */
export function generalSums(
  raw: usize,
  passes: usize,
  count: i32,
  n: usize,
  P: usize,
  scale: usize,
  dOut: usize,
  gOut: usize,
): void {
  closeSums(raw, passes + ((count - 1) << 4), n, P, scale, dOut, gOut);
  for (let k = 0; k < count; k++, passes += 16) {
    if (load<i32>(passes) !== RADIX4) continue;
    let p = P + <usize>load<u32>(passes, 4);
    let w = raw + <usize>load<u32>(passes, 12);
    const end = p + (n << 3);
    while (p < end) {
      const aa = v128.load(w),
        ab = v128.load(w, 16),
        ac = v128.load(w, 32),
        ad = v128.load(w, 48);
      const ba = v128.load(w, 64),
        bb = v128.load(w, 80),
        bc = v128.load(w, 96),
        bd = v128.load(w, 112);
      const ca = v128.load(w, 128),
        cb = v128.load(w, 144),
        cc = v128.load(w, 160),
        cd = v128.load(w, 176);
      const da = v128.load(w, 192),
        db = v128.load(w, 208),
        dc = v128.load(w, 224),
        dd = v128.load(w, 240);
      const toC = v128.load(p, 64), // of the stages' transposes: what of a goes to c, …
        toD = v128.load(p, 80),
        toA = v128.load(p, 96),
        toB = v128.load(p, 112);
      v128.store(w, fma(toA, ca, aa));
      v128.store(w, fma(toB, db, bb), 16);
      v128.store(w, fma(toC, ac, cc), 32);
      v128.store(w, fma(toD, bd, dd), 48);
      v128.store(w, fma(toA, cb, ab), 64);
      v128.store(w, fma(toB, da, ba), 80);
      v128.store(w, fma(toC, ad, cd), 96);
      v128.store(w, fma(toD, bc, dc), 112);
      const a = v128.load(p),
        b = v128.load(p, 16),
        c = v128.load(p, 32),
        d = v128.load(p, 48);
      v128.store(w, fma(a, ab, aa), 128);
      v128.store(w, fma(b, ba, bb), 144);
      v128.store(w, fma(c, cd, cc), 160);
      v128.store(w, fma(d, dc, dd), 176);
      v128.store(w, fma(c, ad, ac), 192);
      v128.store(w, fma(d, bc, bd), 208);
      v128.store(w, fma(a, cb, ca), 224);
      v128.store(w, fma(b, da, db), 240);
      p += 128;
      w += 256;
    }
  }
}

/** ∂[a b; c d] = [S_i D_i / T_i, S_j O_i / T_i; S_i O_j / T_j, S_j D_j / T_j], S before the stage and T after it. */
export function generalGradient(raw: usize, table: usize, stages: i32, n: usize, scales: usize, gradient: usize): void {
  const row = n << 2;
  const fours = n >> 3;
  for (let l = 0; l < stages; l++, table += 20) {
    const distance = <usize>load<u32>(table);
    const form = load<i32>(table, 8);
    const s = <usize>load<u32>(table, 12);
    const w = raw + <usize>load<u32>(table, 16);
    const gap: usize = form > LOWER ? 32 : 16;
    const near = distance < 16;
    for (let k: usize = 0; k < fours; k++, gradient += 64) {
      const i = scales + column(form, k, s);
      const si = near ? firsts(i, distance) : v128.load(i);
      const sj = near ? seconds(i, distance) : v128.load(i + distance);
      const ti = near ? firsts(i + row, distance) : v128.load(i + row);
      const tj = near ? seconds(i + row, distance) : v128.load(i + row + distance);
      let on = w + (k << 5);
      let off = on + row;
      if (form !== NATURAL) {
        const second = (k >> s) & 1;
        on = w + (tuple(k, s) << 8) + (form === LOWER ? second << 5 : (second << 4) + 128);
        off = on + 64;
      }
      const overI = f32x4.div(f32x4.splat(1), ti);
      const overJ = f32x4.div(f32x4.splat(1), tj);
      const a = mul(mul(si, overI), near ? firsts(on, distance) : v128.load(on));
      const b = mul(mul(sj, overI), near ? firsts(off, distance) : v128.load(off));
      const c = mul(mul(si, overJ), near ? seconds(off, distance) : v128.load(off + gap));
      const d = mul(mul(sj, overJ), near ? seconds(on, distance) : v128.load(on + gap));
      const low = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
      const low2 = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
      const high = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
      const high2 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
      v128.store(gradient, v128.shuffle<f64>(low, low2, 0, 2));
      v128.store(gradient, v128.shuffle<f64>(low, low2, 1, 3), 16);
      v128.store(gradient, v128.shuffle<f64>(high, high2, 0, 2), 32);
      v128.store(gradient, v128.shuffle<f64>(high, high2, 1, 3), 48);
    }
    scales += row;
  }
}

/** out[i] = factor · a[i] · b[i], for a multiple of sixteen bytes */
export function scaleVector(out: usize, a: usize, b: usize, factor: f32, bytes: usize): void {
  const f = f32x4.splat(factor);
  for (let k: usize = 0; k < bytes; k += 16) v128.store(out + k, mul(mul(v128.load(a + k), f), v128.load(b + k)));
}

/** out[i] = factor · a[i], for a multiple of sixteen bytes */
export function stretchVector(out: usize, a: usize, factor: f32, bytes: usize): void {
  const f = f32x4.splat(factor);
  for (let k: usize = 0; k < bytes; k += 16) v128.store(out + k, mul(v128.load(a + k), f));
}

/** first[i] += Σ the same place of the `parts` − 1 arrays behind it, `step` bytes apart, in their order; `count` a multiple of four. */
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
