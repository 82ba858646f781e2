/** @file The reach of a schedule: which output sees which input, along how many paths. */
import { checkSchedule, eachPair, type Schedule } from "./schedule.ts";

/**
 * The number of paths from every input to every output: a step from stage to stage stays at a
 * coordinate or leads to its partner.
 * @returns [n, n] row-major, `counts[n · output + input]`; 0 is an entry of W that no parameters
 * can fill. Cost O(n²L).
 * @example [...pathCounts(butterfly(2))]; // [1, 1, 1, 1]
 */
export function pathCounts(schedule: Schedule): Float64Array {
  checkSchedule("pathCounts", schedule);
  const counts = identity(schedule.n);
  for (let l = 0; l < schedule.stages; l++) addPartners(counts, schedule, l);
  return counts;
}

/** The outputs and inputs of a schedule that are connected. */
export interface Connectivity {
  /** Whether every output sees every input. */
  readonly full: boolean;
  /** The number of entries of W that are zero for all parameters. */
  readonly unreachable: number;
  /** The number of stages after which every output sees every input; null where none suffice. */
  readonly fullAfter: number | null;
}

/**
 * Whether every output of a schedule sees every input, and from which stage on: at least log₂ n
 * stages are needed. Cost O(n²L).
 * @example connectivity(butterfly(8)).fullAfter; // 3
 */
export function connectivity(schedule: Schedule): Connectivity {
  checkSchedule("connectivity", schedule);
  const counts = identity(schedule.n);
  const zeros = () => counts.reduce((total, count) => total + (count === 0 ? 1 : 0), 0);
  let unreachable = zeros();
  let fullAfter: number | null = unreachable === 0 ? 0 : null;
  for (let l = 0; l < schedule.stages && unreachable > 0; l++) {
    addPartners(counts, schedule, l);
    unreachable = zeros();
    if (unreachable === 0) fullAfter = l + 1;
  }
  return { full: unreachable === 0, unreachable, fullAfter };
}

function identity(n: number): Float64Array {
  const counts = new Float64Array(n * n);
  for (let i = 0; i < n; i++) counts[i * n + i] = 1;
  return counts;
}

/** One stage: either row of a pair becomes the sum of both. */
function addPartners(counts: Float64Array, schedule: Schedule, l: number): void {
  const { n } = schedule;
  eachPair(schedule, l, (first, second) => {
    for (let k = 0, i = first * n, j = second * n; k < n; k++, i++, j++)
      counts[i] = counts[j] = counts[i]! + counts[j]!;
  });
}
