/**
 * @file Block-diagonal products: q small matrices, each on a part of the coordinates of its own.
 */
import { concat, matmul, pad, reshape, slice, type Tensor, transpose } from "@spm/core";
import { checkTensors, sizeOf } from "@spm/core/extend";

/**
 * z[r, k] = w[k] x[r, k]. x [rows, q, in], w [q, out, in] → [rows, q, out]; 2·q·in·out FLOP a row.
 */
export function multiplyBlocks(x: Tensor, w: Tensor): Tensor {
  const products = matmul(transpose(x, [1, 0, 2]), transpose(w, [0, 2, 1]));
  return transpose(products, [1, 0, 2]);
}

/** {@link multiplyBlocks} of the parts of the last axis. x [..., q · in] → [..., q · out]. */
export function multiplyParts(x: Tensor, w: Tensor): Tensor {
  const [q, out, inFeatures] = w.shape as [number, number, number];
  const lead = x.shape.slice(0, -1);
  const parts = reshape(x, [sizeOf(lead), q, inFeatures]);
  return reshape(multiplyBlocks(parts, w), [...lead, q * out]);
}

/** The matrix [q·out, q·in] with w[k] as its k-th diagonal block. w [q, out, in]. */
export function blockDiagonal(w: Tensor): Tensor {
  checkTensors("blockDiagonal", w);
  const [q, out, inFeatures] = w.shape as [number, number, number];
  const rows = Array.from({ length: q }, (_, k) =>
    pad(
      reshape(slice(w, [{ start: k, stop: k + 1 }]), [out, inFeatures]),
      [0, k * inFeatures],
      [0, (q - 1 - k) * inFeatures],
    ),
  );
  return concat(rows);
}
