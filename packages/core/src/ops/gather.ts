/**
 * @file Indexing: by tensors (gather reads, its transpose scatterAdd adds) and by numbers, ranges
 * and tensors together (at).
 */
import { allocate, dtypeOf, elements, type NdArray, wrap } from "../array.ts";
import { DTypeError, ShapeError, ValueError } from "../errors.ts";
import { definePrimitive, type Op } from "../primitive.ts";
import { type Shape, sameShape, showShape, sizeOf, stridesOf } from "../shape.ts";
import { type Spec, Tensor } from "../tensor.ts";
import { broadcastTo } from "./broadcast.ts";
import { cast, copyArray } from "./cast.ts";
import { checkAxis, checkShape } from "./check.ts";
import { arange } from "./create.ts";
import { equal } from "./logic.ts";
import { expandDims, reshape, squeeze } from "./reshape.ts";
import { type SliceRange, slice } from "./slice.ts";

/** An axis to add along, and the shape of the sums. */
export interface Scatter {
  readonly axis: number;
  readonly shape: Shape;
}

/**
 * An index that exists; negative ones count from the end.
 * @throws ValueError when −n ≤ i < n fails
 */
function checkIndex(op: string, i: number, n: number): number {
  if (Number.isInteger(i) && i >= -n && i < n) return i < 0 ? i + n : i;
  throw new ValueError(op, `indices in [${-n}, ${n})`, i);
}

function checkIndices(op: string, { shape, dtype }: Spec, from: Shape, axis: number): void {
  if (dtype !== "int32") throw new DTypeError(op, "an int32 index", dtype, 'cast(index, "int32")');
  if (shape.length !== from.length || shape.some((n, k) => k !== axis && n > from[k]!))
    throw new ShapeError(
      op,
      `an index within ${showShape(from)} but for axis ${axis}`,
      showShape(shape),
    );
}

/**
 * Calls `visit(at, place)` for each index in row-major order, with the place in an array of shape
 * `from` that it means.
 */
function eachIndex(
  op: string,
  index: NdArray,
  from: Shape,
  axis: number,
  visit: (at: number, place: number) => void,
): void {
  const picks = elements(index);
  const steps = stridesOf(from);
  const position = index.shape.map(() => 0);
  for (let at = 0; at < picks.length; at++) {
    let place = checkIndex(op, picks[at]!, from[axis]!) * steps[axis]!;
    for (let k = 0; k < steps.length; k++) if (k !== axis) place += position[k]! * steps[k]!;
    visit(at, place);
    for (let k = steps.length - 1; k >= 0 && ++position[k]! === index.shape[k]; k--)
      position[k] = 0;
  }
}

/** The primitive of {@link gather} and {@link take}; its option is the axis. */
export const gatherOp: Op<[x: 1, index: 1], [y: 1], number> = definePrimitive({
  name: "gather",
  infer: ([x, index], axis) => {
    checkIndices("gather", index, x.shape, axis);
    return [{ shape: index.shape, dtype: x.dtype }];
  },
  forward: ([x, index], axis) => {
    const [from, to] = [elements(x), allocate(dtypeOf(x), sizeOf(index.shape))];
    eachIndex("gather", index, x.shape, axis, (at, place) => {
      to[at] = from[place]!;
    });
    return [wrap(to, index.shape)];
  },
  vjp: ([ct], { inputs: [x, index], options: axis }) => [
    scatterAddOp([ct, index], { axis, shape: x.shape })[0],
    null,
  ],
});

/** The primitive of {@link scatterAdd}. */
export const scatterAddOp: Op<[x: 1, index: 1], [y: 1], Scatter> = definePrimitive({
  name: "scatterAdd",
  infer: ([x, index], { axis, shape }) => {
    checkIndices("scatterAdd", index, checkShape("scatterAdd", shape), axis);
    if (sameShape(x.shape, index.shape)) return [{ shape, dtype: x.dtype }];
    throw new ShapeError(
      "scatterAdd",
      `an index of shape ${showShape(x.shape)}`,
      showShape(index.shape),
    );
  },
  forward: ([x, index], { axis, shape }) => {
    const [from, sums] = [elements(x), new Float64Array(sizeOf(shape))];
    eachIndex("scatterAdd", index, shape, axis, (at, place) => {
      sums[place]! += from[at]!;
    });
    return [copyArray(wrap(sums, shape), dtypeOf(x), "scatterAdd")];
  },
  vjp: ([ct], { inputs: [, index], options: { axis } }) => [gatherOp([ct, index], axis)[0], null],
});

/**
 * `y[i][j] = x[i][index[i][j]]` along an axis, as torch.gather.
 * @throws ValueError for an index out of range
 */
export const gather = (x: Tensor, index: Tensor, axis: number): Tensor =>
  gatherOp([x, index], checkAxis("gather", axis, x.shape.length))[0];

/**
 * Zeros of `shape` with `x[i][j]` added at `[i][index[i][j]]` along an axis: the transpose of
 * {@link gather}.
 */
export const scatterAdd = (x: Tensor, index: Tensor, axis: number, shape: Shape): Tensor =>
  scatterAddOp([x, index], { axis: checkAxis("scatterAdd", axis, shape.length), shape })[0];

/**
 * Slices of x along an axis, in the order of an index: `y[..., i…, ...] = x[..., index[i…], ...]`.
 * @param index - int32, any shape; negative entries count from the end
 * @returns x's shape with the axis replaced by the index's shape
 * @throws ValueError for an index out of range; DTypeError unless it is int32
 * @example take(embedding, tokens); // [batch, time, width]
 */
export function take(x: Tensor, index: Tensor, axis = 0): Tensor {
  const k = checkAxis("take", axis, x.shape.length);
  const [before, after] = [sizeOf(x.shape.slice(0, k)), sizeOf(x.shape.slice(k + 1))];
  const count = sizeOf(index.shape);
  const aligned = broadcastTo(reshape(index, [1, count, 1]), [before, count, after]);
  return reshape(
    gather(reshape(x, [before, x.shape[k]!, after]), aligned, 1),
    x.shape.toSpliced(k, 1, ...index.shape),
  );
}

/**
 * 1 at each label, 0 elsewhere: int32 labels [...] → float32 [..., classes].
 * @param labels - in [0, classes); a device, which cannot throw, gives zeros for one outside
 * @throws ValueError for a label out of range; DTypeError unless labels are int32; ShapeError
 * unless classes is an integer ≥ 0
 * @example oneHot(tensor([0, 2], { dtype: "int32" }), 3); // [[1, 0, 0], [0, 0, 1]]
 */
export function oneHot(labels: Tensor, classes: number): Tensor {
  if (labels.dtype !== "int32")
    throw new DTypeError("oneHot", "int32 labels", labels.dtype, 'cast(labels, "int32")');
  checkShape("oneHot", [...labels.shape, classes]);
  const known = labels.backend.view === undefined ? [] : elements(labels.ndarray());
  for (const label of known)
    if (label < 0 || label >= classes)
      throw new ValueError("oneHot", `labels in [0, ${classes})`, label);
  const each = arange(classes, { dtype: "int32", backend: labels.backend });
  return cast(equal(expandDims(labels, -1), each), "float32");
}

/**
 * A position (its axis vanishes), a range, int32 positions (their axes take its place), a new axis,
 * or the axes in between.
 */
export type Index = number | SliceRange | Tensor | null | "...";

/**
 * A part of a tensor, one index an axis: `at(x, i, { start: 1 })` is NumPy's `x[i, 1:]`. Several
 * index tensors select independently of each other, axis by axis. Views where no index tensor is
 * among them.
 * @throws ShapeError for more indices than axes, or two "..."; ValueError for a position out of
 * range
 * @example at(x, "...", 0); at(x, null, { step: -1 }, tensor(Int32Array.of(2, 0)));
 */
export function at(x: Tensor, ...index: Index[]): Tensor {
  const { length: rank } = x.shape;
  const used = index.filter((i) => i !== null && i !== "...").length;
  const dots = index.indexOf("...");
  const full =
    dots < 0 ? index : index.toSpliced(dots, 1, ...Array<Index>(Math.max(0, rank - used)).fill({}));
  if (used > rank || full.includes("..."))
    throw new ShapeError(
      "at",
      `at most ${rank} indices and one "..." for ${showShape(x.shape)}`,
      used,
    );
  let [y, axis] = [x, 0];
  const along = (range: SliceRange) => slice(y, [...Array<undefined>(axis).fill(undefined), range]);
  for (const i of full) {
    if (i instanceof Tensor) y = take(y, i, axis);
    else if (i === null) y = expandDims(y, axis);
    else if (typeof i === "number") {
      const start = checkIndex("at", i, y.shape[axis]!);
      y = squeeze(along({ start, stop: start + 1 }), axis);
    } else y = along(i as SliceRange);
    axis += i instanceof Tensor ? i.shape.length : typeof i === "number" ? 0 : 1;
  }
  return y;
}
