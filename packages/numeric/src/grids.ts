/** @file Coordinates of grids. */
import { broadcastTo, reshape, type Tensor } from "@spm/core";
import {
  checkList,
  checkOptions,
  checkTensors,
  ShapeError,
  showShape,
  ValueError,
} from "@spm/core/extend";

/** The layout of a grid. */
export interface MeshgridOptions {
  /**
   * `"ij"`: the first axis follows the first vector, as indices of a matrix; `"xy"`: the second
   * one does, as in a picture.
   * @defaultValue "ij"
   */
  readonly indexing?: "ij" | "xy";
}

/**
 * The coordinates of all points of a grid, one tensor a vector.
 * @param xs - vectors [n₁], [n₂], …, of any dtypes
 * @param options - see {@link MeshgridOptions}
 * @returns as many of [n₁, n₂, …] (`"xy"`: [n₂, n₁, …]), views
 * @throws ShapeError unless all are vectors; OptionError for an unknown option
 * @example meshgrid([tensor([1, 2]), tensor([3, 4])])[0]; // [[1, 1], [2, 2]]
 */
export function meshgrid(xs: readonly Tensor[], options: MeshgridOptions = {}): Tensor[] {
  checkOptions("meshgrid", options, { indexing: true });
  const { indexing = "ij" } = options;
  if (indexing !== "ij" && indexing !== "xy")
    throw new ValueError("meshgrid", 'indexing "ij" or "xy"', indexing);
  checkTensors("meshgrid", ...checkList("meshgrid", xs, "vectors"));
  const odd = xs.find((x) => x.shape.length !== 1);
  if (odd !== undefined) throw new ShapeError("meshgrid", "vectors", showShape(odd.shape));
  const axisOf = (k: number) => (indexing === "xy" && xs.length > 1 && k < 2 ? 1 - k : k);
  const shape = xs.map((_, k) => xs[axisOf(k)]?.shape[0] ?? 0);
  return xs.map((x, k) => {
    const alone = xs.map((_, axis) => (axis === axisOf(k) ? (x.shape[0] ?? 0) : 1));
    return broadcastTo(reshape(x, alone), shape);
  });
}
