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
      copyRow(to, from, columns << 2);
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

/** Copies a few bytes, a multiple of 4, without the cost of a call of `memory.copy`. */
export function copyRow(to: usize, from: usize, bytes: usize): void {
  if (bytes > 512) {
    memory.copy(to, from, bytes);
    return;
  }
  const end = from + bytes;
  for (; from + 16 <= end; from += 16) {
    v128.store(to, v128.load(from));
    to += 16;
  }
  for (; from < end; from += 4) {
    store<u32>(to, load<u32>(from));
    to += 4;
  }
}

/** Rows of a tile that a transpose fills: its cache lines stay in the cache until they are full. */
const TILE: usize = 64;

/** to[r][c] = from[c][r] by blocks of 4×4, the rows of `to` and of `from` without gaps. */
function transpose(
  to: usize,
  from: usize,
  rows: usize,
  columns: usize,
  toRow: isize,
  fromRow: isize,
): void {
  const wholeRows = rows & ~3;
  const wholeColumns = columns & ~3;
  for (let first: usize = 0; first < wholeRows; first += TILE) {
    const last = min(first + TILE, wholeRows);
    for (let k: usize = 0; k < wholeColumns; k += 4) {
      const block = from + k * fromRow;
      let target = to + first * toRow + (k << 2);
      for (let r = first; r < last; r += 4) {
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

/**
 * A copy over `rank` ≥ 2 axes of elements of `size` bytes, 4 or 1; `axes` holds size and steps (to,
 * from) of each, in bytes, as int32.
 */
export function copyAxes(to: usize, from: usize, size: i32, rank: i32, axes: usize): void {
  const count: usize = load<i32>(axes);
  const toStep: isize = load<i32>(axes, 4);
  const fromStep: isize = load<i32>(axes, 8);
  const inner = axes + 12;
  if (rank > 2) {
    for (let k: usize = 0; k < count; k++) {
      copyAxes(to, from, size, rank - 1, inner);
      to += toStep;
      from += fromStep;
    }
    return;
  }
  const columns: usize = load<i32>(inner);
  const toColumn: isize = load<i32>(inner, 4);
  const fromColumn: isize = load<i32>(inner, 8);
  if (size === 4) copyMatrix4(to, from, count, columns, toStep, toColumn, fromStep, fromColumn);
  else copyMatrix1(to, from, count, columns, toStep, toColumn, fromStep, fromColumn);
}

/**
 * sums += from over `rank` ≥ 1 axes, float64 and float32; `axes` as in {@link copyAxes}. Steps of
 * the sums may be 0 or overlap.
 */
export function addAxes(sums: usize, from: usize, rank: i32, axes: usize): void {
  const count: usize = load<i32>(axes);
  const toStep: isize = load<i32>(axes, 4);
  const fromStep: isize = load<i32>(axes, 8);
  for (let k: usize = 0; k < count; k++) {
    if (rank > 1) addAxes(sums, from, rank - 1, axes + 12);
    else store<f64>(sums, load<f64>(sums) + <f64>load<f32>(from));
    sums += toStep;
    from += fromStep;
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
