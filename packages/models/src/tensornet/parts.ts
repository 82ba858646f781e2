/**
 * @file 3×3 matrices by their irreducible parts, X = I + A + S: 1 + 3 + 5 numbers along a leading
 * axis, the coordinates in an orthonormal basis.
 */
import {
  concat,
  expandDims,
  matmul,
  mul,
  reshape,
  split,
  square,
  sum,
  type Tensor,
  tensor,
} from "@spm/core";

/** The numbers of a multiple of the identity, an antisymmetric and a symmetric traceless matrix. */
const sizes = [1, 3, 5] as const;

const [half, third, sixth] = [Math.SQRT1_2, 1 / Math.sqrt(3), 1 / Math.sqrt(6)];

/**
 * The basis as rows of 9, each a matrix in row-major order: Id/√3; [e_x]×/√2, [e_y]×/√2, [e_z]×/√2;
 * and five symmetric ones. It is orthonormal, so ‖X‖² is the sum of squares of the coordinates.
 */
const basis: readonly (readonly number[])[] = [
  [third, 0, 0, 0, third, 0, 0, 0, third],
  [0, 0, 0, 0, 0, -half, 0, half, 0],
  [0, 0, half, 0, 0, 0, -half, 0, 0],
  [0, -half, 0, half, 0, 0, 0, 0, 0],
  [0, half, 0, half, 0, 0, 0, 0, 0],
  [0, 0, 0, 0, 0, half, 0, half, 0],
  [0, 0, half, 0, 0, 0, half, 0, 0],
  [half, 0, 0, 0, -half, 0, 0, 0, 0],
  [-sixth, 0, 0, 0, -sixth, 0, 0, 0, 2 * sixth],
];
const transposed = basis.map((_, k) => basis.map((row) => row[k] ?? 0));

/** Rows of numbers [m, n], where x is and of its dtype. */
const constant = (rows: readonly (readonly number[])[], { dtype, backend }: Tensor): Tensor =>
  tensor(Float64Array.from(rows.flat()), {
    shape: [rows.length, rows[0]?.length ?? 0],
    dtype,
    backend,
  });

/** I [1, ...], A [3, ...] and S [5, ...] of X [9, ...]: views. */
export const partsOf = (x: Tensor): Tensor[] => split(x, sizes, 0);

/** X [9, ...] of its parts, each the result of `make` for a part of another X. */
export const eachPart = (x: Tensor, make: (part: Tensor, k: number) => Tensor): Tensor =>
  concat(partsOf(x).map(make), 0);

/** ‖X‖², the squared Frobenius norm: [9, ...] → [...]. */
export const squaredNorm = (x: Tensor): Tensor => sum(square(x), 0);

/** The matrices themselves: [9, n, width] → [3, 3, n, width]. */
export function toMatrices(x: Tensor): Tensor {
  const [, n = 0, width = 0] = x.shape;
  const flat = matmul(constant(transposed, x), reshape(x, [9, n * width]));
  return reshape(flat, [3, 3, n, width]);
}

/** The coordinates of matrices: [3, 3, n, width] → [9, n, width]. */
export function fromMatrices(x: Tensor): Tensor {
  const [, , n = 0, width = 0] = x.shape;
  return reshape(matmul(constant(basis, x), reshape(x, [9, n * width])), [9, n, width]);
}

/** Products of matrices: xs [3, 3, n, width] by ys, of the same shape. */
export function products(xs: Tensor, ys: Tensor): Tensor {
  const [, , n = 0, width = 0] = xs.shape;
  // the axis that is summed comes first
  const columns = reshape(xs, [3, 3, 1, n * width]).transpose([1, 0, 2, 3]);
  const rows = expandDims(reshape(ys, [3, 3, n * width]), 1);
  return reshape(sum(mul(columns, rows), 0), [3, 3, n, width]);
}

/**
 * Id, [u]× and u uᵀ − (u·u)/3 Id for vectors u [3, m], as parts [1, m], [3, m] and [5, m] of the
 * same basis.
 */
export function partsOfVectors(u: Tensor): [identity: Tensor, cross: Tensor, outer: Tensor] {
  const m = u.shape[1] ?? 0;
  const squares = reshape(mul(expandDims(u, 1), expandDims(u, 0)), [9, m]);
  const identity = tensor(new Float64Array(m).fill(Math.sqrt(3)), {
    shape: [1, m],
    dtype: u.dtype,
    backend: u.backend,
  });
  return [identity, mul(Math.SQRT2, u), matmul(constant(basis.slice(4), u), squares)];
}
