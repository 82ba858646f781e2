/**
 * @file Schedules: the coordinates that are paired with each other, stage by stage. They hold pairs
 * and no numbers. (Known ones are in `patterns.ts`: butterfly's stage l pairs i with i
 * XOR 2^l.)
 */
import {
  checkList,
  checkOptions,
  kindOf,
  type OptionNames,
  printsAs,
  ShapeError,
  ValueError,
} from "@spm/core/extend";
import { drawPairs } from "./draw-pairs.ts";

/** A pair of coordinates. */
export type Pair = readonly [number, number];

/**
 * Disjoint pairs for each of L stages over n coordinates, flat and stage-major: pair p belongs to
 * stage l for `starts[l] ≤ p < starts[l+1]`. Prints as its name and sizes, with a drawing of its
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
   * The strides of a schedule whose every stage l pairs each coordinate i with i XOR strides[l], a
   * power of two, in ascending order of i, so that kernels find partners without a table; null for
   * any other schedule.
   */
  readonly strides: readonly number[] | null;
}

/**
 * Calls `visit` with both coordinates of each pair of stage l, and the pair's number.
 * @example eachPair(butterfly(8), 0, (i, j, p) => console.log(i, j, p));
 */
export function eachPair(
  { first, second, starts }: Schedule,
  l: number,
  visit: (i: number, j: number, p: number) => void,
): void {
  for (let p = starts[l] ?? 0, end = starts[l + 1] ?? 0; p < end; p++)
    visit(first[p]!, second[p]!, p);
}

/**
 * Calls `visit` with each coordinate without a partner in stage l, and its number among all
 * unpaired coordinates.
 * @example eachUnpaired(shuffle(5), 0, (i, q) => console.log(i, q));
 */
export function eachUnpaired(
  { unpaired, unpairedStarts }: Schedule,
  l: number,
  visit: (i: number, q: number) => void,
): void {
  for (let q = unpairedStarts[l] ?? 0, end = unpairedStarts[l + 1] ?? 0; q < end; q++)
    visit(unpaired[q]!, q);
}

/** Options of {@link fromPairs}. */
export interface FromPairsOptions {
  /**
   * The schedule's name in reports.
   * @defaultValue "pairs"
   */
  readonly name?: string;
}

const fromPairsOptions: OptionNames<FromPairsOptions> = { name: true };

/**
 * A schedule from explicit pairs.
 * @param n - number of coordinates, ≥ 1
 * @param stages - the pairs of each stage, disjoint within it, each of two different coordinates in
 * [0, n)
 * @throws ValueError naming the stage and the pair that breaks this; ShapeError for n < 1, no
 * stages or nL > 2²⁸
 * @example
 * fromPairs(4, [
 *   [
 *     [0, 1],
 *     [2, 3],
 *   ],
 *   [
 *     [0, 2],
 *     [1, 3],
 *   ],
 * ]).strides; // [1, 2]
 */
export function fromPairs(
  n: number,
  stages: readonly (readonly Pair[])[],
  options: FromPairsOptions = {},
): Schedule {
  checkOptions("fromPairs", options, fromPairsOptions);
  const { name = "pairs" } = options;
  for (const pairs of checkList("fromPairs", stages, "stages"))
    for (const pair of checkList("fromPairs", pairs, "pairs in each stage"))
      checkList("fromPairs", pair, "two coordinates in each pair");
  const build = (l: number, addPair: AddPair): void => {
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
      addPair(i, j);
    }
  };
  const schedule = buildSchedule("fromPairs", n, stages.length, build, { name });
  return printed({ ...schedule, strides: pairStridesOf(schedule) });
}

/** @throws ValueError for anything but a schedule */
export function checkSchedule(op: string, schedule: Schedule): void {
  if (schedule?.first instanceof Int32Array) return;
  throw new ValueError(op, "a schedule", kindOf(schedule), "make one: butterfly(n)");
}

/**
 * The stride of every stage that has one, or null: the one place where a butterfly is recognised
 * from its pairs.
 */
function pairStridesOf(schedule: Schedule): number[] | null {
  const { n, stages, first, second, starts } = schedule;
  const strides: number[] = [];
  for (let l = 0; l < stages; l++) {
    const p = starts[l] ?? 0;
    const stride = (second[p] ?? 0) - (first[p] ?? 0);
    if (!isStride(n, stride)) return null;
    let [next, regular] = [0, 0];
    eachPair(schedule, l, (i, j) => {
      if (i === next && j === i + stride) regular++;
      next = i + 1 + ((i + 1) & stride); // the next i with the bit `stride` clear
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

/** The largest n · L of a schedule, whose tables have 4 bytes for each coordinate and stage. */
export const LARGEST: number = 2 ** 28;

/** Options of {@link buildSchedule}. */
export interface BuildScheduleOptions {
  /**
   * The schedule's name in reports.
   * @defaultValue `op`
   */
  readonly name?: string;
  /**
   * The strides of the stages: all are dropped unless each pairs all of [0, n). They are not
   * compared with the pairs.
   * @defaultValue null
   */
  readonly strides?: readonly number[] | null;
}

const buildOptions: OptionNames<BuildScheduleOptions> = { name: true, strides: true };

/**
 * A schedule from the pairs that `build` adds to each stage in turn: disjoint pairs of different
 * coordinates, which are not checked. Cost O(nL).
 * @param op - the function that errors name
 * @param build - called for each stage with a function that adds a pair
 * @throws ShapeError for n < 1, no stages or nL > 2²⁸, before anything is made
 * @example buildSchedule("mirror", 4, 1, (_, addPair) => [0, 1].forEach((i) => addPair(i, 3 - i)));
 */
export function buildSchedule(
  op: string,
  n: number,
  stages: number,
  build: (stage: number, addPair: AddPair) => void,
  options: BuildScheduleOptions = {},
): Schedule {
  checkOptions("buildSchedule", options, buildOptions);
  const { name = op, strides = null } = options;
  checkCounts(op, n, stages);
  const first = new Int32Array(Math.floor(n / 2) * stages);
  const second = new Int32Array(first.length);
  const starts = new Int32Array(stages + 1);
  let p = 0;
  const addPair: AddPair = (i, j) => {
    first[p] = i;
    second[p++] = j;
  };
  for (let l = 0; l < stages; l++) {
    build(l, addPair);
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
  for (let l = 0, q = 0; q < unpaired.length; l++) {
    for (let p = starts[l]!; p < starts[l + 1]!; p++) met[first[p]!] = met[second[p]!] = l + 1;
    for (let i = 0; i < n; i++) if (met[i] !== l + 1) unpaired[q++] = i;
  }
  return { unpaired, unpairedStarts };
}

/**
 * The pairs of each stage, as {@link fromPairs} takes them.
 * @example pairsOf(butterfly(4))[1]; // [[0, 2], [1, 3]]
 */
export function pairsOf(schedule: Schedule): Pair[][] {
  return Array.from({ length: schedule.stages }, (_, l) => {
    const pairs: Pair[] = [];
    eachPair(schedule, l, (i, j) => pairs.push([i, j]));
    return pairs;
  });
}

/** Refuses sizes that no schedule has, before anything is made. */
export function checkCounts(op: string, n: number, stages: number): void {
  if (!Number.isSafeInteger(n) || n < 1) throw new ShapeError(op, "a width n ≥ 1", n);
  if (!Number.isSafeInteger(stages) || stages < 1) throw new ShapeError(op, "L ≥ 1 stages", stages);
  if (n * stages > LARGEST) throw new ShapeError(op, `n · L ≤ ${LARGEST}`, `${n} · ${stages}`);
}
