/** @file Schedules made of schedules: backwards, one after another, side by side. */

import { ShapeError } from "@spm/core/extend";
import {
  type AddPair,
  buildSchedule,
  checkSchedule,
  eachPair,
  eachUnpaired,
  type Schedule,
} from "./schedule.ts";

/** Adds the pairs of stage l again, `at` coordinates further. */
function repeat(schedule: Schedule, l: number, addPair: AddPair, at = 0): void {
  eachPair(schedule, l, (i, j) => addPair(i + at, j + at));
}

const backwards = new WeakMap<Schedule, Schedule>();

/**
 * The stages of a schedule from last to first: the schedule of the transpose and of the inverse.
 * Made once for each schedule. Cost O(nL).
 * @example reverseSchedule(butterfly(8)).strides; // [4, 2, 1]
 */
export function reverseSchedule(schedule: Schedule): Schedule {
  checkSchedule("reverseSchedule", schedule);
  const known = backwards.get(schedule);
  if (known !== undefined) return known;
  const { n, stages, name } = schedule;
  const build = (l: number, addPair: AddPair): void => repeat(schedule, stages - 1 - l, addPair);
  const strides = schedule.strides?.toReversed() ?? null;
  const made = buildSchedule("reverseSchedule", n, stages, build, {
    name: `${name} reversed`,
    strides,
  });
  backwards.set(schedule, made);
  return made;
}

/**
 * The order of the parameters of {@link reverseSchedule}: its p-th pair is pair `pairs[p]` of the
 * schedule, and its r-th unpaired coordinate is unpaired coordinate `unpaired[r]`.
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
 * The stages of `before`, then those of `after`. Cost O(nL).
 * @throws ShapeError unless they are of one width
 * @example composeSchedules(butterfly(4), reverseSchedule(butterfly(4))).strides; // [1, 2, 2, 1]
 */
export function composeSchedules(before: Schedule, after: Schedule): Schedule {
  checkSchedule("composeSchedules", before);
  checkSchedule("composeSchedules", after);
  if (before.n !== after.n)
    throw new ShapeError("composeSchedules", `schedules of one width, ${before.n}`, after.n);
  const build = (l: number, addPair: AddPair): void =>
    l < before.stages ? repeat(before, l, addPair) : repeat(after, l - before.stages, addPair);
  const strides = before.strides && after.strides && [...before.strides, ...after.strides];
  const name = `${before.name}, ${after.name}`;
  return buildSchedule("composeSchedules", before.n, before.stages + after.stages, build, {
    name,
    strides,
  });
}

/**
 * `count` copies of a schedule, each on n coordinates of its own: the schedule of a block-diagonal
 * operator of width n · count in as many stages.
 * @throws ShapeError for a count below 1, or one with n · count · L > 2²⁸
 * @example blockDiagonal(butterfly(4), 3).n; // 12
 */
export function blockDiagonal(schedule: Schedule, count: number): Schedule {
  checkSchedule("blockDiagonal", schedule);
  if (!Number.isSafeInteger(count) || count < 1)
    throw new ShapeError("blockDiagonal", "a count ≥ 1", count);
  if (count === 1) return schedule;
  const { n, stages, name } = schedule;
  const build = (l: number, addPair: AddPair): void => {
    for (let c = 0; c < count; c++) repeat(schedule, l, addPair, c * n);
  };
  const { strides } = schedule;
  return buildSchedule("blockDiagonal", n * count, stages, build, {
    name: `${name} × ${count}`,
    strides,
  });
}
