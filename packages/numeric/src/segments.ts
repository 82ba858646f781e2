/** @file Slices summed by segment, the transpose of take, and added to a tensor. */
import { add, broadcastTo, reshape, scatterAdd, type Tensor } from "@spm/core";
import {
  checkAxis,
  checkShape,
  checkTensors,
  inNameOf,
  ShapeError,
  sameShape,
  showShape,
  sizeOf,
} from "@spm/core/extend";

/**
 * Sums of the slices of x that belong together, `y[s] = Σ x[i] over ids[i] = s`: the transpose of
 * {@link take}, in which nothing is repeated. A segment without slices is 0.
 * @param x - [..., m, ...]
 * @param ids - int32 [m], the segment of each slice, in any order; negative ones count from the end
 * @param segments - how many there are
 * @param axis - that of m (default 0)
 * @returns [..., segments, ...]
 * @throws ShapeError unless there is an id for each slice; DTypeError unless they are int32;
 * ValueError for one out of range
 * @example segmentSum(tensor([1, 2, 3]), tensor(Int32Array.of(1, 0, 1)), 3); // [2, 4, 0]
 */
export function segmentSum(x: Tensor, ids: Tensor, segments: number, axis = 0): Tensor {
  checkTensors("segmentSum", x, ids);
  const k = checkAxis("segmentSum", axis, x.shape.length);
  const { [k]: count = 0 } = x.shape;
  const before = sizeOf(x.shape.slice(0, k));
  const after = sizeOf(x.shape.slice(k + 1));
  if (!sameShape(ids.shape, [count]))
    throw new ShapeError("segmentSum", `ids of shape [${count}]`, showShape(ids.shape));
  const shape = checkShape("segmentSum", x.shape.with(k, segments));
  const slices = reshape(x, [before, count, after]);
  const index = broadcastTo(reshape(ids, [1, count, 1]), [before, count, after]);
  const sums = inNameOf("segmentSum", () =>
    scatterAdd(slices, index, 1, [before, segments, after]),
  );
  return reshape(sums, shape);
}

/**
 * x with slices added along an axis, `y = x; y[index[i]] += src[i]`, as torch.index_add.
 * @param x - [..., n, ...]
 * @param index - int32 [m]; negative entries count from the end
 * @param src - [..., m, ...]
 * @param axis - that of n and m (default 0)
 * @returns [..., n, ...]
 * @throws ShapeError, DTypeError unless they fit; ValueError for an index out of range
 * @example indexAdd(ones([3]), tensor(Int32Array.of(2, 2)), tensor([1, 5])); // [1, 1, 7]
 */
export function indexAdd(x: Tensor, index: Tensor, src: Tensor, axis = 0): Tensor {
  checkTensors("indexAdd", x, index, src);
  const k = checkAxis("indexAdd", axis, x.shape.length);
  const sums = segmentSum(src, index, x.shape[k] ?? 0, k);
  if (sameShape(sums.shape, x.shape)) return add(x, sums);
  throw new ShapeError("indexAdd", `slices of ${showShape(x.shape)}`, showShape(src.shape));
}
