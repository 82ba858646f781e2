/** @file Elements that go round an axis, and elements and tensors repeated along axes. */
import { ShapeError, ValueError } from "../errors.ts";
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { type Axes, checkAxis } from "./axes.ts";
import { broadcastTo } from "./broadcast.ts";
import { checkList, checkShape, shapeOf } from "./check.ts";
import { tensor } from "./create.ts";
import { take } from "./gather.ts";
import { concat, split } from "./join.ts";
import { reshape } from "./reshape.ts";

/**
 * The elements moved along an axis, those beyond its end to its beginning:
 * `y[i] = x[(i − shift) mod n]`, as torch.roll. Its derivative rolls back.
 * @param x - [..., n, ...]
 * @param shift - a number of places, or one for each axis; negative is towards the start
 * @param axis - an axis or several (default: the elements in row-major order, as one axis)
 * @returns [..., n, ...]
 * @throws ShapeError for an axis out of range; ValueError unless there is an integer for each
 * @example roll(tensor([1, 2, 3]), 1); // [3, 1, 2]
 */
export function roll(x: Tensor, shift: number | readonly number[], axis?: Axes): Tensor {
  if (axis === undefined) return reshape(roll(reshape(x, [-1]), shift, 0), x.shape);
  const [shifts, axes] = [[shift].flat(), [axis].flat()];
  if (shifts.length !== axes.length || !shifts.every(Number.isSafeInteger))
    throw new ValueError("roll", "an integer for each axis", `[${shifts}] for [${axes}]`);
  return axes.reduce((y: Tensor, a: number, i) => {
    const k = checkAxis("roll", a, x.shape.length);
    const [n = 0, by = 0] = [x.shape[k], shifts[i]];
    const last = n === 0 ? 0 : ((by % n) + n) % n;
    return last === 0 ? y : concat(split(y, [n - last, last], k).reverse(), k);
  }, x);
}

/**
 * The tensor put side by side, as torch.tile.
 * @param x - [...]
 * @param counts - how often along each axis, from the last; axes that either lacks count 1
 * @returns [...], the sizes times the counts
 * @throws ShapeError for a count that is no integer ≥ 0
 * @example tile(tensor([1, 2]), [2, 2]); // [[1, 2, 1, 2], [1, 2, 1, 2]]
 */
export function tile(x: Tensor, counts: Shape): Tensor {
  checkList("tile", counts, "numbers");
  const rank = Math.max(counts.length, shapeOf("tile", x).length);
  const aligned = (sizes: Shape) => [...Array<number>(rank - sizes.length).fill(1), ...sizes];
  const [times, shape] = [aligned(checkShape("tile", counts)), aligned(x.shape)];
  const [once, often] = [shape.flatMap((n) => [1, n]), shape.flatMap((n, k) => [times[k]!, n])];
  const whole = shape.map((n, k) => n * times[k]!);
  return reshape(broadcastTo(reshape(x, once), often), whole);
}

/**
 * Each slice along an axis repeated in its place, as torch.repeat_interleave and NumPy's repeat;
 * {@link tile} repeats the whole.
 * @param x - [..., n, ...]
 * @param times - how often, or a number for each slice
 * @param axis - that of n (default: the elements in row-major order, as one axis)
 * @returns [..., Σ times, ...], of one number [..., n · times, ...]
 * @throws ShapeError for an axis out of range, or unless there is a number for each slice;
 * ValueError unless they are integers ≥ 0
 * @example repeat(tensor([1, 2]), 2); // [1, 1, 2, 2]
 * @example repeat(tensor([1, 2]), [2, 1]); // [1, 1, 2]
 */
export function repeat(x: Tensor, times: number | readonly number[], axis?: number): Tensor {
  if (typeof times !== "number") checkList("repeat", times, "numbers");
  if (axis === undefined) return repeat(reshape(x, [-1]), times, 0);
  const n = x.shape[checkAxis("repeat", axis, x.shape.length)]!;
  const counts = typeof times === "number" ? Array<number>(n).fill(times) : times;
  if (counts.length !== n)
    throw new ShapeError("repeat", `${n} numbers, one for each slice`, counts.length);
  if (!counts.every((count) => Number.isSafeInteger(count) && count >= 0))
    throw new ValueError("repeat", "integers ≥ 0", `[${counts}]`);
  const places = counts.flatMap((count, i) => Array<number>(count).fill(i));
  return take(x, tensor(Int32Array.from(places), { backend: x.backend }), axis);
}
