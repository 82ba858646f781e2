/** @file How the fused mixer lays a row out over the threads of a workgroup, and the WGSL for that. */

/** Stages that run in registers between two exchanges: on coordinates whose bits m … m+k−1 differ. */
interface Round {
  /** First stage, counted from 0. */
  readonly stage: number;
  readonly k: number;
  readonly m: number;
}

/** The layout of one kernel. */
export interface FusedPlan {
  readonly n: number;
  readonly rounds: readonly Round[];
  /** Elements of a row that a thread holds, 2^K. */
  readonly held: number;
  /** Threads of a row, and rows of a workgroup. */
  readonly threads: number;
  readonly rowsPerGroup: number;
  readonly stages: number;
  readonly rows: number;
  readonly fanIn: number;
  readonly fanOut: number;
  readonly groups: number;
}

/** Workgroups that stay and take row after row: one for each multiprocessor of an H200; on a smaller chip several share one. */
const persistentGroups = 132;

/** Sizes of a call, and the XOR distances of its stages as logarithms. */
export interface FusedCall {
  readonly n: number;
  readonly distances: readonly number[];
  readonly rows: number;
  readonly fanIn: number;
  readonly fanOut: number;
}

/** The layout for a call where a thread holds 2^K elements. */
export function planFused({ n, distances, rows, fanIn, fanOut }: FusedCall, K: number): FusedPlan {
  const rounds: Round[] = [];
  for (let l = 0; l < distances.length; ) {
    const m = distances[l]!;
    let k = 1;
    while (k < K && l + k < distances.length && distances[l + k] === m + k) k++;
    rounds.push({ stage: l, k, m });
    l += k;
  }
  const held = 2 ** K;
  const threads = n / held;
  const rowsPerGroup = Math.max(1, Math.min(Math.floor(256 / threads), rows));
  const groups = Math.min(persistentGroups, Math.ceil(rows / rowsPerGroup));
  return { n, rounds, held, threads, rowsPerGroup, stages: distances.length, rows, fanIn, fanOut, groups };
}

/** Numbers 0 … n−1. */
export const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/**
 * The place of element i in shared memory. The low bits are XORed with higher ones, so that the 32 threads that read together,
 * whichever bits of the coordinate they differ in, meet 32 different banks.
 */
export const spreadBanks = "i ^ ((i >> 5u) & 7u) ^ (((i >> 6u) & 3u) << 3u)";

/** Declares `b{round}_{g}`, the coordinate of the first element of each group of 2^k that thread `t` holds in each round. */
export function declareBases({ rounds, held, threads }: FusedPlan): string {
  return rounds
    .flatMap(({ k, m }, r) =>
      upTo(held >> k).map((g) => {
        const t = g === 0 ? "t" : `(t + ${g * threads}u)`;
        return `let b${r}_${g} = ((${t} >> ${m}u) << ${m + k}u) | (${t} & ${2 ** m - 1}u);`;
      }),
    )
    .join("\n");
}

/** Coordinate of element `e` of a thread in a round. */
export function coordinate({ rounds }: FusedPlan, r: number, e: number): string {
  const { k, m } = rounds[r]!;
  const within = (e & (2 ** k - 1)) << m;
  const base = `b${r}_${e >> k}`;
  return within === 0 ? base : `(${base} + ${within}u)`;
}

/** The pairs of one stage of a round, as elements of a thread, with the number of the pair in the schedule. */
export function pairsOf(plan: FusedPlan, r: number, j: number): { a: number; b: number; pair: string }[] {
  const { stage, m } = plan.rounds[r]!;
  const distance = m + j;
  return upTo(plan.held)
    .filter((e) => ((e >> j) & 1) === 0)
    .map((e) => {
      const i = coordinate(plan, r, e);
      const within = `((${i} >> ${distance + 1}u) << ${distance}u) | (${i} & ${2 ** distance - 1}u)`;
      return { a: e, b: e | (1 << j), pair: `(${(stage + j) * (plan.n / 2)}u + (${within}))` };
    });
}

/** Whether the elements of a round lie side by side, so that four are moved at once. */
export const isContiguous = ({ rounds }: FusedPlan, r: number): boolean => rounds[r]!.m === 0 && rounds[r]!.k >= 2;

/**
 * Statements that move `names[e]` from the layout of one round to that of another, through `shared` at `offset`.
 * The caller puts barriers around them.
 */
export const writeShared = (plan: FusedPlan, r: number, name: string, offset: string): string =>
  upTo(plan.held)
    .map((e) => `sh[${offset} + place(${coordinate(plan, r, e)})] = ${name}${e};`)
    .join(" ");

export const readShared = (plan: FusedPlan, r: number, name: string, offset: string): string =>
  upTo(plan.held)
    .map((e) => `${name}${e} = sh[${offset} + place(${coordinate(plan, r, e)})];`)
    .join(" ");
