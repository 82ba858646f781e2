/**
 * @file The layout of a row over the threads of a workgroup in the fused mixer, and the WGSL for
 * that. Figures 6 to 8 of docs/design/memory-layout.md show it. The number of rows comes with the
 * call.
 */
import { type PlannedPass, planPasses } from "@spm/mixer/extend";
import { joined, upTo } from "../wgsl.ts";

/** A pass with its number in its plan, from 0. */
export interface FusedPass extends PlannedPass {
  readonly r: number;
}

/** The layout of a kernel: the passes, and a row over threads. */
export interface FusedPlan {
  readonly n: number;
  readonly passes: readonly FusedPass[];
  /** The first pass, and the last. */
  readonly begin: FusedPass;
  readonly end: FusedPass;
  /** Elements of a row that a thread holds, 2^K. */
  readonly held: number;
  /** Threads of a row, and rows of a workgroup. */
  readonly threads: number;
  readonly rowsPerWorkgroup: number;
  readonly stages: number;
  readonly fanIn: number;
  readonly fanOut: number;
}

/** Multiprocessors of an H200; on a smaller chip several workgroups share one. */
const multiprocessors = 132;
/**
 * Workgroups that take row after row; `resident` is how many threads a multiprocessor runs at a
 * time, given their registers.
 */
export const persistentWorkgroups = (
  threads: number,
  perWorkgroup: number,
  rows: number,
  resident: number,
): number =>
  Math.min(
    multiprocessors * Math.max(1, Math.floor(resident / threads)),
    Math.ceil(rows / perWorkgroup),
  );

/**
 * The loop over a workgroup's rows: `row` is the thread's, and `guard` is the condition of
 * statements for existing rows only.
 */
export function rowLoop({ rowsPerWorkgroup }: FusedPlan): {
  head: string;
  guard: string;
  next: string;
} {
  return {
    head:
      `for (var top = w.x * ${rowsPerWorkgroup}u; ` +
      "top < rows; top += step) {\nlet row = top + sub;\n",
    guard: rowsPerWorkgroup === 1 ? "" : "if (row < rows)",
    next: "min(row + step, rows - 1u)",
  };
}

/**
 * The head of a kernel, which sets `rows`, their number, and `step`, the distance of a workgroup's
 * next rows; `w` is the workgroup's number, `id` the thread's.
 */
export const mainHead = ({ rowsPerWorkgroup }: FusedPlan, threads: number): string =>
  `@compute @workgroup_size(${threads}) fn main(@builtin(workgroup_id) w: vec3u, ` +
  "@builtin(num_workgroups) all: vec3u, @builtin(local_invocation_id) id: vec3u) {\n" +
  `let rows = ${joined}; let step = all.x * ${rowsPerWorkgroup}u;\n`;

/** Sizes of a call, and the XOR distances of its stages as logarithms. */
export interface FusedCall {
  readonly n: number;
  readonly distances: readonly number[];
  readonly fanIn: number;
  readonly fanOut: number;
}

/** The layout for a call where a thread holds 2^K elements. */
export function planFused({ n, distances, fanIn, fanOut }: FusedCall, K: number): FusedPlan {
  const strides = distances.map((m) => 2 ** m);
  const passes = planPasses(strides, K).map((pass, r) => ({ r, ...pass }));
  const [begin, end] = [passes[0]!, passes.at(-1)!]; // a schedule has a stage
  const held = 2 ** K;
  const threads = n / held;
  const rowsPerWorkgroup = Math.max(1, Math.floor(256 / threads));
  const stages = distances.length;
  return { n, passes, begin, end, held, threads, rowsPerWorkgroup, stages, fanIn, fanOut };
}

/**
 * The place of element i in shared memory, as WGSL. The low bits are XORed with higher ones: from n
 * = 256 on, 32 neighbouring threads meet 32 different banks in every pass, whichever bits of the
 * coordinate they differ in. Of shorter rows they have several, which lie n words apart in the same
 * banks: 16 banks at n = 128, 8 at n = 64.
 */
export const spreadBanks = "i ^ ((i >> 5u) & 7u) ^ (((i >> 6u) & 3u) << 3u)";

/**
 * The same place, of a number. It is linear over XOR: for i and j without common bits, the place of
 * i | j is that of i XOR that of j.
 */
export const bankOf = (i: number): number => i ^ ((i >> 5) & 7) ^ (((i >> 6) & 3) << 3);

/**
 * Declares for each pass, and each set of 2^k elements that thread `t` holds there, number g,
 * `b{pass}_{g}`, the coordinate of its first element, and `p{pass}_{g}`, its place in shared
 * memory.
 */
export function declareBases({ passes, held, threads }: FusedPlan): string {
  return passes
    .flatMap(({ r, k, m }) =>
      upTo(held >> k).map((g) => {
        const t = g === 0 ? "t" : `(t + ${g * threads}u)`;
        const base = `((${t} >> ${m}u) << ${m + k}u) | (${t} & ${2 ** m - 1}u)`;
        return `let b${r}_${g} = ${base}; let p${r}_${g} = place(b${r}_${g});`;
      }),
    )
    .join("\n");
}

/** The distance of element `e` from the first of its set in a pass. */
const within = ({ k, m }: FusedPass, e: number): number => (e & (2 ** k - 1)) << m;

/** Coordinate of element `e` of a thread in a pass. */
export function coordinate(pass: FusedPass, e: number): string {
  const base = `b${pass.r}_${e >> pass.k}`;
  const offset = within(pass, e);
  return offset === 0 ? base : `(${base} + ${offset}u)`;
}

/**
 * Its place in shared memory: one XOR with a constant. `placeOf` computes the same as the WGSL
 * function `place`.
 */
const place = (pass: FusedPass, e: number, placeOf: (i: number) => number): string =>
  `(p${pass.r}_${e >> pass.k} ^ ${placeOf(within(pass, e))}u)`;

/**
 * The pairs of one stage of a pass, as elements of a thread, with the number of the pair in the
 * schedule.
 */
export function pairsOf(
  plan: FusedPlan,
  pass: FusedPass,
  j: number,
): { a: number; b: number; pair: string }[] {
  const { stage, m } = pass;
  const distance = m + j;
  return firstsOf(plan, j).map((e) => {
    const i = coordinate(pass, e);
    const inStage = `((${i} >> ${distance + 1}u) << ${distance}u) | (${i} & ${2 ** distance - 1}u)`;
    return { a: e, b: e | (1 << j), pair: `(${(stage + j) * (plan.n / 2)}u + (${inStage}))` };
  });
}

/** Elements of a thread that are the first of their pair in stage j of a pass. */
export const firstsOf = ({ held }: FusedPlan, j: number): number[] =>
  upTo(held).filter((e) => ((e >> j) & 1) === 0);

/** Whether a thread's elements in a pass lie side by side, so that four are moved at once. */
export const isContiguous = ({ k, m }: FusedPass): boolean => m === 0 && k >= 2;

/** The places of a pass's elements in shared memory from `offset` on. */
const sharedPlaces = (
  { held }: FusedPlan,
  pass: FusedPass,
  offset: string,
  placeOf: (i: number) => number,
): string[] => upTo(held).map((e) => `sh[${offset} + ${place(pass, e, placeOf)}]`);

/**
 * Statements that write `${name}${e}` to shared memory in the layout of a pass. The caller adds
 * barriers.
 */
export const writeShared = (
  plan: FusedPlan,
  pass: FusedPass,
  name: string,
  offset: string,
  placeOf: (i: number) => number = bankOf,
): string =>
  sharedPlaces(plan, pass, offset, placeOf)
    .map((at, e) => `${at} = ${name}${e};`)
    .join(" ");

/** Statements that read them from shared memory in the layout of another pass. */
export const readShared = (
  plan: FusedPlan,
  pass: FusedPass,
  name: string,
  offset: string,
  placeOf: (i: number) => number = bankOf,
): string =>
  sharedPlaces(plan, pass, offset, placeOf)
    .map((at, e) => `${name}${e} = ${at};`)
    .join(" ");
