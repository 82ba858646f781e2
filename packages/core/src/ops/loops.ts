/** @file The loops of the reference kernels: over elements, pairs of elements, rows along axes. */
import {
  allocate,
  compiledLoops,
  type DType,
  dtypeOf,
  elements,
  type Loop2,
  type NdArray,
  wrap,
  zerosArray,
} from "../array.ts";
import { ShapeError } from "../errors.ts";
import { type Shape, sameShape, showShape, sizeOf } from "../shape.ts";

/**
 * `out[i] = f(a[i])`, as a new row-major array [...] → [...].
 * @param dtype - that of the result (default a's)
 * @example elements(mapArray((v) => 2 * v, wrap(Float32Array.of(1, 2), [2]))); // [2, 4]
 */
export function mapArray(f: (a: number) => number, a: NdArray, dtype: DType = dtypeOf(a)): NdArray {
  const out = zerosArray(dtype, a.shape);
  const [from, to] = [elements(a), out.data];
  for (let i = 0; i < to.length; i++) to[i] = f(from[i]!);
  return out;
}

/**
 * A {@link Loop2} from a function of two numbers, `out[i] = f(a[i], b[i])`, for arrays of one
 * shape. The operands may be views, `out` is row-major.
 * @throws ShapeError, from the loop, unless all three have one shape: `broadcastArray` makes it so
 * @example
 * const [a, out] = [wrap(Float32Array.of(3, 4), [2]), zerosArray("float32", [2])];
 * zipLoop(Math.hypot)(out, a, a);
 */
export const zipLoop = (f: (a: number, b: number) => number): Loop2 => {
  return (out, a, b) => {
    if (!sameShape(a.shape, out.shape) || !sameShape(b.shape, out.shape)) {
      const expected = `operands of the result's shape ${showShape(out.shape)}`;
      const got = `${showShape(a.shape)} and ${showShape(b.shape)}`;
      throw new ShapeError("zipLoop", expected, got, "broadcastArray(array, shape) repeats one");
    }
    const [x, y, to] = [elements(a), elements(b), out.data];
    for (let i = 0; i < to.length; i++) to[i] = f(x[i]!, y[i]!);
  };
};

/**
 * A compiled loop of ndarray-ops. It is looked up anew at every call: below a few dozen elements
 * `f` alone is faster.
 */
export const compiledLoop = (
  name: keyof typeof compiledLoops,
  f: (a: number, b: number) => number,
): Loop2 => {
  const [few, many] = [zipLoop(f), compiledLoops[name]];
  return (out, a, b) => (out.data.length < 64 ? few : many)(out, a, b);
};

/** All axes, with those in `axes` last. */
const withLast = (rank: number, axes: Shape): number[] =>
  [...Array(rank).keys()].filter((k) => !axes.includes(k)).concat(axes);

/**
 * `fold(data, start, end)` of each slice over the axes, which become 1 in the result's shape: with
 * axes [1], [m, n] → [m, 1].
 * @example
 * const total = (row: ArrayLike<number>, from: number, to: number) =>
 *   Array.from(row).slice(from, to).reduce((a, b) => a + b);
 * elements(foldRows(wrap(Float32Array.of(1, 2, 3, 4), [2, 2]), [1], "float32", total)); // [3, 7]
 */
export function foldRows(
  x: NdArray,
  axes: Shape,
  dtype: DType,
  fold: (data: ArrayLike<number>, start: number, end: number) => number,
): NdArray {
  const rows = elements(x.transpose(...withLast(x.shape.length, axes)));
  const width = sizeOf(axes.map((k) => x.shape[k]!));
  const shape = x.shape.map((n, k) => (axes.includes(k) ? 1 : n));
  const out = allocate(dtype, sizeOf(shape));
  for (let r = 0; r < out.length; r++) out[r] = fold(rows, r * width, (r + 1) * width);
  return wrap(out, shape);
}

/**
 * `f(row, result)` for each row along an axis, both contiguous: [...] → [...].
 * @example
 * const x = wrap(Float32Array.of(1, 2, 3, 4), [2, 2]);
 * mapRows(x, 0, "float32", (row, result) => {
 *   for (let i = 0; i < row.length; i++) result[i] = row[row.length - 1 - i] ?? 0;
 * });
 */
export function mapRows(
  x: NdArray,
  axis: number,
  dtype: DType,
  f: (row: ArrayLike<number>, result: { [index: number]: number }) => void,
): NdArray {
  const order = withLast(x.shape.length, [axis]);
  const moved = x.transpose(...order);
  const [from, out] = [elements(moved), zerosArray(dtype, moved.shape)];
  const width = x.shape[axis]!;
  for (let at = 0; at < from.length; at += width)
    f(from.subarray(at, at + width), out.data.subarray(at, at + width));
  return out.transpose(...order.map((_, k) => order.indexOf(k)));
}
