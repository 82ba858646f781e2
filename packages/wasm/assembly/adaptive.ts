/**
 * @file Rotations by angles of each row, on the scratch of pairs.ts: eight rows of a column, two
 * vectors, side by side. With `weight` 0 the angles are given, [pairs][8]; otherwise they are θ =
 * θ⁰ + α z_i + β z_j, with one θ⁰ a pair and its α, β at `weight`.
 */
import { anyFar, quarters, remainder, smallCosine, smallSine, turned, withFar } from "./functions";
import { add, fma, fnma, mul } from "./simd";

/**
 * Turns the pairs from `pair` up to `end`, from one scratch into another (or the same), and writes
 * the cosines and sines, [pairs][2][8], unless `turn` is 0.
 */
export function adaptiveForward(
  pair: usize,
  end: usize,
  angle: usize,
  weight: usize,
  turn: usize,
  from: usize,
  to: usize,
): void {
  const next: usize = weight === 0 ? 32 : 4;
  while (pair < end) {
    const i = <usize>load<u32>(pair);
    const j = <usize>load<u32>(pair, 4);
    for (let half: usize = 0; half < 32; half += 16) {
      const u = v128.load(from + i + half);
      const v = v128.load(from + j + half);
      let theta = weight === 0 ? v128.load(angle + half) : v128.load32_splat(angle);
      if (weight !== 0) {
        theta = fma(v128.load32_splat(weight), u, theta);
        theta = fma(v128.load32_splat(weight, 4), v, theta);
      }
      const turns = quarters(theta);
      const r = remainder(theta, turns);
      const k = i32x4.trunc_sat_f32x4_s(turns);
      const s = smallSine(r);
      const q = smallCosine(r);
      let sin = turned(s, q, k);
      let cos = turned(s, q, i32x4.add(k, i32x4.splat(1)));
      if (anyFar(theta)) {
        sin = withFar(sin, theta, 0);
        cos = withFar(cos, theta, 1);
      }
      if (turn !== 0) {
        v128.store(turn + half, cos);
        v128.store(turn + half, sin, 32);
      }
      v128.store(to + i + half, fnma(sin, v, mul(cos, u)));
      v128.store(to + j + half, fma(sin, u, mul(cos, v)));
    }
    pair += 8;
    angle += next;
    if (weight !== 0) weight += 8;
    if (turn !== 0) turn += 64;
  }
}

/**
 * Takes g back through the pairs of one stage, from its `inputs` to its `outputs`. δ = z_i g_j −
 * z_j g_i takes the place of given angles; otherwise it adds to g by α and β, and to three sums of
 * four lanes a pair: δ, δ z_i, δ z_j.
 */
export function adaptiveBackward(
  pair: usize,
  end: usize,
  angle: usize,
  weight: usize,
  turn: usize,
  inputs: usize,
  outputs: usize,
  g: usize,
  sums: usize,
): void {
  while (pair < end) {
    const i = <usize>load<u32>(pair);
    const j = <usize>load<u32>(pair, 4);
    for (let half: usize = 0; half < 32; half += 16) {
      const cos = v128.load(turn + half);
      const sin = v128.load(turn + half, 32);
      const gi = v128.load(g + i + half);
      const gj = v128.load(g + j + half);
      const ahead = mul(v128.load(outputs + i + half), gj);
      const delta = fnma(v128.load(outputs + j + half), gi, ahead);
      let back = fma(sin, gj, mul(cos, gi));
      let beside = fnma(sin, gi, mul(cos, gj));
      if (weight === 0) v128.store(angle + half, delta);
      else {
        back = fma(v128.load32_splat(weight), delta, back);
        beside = fma(v128.load32_splat(weight, 4), delta, beside);
        v128.store(sums, add(v128.load(sums), delta));
        v128.store(sums, fma(delta, v128.load(inputs + i + half), v128.load(sums, 16)), 16);
        v128.store(sums, fma(delta, v128.load(inputs + j + half), v128.load(sums, 32)), 32);
      }
      v128.store(g + i + half, back);
      v128.store(g + j + half, beside);
    }
    pair += 8;
    turn += 64;
    if (weight === 0) angle += 32;
    else {
      weight += 8;
      sums += 48;
    }
  }
}
