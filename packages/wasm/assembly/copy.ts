/** @file Copies between strided matrices; all strides in bytes. */

/** to[r][c] = from[r][c], elements of 4 bytes. */
export function copyMatrix4(
  to: usize,
  from: usize,
  rows: usize,
  columns: usize,
  toRow: isize,
  toColumn: isize,
  fromRow: isize,
  fromColumn: isize,
): void {
  if (toColumn === 4 && fromColumn === 4) {
    for (let r: usize = 0; r < rows; r++) {
      memory.copy(to, from, columns << 2);
      to += toRow;
      from += fromRow;
    }
    return;
  }
  if (fromRow === 4 && toColumn === 4) {
    transpose(to, from, rows, columns, toRow, fromColumn);
    return;
  }
  for (let r: usize = 0; r < rows; r++) {
    let source = from;
    let target = to;
    for (let k: usize = 0; k < columns; k++) {
      store<u32>(target, load<u32>(source));
      source += fromColumn;
      target += toColumn;
    }
    to += toRow;
    from += fromRow;
  }
}

/** to[r][c] = from[c][r] by blocks of 4×4, the rows of `to` and of `from` without gaps. */
function transpose(to: usize, from: usize, rows: usize, columns: usize, toRow: isize, fromRow: isize): void {
  const wholeRows = rows & ~3;
  const wholeColumns = columns & ~3;
  for (let k: usize = 0; k < wholeColumns; k += 4) {
    const block = from + k * fromRow;
    let target = to + (k << 2);
    for (let r: usize = 0; r < wholeRows; r += 4) {
      const a = v128.load(block + (r << 2));
      const b = v128.load(block + fromRow + (r << 2));
      const c = v128.load(block + 2 * fromRow + (r << 2));
      const d = v128.load(block + 3 * fromRow + (r << 2));
      const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
      const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
      const ab2 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
      const cd2 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
      v128.store(target, v128.shuffle<f64>(ab, cd, 0, 2));
      v128.store(target + toRow, v128.shuffle<f64>(ab, cd, 1, 3));
      v128.store(target + 2 * toRow, v128.shuffle<f64>(ab2, cd2, 0, 2));
      v128.store(target + 3 * toRow, v128.shuffle<f64>(ab2, cd2, 1, 3));
      target += 4 * toRow;
    }
  }
  for (let r: usize = 0; r < rows; r++)
    for (let k: usize = r < wholeRows ? wholeColumns : 0; k < columns; k++)
      store<u32>(to + r * toRow + (k << 2), load<u32>(from + k * fromRow + (r << 2)));
}

/** to[r][c] = from[r][c], elements of 1 byte. */
export function copyMatrix1(
  to: usize,
  from: usize,
  rows: usize,
  columns: usize,
  toRow: isize,
  toColumn: isize,
  fromRow: isize,
  fromColumn: isize,
): void {
  for (let r: usize = 0; r < rows; r++) {
    let source = from;
    let target = to;
    for (let k: usize = 0; k < columns; k++) {
      store<u8>(target, load<u8>(source));
      source += fromColumn;
      target += toColumn;
    }
    to += toRow;
    from += fromRow;
  }
}

/** out[i] = value. */
export function fill4(out: usize, count: usize, value: f32): void {
  const v = f32x4.splat(value);
  const end = out + (count << 2);
  while (out < end) {
    v128.store(out, v);
    out += 16;
  }
}
