/**
 * @file The fast Fourier transform of rows of n pairs [re, im], n a power of two: radix 2, in
 * float64 from float32 to float32.
 */

/**
 * `turns` holds cos and sin of 2πk/n for k < n/2, `spare` n pairs, both float64; the exponent's
 * sign is ±1.
 */
export function fftRows(
  x: usize,
  out: usize,
  rows: usize,
  n: usize,
  sign: f64,
  turns: usize,
  spare: usize,
): void {
  const signs = f64x2.replace_lane(f64x2.splat(sign), 0, -sign);
  for (let r: usize = 0; r < rows; r++) {
    takeReversed(x, n, spare);
    for (let half: usize = 1; half < n; half <<= 1) stage(spare, n, half, signs, turns);
    for (let k: usize = 0; k < n; k++) {
      const pair = f32x4.demote_f64x2_zero(v128.load(spare + (k << 4)));
      store<f64>(out + (k << 3), f64x2.extract_lane(pair, 0)); // eight bytes, two float32
    }
    x += n << 3;
    out += n << 3;
  }
}

/** The pairs of a row in bit-reversed order. */
function takeReversed(x: usize, n: usize, to: usize): void {
  let place: usize = 0;
  for (let k: usize = 0; k < n; k++) {
    v128.store(to + (place << 4), f64x2.promote_low_f32x4(v128.load64_zero(x + (k << 3))));
    let bit = n >> 1;
    for (; place & bit; bit >>= 1) place ^= bit;
    place |= bit;
  }
}

/** Butterflies of pairs `half` apart: z[q] times a root of unity, then sum and difference. */
function stage(z: usize, n: usize, half: usize, signs: v128, turns: usize): void {
  const distance = half << 4;
  const end = z + (n << 4);
  const apart = (n / half) << 3; // bytes between the turns that this stage uses
  for (let k: usize = 0; k < half; k++) {
    const turn = turns + k * apart;
    const cosine = v128.load64_splat(turn);
    const sine = f64x2.mul(signs, v128.load64_splat(turn, 8));
    for (let p = z + (k << 4); p < end; p += 2 * distance) {
      const a = v128.load(p);
      const b = v128.load(p + distance);
      const turned = f64x2.add(
        f64x2.mul(b, cosine),
        f64x2.mul(v128.shuffle<f64>(b, b, 1, 0), sine),
      );
      v128.store(p, f64x2.add(a, turned));
      v128.store(p + distance, f64x2.sub(a, turned));
    }
  }
}
