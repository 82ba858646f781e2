/**
 * @file A group of one launch: up to two passes, six stages, through which a workgroup takes a
 * slice of a row, with one exchange in between. Few stages need few registers, so their
 * coefficients and gradients stay in registers from row to row; small workgroups wait less for each
 * other. Figure 9 of docs/design/memory-layout.md shows groups and slices.
 */
import type { Grid } from "../../executor.ts";
import {
  bankOf,
  declareBases,
  type FusedPass,
  type FusedPlan,
  mainHead,
  persistentWorkgroups,
  readShared,
  spreadBanks,
  writeShared,
} from "./plan.ts";

/** The layout of one group's kernels. */
export interface GroupPlan extends FusedPlan {
  /** Parts of a row that different workgroups take, and the threads of one. */
  readonly slices: number;
  readonly workgroup: number;
  /** Whether the group begins with x, and whether it ends with y. */
  readonly first: boolean;
  readonly last: boolean;
}

/**
 * Threads of a workgroup by the number of passes, each with eight elements: a group that exchanges
 * them covers 2048 coordinates, one that does not can be smaller.
 */
const workgroupThreads = { 1: 128, 2: 256 } as const;

/** A layout's stages as groups of up to so many passes. */
export function planGroups(
  { passes, threads, ...plan }: FusedPlan,
  mostPasses: 1 | 2,
): GroupPlan[] {
  const most = workgroupThreads[mostPasses];
  const slices = Math.max(1, threads / most);
  const rowsPerWorkgroup = Math.max(1, Math.min(most / threads, 8));
  const together = (a: FusedPass, b: FusedPass): boolean =>
    mostPasses === 2 && (slices === 1 || (a.k === 3 && b.k === 3 && b.m === a.m + 3));
  const parts: { readonly begin: FusedPass; second: FusedPass | null }[] = [];
  for (const pass of passes) {
    const open = parts.at(-1);
    if (open?.second === null && together(open.begin, pass)) open.second = { ...pass, r: 1 };
    else parts.push({ begin: { ...pass, r: 0 }, second: null });
  }
  return parts.map(({ begin, second }, i) => ({
    ...plan,
    passes: second === null ? [begin] : [begin, second],
    begin,
    end: second ?? begin,
    threads,
    rowsPerWorkgroup,
    slices,
    workgroup: Math.min(most, threads * rowsPerWorkgroup),
    stages: begin.k + (second?.k ?? 0),
    first: i === 0,
    last: i === parts.length - 1,
  }));
}

/**
 * Workgroups for so many rows: along x they take row after row, along y each its slice. `resident`
 * is the number of threads whose registers fit a multiprocessor.
 */
export function workgroupsFor(
  { workgroup, rowsPerWorkgroup, slices }: GroupPlan,
  rows: number,
  resident: number,
): Grid {
  const workgroups = persistentWorkgroups(workgroup, rowsPerWorkgroup, rows * slices, resident);
  return [Math.max(1, Math.floor(workgroups / slices)), slices, 1];
}

/**
 * Bytes of shared memory that a kernel with so many regions takes: a group of one pass exchanges
 * nothing.
 */
export const sharedBytesOf = (plan: GroupPlan, regions: number): number =>
  plan.passes.length === 1 ? 0 : 4 * coveredOf(plan) * plan.rowsPerWorkgroup * regions;

/**
 * Whether the slices of a group are scattered runs of coordinates, so that its exchange stays
 * within a workgroup.
 */
const isScattered = ({ slices, passes, begin }: GroupPlan): boolean =>
  slices > 1 && passes.length === 2 && begin.m > 5;

/**
 * Declares the thread's place in its row `t`, the row slot `sub` within the workgroup, and the
 * bases.
 */
function declareThread(plan: GroupPlan): string {
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
const coveredOf = ({ n, slices }: GroupPlan): number => n / slices;

/**
 * The place of a coordinate in shared memory: its number among those that the workgroup covers,
 * spread over the banks.
 */
function sharedPlace(plan: GroupPlan): string {
  const { m } = plan.begin;
  const place = isScattered(plan)
    ? `(c & 31u) | (((c >> ${m}u) & 63u) << 5u)`
    : `c & ${coveredOf(plan) - 1}u`;
  return `fn place(c: u32) -> u32 { let i = ${place}; return ${spreadBanks}; }\n`;
}

/** The same place, of a number. */
const placeOf =
  (plan: GroupPlan) =>
  (c: number): number =>
    bankOf(
      isScattered(plan) ? (c & 31) | (((c >> plan.begin.m) & 63) << 5) : c & (coveredOf(plan) - 1),
    );

/** The beginning of a region of shared memory. */
const regionAt = (plan: GroupPlan, region: string): string =>
  `own + ${region} * ${coveredOf(plan) * plan.rowsPerWorkgroup}u`;

/**
 * Statements that write a thread's elements to a region of shared memory in the layout of a pass.
 */
export const toShared = (plan: GroupPlan, pass: FusedPass, name: string, region: string): string =>
  writeShared(plan, pass, name, regionAt(plan, region), placeOf(plan));

/** Statements that read them, in the layout of another pass. */
export const fromShared = (
  plan: GroupPlan,
  pass: FusedPass,
  name: string,
  region: string,
): string => readShared(plan, pass, name, regionAt(plan, region), placeOf(plan));

/**
 * The head of a group's kernel with so many regions of shared memory, up to the loop over its rows.
 */
export const groupHead = (plan: GroupPlan, regions: number): string =>
  (plan.passes.length === 1
    ? ""
    : `var<workgroup> sh: array<f32, ${sharedBytesOf(plan, regions) / 4}>;\n`) +
  `${sharedPlace(plan)}${mainHead(plan, plan.workgroup)}` +
  `${declareThread(plan)}let own = sub * ${coveredOf(plan)}u;\n`;
