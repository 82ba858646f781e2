/** @file Schedules made of schedules: backwards, one after another, side by side. */
import { ShapeError } from "@spm/core/extend";
import { type AddPair, buildSchedule, eachPair, eachUnpaired, type Schedule } from "./schedule.ts";

/** The pairs of stage l again, `at` coordinates further. */
function repeat(schedule: Schedule, l: number, meet: AddPair, at = 0): void {
  eachPair(schedule, l, (i, j) => meet(i + at, j + at));
}

const backwards = new WeakMap<Schedule, Schedule>();

/**
 * The stages from last to first, as the transpose and the inverse run through them. Made once for
 * each schedule.
 */
export function reverseSchedule(schedule: Schedule): Schedule {
  const known = backwards.get(schedule);
  if (known !== undefined) return known;
  const { n, stages, name } = schedule;
  const build = (l: number, meet: AddPair): void => repeat(schedule, stages - 1 - l, meet);
  const strides = schedule.strides?.toReversed() ?? null;
  const made = buildSchedule("reverseSchedule", n, stages, build, {
    name: `${name} reversed`,
    strides,
  });
  backwards.set(schedule, made);
  return made;
}

/**
 * Where the parameters of {@link reverseSchedule} come from: its p-th pair is pair `pairs[p]` of
 * the schedule, and its r-th unpaired coordinate is unpaired coordinate `unpaired[r]`.
 */
export function reversedOrder(schedule: Schedule): { pairs: Int32Array; unpaired: Int32Array } {
  const { stages, first, unpaired } = schedule;
  const order = {
    pairs: new Int32Array(first.length),
    unpaired: new Int32Array(unpaired.length),
  };
  let [p, r] = [0, 0];
  for (let l = stages - 1; l >= 0; l--) {
    eachPair(schedule, l, (_i, _j, from) => {
      order.pairs[p++] = from;
    });
    eachUnpaired(schedule, l, (_, from) => {
      order.unpaired[r++] = from;
    });
  }
  return order;
}

/**
 * The stages of `before`, then those of `after`. @throws ShapeError unless they are of one width
 * @example
 * const there = butterfly(8);
 * composeSchedules(there, reverseSchedule(there)); // 6 stages, distances 1, 2, 4, 4, 2, 1
 */
export function composeSchedules(before: Schedule, after: Schedule): Schedule {
  if (before.n !== after.n)
    throw new ShapeError("composeSchedules", `schedules of one width, ${before.n}`, after.n);
  const build = (l: number, meet: AddPair): void =>
    l < before.stages ? repeat(before, l, meet) : repeat(after, l - before.stages, meet);
  const strides = before.strides && after.strides && [...before.strides, ...after.strides];
  const name = `${before.name}, ${after.name}`;
  return buildSchedule("composeSchedules", before.n, before.stages + after.stages, build, {
    name,
    strides,
  });
}

/**
 * `count` copies of a schedule, each on n coordinates of its own: a block-diagonal operator of
 * width n · count in as many stages.
 * @throws ShapeError for a count below 1, or too large a one: see {@link buildSchedule}
 * @example blockDiagonal(butterfly(4), 3).n // 12
 */
export function blockDiagonal(schedule: Schedule, count: number): Schedule {
  if (!Number.isSafeInteger(count) || count < 1)
    throw new ShapeError("blockDiagonal", "a count ≥ 1", count);
  if (count === 1) return schedule;
  const { n, stages, name } = schedule;
  const build = (l: number, meet: AddPair): void => {
    for (let c = 0; c < count; c++) repeat(schedule, l, meet, c * n);
  };
  const { strides } = schedule;
  return buildSchedule("blockDiagonal", n * count, stages, build, {
    name: `${name} × ${count}`,
    strides,
  });
}
