/**
 * @file A span: up to six stages that a workgroup takes a slice of a row through, with one exchange in between. Few stages need few
 * registers, so their coefficients and gradients stay in registers from row to row; small workgroups wait less for each other.
 */
import {
  bankOf,
  declareBases,
  type FusedCall,
  type FusedPlan,
  persistentGroups,
  planFused,
  readShared,
  spreadBanks,
  writeShared,
} from "./fused-plan.ts";

/** The layout of one span's kernels. */
export interface SpanPlan extends FusedPlan {
  /** Parts of a row that different workgroups take. */
  readonly slices: number;
  /** Whether the span begins with x, and whether it ends with y. */
  readonly first: boolean;
  readonly last: boolean;
}

/** Threads of a workgroup; each holds eight elements, so that a workgroup covers 2048 coordinates. */
const workgroupThreads = 256;
/** Multiprocessors' worth of threads that a workgroup's registers cost: coefficients, gradients, and a row on its way. */
const registerShare = 2;

/** The spans of a call, or null where its stages don't fall into spans that a few launches can take. */
export function planSpans(call: FusedCall): SpanPlan[] | null {
  const { rounds, threads, ...plan } = planFused(call, 3);
  const slices = Math.max(1, threads / workgroupThreads);
  const rowsPerGroup = Math.min(Math.max(1, workgroupThreads / threads), 8);
  const groups = Math.ceil(
    persistentGroups(registerShare * workgroupThreads, rowsPerGroup, call.rows * slices) / slices,
  );
  const parts: (typeof rounds)[] = [];
  for (let r = 0; r < rounds.length; ) {
    const [a, b] = [rounds[r]!, rounds[r + 1]];
    const joined = b !== undefined && (slices === 1 || (a.k === 3 && b.k === 3 && b.m === a.m + 3));
    parts.push(joined ? [a, b] : [a]);
    r += joined ? 2 : 1;
  }
  if (parts.length > 4) return null;
  return parts.map((part, i) => ({
    ...plan,
    rounds: part,
    threads,
    rowsPerGroup,
    groups,
    slices,
    stages: part.reduce((sum, { k }) => sum + k, 0),
    first: i === 0,
    last: i === parts.length - 1,
  }));
}

/** Where a span's coordinates are split over workgroups: its exchange stays within one. */
const isScattered = ({ slices, rounds }: SpanPlan): boolean => slices > 1 && rounds.length === 2 && rounds[0]!.m > 5;

/** Declares the thread's place in its row `t`, the row slot `sub` within the workgroup, and the bases. */
function declareThread(plan: SpanPlan): string {
  const { threads, slices, rounds } = plan;
  if (slices === 1) return `let t = id.x % ${threads}u; let sub = id.x / ${threads}u;\n${declareBases(plan)}\n`;
  const { m } = rounds[0]!;
  const t = isScattered(plan)
    ? `(id.x & 31u) | ((id.x >> 5u) << ${m}u) | ((w.y & ${2 ** (m - 5) - 1}u) << 5u) | ((w.y >> ${m - 5}u) << ${m + 3}u)`
    : `w.y * ${workgroupThreads}u + id.x`;
  return `let t = ${t}; let sub = 0u;\n${declareBases(plan)}\n`;
}

/** Threads of a span's workgroup. */
export const threadsOf = ({ threads, rowsPerGroup, slices }: SpanPlan): number =>
  slices === 1 ? threads * rowsPerGroup : workgroupThreads;

/** Coordinates that a workgroup covers of one row. */
export const coveredOf = ({ n, slices }: SpanPlan): number => n / slices;

/** Where a coordinate lies in shared memory: its number among those that the workgroup covers, spread over the banks. */
function sharedPlace(plan: SpanPlan): string {
  const { m } = plan.rounds[0]!;
  const place = isScattered(plan) ? `(c & 31u) | (((c >> ${m}u) & 63u) << 5u)` : `c & ${coveredOf(plan) - 1}u`;
  return `fn place(c: u32) -> u32 { let i = ${place}; return ${spreadBanks}; }\n`;
}

/** The same of a number. */
const placeOf =
  (plan: SpanPlan) =>
  (c: number): number =>
    bankOf(isScattered(plan) ? (c & 31) | (((c >> plan.rounds[0]!.m) & 63) << 5) : c & (coveredOf(plan) - 1));

/** Where a region of shared memory begins. */
const regionAt = (plan: SpanPlan, region: string): string =>
  `own + ${region} * ${coveredOf(plan) * plan.rowsPerGroup}u`;

/** Statements that write or read a thread's elements in the layout of a round, in a region of shared memory. */
export const toShared = (plan: SpanPlan, r: number, name: string, region: string): string =>
  writeShared(plan, r, name, regionAt(plan, region), placeOf(plan));

export const fromShared = (plan: SpanPlan, r: number, name: string, region: string): string =>
  readShared(plan, r, name, regionAt(plan, region), placeOf(plan));

/** The head of a span's kernel with so many regions of shared memory, up to the loop over its rows. */
export const spanHead = (plan: SpanPlan, regions: number): string =>
  `var<workgroup> sh: array<f32, ${coveredOf(plan) * plan.rowsPerGroup * regions}>;\n${sharedPlace(plan)}` +
  `@compute @workgroup_size(${threadsOf(plan)}) fn main(@builtin(workgroup_id) w: vec3u, @builtin(local_invocation_id) id: vec3u) {\n` +
  `${declareThread(plan)}let own = sub * ${coveredOf(plan)}u;\n`;
