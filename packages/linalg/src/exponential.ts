/** @file The exponential of a matrix. */
import { concat, type Tensor, zeros } from "@spm/core";
import {
  checkDTypes,
  definePrimitive,
  dtypeOf,
  frontAxis,
  type Op,
  zerosArray,
} from "@spm/core/extend";
import { composedExponential } from "./composed.ts";
import { columns, eachMatrix, rows, squareMatrices, transposed } from "./matrices.ts";
import { axpy } from "./vectors.ts";

/**
 * The primitive of {@link matrixExponential}, [..., n, n] → [..., n, n].
 * @example matrixExponentialOp([zeros([2, 2])])[0]; // [[1, 0], [0, 1]]
 */
export const matrixExponentialOp: Op<[a: 1]> = definePrimitive({
  name: "matrixExponential",
  infer: ([a]) => {
    squareMatrices("matrixExponential", a);
    return [{ shape: a.shape, dtype: checkDTypes("matrixExponential", [a]) }];
  },
  forward: ([a]) => {
    const { batch, n } = squareMatrices("matrixExponential", a);
    return eachMatrix(batch, [a], [zerosArray(dtypeOf(a), a.shape)], ([taken], [result]) =>
      result.set(exponential(taken, n)),
    );
  },
  // The transpose of the derivative at A is the derivative at Aᵀ: the upper right block of
  // exp [Aᵀ, Ȳ; 0, Aᵀ].
  vjp: ([ct], { inputs: [a] }) => {
    const { n } = squareMatrices("matrixExponential", a);
    const aT = transposed(a);
    const nothing = zeros(a.shape, { dtype: a.dtype, backend: a.backend });
    const block = concat([concat([aT, ct], -1), concat([nothing, aT], -1)], -2);
    return [columns(rows(matrixExponentialOp([block])[0], 0, n), n, 2 * n)];
  },
  composed: ([a]) => [composedExponential(a, terms)],
  batch: frontAxis(),
});

/** Terms of the series: ‖A‖ ≤ ½ leaves less than 2⁻⁵⁶. */
const terms = 14;

/** eᴬ = (e^(A / 2ˢ))^(2ˢ): the series by Horner's rule, and s squarings. */
function exponential(a: Float64Array, n: number): Float64Array {
  let norm = 0; // the largest sum of a row
  for (let at = 0; at < a.length; at += n)
    norm = Math.max(
      norm,
      a.subarray(at, at + n).reduce((sum, v) => sum + Math.abs(v), 0),
    );
  if (!Number.isFinite(norm)) return new Float64Array(a.length).fill(Number.NaN);
  const squarings = norm > 0.5 ? Math.ceil(Math.log2(norm)) + 1 : 0;
  const small = a.map((v) => v / 2 ** squarings);
  let sum = new Float64Array(a.length);
  for (let k = terms; k >= 0; k--) {
    if (k < terms) sum = product(small, sum, n).map((v) => v / (k + 1));
    for (let i = 0; i < n; i++) sum[i * n + i]! += 1;
  }
  for (let k = 0; k < squarings; k++) sum = product(sum, sum, n);
  return sum;
}

function product(a: Float64Array, b: Float64Array, n: number): Float64Array<ArrayBuffer> {
  const c = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let k = 0; k < n; k++) axpy(a[i * n + k]!, b, k * n, c, i * n, n);
  return c;
}

/**
 * eᴬ = Σₖ Aᵏ / k!, scaled until the series is short, and squared back. The derivative is right for
 * every A, and is the exponential of a matrix of twice the size.
 *
 * Runs as {@link solve} does. NaN and infinities make all of their matrix NaN, on a GPU also norms
 * above 2²³, which leave no digits in float32.
 * @param a - [..., n, n]
 * @returns [..., n, n]. Cost 2n³ (14 + log₂ ‖A‖) FLOP a matrix, eight times that backward
 * @throws ShapeError, DTypeError
 * @example matrixExponential(tensor([[0, 1], [0, 0]])); // [[1, 1], [0, 1]]
 */
export const matrixExponential = (a: Tensor): Tensor => matrixExponentialOp([a])[0];
