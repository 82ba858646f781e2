/** @file The positions that sort rows: a stable merge sort of keys, each with its position. */

/** A number as an unsigned one of the same order: NaN is the largest, zeros are equal. */
function keyOf(x: f32, descending: bool): u32 {
  const bits = reinterpret<i32>(x === 0 ? <f32>0 : x);
  let key: u32 = bits < 0 ? ~bits : bits | 0x80000000;
  if (isNaN<f32>(x)) key = 0xffffffff;
  return descending ? ~key : key;
}

/** Merges two ascending runs of eight-byte keys that follow each other. */
function merge(to: usize, a: usize, b: usize, end: usize): void {
  const middle = b;
  while (a < middle && b < end) {
    const first = load<u64>(a) < load<u64>(b);
    store<u64>(to, load<u64>(first ? a : b));
    if (first) a += 8;
    else b += 8;
    to += 8;
  }
  for (; a < middle; a += 8, to += 8) store<u64>(to, load<u64>(a));
  for (; b < end; b += 8, to += 8) store<u64>(to, load<u64>(b));
}

/**
 * out[r] = the positions of the elements of row r in order, int32; x float32, both without gaps.
 * `work` has 16 bytes for each column.
 */
export function sortRows(
  out: usize,
  x: usize,
  work: usize,
  rows: usize,
  columns: usize,
  descending: bool,
): void {
  const size = columns << 3;
  for (let r: usize = 0; r < rows; r++) {
    let from = work;
    let to = work + size;
    for (let c: usize = 0; c < columns; c++)
      store<u64>(from + (c << 3), ((<u64>keyOf(load<f32>(x + (c << 2)), descending)) << 32) | c);
    for (let run: usize = 8; run < size; run <<= 1) {
      for (let at: usize = 0; at < size; at += run << 1)
        merge(to + at, from + at, from + min(at + run, size), from + min(at + (run << 1), size));
      const swapped = from;
      from = to;
      to = swapped;
    }
    for (let c: usize = 0; c < columns; c++) store<i32>(out + (c << 2), load<i32>(from + (c << 3)));
    x += columns << 2;
    out += columns << 2;
  }
}
