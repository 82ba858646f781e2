/** @file Indexing by numbers, ranges, tensors and masks together, as NumPy's brackets do. */

import { elements } from "../array.ts";
import { BackendError, ShapeError } from "../errors.ts";
import { type Shape, sameShape, showShape, sizeOf } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { add } from "./arithmetic.ts";
import { cast } from "./cast.ts";
import { broadcastShapes, inNameOf, shapeOf } from "./check.ts";
import { tensor } from "./create.ts";
import { take } from "./gather.ts";
import { checkIndex, type SliceRange } from "./range.ts";
import { expandDims, reshape, squeeze, transpose } from "./reshape.ts";
import { slice } from "./slice.ts";

/**
 * An index of one axis: a position (the axis vanishes), a range, int32 positions; a bool mask, of
 * as many axes as it has; null is a new axis, "..." the axes in between.
 */
export type Index = number | SliceRange | Tensor | null | "...";

const isMask = (i: Index): i is Tensor => i instanceof Tensor && i.dtype === "bool";

/**
 * A part of a tensor, one index an axis: `at(x, i, { start: 1 })` is NumPy's `x[i, 1:]`. Index
 * tensors are read together: they broadcast, and `at(x, i, j)[k]` is `x[i[k], j[k]]`. A mask is the
 * positions where it is 1; it is read, so it lives in CPU memory. A view unless an index is a
 * tensor.
 * @param x - [...]
 * @returns [...]: an axis for each range and each without an index; those of the index tensors in
 * the place of the first where they are neighbours, otherwise in front
 * @throws ShapeError for more indices than axes, two "...", a mask of other sizes, or index tensors
 * that don't broadcast; ValueError for a position out of range; OptionError for a range with an
 * unknown key; BackendError for a mask on a device
 * @example at(tensor([[1, 2], [3, 4]]), "...", 0); // [1, 3]
 * @example at(tensor([[1, 2], [3, 4]]), tensor([[true, false], [true, true]])); // [1, 3, 4]
 * @example at(x, null, { step: -1 }, tensor(Int32Array.of(1, 0)));
 */
export function at(x: Tensor, ...index: Index[]): Tensor {
  shapeOf("at", x);
  const { length: rank } = x.shape;
  const used = index.reduce<number>(
    (n, i) => n + (isMask(i) ? i.shape.length : Number(i !== null && i !== "...")),
    0,
  );
  const dots = index.indexOf("...");
  const full =
    dots < 0 ? index : index.toSpliced(dots, 1, ...Array<Index>(Math.max(0, rank - used)).fill({}));
  if (used > rank || full.includes("...")) {
    const expected = `at most ${rank} indices and one "..." for ${showShape(x.shape)}`;
    throw new ShapeError("at", expected, used);
  }
  let [y, axis] = [x, 0];
  const picks: [axis: number, index: Tensor][] = [];
  const along = (range: SliceRange) => slice(y, [...Array<undefined>(axis).fill(undefined), range]);
  for (const i of full) {
    if (i instanceof Tensor) {
      const [whole, index] = isMask(i) ? masked(y, axis, i) : [y, i];
      y = whole;
      picks.push([axis, index]);
    } else if (i === null) y = expandDims(y, axis);
    else if (typeof i === "number") {
      const start = checkIndex("at", i, y.shape[axis]!);
      y = squeeze(along({ start, stop: start + 1 }), axis--);
    } else y = inNameOf("at", () => along(i as SliceRange));
    axis++;
  }
  return inNameOf("at", () => together(y, picks));
}

/** x with the axes of a mask as one, and the positions on it at which the mask is 1. */
function masked(x: Tensor, axis: number, mask: Tensor): [x: Tensor, index: Tensor] {
  const { shape, backend } = mask;
  const of = x.shape.slice(axis, axis + shape.length);
  if (!sameShape(of, shape)) throw new ShapeError("at", `a mask of shape ${showShape(of)}`, shape);
  if (backend.arrayOf === undefined) {
    const help = "where() and maskedFill() keep the shape; or bring it: await to(mask, reference)";
    throw new BackendError("at", "a mask in CPU memory", `one on ${backend.name}`, help);
  }
  const places = Int32Array.from(
    [...elements(mask.ndarray()).entries()].flatMap(([i, v]) => (v === 0 ? [] : [i])),
  );
  const y = reshape(x, x.shape.toSpliced(axis, shape.length, sizeOf(shape)));
  return [y, tensor(places, { backend: x.backend })];
}

/** The elements at positions on several axes, which become one, read by one index. */
function together(x: Tensor, picks: readonly (readonly [axis: number, index: Tensor])[]): Tensor {
  const [first, ...more] = picks;
  if (first === undefined) return x;
  if (more.length === 0) return take(x, first[1], first[0]);
  picks.reduce<Shape>((shape, [, index]) => broadcastShapes("at", shape, index.shape), []);
  const axes = picks.map(([axis]) => axis);
  const start = axes.at(-1) === first[0] + more.length ? first[0] : 0;
  const rest = x.shape.flatMap((_, k) => (axes.includes(k) ? [] : [k]));
  const y = transpose(x, rest.toSpliced(start, 0, ...axes));
  const sizes = axes.map((k) => x.shape[k]!);
  const dtype = sizeOf(sizes) <= 2 ** 24 ? "float32" : "int32"; // of float32 exactly so many
  // to read a table of offsets checks an index, and counts negative ones from the end
  const offsets = picks.map(([, index], k) => {
    const step = sizeOf(sizes.slice(k + 1));
    const table = Int32Array.from({ length: sizes[k]! }, (_, i) => i * step);
    return take(tensor(table, { dtype, backend: x.backend }), index);
  });
  const flat = reshape(y, y.shape.toSpliced(start, axes.length, sizeOf(sizes)));
  const place = offsets.reduce((a, b) => add(a, b));
  return take(flat, cast(place, "int32"), start);
}
