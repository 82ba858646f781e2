/**
 * @file Spectra of one matrix, row-major in float64: eigenvalues and singular values by ml-matrix,
 * with their vectors' signs fixed.
 */
import { EigenvalueDecomposition, Matrix, SingularValueDecomposition } from "ml-matrix";
import { largest } from "./vectors.ts";

/** Values in order, and the columns of what belongs to them. */
export interface OrderedSpectrum {
  readonly values: Float64Array;
  readonly left: Float64Array;
  readonly right: Float64Array;
}

/**
 * A = V diag(w) Vᵀ of a symmetric matrix, of which the lower triangle is read.
 * @returns w ascending and V
 */
export function symmetricSpectrum(
  a: Float64Array,
  n: number,
): Pick<OrderedSpectrum, "values" | "right"> {
  if (n === 0) return { values: new Float64Array(0), right: new Float64Array(0) };
  const { matrix, scale } = scaled(a, n, n);
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) matrix.set(j, i, matrix.get(i, j));
  const found = new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
  const right = elementsOf(found.eigenvectorMatrix);
  turn(signsOf(right, n), right);
  return { values: Float64Array.from(found.realEigenvalues, (w) => w * scale), right };
}

/**
 * A = U diag(s) Vᵀ, A [m, n] with m ≥ n.
 * @returns s descending, U [m, n] and V [n, n]
 */
export function singularSpectrum(a: Float64Array, m: number, n: number): OrderedSpectrum {
  if (n === 0) return { values: a, left: a, right: a };
  const { matrix, scale } = scaled(a, m, n);
  const found = new SingularValueDecomposition(matrix);
  const left = elementsOf(found.leftSingularVectors);
  const right = elementsOf(found.rightSingularVectors);
  const signs = signsOf(right, n);
  for (const vectors of [left, right]) turn(signs, vectors);
  return { values: Float64Array.from(found.diagonal, (s) => s * scale), left, right };
}

/** A over its largest element, whose squares neither overflow nor vanish. */
function scaled(a: Float64Array, m: number, n: number): { matrix: Matrix; scale: number } {
  const scale = largest(a) || 1;
  const matrix = new Matrix(m, n);
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) matrix.set(i, j, a[i * n + j]! / scale);
  return { matrix, scale };
}

const elementsOf = (x: Matrix): Float64Array => Float64Array.from(x.to1DArray());

/**
 * The sign of each column, which the matrix leaves open: the one with Σⱼ cos(j) vⱼ ≥ 0. (Of a
 * singular pair, v is the right vector.)
 */
function signsOf(vectors: Float64Array, n: number): Float64Array {
  const sums = new Float64Array(n);
  for (const [at, v] of vectors.entries()) sums[at % n]! += Math.cos(Math.floor(at / n)) * v;
  return sums.map((sum) => (sum < 0 ? -1 : 1));
}

function turn(signs: Float64Array, vectors: Float64Array): void {
  for (const [at, v] of vectors.entries()) vectors[at] = signs[at % signs.length]! * v;
}
