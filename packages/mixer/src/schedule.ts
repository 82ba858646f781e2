/** @file Schedules: which coordinates meet in which stage. They know pairs and nothing of the numbers that mix them. */
import { type Rng, ShapeError, ValueError } from "@spm/core";

/** A pair of coordinates. */
export type Pair = readonly [number, number];

/** Disjoint pairs for each of L stages over n coordinates, flat and stage-major: pair p belongs to stage l for `starts[l] ≤ p < starts[l+1]`. */
export interface Schedule {
  readonly name: string;
  readonly n: number;
  /** L, the number of stages. */
  readonly stages: number;
  /** First and second coordinate of each pair. */
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly starts: Int32Array;
  /** Coordinates without a partner, stage by stage, ascending; stage l has those from `leftoverStarts[l]` on. */
  readonly leftovers: Int32Array;
  readonly leftoverStarts: Int32Array;
}

/**
 * A schedule from explicit pairs.
 * @param n - number of coordinates, ≥ 1
 * @param stages - the pairs of each stage, disjoint within it, each of two different coordinates in [0, n)
 * @throws ValueError naming the stage and the pair that breaks this; ShapeError for n < 1 or no stages
 * @example fromPairs(4, [[[0, 1], [2, 3]], [[0, 2], [1, 3]]]); // the butterfly of width 4
 */
export function fromPairs(n: number, stages: readonly (readonly Pair[])[], name = "pairs"): Schedule {
  checkCounts("fromPairs", n, stages.length);
  const total = stages.reduce((count, pairs) => count + pairs.length, 0);
  const first = new Int32Array(total);
  const second = new Int32Array(total);
  const starts = new Int32Array(stages.length + 1);
  const leftoverStarts = new Int32Array(stages.length + 1);
  const leftovers: number[] = [];
  let p = 0;
  stages.forEach((pairs, l) => {
    const met = new Uint8Array(n);
    for (const [i, j] of pairs) {
      for (const k of [i, j])
        if (!Number.isInteger(k) || k < 0 || k >= n)
          throw new ValueError("fromPairs", `coordinates in [0, ${n})`, `${k} in pair (${i}, ${j}) of stage ${l}`);
      if (i === j) throw new ValueError("fromPairs", "pairs of two coordinates", `(${i}, ${j}) in stage ${l}`);
      const again = met[i] === 1 ? i : j;
      if (met[again] === 1)
        throw new ValueError("fromPairs", "disjoint pairs in a stage", `${again} twice in stage ${l}, in (${i}, ${j})`);
      met[i] = met[j] = 1;
      first[p] = i;
      second[p++] = j;
    }
    met.forEach((m, i) => {
      if (m === 0) leftovers.push(i);
    });
    starts[l + 1] = p;
    leftoverStarts[l + 1] = leftovers.length;
  });
  return {
    name,
    n,
    stages: stages.length,
    first,
    second,
    starts,
    leftovers: Int32Array.from(leftovers),
    leftoverStarts,
  };
}

/** The pairs of each stage, as {@link fromPairs} takes them. */
export function pairsOf({ stages, starts, first, second }: Schedule): Pair[][] {
  return Array.from({ length: stages }, (_, l) =>
    Array.from(
      { length: starts[l + 1]! - starts[l]! },
      (_, q): Pair => [first[starts[l]! + q]!, second[starts[l]! + q]!],
    ),
  );
}

function checkCounts(op: string, n: number, stages: number): void {
  if (!Number.isSafeInteger(n) || n < 1) throw new ShapeError(op, "a width n ≥ 1", n);
  if (!Number.isSafeInteger(stages) || stages < 1) throw new ShapeError(op, "L ≥ 1 stages", stages);
}

/** ⌈log₂ n⌉, at least 1: the fewest stages after which every output can see every input. @example log2Stages(12) // 4 */
export const log2Stages = (n: number): number => Math.max(1, Math.ceil(Math.log2(n)));

const build = (name: string, n: number, stages: number, pairs: (stage: number) => Pair[]): Schedule => {
  checkCounts(name, n, stages);
  return fromPairs(
    n,
    Array.from({ length: stages }, (_, l) => pairs(l)),
    name,
  );
};

/**
 * Distances 1, 2, 4, …, cyclically: i meets i XOR 2^(l mod ⌈log₂ n⌉) where that is below n.
 * Fully mixing in log₂ n stages for n = 2^k; other widths leave coordinates over (see `shuffle`).
 */
export function butterfly(n: number, stages: number = log2Stages(n)): Schedule {
  const period = log2Stages(n);
  return build("butterfly", n, stages, (l) => {
    const distance = 2 ** (l % period);
    const pairs: Pair[] = [];
    for (let i = 0; i < n; i++) {
      const j = i ^ distance;
      if (i < j && j < n) pairs.push([i, j]);
    }
    return pairs;
  });
}

/**
 * Constant geometry (Pease 1968): slot q meets slot q + ⌊n/2⌋, then the slots are shuffled perfectly; an odd slot moves to the front.
 * @param stages - unless said, as many as mix fully: ⌈log₂ n⌉ for even n, one or two more for odd n
 */
export function shuffle(n: number, stages: number = shuffleStages(n)): Schedule {
  const half = Math.floor(n / 2);
  let slots = Array.from({ length: n }, (_, i) => i);
  return build("shuffle", n, stages, () => {
    const pairs = slots.slice(0, half).map((i, q): Pair => [i, slots[q + half]!]);
    slots = [...slots.slice(2 * half), ...pairs.flat()];
    return pairs;
  });
}

/** k = ⌈log₂ n⌉ for even n; for odd n the slot that waits costs one more stage, or two where 2/3 · 2^k < n < 2^k − 1 (counted for n ≤ 300). */
function shuffleStages(n: number): number {
  const k = log2Stages(n);
  if (n % 2 === 0 || n === 1) return k;
  return 3 * n > 2 ** (k + 1) && n !== 2 ** k - 1 ? k + 2 : k + 1;
}

/** Neighbours, (0,1)(2,3)… and (1,2)(3,4)… in turn. Reaches every coordinate after n − 1 or n stages; n of them hold all of SO(n). */
export function brick(n: number, stages: number = n): Schedule {
  return build("brick", n, stages, (l) => {
    const pairs: Pair[] = [];
    for (let i = l % 2; i + 1 < n; i += 2) pairs.push([i, i + 1]);
    return pairs;
  });
}

/** An independent uniform matching for each stage. Fully mixing after about 1.6 log₂ n stages. */
export function randomMatching(n: number, stages: number, random: Rng): Schedule {
  return build("random", n, stages, () => {
    const order = random.permutation(n);
    return Array.from({ length: Math.floor(n / 2) }, (_, q): Pair => [order[2 * q]!, order[2 * q + 1]!]);
  });
}

/** The default: butterfly for n = 2^k, shuffle otherwise. */
export const defaultSchedule = (n: number, stages?: number): Schedule =>
  Number.isInteger(Math.log2(n)) ? butterfly(n, stages) : shuffle(n, stages);
