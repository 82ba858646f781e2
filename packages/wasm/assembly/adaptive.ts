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
    // Both halves in step: one alone waits for each of its sixty instructions.
    const u0 = v128.load(from + i);
    const v0 = v128.load(from + j);
    const u1 = v128.load(from + i, 16);
    const v1 = v128.load(from + j, 16);
    let x0: v128, x1: v128;
    if (weight === 0) {
      x0 = v128.load(angle);
      x1 = v128.load(angle, 16);
    } else {
      const still = v128.load32_splat(angle);
      const a = v128.load32_splat(weight);
      const b = v128.load32_splat(weight, 4);
      x0 = fma(b, v0, fma(a, u0, still));
      x1 = fma(b, v1, fma(a, u1, still));
    }
    const turns0 = quarters(x0);
    const turns1 = quarters(x1);
    const r0 = remainder(x0, turns0);
    const r1 = remainder(x1, turns1);
    const k0 = i32x4.trunc_sat_f32x4_s(turns0);
    const k1 = i32x4.trunc_sat_f32x4_s(turns1);
    const s0 = smallSine(r0);
    const s1 = smallSine(r1);
    const q0 = smallCosine(r0);
    const q1 = smallCosine(r1);
    const one = i32x4.splat(1);
    let sin0 = turned(s0, q0, k0);
    let sin1 = turned(s1, q1, k1);
    let cos0 = turned(s0, q0, i32x4.add(k0, one));
    let cos1 = turned(s1, q1, i32x4.add(k1, one));
    if (anyFar(x0) || anyFar(x1)) {
      sin0 = withFar(sin0, x0, 0);
      sin1 = withFar(sin1, x1, 0);
      cos0 = withFar(cos0, x0, 1);
      cos1 = withFar(cos1, x1, 1);
    }
    if (turn !== 0) {
      v128.store(turn, cos0);
      v128.store(turn, cos1, 16);
      v128.store(turn, sin0, 32);
      v128.store(turn, sin1, 48);
      turn += 64;
    }
    v128.store(to + i, fnma(sin0, v0, mul(cos0, u0)));
    v128.store(to + i, fnma(sin1, v1, mul(cos1, u1)), 16);
    v128.store(to + j, fma(sin0, u0, mul(cos0, v0)));
    v128.store(to + j, fma(sin1, u1, mul(cos1, v1)), 16);
    pair += 8;
    angle += next;
    if (weight !== 0) weight += 8;
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
    const cos0 = v128.load(turn);
    const cos1 = v128.load(turn, 16);
    const sin0 = v128.load(turn, 32);
    const sin1 = v128.load(turn, 48);
    const gi0 = v128.load(g + i);
    const gi1 = v128.load(g + i, 16);
    const gj0 = v128.load(g + j);
    const gj1 = v128.load(g + j, 16);
    const delta0 = fnma(v128.load(outputs + j), gi0, mul(v128.load(outputs + i), gj0));
    const delta1 = fnma(v128.load(outputs + j, 16), gi1, mul(v128.load(outputs + i, 16), gj1));
    let bi0 = fma(sin0, gj0, mul(cos0, gi0));
    let bi1 = fma(sin1, gj1, mul(cos1, gi1));
    let bj0 = fnma(sin0, gi0, mul(cos0, gj0));
    let bj1 = fnma(sin1, gi1, mul(cos1, gj1));
    if (weight === 0) {
      v128.store(angle, delta0);
      v128.store(angle, delta1, 16);
      angle += 32;
    } else {
      const a = v128.load32_splat(weight);
      const b = v128.load32_splat(weight, 4);
      bi0 = fma(a, delta0, bi0);
      bi1 = fma(a, delta1, bi1);
      bj0 = fma(b, delta0, bj0);
      bj1 = fma(b, delta1, bj1);
      const byFirst = fma(delta1, v128.load(inputs + i, 16), mul(delta0, v128.load(inputs + i)));
      const bySecond = fma(delta1, v128.load(inputs + j, 16), mul(delta0, v128.load(inputs + j)));
      v128.store(sums, add(v128.load(sums), add(delta0, delta1)));
      v128.store(sums, add(v128.load(sums, 16), byFirst), 16);
      v128.store(sums, add(v128.load(sums, 32), bySecond), 32);
      weight += 8;
      sums += 48;
    }
    v128.store(g + i, bi0);
    v128.store(g + i, bi1, 16);
    v128.store(g + j, bj0);
    v128.store(g + j, bj1, 16);
    pair += 8;
    turn += 64;
  }
}
