/**
 * @file The mixer over any schedule: pairs by table, eight rows side by side.
 *
 * Scratch is `[n + 1][8]`: eight rows of a column are two vectors, a missing row is zero. A pair is
 * two words, the byte offsets of its columns; its block [a b; c d] is four floats. An unpaired
 * column is paired with the extra zero column, by [s 0; 0 1].
 */
import { add, fma, fnma, mul, sumLanes } from "./simd";

/**
 * s[column][row] = x[row][column] · scale[column] for at most eight rows; zeros elsewhere up to
 * `n` + 1 columns.
 */
export function pairsEnter(
  x: usize,
  rows: i32,
  columns: usize,
  n: usize,
  scale: usize,
  s: usize,
): void {
  memory.fill(s, 0, (n + 1) << 5);
  const row = columns << 2;
  for (let r = 0; r < rows; r++) {
    let at = s + ((<usize>r) << 2);
    let factor = scale;
    const end = x + row;
    while (x < end) {
      store<f32>(at, load<f32>(x) * load<f32>(factor));
      x += 4;
      factor += 4;
      at += 32;
    }
  }
}

/** y[row][column] = s[column][row] · scale[column] + shift[column]. */
export function pairsLeave(
  s: usize,
  y: usize,
  rows: i32,
  columns: usize,
  scale: usize,
  shift: usize,
): void {
  const row = columns << 2;
  for (let r = 0; r < rows; r++) {
    let at = s + ((<usize>r) << 2);
    let factor = scale;
    let bias = shift;
    const end = y + row;
    while (y < end) {
      store<f32>(y, load<f32>(at) * load<f32>(factor) + load<f32>(bias));
      y += 4;
      factor += 4;
      bias += 4;
      at += 32;
    }
  }
}

/** sum[column] += Σ_rows x[row][column] · s[column][row]; without `s`, Σ_rows x. */
export function pairsSum(x: usize, rows: i32, columns: usize, s: usize, sum: usize): void {
  for (let r = 0; r < rows; r++) {
    let at = s + ((<usize>r) << 2);
    let total = sum;
    const end = x + (columns << 2);
    while (x < end) {
      store<f32>(total, load<f32>(total) + load<f32>(x) * (s ? load<f32>(at) : <f32>1));
      x += 4;
      total += 4;
      at += 32;
    }
  }
}

/** Applies pairs from `pair` up to `end`, from one scratch into another (or the same). */
export function pairsForward(pair: usize, end: usize, block: usize, from: usize, to: usize): void {
  while (pair < end) {
    const i = <usize>load<u32>(pair);
    const j = <usize>load<u32>(pair, 4);
    const a = v128.load32_splat(block);
    const b = v128.load32_splat(block, 4);
    const c = v128.load32_splat(block, 8);
    const d = v128.load32_splat(block, 12);
    const u0 = v128.load(from + i);
    const v0 = v128.load(from + j);
    const u1 = v128.load(from + i, 16);
    const v1 = v128.load(from + j, 16);
    v128.store(to + i, fma(b, v0, mul(a, u0)));
    v128.store(to + j, fma(c, u0, mul(d, v0)));
    v128.store(to + i, fma(b, v1, mul(a, u1)), 16);
    v128.store(to + j, fma(c, u1, mul(d, v1)), 16);
    pair += 8;
    block += 16;
  }
}

/**
 * Undoes rotations of z and g from the last pair to the first, adding z×g over the rows to four
 * lanes a pair.
 */
export function pairsUnrotate(
  pair: usize,
  count: i32,
  block: usize,
  z: usize,
  g: usize,
  sums: usize,
): void {
  pair += (<usize>count) << 3;
  block += (<usize>count) << 4;
  sums += (<usize>count) << 4;
  while (count-- > 0) {
    pair -= 8;
    block -= 16;
    sums -= 16;
    const i = <usize>load<u32>(pair);
    const j = <usize>load<u32>(pair, 4);
    const cos = v128.load32_splat(block);
    const sin = v128.load32_splat(block, 8);
    const zi0 = v128.load(z + i);
    const zj0 = v128.load(z + j);
    const gi0 = v128.load(g + i);
    const gj0 = v128.load(g + j);
    const zi1 = v128.load(z + i, 16);
    const zj1 = v128.load(z + j, 16);
    const gi1 = v128.load(g + i, 16);
    const gj1 = v128.load(g + j, 16);
    const cross = add(fnma(zj0, gi0, mul(zi0, gj0)), fnma(zj1, gi1, mul(zi1, gj1)));
    v128.store(sums, add(v128.load(sums), cross));
    v128.store(z + i, fma(sin, zj0, mul(cos, zi0)));
    v128.store(z + j, fnma(sin, zi0, mul(cos, zj0)));
    v128.store(g + i, fma(sin, gj0, mul(cos, gi0)));
    v128.store(g + j, fnma(sin, gi0, mul(cos, gj0)));
    v128.store(z + i, fma(sin, zj1, mul(cos, zi1)), 16);
    v128.store(z + j, fnma(sin, zi1, mul(cos, zj1)), 16);
    v128.store(g + i, fma(sin, gj1, mul(cos, gi1)), 16);
    v128.store(g + j, fnma(sin, gi1, mul(cos, gj1)), 16);
  }
}

/**
 * Takes g back through the transposed blocks of one stage, whose input is `z`; four sums of four
 * lanes a pair: ā b̄ c̄ d̄.
 */
export function pairsBackward(
  pair: usize,
  end: usize,
  block: usize,
  z: usize,
  g: usize,
  sums: usize,
): void {
  while (pair < end) {
    const i = <usize>load<u32>(pair);
    const j = <usize>load<u32>(pair, 4);
    const a = v128.load32_splat(block);
    const b = v128.load32_splat(block, 4);
    const c = v128.load32_splat(block, 8);
    const d = v128.load32_splat(block, 12);
    const u0 = v128.load(z + i);
    const v0 = v128.load(z + j);
    const u1 = v128.load(z + i, 16);
    const v1 = v128.load(z + j, 16);
    const gi0 = v128.load(g + i);
    const gj0 = v128.load(g + j);
    const gi1 = v128.load(g + i, 16);
    const gj1 = v128.load(g + j, 16);
    v128.store(sums, fma(gi1, u1, fma(gi0, u0, v128.load(sums))));
    v128.store(sums, fma(gi1, v1, fma(gi0, v0, v128.load(sums, 16))), 16);
    v128.store(sums, fma(gj1, u1, fma(gj0, u0, v128.load(sums, 32))), 32);
    v128.store(sums, fma(gj1, v1, fma(gj0, v0, v128.load(sums, 48))), 48);
    v128.store(g + i, fma(c, gj0, mul(a, gi0)));
    v128.store(g + j, fma(b, gi0, mul(d, gj0)));
    v128.store(g + i, fma(c, gj1, mul(a, gi1)), 16);
    v128.store(g + j, fma(b, gi1, mul(d, gj1)), 16);
    pair += 8;
    block += 16;
    sums += 64;
  }
}

/** out[k] = the sum of the four lanes at k. */
export function sumFours(lanes: usize, out: usize, count: i32): void {
  while (count-- > 0) {
    store<f32>(out, sumLanes(v128.load(lanes)));
    lanes += 16;
    out += 4;
  }
}
