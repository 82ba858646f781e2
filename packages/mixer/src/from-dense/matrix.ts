/** @file Dense matrices as plain float64 numbers, row-major, for factorisations. */

/** A matrix; `data[columns · i + j]`. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

/** A matrix from its entries. */
export function matrix(
  rows: number,
  columns: number,
  entry: (i: number, j: number) => number,
): Matrix {
  const data = new Float64Array(rows * columns);
  for (let i = 0, k = 0; i < rows; i++) for (let j = 0; j < columns; j++) data[k++] = entry(i, j);
  return { rows, columns, data };
}

/** A B. */
export function product(a: Matrix, b: Matrix): Matrix {
  const data = new Float64Array(a.rows * b.columns);
  for (let i = 0; i < a.rows; i++)
    for (let k = 0; k < a.columns; k++) {
      const factor = a.data[i * a.columns + k]!;
      if (factor === 0) continue;
      for (let j = 0, to = i * b.columns, from = k * b.columns; j < b.columns; j++)
        data[to++]! += factor * b.data[from++]!;
    }
  return { rows: a.rows, columns: b.columns, data };
}

/** Aᵀ. */
export const transposedMatrix = ({ rows, columns, data }: Matrix): Matrix =>
  matrix(columns, rows, (i, j) => data[j * columns + i]!);

/** Row i, as a view. */
export const row = ({ columns, data }: Matrix, i: number): Float64Array =>
  data.subarray(i * columns, (i + 1) * columns);

/** ⟨a, b⟩ */
export function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!;
  return total;
}

/** ‖A − B‖ / ‖B‖ in the Frobenius norm; ‖A‖ where B is zero. */
export function relativeError(a: Matrix, b: Matrix): number {
  const difference = a.data.map((v, k) => v - b.data[k]!);
  const size = Math.sqrt(dot(b.data, b.data));
  return Math.sqrt(dot(difference, difference)) / (size === 0 ? 1 : size);
}

/** Largest entry of |AᵀA − I|. */
export function orthogonalityError(a: Matrix): number {
  const gram = product(transposedMatrix(a), a);
  return gram.data.reduce(
    (worst, v, k) => Math.max(worst, Math.abs(v - (k % (a.columns + 1) === 0 ? 1 : 0))),
    0,
  );
}
