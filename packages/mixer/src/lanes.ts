/**
 * @file Row groups: four rows of a row-major matrix, interleaved in float64 (`z[4i + r]` is
 * coordinate i of row r), so that a pair's block is loaded once for four rows. The last group may
 * hold fewer: its other lanes carry zeros, and point at its first row, so that loops
 * need no test for the end.
 */
import type { TypedArray } from "@spm/core";

/** Rows in a group. */
export const ROWS_PER_GROUP = 4;

/** A row-major matrix [rows, width], of which a group reads or writes up to four rows. */
export interface Rows {
  readonly data: TypedArray;
  readonly rows: number;
  readonly width: number;
}

const start = ({ rows, width }: Rows, row: number, lane: number): number =>
  (row + lane < rows ? row + lane : row) * width;

/** z[4i + r] = d[i] · x[row + r][i] for i < width, 0 beyond and in lanes without a row. */
export function load(z: Float64Array, from: Rows, row: number, d: TypedArray): void {
  const x = from.data;
  const [r0, r1, r2, r3] = [
    start(from, row, 0),
    start(from, row, 1),
    start(from, row, 2),
    start(from, row, 3),
  ];
  const { width } = from;
  for (let i = 0, k = 0; i < width; i++, k += ROWS_PER_GROUP) {
    const s = d[i]!;
    z[k] = s * x[r0 + i]!;
    z[k + 1] = s * x[r1 + i]!;
    z[k + 2] = s * x[r2 + i]!;
    z[k + 3] = s * x[r3 + i]!;
  }
  z.fill(0, ROWS_PER_GROUP * width);
  for (let lane = from.rows - row; lane < ROWS_PER_GROUP; lane++)
    for (let k = lane; k < ROWS_PER_GROUP * width; k += ROWS_PER_GROUP) z[k] = 0;
}

/**
 * y[row + r][i] = d[i] · z[4i + r] + b[i], for the rows there are: spare lanes write first, and
 * lane 0 over them.
 */
export function store(
  to: Rows,
  row: number,
  z: Float64Array,
  d: TypedArray,
  b: TypedArray | null,
): void {
  const y = to.data;
  const [r0, r1, r2, r3] = [
    start(to, row, 0),
    start(to, row, 1),
    start(to, row, 2),
    start(to, row, 3),
  ];
  for (let i = 0, k = 0; i < to.width; i++, k += ROWS_PER_GROUP) {
    const s = d[i]!;
    const t = b === null ? 0 : b[i]!;
    y[r3 + i] = s * z[k + 3]! + t;
    y[r2 + i] = s * z[k + 2]! + t;
    y[r1 + i] = s * z[k + 1]! + t;
    y[r0 + i] = s * z[k]! + t;
  }
}

/** sum[i] += Σ_r z[4i + r] · x[row + r][i]; spare lanes of z are zero. */
export function addProducts(sum: Float64Array, z: Float64Array, from: Rows, row: number): void {
  const x = from.data;
  const [r0, r1, r2, r3] = [
    start(from, row, 0),
    start(from, row, 1),
    start(from, row, 2),
    start(from, row, 3),
  ];
  for (let i = 0, k = 0; i < from.width; i++, k += ROWS_PER_GROUP)
    sum[i]! +=
      z[k]! * x[r0 + i]! + z[k + 1]! * x[r1 + i]! + z[k + 2]! * x[r2 + i]! + z[k + 3]! * x[r3 + i]!;
}

/** sum[i] += Σ_r x[row + r][i] over the rows there are. */
export function addRows(sum: Float64Array, { data, rows, width }: Rows, row: number): void {
  for (let r = row; r < Math.min(row + ROWS_PER_GROUP, rows); r++)
    for (let i = 0, at = r * width; i < width; i++, at++) sum[i]! += data[at]!;
}
