/** @file Gradients of angles and 2×2 blocks from the raw sums of the fused kernels. */
import { fma, mul, sub } from "./simd";
import { column, firsts, LOWER, NATURAL, seconds, storeBlocks, tuple } from "./stage-places";

/** A pass of two stages in the table of passes. */
const RADIX4: i32 = 1;
/**
 * ∂θ = factor (Σ z_i g_j − z_j g_i) / (S_i S_j). At distances of 4 and more the sums come by pairs,
 * otherwise z ⊙ swapped g by coordinate.
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
    scales += n << 2; // the scales after the stage
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
      for (
        const end = gradient + (run << 4);
        gradient < end;
        gradient += 16, i += step, at += sumStep
      ) {
        const scale = mul(v128.load(i), v128.load(i + distance));
        v128.store(gradient, f32x4.div(mul(v128.load(at), f), scale));
      }
    }
  }
}

/**
 * The last pass, if it has two stages, has summed products of ȳ. Taken through the stages they give
 * d̄Out over v; times scale ⊙ dOut they are the sums that other passes have.
 */
function closeSums(
  raw: usize,
  pass: usize,
  n: usize,
  P: usize,
  scale: usize,
  dOut: usize,
  gOut: usize,
): void {
  if (load<i32>(pass) !== RADIX4) return;
  let p = P + <usize>load<u32>(pass, 4);
  let w = raw + <usize>load<u32>(pass, 12);
  const gap = (<usize>load<u32>(pass, 8)) << 4;
  const bytes = n << 2;
  for (let start: usize = 0; start < bytes; start += gap << 2)
    for (let at = start; at < start + gap; at += 16, p += 128, w += 256)
      for (let u: usize = 0; u < 4; u++) {
        // Of a b c d after the stages, the first stage's partner is the next or the one before, the
        // second's two further.
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
 * The sums of the general variant's fused passes, D₁ O₁ D₂ O₂ by members a b c d, from the products
 * g_u v_w that the backward kernel summed in their place; `passes` is the kernel's table, P its
 * coefficients.
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
      const toC = v128.load(p, 64), // coefficients of the transposed stages: from a to c, …
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

/**
 * ∂[a b; c d] = [S_i D_i / T_i, S_j O_i / T_i; S_i O_j / T_j, S_j D_j / T_j], S before the stage
 * and T after it.
 */
export function generalGradient(
  raw: usize,
  table: usize,
  stages: i32,
  n: usize,
  scales: usize,
  gradient: usize,
): void {
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
      storeBlocks(gradient, a, b, c, d);
    }
    scales += row;
  }
}
