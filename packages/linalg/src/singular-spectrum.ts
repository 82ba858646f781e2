/**
 * @file Singular values and vectors of one matrix, row-major in float64: reflections from both
 * sides make it bidiagonal, QR steps diagonal.
 */
import { columnsOfQ } from "./factors.ts";
import {
  type Bands,
  decouple,
  epsilon,
  identity,
  type OrderedSpectrum,
  ordered,
  rotation,
  rotations,
} from "./qr-steps.ts";
import {
  axpy,
  largest,
  type Rotations,
  reflect,
  reflectRows,
  rotateColumns,
  transposed,
} from "./vectors.ts";

/**
 * A = U diag(s) Vᵀ, A [m, n] with m ≥ n.
 * @returns s descending, U [m, n] and V [n, n], or null when the QR steps don't converge
 */
export function singularSpectrum(
  matrix: Float64Array,
  m: number,
  n: number,
): OrderedSpectrum | null {
  const scale = largest(matrix) || 1;
  const columns = transposed(matrix, m, n);
  for (let k = 0; k < columns.length; k++) columns[k]! /= scale;
  const v = identity(n);
  const { u, ...bands } = bidiagonal(columns, m, n, v);
  const [byRow, byColumn] = [rotations(n), rotations(n)];
  const converged = decouple(bands, epsilon, (first, last) => {
    const zero = bands.d.subarray(first, last + 1).some((v) => Math.abs(v) <= epsilon);
    (zero ? unshiftedStep : singularStep)(bands, first, last, byRow, byColumn);
    rotateColumns(u, n, first, last, byRow);
    rotateColumns(v, n, first, last, byColumn);
  });
  if (!converged) return null;
  const { d } = bands;
  for (let k = 0; k < n; k++)
    if (d[k]! < 0) {
      d[k] = -d[k]!;
      for (let at = k; at < v.length; at += n) v[at] = -v[at]!;
    }
  return ordered(d, scale, u, v, false);
}

/** Uᵀ A V upper bidiagonal, A given by its columns, which are used up; v becomes V. */
function bidiagonal(
  columns: Float64Array,
  m: number,
  n: number,
  v: Float64Array,
): Bands & { readonly u: Float64Array } {
  const [d, e, tau] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  const [row, sum] = [new Float64Array(n), new Float64Array(m)];
  for (let k = 0; k < n; k++) {
    const [at, height, width] = [k * m + k, m - k, n - k - 1];
    tau[k] = reflect(columns, at, height);
    d[k] = columns[at]!;
    reflectRows(tau[k]!, columns, at, columns, at + m, m, width, height);
    for (let j = 0; j < width; j++) row[j] = columns[(k + 1 + j) * m + k]!;
    if (width === 0) break;
    const right = reflect(row, 0, width);
    e[k] = row[0]!;
    if (right === 0) continue;
    reflectRows(right, row, 0, v, n - width, n, n, width);
    row[0] = 1;
    sum.fill(0);
    for (let j = 0; j < width; j++) axpy(row[j]!, columns, (k + 1 + j) * m + k, sum, k, height);
    for (let j = 0; j < width; j++)
      axpy(-right * row[j]!, sum, k, columns, (k + 1 + j) * m + k, height);
  }
  return { d, e, u: transposed(columnsOfQ({ columns, tau }, m, 0, n), n, m) };
}

/**
 * One QR step on a bidiagonal block (Golub and Kahan), shifted by the smaller singular value of its
 * last corner.
 */
function singularStep(
  { d, e }: Bands,
  first: number,
  last: number,
  byRow: Rotations,
  byColumn: Rotations,
): void {
  const [p, q, corner] = [Math.abs(d[last - 1]!), Math.abs(d[last]!), e[last - 1]!];
  const twiceTheLarger = Math.hypot(p + q, corner) + Math.hypot(p - q, corner);
  const shift = (2 * p * q) / twiceTheLarger;
  const start = d[first]!;
  let f = (Math.abs(start) - shift) * (Math.sign(start) + shift / start);
  let g = e[first]!;
  for (let k = first; k < last; k++) {
    const r = rotation(byColumn, k, f, g);
    if (k > first) e[k - 1] = r;
    let [c, s] = [byColumn.cos[k]!, byColumn.sin[k]!];
    f = c * d[k]! + s * e[k]!;
    e[k] = c * e[k]! - s * d[k]!;
    g = s * d[k + 1]!;
    d[k + 1]! *= c;
    d[k] = rotation(byRow, k, f, g);
    [c, s] = [byRow.cos[k]!, byRow.sin[k]!];
    f = c * e[k]! + s * d[k + 1]!;
    d[k + 1] = c * d[k + 1]! - s * e[k]!;
    if (k < last - 1) {
      g = s * e[k + 1]!;
      e[k + 1]! *= c;
    }
  }
  e[last - 1] = f;
}

/** The step without a shift (Demmel and Kahan): a value of 0 comes out at the end of the block. */
function unshiftedStep(
  { d, e }: Bands,
  first: number,
  last: number,
  byRow: Rotations,
  byColumn: Rotations,
): void {
  let [columnCos, rowCos, rowSin] = [1, 1, 0];
  for (let k = first; k < last; k++) {
    const r = rotation(byColumn, k, d[k]! * columnCos, e[k]!);
    if (k > first) e[k - 1] = rowSin * r;
    columnCos = byColumn.cos[k]!;
    d[k] = rotation(byRow, k, rowCos * r, d[k + 1]! * byColumn.sin[k]!);
    [rowCos, rowSin] = [byRow.cos[k]!, byRow.sin[k]!];
  }
  const end = d[last]! * columnCos;
  d[last] = end * rowCos;
  e[last - 1] = end * rowSin;
}
