/**
 * @file A span: up to six stages that a workgroup takes a slice of a row through, with one exchange
 * in between. Few stages need few registers, so their coefficients and gradients stay in registers
 * from row to row; small workgroups wait less for each other. Figure 9 of
 * docs/design/memory-layout.md draws spans and slices.
 */
import type { Grid } from "../../executor.ts";
import {
  bankOf,
  declareBases,
  type FusedPlan,
  mainHead,
  persistentGroups,
  type Round,
  readShared,
  spreadBanks,
  writeShared,
} from "./plan.ts";

/** The layout of one span's kernels. */
export interface SpanPlan extends FusedPlan {
  /** Parts of a row that different workgroups take, and the threads of one. */
  readonly slices: number;
  readonly workgroup: number;
  /** Whether the span begins with x, and whether it ends with y. */
  readonly first: boolean;
  readonly last: boolean;
}

/**
 * Threads of a workgroup, each with eight elements: what exchanges them covers 2048 coordinates,
 * what does not can be smaller.
 */
const workgroupThreads = { 1: 128, 2: 256 } as const;

/** A layout's stages as spans of up to so many rounds. */
export function planSpans({ rounds, threads, ...plan }: FusedPlan, mostRounds: 1 | 2): SpanPlan[] {
  const most = workgroupThreads[mostRounds];
  const slices = Math.max(1, threads / most);
  const rowsPerGroup = Math.max(1, Math.min(most / threads, 8));
  const together = (a: Round, b: Round): boolean =>
    mostRounds === 2 && (slices === 1 || (a.k === 3 && b.k === 3 && b.m === a.m + 3));
  const parts: { readonly begin: Round; second: Round | null }[] = [];
  for (const round of rounds) {
    const open = parts.at(-1);
    if (open?.second === null && together(open.begin, round)) open.second = { ...round, r: 1 };
    else parts.push({ begin: { ...round, r: 0 }, second: null });
  }
  return parts.map(({ begin, second }, i) => ({
    ...plan,
    rounds: second === null ? [begin] : [begin, second],
    begin,
    end: second ?? begin,
    threads,
    rowsPerGroup,
    slices,
    workgroup: Math.min(most, threads * rowsPerGroup),
    stages: begin.k + (second?.k ?? 0),
    first: i === 0,
    last: i === parts.length - 1,
  }));
}

/**
 * Workgroups for so many rows: along x they take row after row, along y each its slice. `resident`
 * is how many threads' registers a multiprocessor has room for.
 */
export function spanGroups(
  { workgroup, rowsPerGroup, slices }: SpanPlan,
  rows: number,
  resident: number,
): Grid {
  const groups = persistentGroups(workgroup, rowsPerGroup, rows * slices, resident);
  return [Math.max(1, Math.floor(groups / slices)), slices, 1];
}

/**
 * Bytes of shared memory that a kernel with so many regions takes: a span of one round exchanges
 * nothing.
 */
export const sharedBytesOf = (plan: SpanPlan, regions: number): number =>
  plan.rounds.length === 1 ? 0 : 4 * coveredOf(plan) * plan.rowsPerGroup * regions;

/** Where a span's coordinates are split over workgroups: its exchange stays within one. */
const isScattered = ({ slices, rounds, begin }: SpanPlan): boolean =>
  slices > 1 && rounds.length === 2 && begin.m > 5;

/**
 * Declares the thread's place in its row `t`, the row slot `sub` within the workgroup, and the
 * bases.
 */
function declareThread(plan: SpanPlan): string {
  const { threads, slices, begin } = plan;
  if (slices === 1)
    return `let t = id.x % ${threads}u; let sub = id.x / ${threads}u;\n${declareBases(plan)}\n`;
  const { m } = begin;
  const t = isScattered(plan)
    ? `(id.x & 31u) | ((id.x >> 5u) << ${m}u) | ((w.y & ${2 ** (m - 5) - 1}u) ` +
      `<< 5u) | ((w.y >> ${m - 5}u) << ${m + 3}u)`
    : `w.y * ${plan.workgroup}u + id.x`;
  return `let t = ${t}; let sub = 0u;\n${declareBases(plan)}\n`;
}

/** Coordinates that a workgroup covers of one row. */
const coveredOf = ({ n, slices }: SpanPlan): number => n / slices;

/**
 * Where a coordinate lies in shared memory: its number among those that the workgroup covers,
 * spread over the banks.
 */
function sharedPlace(plan: SpanPlan): string {
  const { m } = plan.begin;
  const place = isScattered(plan)
    ? `(c & 31u) | (((c >> ${m}u) & 63u) << 5u)`
    : `c & ${coveredOf(plan) - 1}u`;
  return `fn place(c: u32) -> u32 { let i = ${place}; return ${spreadBanks}; }\n`;
}

/** The same of a number. */
const placeOf =
  (plan: SpanPlan) =>
  (c: number): number =>
    bankOf(
      isScattered(plan) ? (c & 31) | (((c >> plan.begin.m) & 63) << 5) : c & (coveredOf(plan) - 1),
    );

/** Where a region of shared memory begins. */
const regionAt = (plan: SpanPlan, region: string): string =>
  `own + ${region} * ${coveredOf(plan) * plan.rowsPerGroup}u`;

/**
 * Statements that write or read a thread's elements in the layout of a round, in a region of shared
 * memory.
 */
export const toShared = (plan: SpanPlan, round: Round, name: string, region: string): string =>
  writeShared(plan, round, name, regionAt(plan, region), placeOf(plan));

export const fromShared = (plan: SpanPlan, round: Round, name: string, region: string): string =>
  readShared(plan, round, name, regionAt(plan, region), placeOf(plan));

/**
 * The head of a span's kernel with so many regions of shared memory, up to the loop over its rows.
 */
export const spanHead = (plan: SpanPlan, regions: number): string =>
  (plan.rounds.length === 1
    ? ""
    : `var<workgroup> sh: array<f32, ${sharedBytesOf(plan, regions) / 4}>;\n`) +
  `${sharedPlace(plan)}${mainHead(plan, plan.workgroup)}` +
  `${declareThread(plan)}let own = sub * ${coveredOf(plan)}u;\n`;
