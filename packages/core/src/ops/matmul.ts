/** @file The matrix product with NumPy's rules for vectors and batches. */
import { allocate, dtypeOf, type NdArray, wrap } from "../array.ts";
import { ShapeError } from "../errors.ts";
import { definePrimitive, type Op } from "../primitive.ts";
import { type Shape, showShape, sizeOf, stridesOf } from "../shape.ts";
import { showSpec, type Tensor } from "../tensor.ts";
import { alignedOperands, broadcastArray, sumTo } from "./broadcast.ts";
import { broadcastShapes, checkDTypes, checkTensors } from "./check.ts";
import { gemm, type StridedMatrix } from "./gemm.ts";
import { expandDims, reshape, transpose } from "./reshape.ts";

/**
 * The primitive of {@link matmul}: [..., m, k] and [..., k, n] → [..., m, n].
 * @example matmulOp([ones([2, 3]), ones([3, 1])]); // [[3], [3]]
 */
export const matmulOp: Op<[a: 1, b: 1]> = definePrimitive({
  name: "matmul",
  infer: ([a, b]) => [
    { shape: productShape(a.shape, b.shape), dtype: checkDTypes("matmul", [a, b]) },
  ],
  forward: ([a, b]) => [multiplyArrays(a, b)],
  vjp: ([ct], { inputs: [a, b], needs }) => [
    needs[0] ? sumTo(matmul(ct, swapLast(b)), a.shape) : null, // Ā = C̄·Bᵀ
    needs[1] ? sumTo(matmul(swapLast(a), ct), b.shape) : null, // B̄ = Aᵀ·C̄
  ],
  batch: (_, operands, batched) => {
    const [a, b] = alignedOperands(operands, batched);
    return [matmul(a, b)]; // rows of the whole batch by one matrix are one product
  },
});

function productShape(a: Shape, b: Shape): Shape {
  if (a.at(-1) !== b.at(-2))
    throw new ShapeError("matmul", "inner sizes to agree", `${showShape(a)} and ${showShape(b)}`);
  return [...broadcastShapes("matmul", a.slice(0, -2), b.slice(0, -2)), a.at(-2)!, b.at(-1)!];
}

function multiplyArrays(a: NdArray, b: NdArray): NdArray {
  const shape = productShape(a.shape, b.shape);
  const [m, n, k] = [a.shape.at(-2)!, b.shape.at(-1)!, a.shape.at(-1)!];
  const [batch, out] = [shape.slice(0, -2), allocate(dtypeOf(a), sizeOf(shape))];
  if (m * n * k === 0) return wrap(out, shape); // sums of nothing
  const [x, y] = [broadcastArray(a, [...batch, m, k]), broadcastArray(b, [...batch, k, n])];
  for (let at = 0; at < out.length; at += m * n) {
    const index = stridesOf(shape)
      .slice(0, -2)
      .map((step, axis) => Math.floor(at / step) % shape[axis]!); // of the batch
    gemm(m, n, k, matrixAt(x, index), matrixAt(y, index), out, at);
  }
  return wrap(out, shape);
}

const matrixAt = ({ data, stride, offset }: NdArray, index: Shape): StridedMatrix => ({
  data,
  offset: index.reduce((at, i, axis) => at + i * stride[axis]!, offset),
  row: stride.at(-2)!,
  column: stride.at(-1)!,
});

function swapLast(x: Tensor): Tensor {
  const axes = x.shape.map((_, k) => k);
  return transpose(x, [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!]);
}

/**
 * C = A·B over the last two axes; leading axes broadcast. A vector is a row on the left, a column
 * on the right.
 * @param a - [..., m, k] or [k]
 * @param b - [..., k, n] or [k]
 * @returns [..., m, n], without the axis that a vector lacks. Cost 2mkn FLOP a matrix
 * @throws ShapeError unless the inner sizes agree and the leading axes broadcast; DTypeError unless
 * both are of one floating dtype
 * @example matmul(x, transpose(w)); // a dense layer
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  checkTensors("matmul", a, b);
  const [p, q] = [a.shape.length, b.shape.length];
  if (p === 0 || q === 0) {
    const got = `${showSpec(a)} and ${showSpec(b)}`;
    throw new ShapeError("matmul", "no scalars", got, "mul() scales");
  }
  if (p === 1) return dropAxis(matmul(expandDims(a, 0), b), q === 1 ? -1 : -2);
  if (q === 1) return dropAxis(matmul(a, expandDims(b, 1)), -1);
  if (p === 2 || q > 2) return matmulOp([a, b])[0];
  const rows = a.shape.slice(0, -1); // of all matrices on the left: one product, and one for B̄
  return reshape(matmul(reshape(a, [sizeOf(rows), a.shape.at(-1)!]), b), [...rows, b.shape[1]!]);
}

const dropAxis = (x: Tensor, axis: number): Tensor => reshape(x, x.shape.toSpliced(axis, 1));
