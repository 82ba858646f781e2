/** @file Between element types. */

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
