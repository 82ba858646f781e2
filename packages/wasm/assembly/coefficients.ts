/**
 * @file Coefficients of the scaled butterfly stages, from 2×2 blocks, and parameter gradients from raw sums.
 *
 * With z = S ⊙ v, a block [a b; c d] on (i, j) becomes v_i += (b/a)(S_j/S_i) v_j and v_j += (c/d)(S_i/S_j) v_i, S_i ← a S_i,
 * S_j ← d S_j. An op of the table is four words: i, j, and where the coefficients of i and j go, all in bytes.
 */
import { anyFar, quarters, remainder, smallCosine, smallSine, turned, withFar } from "./functions";
import { add, fma, mul } from "./simd";

/** Beyond this ratio of off-diagonal to diagonal, or scale, the kernels with unscaled blocks take over. */
/** A pass of two stages in the table of passes. */
const RADIX4: i32 = 1;
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

/**
 * Coefficients and scales of the stages in forward order, or (`transposed`) of their transposes from the last to the first.
 * `ascending`: pairs (i, j) have i < j and come by ascending i, so that at distances of 4 and more four neighbours go at once.
 * `history` [L, n]: the scales that each stage found, before its own. `scale` and `inverse` [n] end as their product.
 * The word behind `inverse` becomes 1 when every ratio and scale stays within range, otherwise 0.
 */
export function scaleStages(
  blocks: usize,
  ops: usize,
  half: i32,
  stages: i32,
  ascending: bool,
  transposed: bool,
  coefficients: usize,
  history: usize,
  scale: usize,
  inverse: usize,
): void {
  const n4 = (<usize>half) << 3;
  for (let k: usize = 0; k < n4; k += 4) {
    store<f32>(scale + k, 1);
    store<f32>(inverse + k, 1);
  }
  let fits: i32 = 1; // no branches: a scalar minimum of WebAssembly has several
  for (let k = 0; k < stages; k++) {
    const l = transposed ? stages - 1 - k : k;
    let op = ops + ((<usize>l * half) << 4);
    let block = blocks + ((<usize>l * half) << 4);
    const before = history + <usize>l * n4;
    const end = op + ((<usize>half) << 4);
    if (ascending && load<u32>(op, 4) - load<u32>(op) >= 16) {
      fits &= scaleFours(op, end, block, transposed, coefficients, before, scale, inverse);
      continue;
    }
    do {
      const i = <usize>load<u32>(op);
      const j = <usize>load<u32>(op, 4);
      const a = load<f32>(block);
      const b = transposed ? load<f32>(block, 8) : load<f32>(block, 4);
      const c = transposed ? load<f32>(block, 4) : load<f32>(block, 8);
      const d = load<f32>(block, 12);
      const si = load<f32>(scale + i);
      const sj = load<f32>(scale + j);
      const ri = load<f32>(inverse + i);
      const rj = load<f32>(inverse + j);
      const overA: f32 = <f32>1 / a;
      const overD: f32 = <f32>1 / d;
      const toI = b * overA;
      const toJ = c * overD;
      store<f32>(coefficients + <usize>load<u32>(op, 8), toI * (sj * ri));
      store<f32>(coefficients + <usize>load<u32>(op, 12), toJ * (si * rj));
      store<f32>(before + i, si);
      store<f32>(before + j, sj);
      const ni = si * a;
      const nj = sj * d;
      store<f32>(scale + i, ni);
      store<f32>(scale + j, nj);
      store<f32>(inverse + i, ri * overA);
      store<f32>(inverse + j, rj * overD);
      const sizeI = abs<f32>(ni);
      const sizeJ = abs<f32>(nj);
      fits &= <i32>(abs<f32>(toI) <= STEEPEST) & <i32>(abs<f32>(toJ) <= STEEPEST);
      fits &= <i32>(sizeI >= SMALLEST) & <i32>(sizeJ >= SMALLEST) & <i32>(sizeI <= LARGEST) & <i32>(sizeJ <= LARGEST);
      op += 16;
      block += 16;
    } while (op < end);
  }
  store<i32>(inverse + n4, fits);
}

/** A stage of {@link scaleStages}, four pairs at a time. */
function scaleFours(
  op: usize,
  end: usize,
  block: usize,
  transposed: bool,
  coefficients: usize,
  before: usize,
  scale: usize,
  inverse: usize,
): i32 {
  const one = f32x4.splat(1);
  const steepest = f32x4.splat(STEEPEST);
  const smallest = f32x4.splat(SMALLEST);
  const largest = f32x4.splat(LARGEST);
  let fits = i32x4.splat(-1);
  do {
    const i = <usize>load<u32>(op);
    const j = <usize>load<u32>(op, 4);
    const m0 = v128.load(block);
    const m1 = v128.load(block, 16);
    const m2 = v128.load(block, 32);
    const m3 = v128.load(block, 48);
    const ab = v128.shuffle<f32>(m0, m1, 0, 4, 1, 5);
    const ab2 = v128.shuffle<f32>(m2, m3, 0, 4, 1, 5);
    const cd = v128.shuffle<f32>(m0, m1, 2, 6, 3, 7);
    const cd2 = v128.shuffle<f32>(m2, m3, 2, 6, 3, 7);
    const a = v128.shuffle<f64>(ab, ab2, 0, 2);
    const b = v128.shuffle<f64>(ab, ab2, 1, 3);
    const c = v128.shuffle<f64>(cd, cd2, 0, 2);
    const d = v128.shuffle<f64>(cd, cd2, 1, 3);
    const si = v128.load(scale + i);
    const sj = v128.load(scale + j);
    const ri = v128.load(inverse + i);
    const rj = v128.load(inverse + j);
    const overA = f32x4.div(one, a);
    const overD = f32x4.div(one, d);
    const toI = mul(transposed ? c : b, overA);
    const toJ = mul(transposed ? b : c, overD);
    v128.store(coefficients + <usize>load<u32>(op, 8), mul(toI, mul(sj, ri)));
    v128.store(coefficients + <usize>load<u32>(op, 12), mul(toJ, mul(si, rj)));
    v128.store(before + i, si);
    v128.store(before + j, sj);
    const ni = mul(si, a);
    const nj = mul(sj, d);
    v128.store(scale + i, ni);
    v128.store(scale + j, nj);
    v128.store(inverse + i, mul(ri, overA));
    v128.store(inverse + j, mul(rj, overD));
    const sizeI = f32x4.abs(ni);
    const sizeJ = f32x4.abs(nj);
    const flat = v128.and(f32x4.le(f32x4.abs(toI), steepest), f32x4.le(f32x4.abs(toJ), steepest));
    const within = v128.and(
      v128.and(f32x4.ge(sizeI, smallest), f32x4.ge(sizeJ, smallest)),
      v128.and(f32x4.le(sizeI, largest), f32x4.le(sizeJ, largest)),
    );
    fits = v128.and(fits, v128.and(flat, within));
    op += 64;
    block += 64;
  } while (op < end);
  return i32x4.all_true(fits) ? 1 : 0;
}

/**
 * ∂θ = R_i R_j (W[plus] − W[minus]); `sums` holds the two places of each pair in bytes. At distances of 4 and more the second one is
 * a zero where pairs are `ascending`.
 */
export function rotationGradient(
  raw: usize,
  sums: usize,
  ops: usize,
  half: i32,
  stages: i32,
  ascending: bool,
  scales: usize,
  gradient: usize,
): void {
  const n4 = (<usize>half) << 3;
  for (let l = 0; l < stages; l++) {
    const end = gradient + ((<usize>half) << 2);
    if (ascending && load<u32>(ops, 4) - load<u32>(ops) >= 16)
      while (gradient < end) {
        const scale = mul(v128.load(scales + <usize>load<u32>(ops)), v128.load(scales + <usize>load<u32>(ops, 4)));
        v128.store(gradient, mul(scale, v128.load(raw + <usize>load<u32>(sums))));
        gradient += 16;
        ops += 64;
        sums += 32;
      }
    while (gradient < end) {
      const scale = load<f32>(scales + <usize>load<u32>(ops)) * load<f32>(scales + <usize>load<u32>(ops, 4));
      store<f32>(
        gradient,
        scale * (load<f32>(raw + <usize>load<u32>(sums)) - load<f32>(raw + <usize>load<u32>(sums, 4))),
      );
      gradient += 4;
      ops += 16;
      sums += 8;
    }
    scales += n4;
  }
}

/**
 * The sums of the general variant's fused passes, D₁ O₁ D₂ O₂ by members a b c d, from the products g_u v_w that the backward kernel
 * summed in their place; a table of passes as the kernel's, P and Q its coefficients forward and back.
 */
export function generalSums(raw: usize, passes: usize, count: i32, n: usize, P: usize, Q: usize): void {
  for (let k = 0; k < count; k++, passes += 16) {
    if (load<i32>(passes) !== RADIX4) continue;
    const offset = <usize>load<u32>(passes, 4);
    let p = P + offset;
    let q = Q + offset;
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
      const toA = v128.load(q, 64),
        toB = v128.load(q, 80),
        toC = v128.load(q, 96),
        toD = v128.load(q, 112);
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
      q += 128;
      w += 256;
    }
  }
}

/** ∂[a b; c d] = [R_i S_i D_i, R_i S_j O_i; R_j S_i O_j, R_j S_j D_j]; `sums` holds the places of D_i, O_i, O_j, D_j. */
export function generalGradient(
  raw: usize,
  sums: usize,
  ops: usize,
  half: i32,
  stages: i32,
  before: usize,
  after: usize,
  gradient: usize,
): void {
  const n4 = (<usize>half) << 3;
  for (let l = 0; l < stages; l++) {
    const end = gradient + ((<usize>half) << 4);
    while (gradient < end) {
      const i = <usize>load<u32>(ops);
      const j = <usize>load<u32>(ops, 4);
      const si = load<f32>(before + i);
      const sj = load<f32>(before + j);
      const ri = load<f32>(after + i);
      const rj = load<f32>(after + j);
      store<f32>(gradient, ri * si * load<f32>(raw + <usize>load<u32>(sums)));
      store<f32>(gradient, ri * sj * load<f32>(raw + <usize>load<u32>(sums, 4)), 4);
      store<f32>(gradient, rj * si * load<f32>(raw + <usize>load<u32>(sums, 8)), 8);
      store<f32>(gradient, rj * sj * load<f32>(raw + <usize>load<u32>(sums, 12)), 12);
      gradient += 16;
      ops += 16;
      sums += 16;
    }
    before += n4;
    after += n4;
  }
}

/** out[i] = a[i] · b[i], for a multiple of sixteen bytes */
export function scaleVector(out: usize, a: usize, b: usize, bytes: usize): void {
  for (let k: usize = 0; k < bytes; k += 16) v128.store(out + k, mul(v128.load(a + k), v128.load(b + k)));
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
