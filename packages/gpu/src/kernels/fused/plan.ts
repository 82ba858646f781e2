/**
 * @file The layout of a row over the threads of a workgroup in the fused mixer, and the WGSL for
 * that. Figures 6 to 8 of docs/design/memory-layout.md draw it. The number of rows comes with the
 * call.
 */
import { joined, upTo } from "../wgsl.ts";

/**
 * Stages that run in registers between two exchanges: on coordinates whose bits m … m+k−1 differ.
 */
export interface Round {
  /** Which round of its plan it is, counted from 0. */
  readonly r: number;
  /** First stage, counted from 0. */
  readonly stage: number;
  readonly k: number;
  readonly m: number;
}

/** The layout of one kernel. */
export interface FusedPlan {
  readonly n: number;
  readonly rounds: readonly Round[];
  /** The first of them, and the last. */
  readonly begin: Round;
  readonly end: Round;
  /** Elements of a row that a thread holds, 2^K. */
  readonly held: number;
  /** Threads of a row, and rows of a workgroup. */
  readonly threads: number;
  readonly rowsPerGroup: number;
  readonly stages: number;
  readonly fanIn: number;
  readonly fanOut: number;
}

/** Multiprocessors of an H200; on a smaller chip several workgroups share one. */
const multiprocessors = 132;
/**
 * Workgroups that stay and take row after row; `resident` is how many threads a multiprocessor runs
 * at a time, given their registers.
 */
export const persistentGroups = (
  threads: number,
  perGroup: number,
  rows: number,
  resident: number,
): number =>
  Math.min(
    multiprocessors * Math.max(1, Math.floor(resident / threads)),
    Math.ceil(rows / perGroup),
  );

/**
 * The loop over a workgroup's rows: `row` is the thread's, and `guard` stands before what only
 * existing rows do.
 */
export function rowLoop({ rowsPerGroup }: FusedPlan): {
  head: string;
  guard: string;
  next: string;
} {
  return {
    head:
      `for (var top = w.x * ${rowsPerGroup}u; ` +
      "top < rows; top += step) {\nlet row = top + sub;\n",
    guard: rowsPerGroup === 1 ? "" : "if (row < rows)",
    next: "min(row + step, rows - 1u)",
  };
}

/**
 * The head of a kernel: how many rows there are, and how far a workgroup's next ones are; `w` is
 * its number, `id` the thread's.
 */
export const mainHead = ({ rowsPerGroup }: FusedPlan, threads: number): string =>
  `@compute @workgroup_size(${threads}) fn main(@builtin(workgroup_id) w: vec3u, ` +
  "@builtin(num_workgroups) all: vec3u, @builtin(local_invocation_id) id: vec3u) {\n" +
  `let rows = ${joined}; let step = all.x * ${rowsPerGroup}u;\n`;

/** Sizes of a call, and the XOR distances of its stages as logarithms. */
export interface FusedCall {
  readonly n: number;
  readonly distances: readonly number[];
  readonly fanIn: number;
  readonly fanOut: number;
}

/** The layout for a call where a thread holds 2^K elements. */
export function planFused({ n, distances, fanIn, fanOut }: FusedCall, K: number): FusedPlan {
  const rounds: Round[] = [];
  for (const [stage, m] of distances.entries()) {
    const open = rounds.at(-1);
    if (open !== undefined && open.k < K && m === open.m + open.k)
      rounds[open.r] = { ...open, k: open.k + 1 };
    else rounds.push({ r: rounds.length, stage, k: 1, m });
  }
  const [begin, end] = [rounds[0]!, rounds.at(-1)!]; // a schedule has a stage
  const held = 2 ** K;
  const threads = n / held;
  const rowsPerGroup = Math.max(1, Math.floor(256 / threads));
  const stages = distances.length;
  return { n, rounds, begin, end, held, threads, rowsPerGroup, stages, fanIn, fanOut };
}

/**
 * The place of element i in shared memory, as WGSL. The low bits are XORed with higher ones, so
 * that the 32 threads that read together, whichever bits of the coordinate they differ in, meet 32
 * different banks.
 */
export const spreadBanks = "i ^ ((i >> 5u) & 7u) ^ (((i >> 6u) & 3u) << 3u)";

/**
 * The same of a number. It is linear over XOR: the place of i | j, for bits apart, is that of i XOR
 * that of j.
 */
export const bankOf = (i: number): number => i ^ ((i >> 5) & 7) ^ (((i >> 6) & 3) << 3);

/**
 * Declares for each round, and each group of 2^k that thread `t` holds there, `b{round}_{g}`, the
 * coordinate of the group's first element, and `p{round}_{g}`, its place in shared memory.
 */
export function declareBases({ rounds, held, threads }: FusedPlan): string {
  return rounds
    .flatMap(({ r, k, m }) =>
      upTo(held >> k).map((g) => {
        const t = g === 0 ? "t" : `(t + ${g * threads}u)`;
        const base = `((${t} >> ${m}u) << ${m + k}u) | (${t} & ${2 ** m - 1}u)`;
        return `let b${r}_${g} = ${base}; let p${r}_${g} = place(b${r}_${g});`;
      }),
    )
    .join("\n");
}

/** How far element `e` is from the first of its group in a round. */
const within = ({ k, m }: Round, e: number): number => (e & (2 ** k - 1)) << m;

/** Coordinate of element `e` of a thread in a round. */
export function coordinate(round: Round, e: number): string {
  const base = `b${round.r}_${e >> round.k}`;
  const offset = within(round, e);
  return offset === 0 ? base : `(${base} + ${offset}u)`;
}

/**
 * Its place in shared memory: one XOR with a constant. `placeOf` is what the WGSL function `place`
 * computes.
 */
const place = (round: Round, e: number, placeOf: (i: number) => number): string =>
  `(p${round.r}_${e >> round.k} ^ ${placeOf(within(round, e))}u)`;

/**
 * The pairs of one stage of a round, as elements of a thread, with the number of the pair in the
 * schedule.
 */
export function pairsOf(
  plan: FusedPlan,
  round: Round,
  j: number,
): { a: number; b: number; pair: string }[] {
  const { stage, m } = round;
  const distance = m + j;
  return firstsOf(plan, j).map((e) => {
    const i = coordinate(round, e);
    const inStage = `((${i} >> ${distance + 1}u) << ${distance}u) | (${i} & ${2 ** distance - 1}u)`;
    return { a: e, b: e | (1 << j), pair: `(${(stage + j) * (plan.n / 2)}u + (${inStage}))` };
  });
}

/** Elements of a thread that are the first of their pair in stage j of a round. */
export const firstsOf = ({ held }: FusedPlan, j: number): number[] =>
  upTo(held).filter((e) => ((e >> j) & 1) === 0);

/** Whether the elements of a round lie side by side, so that four are moved at once. */
export const isContiguous = ({ k, m }: Round): boolean => m === 0 && k >= 2;

/** Where each element of a round lies in `shared` from `offset` on. */
const sharedPlaces = (
  { held }: FusedPlan,
  round: Round,
  offset: string,
  placeOf: (i: number) => number,
): string[] => upTo(held).map((e) => `sh[${offset} + ${place(round, e, placeOf)}]`);

/**
 * Statements that put `${name}${e}` into `shared`, in the layout of a round. The caller puts
 * barriers around them.
 */
export const writeShared = (
  plan: FusedPlan,
  round: Round,
  name: string,
  offset: string,
  placeOf: (i: number) => number = bankOf,
): string =>
  sharedPlaces(plan, round, offset, placeOf)
    .map((at, e) => `${at} = ${name}${e};`)
    .join(" ");

/** Statements that take them out again, in the layout of another round. */
export const readShared = (
  plan: FusedPlan,
  round: Round,
  name: string,
  offset: string,
  placeOf: (i: number) => number = bankOf,
): string =>
  sharedPlaces(plan, round, offset, placeOf)
    .map((at, e) => `${name}${e} = ${at};`)
    .join(" ");
