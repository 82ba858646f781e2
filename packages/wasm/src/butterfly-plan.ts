/** @file How a butterfly schedule is cut into fused passes, and where each coefficient and each sum lies. */
import type { Schedule } from "@spm/mixer";

/** The kinds of a pass after the first, as the kernels know them. */
const RADIX4 = 1;
const LANES = 2;
/** What the rotation variant's way back does on four vectors at distances h, 2h, 3h, besides those two. */
const [BOTH, NEAR, FAR] = [3, 4, 5];
/** Where a stage's coefficients lie: by coordinate, or as the first or second of a pass. */
const [NATURAL, LOWER, UPPER] = [0, 1, 2];
const TILE = 4; // vectors that an outer group takes at a time
const PAD = 512; // bytes: the pieces of a tile then lie in different cache sets

/** The passes of a schedule, and tables for the kernels; offsets are in bytes. */
export interface ButterflyPlan {
  /** Whether the first pass does three stages instead of two. */
  readonly three: boolean;
  /** Four words for each pass: kind, offset of its coefficients, distance in vectors, offset of its sums (general). */
  readonly passes: Int32Array;
  /**
   * Six words for each group of passes: first and end pass, the period of an outer group (0: inner), first and end step, and the
   * period of the steps.
   */
  readonly groups: Int32Array;
  /** Rotation: what the way back does, four words a step: kind, distance in vectors, and two offsets. */
  readonly steps: Int32Array;
  /** Six words for each stage: see `scaleStages`. */
  readonly stages: Int32Array;
  /** Vectors of a chunk. */
  readonly chunk: number;
  /** Bytes between chunks in scratch, on top of their size. */
  readonly pad: number;
  /** Most vectors that the levels of a group take, for the kernels that keep what each pass saw. */
  readonly levels: number;
  /** Floats of the coefficients, stages that only pad a pass included. */
  readonly coefficients: number;
  /** Floats of the raw sums of a backward pass. */
  readonly sums: number;
}

/** Whether a schedule is the cyclic butterfly over n = 2^k ≥ 8 coordinates, pairs in order, which the fused kernels compute. */
export function isFusedButterfly({ n, stages, first, second, starts }: Schedule): boolean {
  const period = Math.log2(n);
  if (n < 8 || !Number.isInteger(period) || (period < 4 && stages > period)) return false;
  for (let l = 0; l < stages; l++) {
    if (starts[l + 1]! - starts[l]! !== n / 2) return false;
    const distance = 2 ** (l % period);
    for (let k = 0, p = starts[l]!; k < n / 2; k++, p++) {
      const i = 2 * k - (k % distance);
      if (first[p] !== i || second[p] !== i + distance) return false;
    }
  }
  return true;
}

/** A pass of up to two stages; all offsets in floats. */
interface Pass {
  readonly kind: number;
  readonly at: number;
  /** Distance of the first stage in vectors; the second's is twice that. */
  readonly h: number;
  /** Offset of the first sums, and (rotation) of each stage's; null for a stage that there isn't. */
  readonly sumAt: number;
  readonly sums: readonly [number | null, number | null];
}

/** A run of passes on the same chunks, or tiles. */
interface Group {
  readonly first: number;
  end: number;
  period: number;
}

/** Cuts stages into passes, two or three stages inside of the first eight columns, then two at a time, and gives each its places. */
function cutPasses({ n, stages }: Schedule, general: boolean) {
  const period = Math.log2(n);
  const three = period % 2 === 1 && stages >= 3;
  const passes: Pass[] = [];
  const table: number[] = [];
  let coefficients = 0;
  let sums = 0;
  let l = 0;

  /** Room for so many sums. */
  const take = (size: number): number => {
    sums += size;
    return sums - size;
  };
  /** The next stage; `found`: the sums are made of what it finds, not of what it makes. */
  const stage = (at: number, form: number, shift: number, sum: number, found = false): void => {
    table.push(4 * 2 ** (l % period), 4 * at, form, shift, 4 * sum, 4 * n * (found ? l : l + 1));
    l++;
  };
  /** Stages at distances 1 and 2. */
  const lanes = (kind: number): void => {
    const each = general ? 2 * n : n; // D and O, or one product of z and swapped g
    const sumAt = take(2 * each);
    passes.push({ kind, at: coefficients, h: 0, sumAt, sums: [null, null] });
    for (const k of [0, 1]) if (l < stages) stage(coefficients + k * n, NATURAL, 0, sumAt + k * each);
    coefficients += 2 * n;
  };

  lanes(0);
  if (three) {
    stage(coefficients, NATURAL, 0, take(general ? 2 * n : n / 2));
    coefficients += n;
  }
  while (l < stages) {
    const exponent = l % period;
    if (exponent === 0) {
      lanes(LANES);
      continue;
    }
    const alone = exponent === period - 1; // the widest distance: the first half of its pass stays the identity
    const shift = exponent - (alone ? 3 : 2);
    const two = !alone && l + 1 < stages;
    const at = coefficients;
    const sumAt = general ? take(4 * n) : sums;
    const near = general || alone ? null : take(n / 2);
    const far = general || !(alone || two) ? null : take(n / 2);
    passes.push({ kind: RADIX4, at, h: 2 ** shift, sumAt, sums: [near, far] });
    if (!alone) stage(at, LOWER, shift, near ?? sumAt, true);
    if (alone || two) stage(at, UPPER, shift, far ?? sumAt);
    coefficients += 2 * n;
  }
  return { three, passes, table, coefficients, sums };
}

/** The passes of a fused schedule, their groups, and the tables that the kernels read. */
export function planButterfly(schedule: Schedule, general: boolean): ButterflyPlan {
  const { three, passes, table, coefficients, sums } = cutPasses(schedule, general);
  const vectors = schedule.n / 4;
  const chunk = Math.min(three ? 32 : 64, vectors);
  const { groups, linear } = groupPasses(passes, chunk);
  const steps = groups.map((group) => (general ? [] : stepsBack(passes, group)));
  const periods = groups.map(({ first, period }) =>
    joins(passes, first) ? Math.min(period, 2 * passes[first - 1]!.h) : period,
  );
  const ends = steps.map((_, k) => steps.slice(0, k + 1).flat().length / 4);
  return {
    three,
    passes: Int32Array.from(passes.flatMap(({ kind, at, h, sumAt }) => [kind, 4 * at, h, 4 * sumAt])),
    groups: Int32Array.from(
      groups.flatMap(({ first, end, period }, k) => [first, end, period, ends[k - 1] ?? 0, ends[k]!, periods[k]!]),
    ),
    steps: Int32Array.from(steps.flat()),
    stages: Int32Array.from(table),
    chunk,
    pad: linear && groups.length > 1 ? PAD : 0, // partners lie a whole number of chunks apart, or chunks must join
    levels: Math.max(
      ...groups.map(({ first, end, period }) =>
        period === 0 ? (end - first + 3) * chunk : (end - first) * (vectors / period) * TILE,
      ),
    ),
    coefficients,
    sums,
  };
}

/** Cuts the passes after the first into groups that run piece by piece in the first-level cache. */
function groupPasses(passes: readonly Pass[], chunk: number): { groups: Group[]; linear: boolean } {
  // Two stages a pass: its vectors are all within 4h. The first pass has two or three, so distances are h = 1, 4, 16, … or 2, 8, 32, …
  const groups: Group[] = [{ first: 1, end: 1, period: 0 }];
  let linear = true;
  for (let k = 1; k < passes.length; k++) {
    const { h } = passes[k]!; // 0 for lanes
    const outer = 4 * h > chunk;
    const last = groups.at(-1)!;
    if (outer) linear &&= h % chunk === 0;
    if (outer === last.period > 0) {
      last.end = k + 1;
      if (outer) last.period = Math.min(last.period, h);
    } else groups.push({ first: k, end: k + 1, period: outer ? h : 0 });
  }
  return { groups, linear };
}

/** Whether the pairs of pass k's first stage and those of the second before it lie within four vectors. */
const joins = (passes: readonly Pass[], k: number): boolean => {
  const [before, after] = [passes[k - 1], passes[k]];
  return before !== undefined && after !== undefined && before.h > 0 && after.h === 4 * before.h;
};

/**
 * The rotation variant's way back through a group. A pair's sum may be made on either side of its stage, so those of a stage and of
 * the next one are made together, between the two, where four vectors hold the pairs of both; an outer group does so for the
 * inner one before it.
 */
function stepsBack(passes: readonly Pass[], { first, end }: Group): number[] {
  const steps: number[] = [];
  const step = (kind: number, h: number, a: number, b = 0): void => {
    steps.push(kind, h, 4 * a, 4 * b);
  };
  /** The sums between pass k − 1 and pass k, of the stages on the sides that are asked for. */
  const between = (k: number, sides: { before: boolean; after: boolean }): void => {
    const far = sides.before ? (passes[k - 1]?.sums[1] ?? null) : null;
    const near = sides.after ? (passes[k]?.sums[0] ?? null) : null;
    if (far !== null && near !== null && joins(passes, k)) {
      step(BOTH, 2 * passes[k - 1]!.h, far, near);
      return;
    }
    if (near !== null) step(NEAR, passes[k]!.h, near);
    if (far !== null) step(FAR, passes[k - 1]!.h, far);
  };
  for (let k = end; k > first; k--) {
    const pass = passes[k - 1]!;
    between(k, k < end ? { before: true, after: true } : { before: !joins(passes, k), after: false });
    step(pass.kind, pass.h, pass.at, pass.sumAt);
  }
  if (end > first) between(first, { before: joins(passes, first), after: true });
  return steps;
}
