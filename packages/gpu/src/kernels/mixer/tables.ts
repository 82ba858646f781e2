/**
 * @file A schedule as kernels read it: the XOR distance of each stage of a butterfly, else tables
 * of partners.
 */
import type { Schedule } from "@spm/mixer";
import { eachPair, eachUnpaired } from "@spm/mixer/extend";
import { lasting } from "../../attempts.ts";
import type { Executor, Memory } from "../../executor.ts";

/** A schedule on a device. */
export interface ScheduleTables {
  readonly schedule: Schedule;
  /**
   * log₂ of each stage's XOR distance; null unless every stage pairs i with i XOR 2^m, ascending.
   */
  readonly distances: readonly number[] | null;
  /**
   * For coordinate i of stage l, at l·n + i: twice the pair's number, plus 1 for its second
   * coordinate; −1 − q for unpaired coordinate q.
   */
  readonly roles: Memory;
  /** At l·n + i: the partner of i, i itself where it is unpaired. */
  readonly partners: Memory;
  /** First and second coordinate of each pair. */
  readonly first: Memory;
  readonly second: Memory;
}

const known: WeakMap<Executor, WeakMap<Schedule, ScheduleTables>> = new WeakMap();

/** The tables of a schedule, made once for each device. They go with the schedule. */
export function tablesOf(executor: Executor, schedule: Schedule): ScheduleTables {
  let mine = known.get(executor);
  if (mine === undefined) {
    mine = new WeakMap();
    known.set(executor, mine);
  }
  let tables = mine.get(schedule);
  if (tables === undefined) {
    tables = lasting(executor, schedule, () => makeTables(executor, schedule));
    mine.set(schedule, tables);
  }
  return tables;
}

/**
 * The first place of a stage's pairs, or of its unpaired coordinates, in the schedule's lists, and
 * their number.
 */
export function rangeOf(starts: Int32Array, l: number): { start: number; count: number } {
  const start = starts[l]!;
  return { start, count: starts[l + 1]! - start };
}

function makeTables(executor: Executor, schedule: Schedule): ScheduleTables {
  const { n, stages, first, second } = schedule;
  const roles = new Float32Array(n * stages);
  const partners = new Float32Array(n * stages);
  for (let l = 0; l < stages; l++) {
    eachPair(schedule, l, (i, j, p) => {
      roles[l * n + i] = 2 * p;
      roles[l * n + j] = 2 * p + 1;
      partners[l * n + i] = j;
      partners[l * n + j] = i;
    });
    eachUnpaired(schedule, l, (i, r) => {
      roles[l * n + i] = -1 - r;
      partners[l * n + i] = i;
    });
  }
  return {
    schedule,
    distances: schedule.strides?.map(Math.log2) ?? null,
    roles: executor.upload(roles),
    partners: executor.upload(partners),
    first: executor.upload(Float32Array.from(first)),
    second: executor.upload(Float32Array.from(second)),
  };
}
