/** @file Matrix product on plain typed arrays: packed panels in float64, a 4×4 block in registers, every transpose form by strides. */
import type { TypedArray } from "../array.ts";

/** A matrix inside of a typed array: element (i, j) lies at `offset + i·row + j·column`. */
export interface Matrix {
  readonly data: TypedArray;
  readonly offset: number;
  readonly row: number;
  readonly column: number;
}

const BLOCK = 4; // rows and columns of C held in registers
const DEPTH = 256; // k-extent of a panel: two panels of 4 × 256 float64 stay in a 32 KiB cache
const ROWS = 128; // rows of A packed at a time: 256 KiB, for the second-level cache

/**
 * C += A·B with A [m, k], B [k, n], C [m, n] row-major. Cost 2mkn FLOP.
 * Panels are packed once per block, so a transposed operand costs the same as a plain one.
 */
export function gemm(m: number, n: number, k: number, a: Matrix, b: Matrix, c: TypedArray, cOffset: number): void {
  const left = new Float64Array(ROWS * Math.min(DEPTH, k));
  const right = new Float64Array(BLOCK * Math.min(DEPTH, k));
  const tile = new Float64Array(BLOCK * BLOCK);
  for (let k0 = 0; k0 < k; k0 += DEPTH) {
    const depth = Math.min(DEPTH, k - k0);
    for (let i0 = 0; i0 < m; i0 += ROWS) {
      const rows = Math.min(ROWS, m - i0);
      for (let i = 0; i < rows; i += BLOCK)
        pack(
          a.data,
          a.offset + (i0 + i) * a.row + k0 * a.column,
          a.row,
          a.column,
          Math.min(BLOCK, rows - i),
          depth,
          left,
          i * depth,
        );
      for (let j = 0; j < n; j += BLOCK) {
        const columns = Math.min(BLOCK, n - j);
        pack(b.data, b.offset + k0 * b.row + j * b.column, b.column, b.row, columns, depth, right, 0);
        for (let i = 0; i < rows; i += BLOCK) {
          multiply(left, i * depth, right, depth, tile);
          const height = Math.min(BLOCK, rows - i);
          for (let r = 0; r < height; r++) {
            const at = cOffset + (i0 + i + r) * n + j;
            for (let q = 0; q < columns; q++) c[at + q]! += tile[r * BLOCK + q]!;
          }
        }
      }
    }
  }
}

/** Copies `count` ≤ 4 lines of `depth` elements into a panel, interleaved; missing lines are zero. */
function pack(
  from: TypedArray,
  start: number,
  line: number,
  step: number,
  count: number,
  depth: number,
  panel: Float64Array,
  at: number,
): void {
  for (let r = 0; r < BLOCK; r++)
    for (let p = 0, i = start + r * line, o = at + r; p < depth; p++, i += step, o += BLOCK)
      panel[o] = r < count ? from[i]! : 0;
}

/** tile = leftᵀ·right over two packed panels: 16 sums in registers. */
function multiply(left: Float64Array, at: number, right: Float64Array, depth: number, tile: Float64Array): void {
  let c00 = 0;
  let c01 = 0;
  let c02 = 0;
  let c03 = 0;
  let c10 = 0;
  let c11 = 0;
  let c12 = 0;
  let c13 = 0;
  let c20 = 0;
  let c21 = 0;
  let c22 = 0;
  let c23 = 0;
  let c30 = 0;
  let c31 = 0;
  let c32 = 0;
  let c33 = 0;
  for (let i = at, j = 0, end = at + depth * BLOCK; i < end; i += BLOCK, j += BLOCK) {
    const b0 = right[j]!;
    const b1 = right[j + 1]!;
    const b2 = right[j + 2]!;
    const b3 = right[j + 3]!;
    const a0 = left[i]!;
    c00 += a0 * b0;
    c01 += a0 * b1;
    c02 += a0 * b2;
    c03 += a0 * b3;
    const a1 = left[i + 1]!;
    c10 += a1 * b0;
    c11 += a1 * b1;
    c12 += a1 * b2;
    c13 += a1 * b3;
    const a2 = left[i + 2]!;
    c20 += a2 * b0;
    c21 += a2 * b1;
    c22 += a2 * b2;
    c23 += a2 * b3;
    const a3 = left[i + 3]!;
    c30 += a3 * b0;
    c31 += a3 * b1;
    c32 += a3 * b2;
    c33 += a3 * b3;
  }
  tile[0] = c00;
  tile[1] = c01;
  tile[2] = c02;
  tile[3] = c03;
  tile[4] = c10;
  tile[5] = c11;
  tile[6] = c12;
  tile[7] = c13;
  tile[8] = c20;
  tile[9] = c21;
  tile[10] = c22;
  tile[11] = c23;
  tile[12] = c30;
  tile[13] = c31;
  tile[14] = c32;
  tile[15] = c33;
}
