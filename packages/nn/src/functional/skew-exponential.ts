/** @file The rotations of n coordinates as exponentials of skew-symmetric matrices. */
import { add, eye, matmul, mul, type Tensor, take, tensor } from "@spm/core";
import { checkTensors, ShapeError, showShape } from "@spm/core/extend";

/** 2^HALVINGS and the terms of the series: ‖K‖ ≤ 8 leaves less than 10⁻⁵. */
const [HALVINGS, TERMS] = [4, 8];

/**
 * e^K, K = −Kᵀ: every rotation of n coordinates. A series and squarings, in products that every
 * backend has; with ‖K‖ ≤ 8 it is orthogonal but for 10⁻⁵. (`matrixExponential` of @spm/linalg
 * takes any matrix, and is exact.)
 * @param upper - K above its diagonal, row by row, [n (n − 1) / 2]
 * @returns [n, n]. Cost 24 n³ FLOP
 * @throws ShapeError for another number of elements
 * @example skewExponential(tensor([Math.PI / 2])); // [[0, 1], [-1, 0]]
 */
export function skewExponential(upper: Tensor): Tensor {
  checkTensors("skewExponential", upper);
  const n = (1 + Math.sqrt(1 + 8 * (upper.shape[0] ?? 0))) / 2;
  if (upper.shape.length !== 1 || !Number.isInteger(n))
    throw new ShapeError("skewExponential", "n (n − 1) / 2 numbers", showShape(upper.shape));
  const { backend, dtype } = upper;
  const one = eye(n, n, { backend, dtype: dtype === "float64" ? dtype : "float32" });
  if (n === 1) return one;
  const small = mul(skew(upper, n), 2 ** -HALVINGS);
  let sum = one;
  for (let k = TERMS; k >= 1; k--) sum = add(one, mul(matmul(small, sum), 1 / k));
  for (let k = 0; k < HALVINGS; k++) sum = matmul(sum, sum);
  return sum;
}

/** K [n, n] */
function skew(upper: Tensor, n: number): Tensor {
  const places = new Int32Array(n * n);
  const signs = new Float64Array(n * n);
  let at = 0;
  for (let i = 0; i < n; i++)
    for (let j = i + 1; j < n; j++, at++) {
      places[i * n + j] = places[j * n + i] = at;
      signs[i * n + j] = 1;
      signs[j * n + i] = -1;
    }
  const { backend, dtype } = upper;
  const of = dtype === "float64" ? signs : Float32Array.from(signs);
  const shape = [n, n];
  return mul(take(upper, tensor(places, { shape, backend })), tensor(of, { shape, backend }));
}
