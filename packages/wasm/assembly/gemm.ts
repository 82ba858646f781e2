/**
 * @file C = A·B: panels packed so that the tile reads memory in order, whatever the operands'
 * strides (in bytes).
 *
 * A block of A (256 KiB) and one of B (128 KiB) stay in the second-level cache, a panel of B (8
 * KiB) in the first while all rows of the block are multiplied by it.
 */
import { TILE_COLUMNS, TILE_ROWS, tile } from "./gemm-tile";
import { add, fma } from "./simd";

const DEPTH: usize = 256;
const ROWS: usize = 256;
const COLUMNS: usize = 128;

/**
 * Floats of a block of `lines` rows or columns, of which `most` are packed at a time, in whole
 * panels.
 */
function blockSize(lines: usize, most: usize, panel: usize, depth: usize): usize {
  return ((min(lines, most) + panel - 1) / panel) * panel * min(depth, DEPTH);
}

/** Floats of scratch that {@link gemm} needs. */
export function gemmScratch(m: usize, n: usize, k: usize): usize {
  return (
    TILE_ROWS * TILE_COLUMNS +
    blockSize(m, ROWS, TILE_ROWS, k) +
    blockSize(n, COLUMNS, TILE_COLUMNS, k)
  );
}

/** C [m, n], row-major, of A [m, k] and B [k, n] by strides. */
export function gemm(
  m: usize,
  n: usize,
  k: usize,
  a: usize,
  aRow: isize,
  aColumn: isize,
  b: usize,
  bRow: isize,
  bColumn: isize,
  c: usize,
  scratch: usize,
): void {
  if (k === 0) {
    memory.fill(c, 0, (m * n) << 2);
    return;
  }
  const left = scratch + ((TILE_ROWS * TILE_COLUMNS) << 2);
  const right = left + (blockSize(m, ROWS, TILE_ROWS, k) << 2);
  const row = n << 2;
  for (let i: usize = 0; i < m; i += ROWS) {
    const rows = min(ROWS, m - i);
    for (let k0: usize = 0; k0 < k; k0 += DEPTH) {
      const depth = min(DEPTH, k - k0);
      packPanels(a + i * aRow + k0 * aColumn, aRow, aColumn, rows, depth, TILE_ROWS, left);
      for (let j: usize = 0; j < n; j += COLUMNS) {
        const columns = min(COLUMNS, n - j);
        packPanels(b + k0 * bRow + j * bColumn, bColumn, bRow, columns, depth, TILE_COLUMNS, right);
        multiplyBlocks(
          left,
          rows,
          right,
          columns,
          depth,
          c + i * row + (j << 2),
          row,
          scratch,
          k0 > 0,
        );
      }
    }
  }
}

/** C (+)= A·B of packed blocks; `edge` has room for a tile. */
function multiplyBlocks(
  left: usize,
  rows: usize,
  right: usize,
  columns: usize,
  depth: usize,
  c: usize,
  row: usize,
  edge: usize,
  adds: bool,
): void {
  for (let j: usize = 0; j < columns; j += TILE_COLUMNS) {
    const panel = right + ((j * depth) << 2);
    const width = min(TILE_COLUMNS, columns - j);
    for (let i: usize = 0; i < rows; i += TILE_ROWS) {
      const height = min(TILE_ROWS, rows - i);
      const at = c + i * row + (j << 2);
      const strip = left + ((i * depth) << 2);
      if (height === TILE_ROWS && width === TILE_COLUMNS) tile(strip, panel, depth, at, row, adds);
      else {
        tile(strip, panel, depth, edge, TILE_COLUMNS << 2, false);
        putEdge(edge, at, row, height, width, adds);
      }
    }
  }
}

/** The part of a tile that lies inside of C. */
function putEdge(
  edge: usize,
  c: usize,
  row: usize,
  height: usize,
  columns: usize,
  adds: bool,
): void {
  for (let r: usize = 0; r < height; r++) {
    for (let j: usize = 0; j < columns; j++) {
      const value = load<f32>(edge + (j << 2));
      const at = c + (j << 2);
      store<f32>(at, adds ? load<f32>(at) + value : value);
    }
    edge += TILE_COLUMNS << 2;
    c += row;
  }
}

/**
 * Panels of `width` lines (a multiple of 4), each [depth][width]; lines `line` bytes apart, their
 * elements `step`. Missing lines are 0. Where the lines lie together, a few steps of all of them
 * come before the next: their cache lines are then read once.
 */
function packPanels(
  from: usize,
  line: isize,
  step: isize,
  lines: usize,
  depth: usize,
  width: usize,
  to: usize,
): void {
  const most: usize = line === 4 ? 16 : depth;
  for (let p: usize = 0; p < depth; p += most)
    for (let i: usize = 0; i < lines; i += width)
      for (let q: usize = 0; q < width; q += 4) {
        const count = i + q < lines ? min<usize>(4, lines - i - q) : 0;
        const source = from + (i + q) * line + p * step;
        packFour(
          source,
          line,
          step,
          count,
          min(most, depth - p),
          width << 2,
          to + ((i * depth + p * width + q) << 2),
        );
      }
}

/**
 * Four lines side by side, `row` bytes a step: by 4×4 transposes where the lines' elements lie
 * together, whole where the lines do.
 */
function packFour(
  from: usize,
  line: isize,
  step: isize,
  count: usize,
  depth: usize,
  row: usize,
  to: usize,
): void {
  if (count === 4 && line === 4) {
    for (let p: usize = 0; p < depth; p++) {
      v128.store(to, v128.load(from));
      from += step;
      to += row;
    }
    return;
  }
  let p: usize = 0;
  if (count === 4 && step === 4)
    for (; p + 4 <= depth; p += 4) {
      const a = v128.load(from);
      const b = v128.load(from + line);
      const c = v128.load(from + 2 * line);
      const d = v128.load(from + 3 * line);
      const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
      const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
      const ab2 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
      const cd2 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
      v128.store(to, v128.shuffle<f64>(ab, cd, 0, 2));
      v128.store(to + row, v128.shuffle<f64>(ab, cd, 1, 3));
      v128.store(to + 2 * row, v128.shuffle<f64>(ab2, cd2, 0, 2));
      v128.store(to + 3 * row, v128.shuffle<f64>(ab2, cd2, 1, 3));
      from += 16;
      to += 4 * row;
    }
  for (; p < depth; p++) {
    for (let q: usize = 0; q < 4; q++)
      store<f32>(to + (q << 2), q < count ? load<f32>(from + q * line) : <f32>0);
    from += step;
    to += row;
  }
}

/** y [n] = x [k] · B where the rows of B lie together: y = Σ x[p]·B[p], four rows at a time. */
export function rowTimesRows(
  n: usize,
  k: usize,
  x: usize,
  xStep: isize,
  b: usize,
  bRow: isize,
  y: usize,
): void {
  memory.fill(y, 0, n << 2);
  const bytes = n << 2;
  let p: usize = 0;
  for (; p + 4 <= k; p += 4) {
    const x0 = v128.load32_splat(x);
    const x1 = v128.load32_splat(x + xStep);
    const x2 = v128.load32_splat(x + 2 * xStep);
    const x3 = v128.load32_splat(x + 3 * xStep);
    const b1 = b + bRow;
    const b2 = b1 + bRow;
    const b3 = b2 + bRow;
    let j: usize = 0;
    for (; j + 16 <= bytes; j += 16) {
      const low = fma(x1, v128.load(b1 + j), fma(x0, v128.load(b + j), v128.load(y + j)));
      v128.store(y + j, fma(x3, v128.load(b3 + j), fma(x2, v128.load(b2 + j), low)));
    }
    for (; j < bytes; j += 4) {
      let sum = load<f32>(y + j) + load<f32>(x) * load<f32>(b + j);
      sum += load<f32>(x + xStep) * load<f32>(b1 + j);
      sum += load<f32>(x + 2 * xStep) * load<f32>(b2 + j);
      store<f32>(y + j, sum + load<f32>(x + 3 * xStep) * load<f32>(b3 + j));
    }
    x += 4 * xStep;
    b += 4 * bRow;
  }
  for (; p < k; p++) {
    const factor = load<f32>(x);
    for (let j: usize = 0; j < bytes; j += 4)
      store<f32>(y + j, load<f32>(y + j) + factor * load<f32>(b + j));
    x += xStep;
    b += bRow;
  }
}

/**
 * y [n] = x [k] · B where the columns of B, and x, lie together: a dot product each, in sixteen
 * partial sums.
 */
export function rowTimesColumns(
  n: usize,
  k: usize,
  x: usize,
  b: usize,
  bColumn: isize,
  y: usize,
): void {
  const bytes = k << 2;
  for (let j: usize = 0; j < n; j++) {
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    let p: usize = 0;
    for (; p + 64 <= bytes; p += 64) {
      s0 = fma(v128.load(x + p), v128.load(b + p), s0);
      s1 = fma(v128.load(x + p, 16), v128.load(b + p, 16), s1);
      s2 = fma(v128.load(x + p, 32), v128.load(b + p, 32), s2);
      s3 = fma(v128.load(x + p, 48), v128.load(b + p, 48), s3);
    }
    const s = add(add(s0, s1), add(s2, s3));
    let sum =
      f32x4.extract_lane(s, 0) +
      f32x4.extract_lane(s, 1) +
      (f32x4.extract_lane(s, 2) + f32x4.extract_lane(s, 3));
    for (; p < bytes; p += 4) sum += load<f32>(x + p) * load<f32>(b + p);
    store<f32>(y + (j << 2), sum);
    b += bColumn;
  }
}
