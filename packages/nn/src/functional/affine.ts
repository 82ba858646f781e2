/** @file The dense linear map, and the look-up of rows in a table. */
import { add, matmul, reshape, sum, type Tensor, take, transpose } from "@spm/core";
import {
  allocate,
  checkDTypes,
  definePrimitive,
  dtypeOf,
  each,
  elements,
  inNameOf,
  type Op,
  ShapeError,
  sameShape,
  showShape,
  sizeOf,
  wrap,
} from "@spm/core/extend";
import { dotRows } from "./rows.ts";

/** x Wᵀ + b in ordinary ops. */
const composedAffine = (x: Tensor, weight: Tensor, bias: Tensor): Tensor =>
  add(matmul(x, transpose(weight)), bias);

/**
 * The primitive of {@link affine} with a bias: x [rows, in], weight [out, in], bias [out] → [rows,
 * out]. A backend with a kernel adds the bias where it computes the product.
 * @example affineOp([ones([1, 2]), ones([3, 2]), zeros([3])])[0]; // [[2, 2, 2]]
 */
export const affineOp: Op<[x: 1, weight: 1, bias: 1]> = definePrimitive({
  name: "affine",
  infer: (inputs) => {
    const [x, weight, bias] = inputs;
    const dtype = checkDTypes("affine", inputs);
    const [rows = 0, width = 0] = x.shape;
    const [out = 0] = bias.shape;
    if (!sameShape(x.shape, [rows, width]) || !sameShape(weight.shape, [out, width]))
      throw new ShapeError(
        "affine",
        "x [rows, in], weight [out, in] and bias [out]",
        inputs.map(({ shape }) => showShape(shape)).join(", "),
      );
    return [{ shape: [rows, out], dtype }];
  },
  forward: ([x, weight, bias]) => {
    const [v, w, b] = each([x, weight, bias], elements);
    const [[rows = 0, width = 0], out] = [x.shape, sizeOf(bias.shape)];
    const y = allocate(dtypeOf(x), rows * out);
    for (let i = 0; i < y.length; i++) {
      const [row, column] = [Math.floor(i / out), i % out];
      y[i] = dotRows(v, row * width, w, column * width, width) + (b[column] ?? 0);
    }
    return [wrap(y, [rows, out])];
  },
  vjp: ([ct], { inputs: [x, weight], needs: [ofX, ofWeight, ofBias] }) => [
    ofX ? matmul(ct, weight) : null,
    ofWeight ? matmul(transpose(ct), x) : null,
    ofBias ? sum(ct, 0) : null,
  ],
  composed: ([x, weight, bias]) => [composedAffine(x, weight, bias)],
});

/**
 * y = x Wᵀ + b.
 * @param x - [..., in]
 * @param weight - W, [out, in]
 * @param bias - b, [out], or null
 * @returns [..., out]. Cost 2 · in · out FLOP a row
 * @throws ShapeError, DTypeError where operands do not fit
 * @example
 * affine(
 *   tensor([1, 2]),
 *   tensor([
 *     [1, 0],
 *     [0, 1],
 *     [1, 1],
 *   ]),
 *   tensor([0, 0, 1]),
 * ); // [1, 2, 4]
 */
export function affine(x: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  if (weight.shape.length !== 2)
    throw new ShapeError("affine", "a weight [out, in]", showShape(weight.shape));
  if (bias === null) return matmul(x, transpose(weight));
  const [out = 0, width = 0] = weight.shape;
  const fits =
    [x, weight, bias].every(({ backend }) => backend.kernels.has(affineOp.primitive)) &&
    x.shape.length > 1 &&
    x.shape.at(-1) === width &&
    sameShape(bias.shape, [out]);
  if (!fits) return composedAffine(x, weight, bias);
  const rows = reshape(x, [sizeOf(x.shape.slice(0, -1)), width]);
  return reshape(affineOp([rows, weight, bias])[0], [...x.shape.slice(0, -1), out]);
}

/**
 * Rows of a table: y[..., :] = weight[index, :].
 * @param weight - [vocabulary, width]
 * @param index - [...], int32
 * @returns [..., width]
 * @throws ValueError for an index out of range; DTypeError unless it is int32
 * @example embedding(tensor([[1, 2], [3, 4]]), tensor(Int32Array.of(1))); // [[3, 4]]
 */
export const embedding = (weight: Tensor, index: Tensor): Tensor =>
  inNameOf("embedding", () => take(weight, index, 0));
