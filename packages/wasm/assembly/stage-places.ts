/**
 * @file The places of the pairs of a scaled butterfly stage. Four pairs are taken at a time, fours
 * 0 to n/8 − 1 of a stage. The table of stages has five words each: distance of a pair and offset
 * of the coefficients in bytes, form, log₂ h of its pass, offset of the sums. Figure 3 of
 * docs/design/memory-layout.md shows the forms.
 */

/**
 * Forms of a stage: coefficients by coordinate, or as the first or second stage of a pass, eight
 * vectors of coefficients for four vectors.
 */
export const NATURAL: i32 = 0;
export const LOWER: i32 = 1;

/** Bytes from a row's start to coordinate i of the first of four pairs. */
export function column(form: i32, k: usize, s: usize): usize {
  if (form === NATURAL) return k << 5;
  const second = (k >> s) & 1;
  const base = ((k >> (s + 1)) << (s + 2)) | (k & (((<usize>1) << s) - 1));
  return (base + (second << (form === LOWER ? s + 1 : s))) << 4;
}

/** The number of the four vectors that a pass takes together. */
export function tuple(k: usize, s: usize): usize {
  return ((k >> (s + 1)) << s) | (k & (((<usize>1) << s) - 1));
}

/** The first members of four pairs within eight columns, 4 or 8 bytes apart. */
export function firsts(at: usize, distance: usize): v128 {
  const low = v128.load(at);
  const high = v128.load(at, 16);
  return distance === 4
    ? v128.shuffle<f32>(low, high, 0, 2, 4, 6)
    : v128.shuffle<f32>(low, high, 0, 1, 4, 5);
}

/** The second members of the same pairs. */
export function seconds(at: usize, distance: usize): v128 {
  const low = v128.load(at);
  const high = v128.load(at, 16);
  return distance === 4
    ? v128.shuffle<f32>(low, high, 1, 3, 5, 7)
    : v128.shuffle<f32>(low, high, 2, 3, 6, 7);
}

/** Writes both members of four pairs, the inverse of {@link firsts} and {@link seconds}. */
export function put(at: usize, distance: usize, first: v128, second: v128): void {
  if (distance === 4) {
    v128.store(at, v128.shuffle<f32>(first, second, 0, 4, 1, 5));
    v128.store(at, v128.shuffle<f32>(first, second, 2, 6, 3, 7), 16);
  } else {
    v128.store(at, v128.shuffle<f32>(first, second, 0, 1, 4, 5));
    v128.store(at, v128.shuffle<f32>(first, second, 2, 3, 6, 7), 16);
  }
}

/** Writes four blocks from their entries. */
export function storeBlocks(at: usize, a: v128, b: v128, c: v128, d: v128): void {
  const low = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const low2 = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const high = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const high2 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(at, v128.shuffle<f64>(low, low2, 0, 2));
  v128.store(at, v128.shuffle<f64>(low, low2, 1, 3), 16);
  v128.store(at, v128.shuffle<f64>(high, high2, 0, 2), 32);
  v128.store(at, v128.shuffle<f64>(high, high2, 1, 3), 48);
}
