/** @file Schedules made of schedules: backwards, one after another, side by side. */
import { ShapeError } from "@spm/core";
import { fromPairs, type Pair, pairsOf, type Schedule } from "./schedule.ts";

const backwards = new WeakMap<Schedule, Schedule>();

/** The stages from last to first, as the transpose and the inverse run through them. Made once for each schedule. */
export function reversed(schedule: Schedule): Schedule {
  const known = backwards.get(schedule);
  if (known !== undefined) return known;
  const made = fromPairs(schedule.n, pairsOf(schedule).reverse(), `${schedule.name} reversed`);
  backwards.set(schedule, made);
  return made;
}

/**
 * Where the parameters of {@link reversed} come from: its p-th pair is pair `pairs[p]` of the schedule, and its r-th leftover
 * is leftover `leftovers[r]`.
 */
export function reversedOrder({ stages, starts, leftoverStarts }: Schedule): {
  pairs: Int32Array;
  leftovers: Int32Array;
} {
  const order = (bounds: Int32Array): Int32Array => {
    const from: number[] = [];
    for (let l = stages - 1; l >= 0; l--) for (let p = bounds[l]!; p < bounds[l + 1]!; p++) from.push(p);
    return Int32Array.from(from);
  };
  return { pairs: order(starts), leftovers: order(leftoverStarts) };
}

/**
 * The stages of `before`, then those of `after`. @throws ShapeError unless they are of one width
 * @example inSeries(butterfly(8), reversed(butterfly(8))); // 6 stages, distances 1, 2, 4, 4, 2, 1
 */
export function inSeries(before: Schedule, after: Schedule): Schedule {
  if (before.n !== after.n) throw new ShapeError("inSeries", `schedules of one width, ${before.n}`, after.n);
  return fromPairs(before.n, [...pairsOf(before), ...pairsOf(after)], `${before.name}, ${after.name}`);
}

/**
 * `count` copies of a schedule, each on n coordinates of its own: a block-diagonal operator of width n · count in as many stages.
 * @throws ShapeError for a count below 1
 * @example sideBySide(butterfly(4), 3).n // 12
 */
export function sideBySide(schedule: Schedule, count: number): Schedule {
  if (!Number.isSafeInteger(count) || count < 1) throw new ShapeError("sideBySide", "a count ≥ 1", count);
  if (count === 1) return schedule;
  const copies = Array.from({ length: count }, (_, c) => c * schedule.n);
  const stages = pairsOf(schedule).map((pairs) =>
    copies.flatMap((at) => pairs.map(([i, j]): Pair => [i + at, j + at])),
  );
  return fromPairs(schedule.n * count, stages, `${schedule.name} × ${count}`);
}
