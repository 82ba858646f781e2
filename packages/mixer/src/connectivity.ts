/** @file What a schedule can reach: which output sees which input, along how many paths. */
import { eachPair, type Schedule } from "./schedule.ts";

/**
 * Paths from every input to every output: a step from stage to stage leads to the partner or stays.
 * @returns [n, n] row-major, `counts[n · output + input]`; 0 is an entry of W that no parameters
 * can fill. Cost O(n²L).
 * @example pathCounts(butterfly(4)); // 16 ones: one path for every entry
 */
export function pathCounts(schedule: Schedule): Float64Array {
  const counts = identity(schedule.n);
  for (let l = 0; l < schedule.stages; l++) addPartners(counts, schedule, l);
  return counts;
}

/** Who sees whom. */
export interface Connectivity {
  /** Whether every output sees every input. */
  readonly full: boolean;
  /** Entries of W that are zero whatever the parameters are. */
  readonly unreachable: number;
  /** After how many stages every output saw every input; null where none suffice. */
  readonly fullAfter: number | null;
}

/**
 * Whether every output of a schedule sees every input, and from which stage on. At least log₂ n
 * stages are needed. O(n²L).
 */
export function connectivity(schedule: Schedule): Connectivity {
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
