/**
 * @file Coefficients of the scaled butterfly stages, from angles or 2×2 blocks; figure 3 of
 * docs/design/memory-layout.md shows their layout.
 *
 * With z = S ⊙ v, a block [a b; c d] on (i, j) becomes v_i += (b/a)(S_j/S_i) v_j and v_j +=
 * (c/d)(S_i/S_j) v_i, S_i ← a S_i, S_j ← d S_j. Cotangents of v go back through the transposes of
 * the same stages: they are S ⊙ those of z.
 */
import { anyFar, quarters, remainder, smallCosine, smallSine, turned, withFar } from "./functions";
import { mul, swap1, swap2 } from "./simd";
import { column, firsts, LOWER, NATURAL, put, seconds, storeBlocks, tuple } from "./stage-places";

/**
 * The largest ratio of off-diagonal to diagonal, and the largest scale; beyond, the kernels with
 * unscaled blocks run instead.
 */
const STEEPEST: f32 = 1e6;
const SMALLEST: f32 = 1e-18;
const LARGEST: f32 = 1e18;

/**
 * Blocks [cos θ, −sin θ, sin θ, cos θ] of `count` angles; the blocks have room for a multiple of
 * four.
 */
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
    storeBlocks(blocks, cos, minus, sin, cos);
    angles += 16;
    blocks += 64;
  }
}

/**
 * Coefficients and scales of the stages. `scales` [L + 1, n]: ones, then the scales after each
 * stage. Two words follow them: 1 where every ratio and scale is within range, otherwise 0; and the
 * exponent of a power of two near the last row's largest. `parameters`: an angle a pair, or
 * (`rotation` false) a block.
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
