/**
 * @file Two matrices at a time in float64, one in each lane, from and to float32 or float64: each
 * loop of a factorisation is then the textbook's, on two matrices.
 */

/** Bytes of an element of both matrices. */
export const WORD: usize = 16;
export const ONE = f64x2.splat(1);
export const ZERO = f64x2.splat(0);

/** Bytes of a number. */
export function sizeOf(single: bool): usize {
  return single ? 4 : 8;
}

/** Element k of the matrices at x and y. */
export function get(x: usize, y: usize, k: usize, single: bool): v128 {
  if (single)
    return f64x2.replace_lane(
      f64x2.splat(<f64>load<f32>(x + (k << 2))),
      1,
      <f64>load<f32>(y + (k << 2)),
    );
  return f64x2.replace_lane(v128.load64_splat(x + (k << 3)), 1, load<f64>(y + (k << 3)));
}

/** Element k of the matrices at x and y becomes v. */
export function put(x: usize, y: usize, k: usize, v: v128, single: bool): void {
  if (single) {
    store<f32>(x + (k << 2), <f32>f64x2.extract_lane(v, 0));
    store<f32>(y + (k << 2), <f32>f64x2.extract_lane(v, 1));
  } else {
    store<f64>(x + (k << 3), f64x2.extract_lane(v, 0));
    store<f64>(y + (k << 3), f64x2.extract_lane(v, 1));
  }
}

/** Both matrices, `size` elements each. */
export function take(x: usize, y: usize, size: usize, single: bool, to: usize): void {
  for (let k: usize = 0; k < size; k++) v128.store(to + k * WORD, get(x, y, k, single));
}

/** y −= Σ cₖ · row k, over `count` rows of n elements at x, `stride` bytes apart, by fours. */
export function subtractRows(
  c: usize,
  count: usize,
  x: usize,
  stride: usize,
  y: usize,
  n: usize,
): void {
  const end = y + n * WORD;
  let k: usize = 0;
  for (; k + 4 <= count; k += 4, c += 4 * WORD, x += 4 * stride) {
    const p = v128.load(c);
    const q = v128.load(c, 16);
    const r = v128.load(c, 32);
    const s = v128.load(c, 48);
    let at = x;
    for (let to = y; to < end; to += WORD, at += WORD) {
      const first = f64x2.add(f64x2.mul(p, v128.load(at)), f64x2.mul(q, v128.load(at + stride)));
      const second = f64x2.add(
        f64x2.mul(r, v128.load(at + 2 * stride)),
        f64x2.mul(s, v128.load(at + 3 * stride)),
      );
      v128.store(to, f64x2.sub(v128.load(to), f64x2.add(first, second)));
    }
  }
  for (; k < count; k++, c += WORD, x += stride) {
    const p = v128.load(c);
    let at = x;
    for (let to = y; to < end; to += WORD, at += WORD)
      v128.store(to, f64x2.sub(v128.load(to), f64x2.mul(p, v128.load(at))));
  }
}

/** Whether both lanes of a mask are set. */
export function both(mask: v128): bool {
  return i64x2.all_true(mask);
}
