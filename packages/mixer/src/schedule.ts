/**
 * @file Schedules: the coordinates that are mixed with each other, stage by stage. They know pairs
 * and nothing of the numbers that mix them.
 */
import type { Rng } from "@spm/core";
import { printsAs, ShapeError, ValueError } from "@spm/core/extend";
import { drawPairs } from "./draw-pairs.ts";

/** A pair of coordinates. */
export type Pair = readonly [number, number];

/**
 * Disjoint pairs for each of L stages over n coordinates, flat and stage-major: pair p belongs to
 * stage l for `starts[l] ≤ p < starts[l+1]`. It prints as its name and sizes, with a drawing of its
 * pairs up to n = 16.
 */
export interface Schedule {
  readonly name: string;
  readonly n: number;
  /** L, the number of stages. */
  readonly stages: number;
  /** First and second coordinate of each pair. */
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly starts: Int32Array;
  /**
   * Coordinates without a partner, stage by stage, ascending; stage l has those from
   * `unpairedStarts[l]` on.
   */
  readonly unpaired: Int32Array;
  readonly unpairedStarts: Int32Array;
  /**
   * Where every stage l pairs each coordinate i with i XOR strides[l], a power of two, in ascending
   * order of i: these. Kernels then find partners without a table. null for any other schedule.
   */
  readonly strides: readonly number[] | null;
}

/** Calls `visit` with both coordinates of each pair of stage l, and the pair's number. */
export function eachPair(
  { first, second, starts }: Schedule,
  l: number,
  visit: (i: number, j: number, p: number) => void,
): void {
  for (let p = starts[l] ?? 0, end = starts[l + 1] ?? 0; p < end; p++)
    visit(first[p]!, second[p]!, p);
}

/**
 * Calls `visit` with each coordinate that stage l leaves over, and the unpaired coordinate's
 * number.
 */
export function eachUnpaired(
  { unpaired, unpairedStarts }: Schedule,
  l: number,
  visit: (i: number, r: number) => void,
): void {
  for (let r = unpairedStarts[l] ?? 0, end = unpairedStarts[l + 1] ?? 0; r < end; r++)
    visit(unpaired[r]!, r);
}

/**
 * A schedule from explicit pairs.
 * @param n - number of coordinates, ≥ 1
 * @param stages - the pairs of each stage, disjoint within it, each of two different coordinates in
 * [0, n)
 * @throws ValueError naming the stage and the pair that breaks this; ShapeError for n < 1, no
 * stages or nL > 2²⁸
 * @example fromPairs(4, [[[0, 1], [2, 3]], [[0, 2], [1, 3]]]); // the butterfly of width 4
 */
export function fromPairs(
  n: number,
  stages: readonly (readonly Pair[])[],
  name = "pairs",
): Schedule {
  const build = (l: number, meet: AddPair): void => {
    const met = new Uint8Array(n);
    for (const [i, j] of stages[l] ?? []) {
      for (const k of [i, j])
        if (!Number.isInteger(k) || k < 0 || k >= n)
          throw new ValueError(
            "fromPairs",
            `coordinates in [0, ${n})`,
            `${k} in pair (${i}, ${j}) of stage ${l}`,
          );
      if (i === j)
        throw new ValueError("fromPairs", "pairs of two coordinates", `(${i}, ${j}) in stage ${l}`);
      const again = met[i] === 1 ? i : j;
      if (met[again] === 1)
        throw new ValueError(
          "fromPairs",
          "disjoint pairs in a stage",
          `${again} twice in stage ${l}, in (${i}, ${j})`,
        );
      met[i] = met[j] = 1;
      meet(i, j);
    }
  };
  const schedule = buildSchedule("fromPairs", n, stages.length, build, { name });
  return printed({ ...schedule, strides: stridesOf(schedule) });
}

/**
 * The stride of every stage that has one, or null: the one place where a butterfly is known by its
 * pairs.
 */
function stridesOf(schedule: Schedule): number[] | null {
  const { n, stages, first, second, starts } = schedule;
  const strides: number[] = [];
  for (let l = 0; l < stages; l++) {
    const p = starts[l] ?? 0;
    const stride = (second[p] ?? 0) - (first[p] ?? 0);
    if (!isStride(n, stride)) return null;
    let [next, regular] = [0, 0];
    eachPair(schedule, l, (i, j) => {
      if (i === next && j === i + stride) regular++;
      next = i + 1 + ((i + 1) & stride);
    });
    if (regular !== n / 2) return null;
    strides.push(stride);
  }
  return strides;
}

/** Whether i ↦ i XOR stride pairs all of [0, n). */
const isStride = (n: number, stride: number): boolean =>
  stride >= 1 && Number.isInteger(Math.log2(stride)) && n % (2 * stride) === 0;

/** Adds a pair to a stage. */
export type AddPair = (i: number, j: number) => void;

/**
 * n · L up to which the tables of a schedule, 4 bytes for each coordinate of each stage, are made.
 */
const LARGEST = 2 ** 28;

/**
 * A schedule from what `build` adds to each stage in turn: disjoint pairs of different coordinates,
 * which nobody checks. O(nL).
 * @param known - its name (`op` unless said), and its strides, of which those are dropped that
 * don't pair all of [0, n)
 * @throws ShapeError for n < 1, no stages or nL > 2²⁸, before anything is made
 */
export function buildSchedule(
  op: string,
  n: number,
  stages: number,
  build: (stage: number, meet: AddPair) => void,
  {
    name = op,
    strides = null,
  }: { readonly name?: string; readonly strides?: readonly number[] | null } = {},
): Schedule {
  checkCounts(op, n, stages);
  const first = new Int32Array(Math.floor(n / 2) * stages);
  const second = new Int32Array(first.length);
  const starts = new Int32Array(stages + 1);
  let p = 0;
  const meet: AddPair = (i, j) => {
    first[p] = i;
    second[p++] = j;
  };
  for (let l = 0; l < stages; l++) {
    build(l, meet);
    starts[l + 1] = p;
  }
  const pairs =
    p === first.length
      ? { first, second }
      : { first: first.slice(0, p), second: second.slice(0, p) };
  const rest = unpairedOf(n, starts, pairs.first, pairs.second);
  const regular = strides?.every((stride) => isStride(n, stride)) ? strides : null;
  return printed({ name, n, stages, ...pairs, starts, ...rest, strides: regular });
}

const printed = (schedule: Schedule): Schedule =>
  printsAs(schedule, (made) => {
    const { name, n, stages, first, unpaired } = made;
    const rest = unpaired.length > 0 ? `, unpaired: ${unpaired.length}` : "";
    const head = `${name}: n = ${n}, L = ${stages}, pairs: ${first.length}${rest}`;
    return n > 16 ? head : `${head}\n${drawPairs(n, pairsOf(made))}`;
  });

function unpairedOf(
  n: number,
  starts: Int32Array,
  first: Int32Array,
  second: Int32Array,
): Pick<Schedule, "unpaired" | "unpairedStarts"> {
  const stages = starts.length - 1;
  const unpaired = new Int32Array(n * stages - 2 * first.length);
  const unpairedStarts = starts.map((p, l) => n * l - 2 * p);
  // the last stage with a partner, from 1
  const met = new Int32Array(unpaired.length === 0 ? 0 : n);
  for (let l = 0, r = 0; r < unpaired.length; l++) {
    for (let p = starts[l]!; p < starts[l + 1]!; p++) met[first[p]!] = met[second[p]!] = l + 1;
    for (let i = 0; i < n; i++) if (met[i] !== l + 1) unpaired[r++] = i;
  }
  return { unpaired, unpairedStarts };
}

/** The pairs of each stage, as {@link fromPairs} takes them. */
export function pairsOf(schedule: Schedule): Pair[][] {
  return Array.from({ length: schedule.stages }, (_, l) => {
    const pairs: Pair[] = [];
    eachPair(schedule, l, (i, j) => pairs.push([i, j]));
    return pairs;
  });
}

function checkCounts(op: string, n: number, stages: number): void {
  if (!Number.isSafeInteger(n) || n < 1) throw new ShapeError(op, "a width n ≥ 1", n);
  if (!Number.isSafeInteger(stages) || stages < 1) throw new ShapeError(op, "L ≥ 1 stages", stages);
  if (n * stages > LARGEST) throw new ShapeError(op, `n · L ≤ ${LARGEST}`, `${n} · ${stages}`);
}

/**
 * ⌈log₂ n⌉, at least 1: the fewest stages after which every output can see every input.
 * @example log2Stages(12) // 4
 */
export const log2Stages = (n: number): number => Math.max(1, Math.ceil(Math.log2(n)));

/**
 * Distances 1, 2, 4, …, cyclically: i meets i XOR 2^(l mod ⌈log₂ n⌉) where that is below n.
 * Fully mixing in log₂ n stages for n = 2^k; other widths leave coordinates over (see `shuffle`).
 */
export function butterfly(n: number, stages: number = log2Stages(n)): Schedule {
  const period = log2Stages(n);
  const strideOf = (l: number) => 2 ** (l % period);
  const build = (l: number, meet: AddPair): void => {
    const stride = strideOf(l);
    for (let i = 0; i < n - stride; i++) if ((i & stride) === 0) meet(i, i + stride);
  };
  const strides = Array.from({ length: Math.min(stages, LARGEST) || 0 }, (_, l) => strideOf(l));
  return buildSchedule("butterfly", n, stages, build, { strides });
}

/**
 * Constant geometry (Pease 1968): slot q meets slot q + ⌊n/2⌋, then the slots are shuffled
 * perfectly; an odd slot moves to the front.
 * @param stages - unless said, as many as mix fully: ⌈log₂ n⌉ for even n, one or two more for odd n
 */
export function shuffle(n: number, stages: number = shuffleStages(n)): Schedule {
  checkCounts("shuffle", n, stages);
  const half = Math.floor(n / 2);
  let slots = new Int32Array(n).map((_, i) => i);
  let next = new Int32Array(n);
  return buildSchedule("shuffle", n, stages, (_, meet) => {
    let to = 0;
    if (n % 2 === 1) next[to++] = slots[n - 1]!;
    for (let q = 0; q < half; q++) {
      const [i, j] = [slots[q]!, slots[q + half]!];
      meet(i, j);
      next[to++] = i;
      next[to++] = j;
    }
    [slots, next] = [next, slots];
  });
}

/**
 * k = ⌈log₂ n⌉ for even n; for odd n the slot that waits costs one more stage, or two where 2/3 ·
 * 2^k < n < 2^k − 1 (counted for n ≤ 300).
 */
function shuffleStages(n: number): number {
  const k = log2Stages(n);
  if (n % 2 === 0 || n === 1) return k;
  return 3 * n > 2 ** (k + 1) && n !== 2 ** k - 1 ? k + 2 : k + 1;
}

/**
 * Neighbours, (0,1)(2,3)… and (1,2)(3,4)… in turn. Reaches every coordinate after n − 1 or n
 * stages; n of them hold all of SO(n).
 */
export function brick(n: number, stages: number = n): Schedule {
  return buildSchedule("brick", n, stages, (l, meet) => {
    for (let i = l % 2; i + 1 < n; i += 2) meet(i, i + 1);
  });
}

/** An independent uniform matching for each stage. Fully mixing after about 1.6 log₂ n stages. */
export function randomMatching(n: number, stages: number, random: Rng): Schedule {
  return buildSchedule("random", n, stages, (_, meet) => {
    const order = random.permutation(n);
    for (let q = 1; q < n; q += 2) meet(order[q - 1]!, order[q]!);
  });
}

/** The default: butterfly for n = 2^k, shuffle otherwise. */
export const defaultSchedule = (n: number, stages?: number): Schedule =>
  Number.isInteger(Math.log2(n)) ? butterfly(n, stages) : shuffle(n, stages);
