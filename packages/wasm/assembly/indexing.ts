/**
 * @file Reading and adding by index: matrices of indices, all steps in bytes; an axis of `n`
 * elements, `axisStep` apart, is indexed.
 */
import { copyRow } from "./copy";

/** The place of an index, counted from the end if negative; `n` for one out of range. */
function place(index: usize, n: i32): u32 {
  const i = load<i32>(index);
  return min(<u32>(i < 0 ? i + n : i), <u32>n);
}

/** out[r][c] = x[r][c][index[r][c]], elements of 4 bytes; false for an index out of range. */
export function gatherRows(
  out: usize,
  x: usize,
  index: usize,
  rows: usize,
  columns: usize,
  xRow: isize,
  xColumn: isize,
  indexRow: isize,
  indexColumn: isize,
  n: i32,
  axisStep: isize,
): bool {
  for (let r: usize = 0; r < rows; r++) {
    if (indexColumn === 0 && xColumn === 4) {
      const i = place(index, n);
      if (i === <u32>n) return false;
      copyRow(out, x + <isize>i * axisStep, columns << 2);
      out += columns << 2;
    } else {
      let from = x;
      let at = index;
      for (let c: usize = 0; c < columns; c++) {
        const i = place(at, n);
        if (i === <u32>n) return false;
        store<u32>(out, load<u32>(from + <isize>i * axisStep));
        from += xColumn;
        at += indexColumn;
        out += 4;
      }
    }
    x += xRow;
    index += indexRow;
  }
  return true;
}

/**
 * sums[r][c][index[r][c]] += x[r][c], float64 and float32, one after another; false for an index
 * out of range.
 */
export function scatterRows(
  sums: usize,
  x: usize,
  index: usize,
  rows: usize,
  columns: usize,
  sumsRow: isize,
  sumsColumn: isize,
  xRow: isize,
  xColumn: isize,
  indexRow: isize,
  indexColumn: isize,
  n: i32,
  axisStep: isize,
): bool {
  for (let r: usize = 0; r < rows; r++) {
    if (indexColumn === 0 && xColumn === 4 && sumsColumn === 8) {
      const i = place(index, n);
      if (i === <u32>n) return false;
      addRow(sums + <isize>i * axisStep, x, columns);
    } else {
      let to = sums;
      let from = x;
      let at = index;
      for (let c: usize = 0; c < columns; c++) {
        const i = place(at, n);
        if (i === <u32>n) return false;
        const sum = to + <isize>i * axisStep;
        store<f64>(sum, load<f64>(sum) + <f64>load<f32>(from));
        to += sumsColumn;
        from += xColumn;
        at += indexColumn;
      }
    }
    sums += sumsRow;
    x += xRow;
    index += indexRow;
  }
  return true;
}

/**
 * winners[r][c][index[r][c]] = the position of x[r][c]: of the last, or unless `last` of the
 * largest element, NaN before all; false for an index out of range. `tops` is the way from the
 * winners to a float32 for each, whose steps are the same.
 */
export function winnerRows(
  winners: usize,
  tops: isize,
  x: usize,
  index: usize,
  position: i32,
  rows: usize,
  columns: usize,
  winnersRow: isize,
  winnersColumn: isize,
  xRow: isize,
  xColumn: isize,
  indexRow: isize,
  indexColumn: isize,
  positionRow: i32,
  positionColumn: i32,
  n: i32,
  axisStep: isize,
  last: bool,
): bool {
  for (let r: usize = 0; r < rows; r++) {
    for (let c: usize = 0; c < columns; c++) {
      const i = place(index + c * indexColumn, n);
      if (i === <u32>n) return false;
      const at = winners + c * winnersColumn + <isize>i * axisStep;
      const top = load<f32>(at + tops);
      const v = load<f32>(x + c * xColumn);
      if (last || load<i32>(at) < 0 || v > top || (isNaN<f32>(v) && !isNaN<f32>(top))) {
        store<i32>(at, position + <i32>c * positionColumn);
        store<f32>(at + tops, v);
      }
    }
    winners += winnersRow;
    x += xRow;
    index += indexRow;
    position += positionRow;
  }
  return true;
}

/** sums[c] += x[c] */
function addRow(sums: usize, x: usize, columns: usize): void {
  const end = x + (columns << 2);
  for (; x + 8 <= end; x += 8) {
    v128.store(sums, f64x2.add(v128.load(sums), f64x2.promote_low_f32x4(v128.load64_zero(x))));
    sums += 16;
  }
  if (x < end) store<f64>(sums, load<f64>(sums) + <f64>load<f32>(x));
}

/**
 * out = the running sums, or products, of `columns` elements of each row, in float64; x and out
 * without gaps.
 */
export function cumulativeRows(
  x: usize,
  out: usize,
  rows: usize,
  columns: usize,
  product: bool,
): void {
  for (let r: usize = 0; r < rows; r++) {
    let total: f64 = product ? 1 : 0;
    for (let c: usize = 0; c < columns; c++) {
      const v = <f64>load<f32>(x);
      total = product ? total * v : total + v;
      store<f32>(out, <f32>total);
      x += 4;
      out += 4;
    }
  }
}
