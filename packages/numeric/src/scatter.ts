/** @file Elements written to places along an axis: set, added, averaged, or the largest kept. */
import {
  add,
  cast,
  div,
  equal,
  full,
  gather,
  less,
  logicalAnd,
  logicalOr,
  maximum,
  ones,
  pad,
  scatterAdd,
  slice,
  stopGradient,
  sub,
  type Tensor,
  type TensorLike,
  where,
} from "@spm/core";
import {
  allDTypes,
  checkAxis,
  checkDTypes,
  checkOptions,
  checkTensors,
  DTypeError,
  definePrimitive,
  elements,
  frontAxis,
  numericDTypes,
  type Op,
  type Scatter,
  ShapeError,
  sameShape,
  showShape,
  sizeOf,
  stridesOf,
  ValueError,
  wrap,
} from "@spm/core/extend";

/** Which of the elements for one place wins: the last one, or the first of the largest. */
export interface Winner extends Scatter {
  readonly best: "last" | "largest";
}

/**
 * The primitive behind {@link scatter}: of the elements that an index sends to each place of
 * `shape`, the position along the axis of the winner, as int32; −1 where there is none. NaN is the
 * largest. x [...] and the index [...] have one shape.
 * @example
 * const index = tensor([0, 0], { dtype: "int32" });
 * scatterWinnerOp([tensor([1, 5]), index], { axis: 0, shape: [2], best: "largest" })[0]; // [1, -1]
 */
export const scatterWinnerOp: Op<[x: 1, index: 1], [y: 1], Winner> = definePrimitive({
  name: "scatterWinner",
  infer: ([x, index], { axis, shape }) => {
    checkDTypes("scatter", [x], allDTypes);
    if (index.dtype !== "int32")
      throw new DTypeError("scatter", "an int32 index", index.dtype, 'cast(index, "int32")');
    const fits = shape.every((n, k) => k === axis || (index.shape[k] ?? 0) <= n);
    if (index.shape.length !== shape.length || !fits || !sameShape(x.shape, index.shape))
      throw new ShapeError(
        "scatter",
        `an index of shape ${showShape(x.shape)}, within ${showShape(shape)} but for axis ${axis}`,
        showShape(index.shape),
      );
    return [{ shape, dtype: "int32" }];
  },
  forward: ([x, index], { axis, shape, best }) => {
    const [values, picks, winners] = [elements(x), elements(index), new Int32Array(sizeOf(shape))];
    const [steps, from, size] = [stridesOf(shape), stridesOf(index.shape), shape[axis] ?? 0];
    const tops = new Float64Array(winners.length);
    winners.fill(-1);
    for (const [at, pick] of picks.entries()) {
      if (!(pick >= -size && pick < size))
        throw new ValueError("scatter", `indices in [${-size}, ${size})`, pick);
      const coordinates = from.map((stride, k) => Math.floor(at / stride) % (index.shape[k] ?? 1));
      const to = coordinates.with(axis, pick < 0 ? pick + size : pick);
      const place = to.reduce((sum, c, k) => sum + c * (steps[k] ?? 0), 0);
      const [value, top, none] = [values[at] ?? 0, tops[place] ?? 0, winners[place] === -1];
      const larger = value > top || (Number.isNaN(value) && !Number.isNaN(top));
      if (best === "largest" && !none && !larger) continue;
      winners[place] = coordinates[axis] ?? 0;
      tops[place] = value;
    }
    return [wrap(winners, shape)];
  },
  vjp: () => [null, null],
  batch: frontAxis(({ axis, shape, best }, size) => ({
    axis: axis + 1,
    shape: [size, ...shape],
    best,
  })),
});

/** The way elements are written. */
export interface ScatterOptions {
  /** The axis that the index is of. */
  readonly axis: number;
  /**
   * The result of several elements for one place: the last is `"set"`, they are summed by
   * `"add"`, averaged by `"mean"`, the largest is kept by `"max"`.
   * @defaultValue "set"
   */
  readonly reduce?: "set" | "add" | "mean" | "max";
  /**
   * Whether what stands at the place takes part; `"set"` replaces it in any case.
   * @defaultValue true
   */
  readonly includeSelf?: boolean;
}

/**
 * x with elements written along an axis: `y[index[i][j]][j] = src[i][j]` for axis 0, as
 * torch.scatter and torch.scatter_reduce.
 * @param x - any dtype, [..., n, ...]; numbers unless set, floating for the mean
 * @param index - int32 [..., m, ...] of x's rank, on axes other than `axis` at most x's sizes;
 * negative entries count from the end
 * @param src - a number, or a tensor of x's dtype, at least as large as the index on each axis
 * @param options - see {@link ScatterOptions}
 * @returns [..., n, ...], x's shape. Several elements for one place: of `"set"` the last gets the
 * cotangent, of `"max"` equal ones share it
 * @throws ShapeError, DTypeError unless they fit; ValueError for an index out of range; OptionError
 * for an unknown option
 * @example
 * const index = tensor(Int32Array.of(2, 0, 2));
 * scatter(zeros([3]), index, tensor([1, 2, 3]), { axis: 0, reduce: "add" }); // [2, 0, 4]
 */
export function scatter(
  x: Tensor,
  index: Tensor,
  src: TensorLike,
  options: ScatterOptions,
): Tensor {
  checkTensors("scatter", x, index);
  if (typeof src !== "number") checkTensors("scatter", src);
  checkOptions("scatter", options, { axis: true, reduce: true, includeSelf: "boolean" });
  const { reduce = "set", includeSelf = true } = options;
  const axis = checkAxis("scatter", options.axis, x.shape.length);
  const { shape, dtype } = x;
  const from =
    typeof src === "number"
      ? full(index.shape, src, { dtype, backend: x.backend })
      : cutTo(src, index.shape);
  if (sizeOf(index.shape) === 0) return x;
  checkDTypes("scatter", [x, from], reduce === "set" ? allDTypes : numericDTypes);
  const sumUp = (y: Tensor) => scatterAdd(y, index, axis, shape);
  if (reduce === "add" || reduce === "mean") {
    const count = sumUp(ones(index.shape, { dtype, backend: x.backend }));
    return summed({ x, sums: sumUp(from), count, mean: reduce === "mean", includeSelf });
  }
  if (reduce !== "set" && reduce !== "max")
    throw new ValueError("scatter", 'reduce "set", "add", "mean" or "max"', reduce);
  const best = reduce === "set" ? "last" : "largest";
  const [winner] = scatterWinnerOp([stopGradient(from), index], { axis, shape, best });
  const none = less(winner, 0);
  const wide = pad(
    from,
    shape.map(() => 0),
    shape.map((n, k) => (k === axis ? 0 : n - (from.shape[k] ?? 0))),
  );
  const won = where(none, x, gather(wide, where(none, 0, winner), axis));
  if (reduce === "set") return won;
  const top = stopGradient(includeSelf ? maximum(x, won) : won);
  const self = includeSelf ? logicalOr(none, equal(x, top)) : none;
  return shared({ top, self, x, from, tied: equal(from, gather(top, index, axis)), sumUp });
}

/** The first elements of each axis, as many as a shape says. */
function cutTo(src: Tensor, shape: readonly number[]): Tensor {
  if (sameShape(src.shape, shape)) return src;
  if (src.shape.length !== shape.length || shape.some((n, k) => n > (src.shape[k] ?? 0)))
    throw new ShapeError("scatter", `src at least ${showShape(shape)}`, showShape(src.shape));
  return slice(
    src,
    shape.map((stop) => ({ stop })),
  );
}

/** Sums, or averages, with what stands there or, where something comes, without. */
function summed(of: {
  readonly x: Tensor;
  readonly sums: Tensor;
  readonly count: Tensor;
  readonly mean: boolean;
  readonly includeSelf: boolean;
}): Tensor {
  const { x, sums, count, mean, includeSelf } = of;
  const none = equal(count, 0);
  const total = add(sums, includeSelf ? x : where(none, x, 0));
  if (!mean) return total;
  return div(total, includeSelf ? add(count, 1) : maximum(count, 1));
}

/** The largest, whose cotangent is shared by all that equal it: x, and elements of `from`. */
function shared(of: {
  readonly top: Tensor;
  readonly x: Tensor;
  readonly self: Tensor;
  readonly from: Tensor;
  readonly tied: Tensor;
  readonly sumUp: (y: Tensor) => Tensor;
}): Tensor {
  const { top, x, self, from, tied, sumUp } = of;
  const { dtype } = x;
  if (dtype === "int32") return top;
  const finite = (y: Tensor) => less(sub(y, y), 1); // ∞ − ∞ is NaN
  // of value 0, and derivative 1
  const moving = (y: Tensor, mask: Tensor) =>
    where(logicalAnd(mask, finite(y)), sub(y, stopGradient(y)), 0);
  const count = add(sumUp(cast(tied, dtype)), cast(self, dtype));
  const change = add(sumUp(moving(from, tied)), moving(x, self));
  return add(top, div(change, maximum(count, 1)));
}
