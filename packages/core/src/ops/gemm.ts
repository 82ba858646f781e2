/**
 * @file The matrix product on typed arrays: packed panels in float64, a 4×2 block of sums.
 * Transposes are strides.
 */
import type { TypedArray } from "../array.ts";

/** A matrix within a typed array: element (i, j) is at `offset + i·row + j·column`. */
export interface StridedMatrix {
  readonly data: TypedArray;
  readonly offset: number;
  readonly row: number;
  readonly column: number;
}

// HEIGHT rows of C are summed at a time, with WIDTH columns: eight sums stay in registers. Sixteen
// spill and are no faster (within 7 % either way, in CPU time), four are slower by a quarter.
const HEIGHT = 4;
const WIDTH = 2;
const DEPTH = 256; // k-extent of a panel: one of A and one of B stay in a first-level cache
const ROWS = 128; // rows of A packed at a time: 256 KiB, for the second-level cache

/**
 * C += A·B with A [m, k], B [k, n], C [m, n] row-major. Cost 2mkn FLOP.
 * Panels are packed once per block, so a transposed operand costs the same as a plain one.
 */
export function gemm(
  m: number,
  n: number,
  k: number,
  a: StridedMatrix,
  b: StridedMatrix,
  c: TypedArray,
  cOffset: number,
): void {
  const bt = { ...b, row: b.column, column: b.row };
  const left = new Float64Array(ROWS * Math.min(DEPTH, k));
  const right = new Float64Array(WIDTH * Math.min(DEPTH, k));
  const tile = new Float64Array(HEIGHT * WIDTH);
  for (let k0 = 0; k0 < k; k0 += DEPTH) {
    const depth = Math.min(DEPTH, k - k0);
    for (let i0 = 0; i0 < m; i0 += ROWS) {
      const end = Math.min(i0 + ROWS, m);
      for (let i = i0; i < end; i += HEIGHT)
        pack(a, i, Math.min(HEIGHT, end - i), HEIGHT, k0, left, (i - i0) * depth, depth);
      for (let j = 0; j < n; j += WIDTH) {
        const columns = Math.min(WIDTH, n - j);
        pack(bt, j, columns, WIDTH, k0, right, 0, depth);
        for (let i = i0; i < end; i += HEIGHT) {
          multiply(left, (i - i0) * depth, right, depth, tile);
          for (let r = 0; r < HEIGHT && i + r < end; r++)
            for (let q = 0; q < columns; q++)
              c[cOffset + (i + r) * n + j + q]! += tile[r * WIDTH + q]!;
        }
      }
    }
  }
}

/**
 * Copies `lines` rows of x from column k0 on into a panel, interleaved by `width`; missing rows are
 * zero.
 */
function pack(
  x: StridedMatrix,
  line: number,
  lines: number,
  width: number,
  k0: number,
  to: Float64Array,
  at: number,
  depth: number,
) {
  const { data, row, column } = x;
  for (let r = 0; r < width; r++)
    for (
      let p = 0, i = x.offset + (line + r) * row + k0 * column, o = at + r;
      p < depth;
      p++, i += column, o += width
    )
      to[o] = r < lines ? data[i]! : 0;
}

/** tile = leftᵀ·right over two packed panels: eight sums. */
function multiply(
  left: Float64Array,
  at: number,
  right: Float64Array,
  depth: number,
  tile: Float64Array,
): void {
  let [s00, s01] = [0, 0];
  let [s10, s11] = [0, 0];
  let [s20, s21] = [0, 0];
  let [s30, s31] = [0, 0];
  for (let i = at, j = 0, end = at + depth * HEIGHT; i < end; i += HEIGHT, j += WIDTH) {
    const b0 = right[j]!;
    const b1 = right[j + 1]!;
    const a0 = left[i]!;
    s00 += a0 * b0;
    s01 += a0 * b1;
    const a1 = left[i + 1]!;
    s10 += a1 * b0;
    s11 += a1 * b1;
    const a2 = left[i + 2]!;
    s20 += a2 * b0;
    s21 += a2 * b1;
    const a3 = left[i + 3]!;
    s30 += a3 * b0;
    s31 += a3 * b1;
  }
  tile[0] = s00;
  tile[1] = s01;
  tile[2] = s10;
  tile[3] = s11;
  tile[4] = s20;
  tile[5] = s21;
  tile[6] = s30;
  tile[7] = s31;
}
