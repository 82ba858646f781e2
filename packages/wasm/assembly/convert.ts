/** @file Conversions between element types. */

/** float32 from bytes of 0 or 1. */
export function boolToFloat(out: usize, from: usize, count: usize): void {
  const end = from + count;
  while (from < end) {
    const words = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(from)));
    v128.store(out, f32x4.convert_i32x4_s(words));
    from += 4;
    out += 16;
  }
}

/** float32 from int32, rounded to the nearest. */
export function intToFloat(out: usize, from: usize, count: usize): void {
  const end = from + (count << 2);
  while (from < end) {
    v128.store(out, f32x4.convert_i32x4_s(v128.load(from)));
    from += 16;
    out += 16;
  }
}

/** int32 from float32, towards zero; false for a number out of int32's range. */
export function floatToInt(out: usize, from: usize, count: usize): bool {
  const end = from + (count << 2);
  while (from < end) {
    const x = load<f32>(from);
    if (!(x > -2147483904 && x < 2147483648)) return false; // the float32 below −2³¹, and 2³¹
    store<i32>(out, <i32>x);
    from += 4;
    out += 4;
  }
  return true;
}

/** int32 from bytes of 0 or 1. */
export function boolToInt(out: usize, from: usize, count: usize): void {
  const end = from + count;
  while (from < end) {
    v128.store(out, i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(from))));
    from += 4;
    out += 16;
  }
}

/** float32 from float64. */
export function doubleToFloat(out: usize, from: usize, count: usize): void {
  const end = from + (count << 3);
  while (from < end) {
    const low = f32x4.demote_f64x2_zero(v128.load(from));
    const high = f32x4.demote_f64x2_zero(v128.load(from, 16));
    v128.store(out, v128.shuffle<f64>(low, high, 0, 2));
    from += 32;
    out += 16;
  }
}
