/** @file Triangles of matrices. */
import { greaterEqual, lessEqual, type Tensor, tensor, where } from "@spm/core";
import { checkTensors, ShapeError, showShape } from "@spm/core/extend";

/** column − row of each element, int32 [m, n] of the last two axes, counted on the host. */
function diagonals(op: string, { shape, backend }: Tensor): Tensor {
  const [m, n] = shape.slice(-2);
  if (m === undefined || n === undefined)
    throw new ShapeError(op, "a matrix or a batch of them", showShape(shape));
  const above = Int32Array.from({ length: m * n }, (_, k) => (k % n) - Math.floor(k / n));
  return tensor(above, { shape: [m, n], backend });
}

/**
 * The upper triangle of each matrix, with zeros below a diagonal.
 * @param x - [..., m, n]
 * @param diagonal - the number of places above the main diagonal (default 0)
 * @returns [..., m, n]
 * @throws ShapeError for less than two axes
 * @example triu(tensor([[1, 2], [3, 4]])); // [[1, 2], [0, 4]]
 */
export const triu = (x: Tensor, diagonal = 0): Tensor => {
  checkTensors("triu", x);
  return where(greaterEqual(diagonals("triu", x), diagonal), x, 0);
};

/**
 * The lower triangle of each matrix, with zeros above a diagonal.
 * @param x - [..., m, n]
 * @param diagonal - the number of places above the main diagonal (default 0)
 * @returns [..., m, n]
 * @throws ShapeError for less than two axes
 * @example tril(tensor([[1, 2], [3, 4]])); // [[1, 0], [3, 4]]
 */
export const tril = (x: Tensor, diagonal = 0): Tensor => {
  checkTensors("tril", x);
  return where(lessEqual(diagonals("tril", x), diagonal), x, 0);
};
