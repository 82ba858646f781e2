/** @file Matrix product with NumPy's rules for vectors and batches. */

import { allocate, dtypeOf, type NdArray, wrap } from "../array.ts";
import { ShapeError } from "../errors.ts";
import { definePrimitive, type Primitive } from "../primitive.ts";
import { type Shape, showShape, sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { broadcastArray, sumTo } from "./broadcast.ts";
import { broadcastShapes, checkDTypes } from "./check.ts";
import { gemm, type Matrix } from "./gemm.ts";
import { forEachRow } from "./loops.ts";
import { expandDims, reshape, transpose } from "./reshape.ts";

const matmulOp = definePrimitive<void>({
  name: "matmul",
  infer: ([a, b]) => [{ shape: productShape(a!.shape, b!.shape), dtype: checkDTypes("matmul", [a!, b!]) }],
  forward: ([a, b]) => [multiplyArrays(a!, b!)],
  vjp: ([ct], { inputs: [a, b], needs }) => [
    needs[0] ? sumTo(matmul(ct!, swapLast(b!)), a!.shape) : null, // Ā = C̄·Bᵀ
    needs[1] ? sumTo(matmul(swapLast(a!), ct!), b!.shape) : null, // B̄ = Aᵀ·C̄
  ],
});

function productShape(a: Shape, b: Shape): Shape {
  const [m, k] = a.slice(-2);
  const [inner, n] = b.slice(-2);
  if (k !== inner) throw new ShapeError("matmul", "inner sizes to agree", `${showShape(a)} and ${showShape(b)}`);
  return [...broadcastShapes("matmul", a.slice(0, -2), b.slice(0, -2)), m!, n!];
}

function multiplyArrays(a: NdArray, b: NdArray): NdArray {
  const shape = productShape(a.shape, b.shape);
  const [m, n] = shape.slice(-2) as [number, number];
  const k = a.shape.at(-1)!;
  const out = wrap(allocate(dtypeOf(a), sizeOf(shape)), shape);
  if (m * n * k === 0) return out; // sums of nothing
  const batch = [...shape.slice(0, -2), 1];
  let at = 0;
  forEachRow(batch, [overBatch(a, batch), overBatch(b, batch)], (width, [i, j], [di, dj]) => {
    for (let q = 0; q < width; q++, at += m * n)
      gemm(m, n, k, matrix(a, i! + q * di!), matrix(b, j! + q * dj!), out.data, at);
  });
  return out;
}

/** The first element of each matrix, as an array over the batch. */
function overBatch(x: NdArray, batch: Shape): NdArray {
  const rank = x.shape.length - 2;
  return broadcastArray(wrap(x.data, [...x.shape.slice(0, rank), 1], [...x.stride.slice(0, rank), 0], x.offset), batch);
}

const matrix = (x: NdArray, offset: number): Matrix => ({
  data: x.data,
  offset,
  row: x.stride.at(-2)!,
  column: x.stride.at(-1)!,
});

function swapLast(x: Tensor): Tensor {
  const axes = x.shape.map((_, k) => k);
  return transpose(x, [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!]);
}

/**
 * C = A·B over the last two axes; leading axes broadcast. A vector counts as a row on the left, a column on the right.
 * @param a - [..., m, k] or [k]
 * @param b - [..., k, n] or [k]
 * @returns [..., m, n], without the axis that a vector lacks. Cost 2mkn FLOP a matrix.
 * @throws ShapeError unless the inner sizes agree and the leading axes broadcast
 * @example matmul(x, transpose(w)); // a dense layer
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  if (a.shape.length === 0 || b.shape.length === 0)
    throw new ShapeError("matmul", "no scalars", `${showShape(a.shape)} and ${showShape(b.shape)}`, "mul() scales");
  if (a.shape.length === 1) return squeezeAxis(matmul(expandDims(a, 0), b), b.shape.length === 1 ? -1 : -2);
  if (b.shape.length === 1) return squeezeAxis(matmul(a, expandDims(b, 1)), -1);
  if (a.shape.length > 2 && b.shape.length === 2) {
    const rows = matmul(reshape(a, [-1, a.shape.at(-1)!]), b); // one product, and one for B̄
    return reshape(rows, [...a.shape.slice(0, -1), b.shape[1]!]);
  }
  return matmulOp([a, b], undefined)[0]!;
}

const squeezeAxis = (x: Tensor, axis: number): Tensor => reshape(x, x.shape.toSpliced(axis, 1));

/** The primitive, for backends. */
export const matmulPrimitive: Primitive<void> = matmulOp.primitive;
