/**
 * @file The plan of a butterfly schedule: its fused passes and their groups, and the places of each
 * coefficient and each sum. Figures 2 to 4 of docs/design/memory-layout.md show it.
 */
import type { Schedule } from "@spm/mixer";
import { planPasses } from "@spm/mixer/extend";

/** The kinds of a pass after the first, as the kernels know them. */
const RADIX4 = 1;
const VECTOR_LANES = 2;
/** The forms of a stage's coefficients: by coordinate, or as the first or second of a pass. */
const [NATURAL, LOWER, UPPER] = [0, 1, 2];
const TILE = 4; // vectors that an outer group takes at a time
const PAD = 512; // bytes: the pieces of a tile then lie in different cache sets

/** Words of a pass and of a group in the tables. */
export const PASS = 4;
export const GROUP = 3;

/** The passes of a schedule, and tables for the kernels; offsets are in bytes. */
export interface ButterflyPlan {
  /** Whether the first pass does three stages instead of two. */
  readonly three: boolean;
  /**
   * Four words for each pass: kind, offset of its coefficients, distance in vectors, offset of its
   * sums.
   */
  readonly passes: Int32Array;
  /**
   * Three words for each group of passes: first and end pass, and the period of an outer group (0:
   * inner).
   */
  readonly groups: Int32Array;
  /** Five words for each stage: see `assembly/stage-places.ts`. */
  readonly stages: Int32Array;
  /** Vectors of a chunk. */
  readonly chunk: number;
  /** Bytes between chunks in scratch, on top of their size. */
  readonly pad: number;
  /**
   * Most vectors that the levels of a group take, for the kernels that keep the input of each pass.
   */
  readonly levels: number;
  /** Floats of the coefficients, stages that only pad a pass included. */
  readonly coefficients: number;
  /** Floats of the raw sums of a backward pass. */
  readonly sums: number;
}

/**
 * Whether a schedule is the cyclic butterfly over n = 2^k ≥ 8 coordinates, which the fused kernels
 * compute.
 */
export function isFusedButterfly({ n, stages, strides }: Schedule): boolean {
  const period = Math.log2(n);
  if (n < 8 || !Number.isInteger(period) || (period < 4 && stages > period)) return false;
  return strides?.every((stride, l) => stride === 2 ** (l % period)) ?? false;
}

/** The number of raw sums of a backward pass, in multiples of n. */
export interface PassSums {
  /** Of a stage at distance 1 or 2. */
  readonly lane: number;
  /** Of the third stage of the first pass. */
  readonly third: number;
  /** Of a pass of two stages. */
  readonly radix4: number;
}

/** A pass of up to two stages; all offsets in floats. */
interface ButterflyPass {
  readonly kind: number;
  readonly at: number;
  /** Distance of the first stage in vectors; the second's is twice that. */
  readonly h: number;
  readonly sumAt: number;
}

/** A run of passes on the same chunks, or tiles. */
interface Group {
  readonly first: number;
  end: number;
  period: number;
}

/**
 * Cuts the stages into passes, two or three stages inside of the first eight columns, then two at a
 * time, and places their coefficients and sums.
 */
function cutPasses({ n, stages, strides }: Schedule, per: PassSums) {
  const period = Math.log2(n);
  const three = period % 2 === 1 && stages >= 3;
  const passes: ButterflyPass[] = [];
  const table: number[] = [];
  let coefficients = 0;
  let sums = 0;

  /** Room for so many sums. */
  const take = (size: number): number => {
    sums += size;
    return sums - size;
  };
  /** A stage at distance 2^m. */
  const stage = (m: number, at: number, form: number, shift: number, sum: number): void => {
    table.push(4 * 2 ** m, 4 * at, form, shift, 4 * sum);
  };

  for (const { stage: first, k, m } of planPasses(strides ?? [], 2, three ? 3 : 2)) {
    const at = coefficients;
    coefficients += 2 * n;
    if (m === 0) {
      // stages at distances 1 and 2
      const each = per.lane * n;
      const sumAt = take(2 * each);
      passes.push({ kind: first === 0 ? 0 : VECTOR_LANES, at, h: 0, sumAt });
      for (let j = 0; j < Math.min(k, 2); j++) stage(j, at + j * n, NATURAL, 0, sumAt + j * each);
      if (k < 3) continue;
      stage(2, coefficients, NATURAL, 0, take(per.third * n));
      coefficients += n;
      continue;
    }
    // the widest distance: the first half of its pass stays the identity
    const alone = m === period - 1;
    const shift = m - (alone ? 3 : 2);
    const sumAt = take(per.radix4 * n);
    passes.push({ kind: RADIX4, at, h: 2 ** shift, sumAt });
    if (!alone) stage(m, at, LOWER, shift, sumAt);
    if (alone || k === 2) stage(m + k - 1, at, UPPER, shift, sumAt);
  }
  return { three, passes, table, coefficients, sums };
}

/** The passes of a fused schedule, their groups, and the tables that the kernels read. */
export function planButterfly(schedule: Schedule, per: PassSums): ButterflyPlan {
  const { three, passes, table, coefficients, sums } = cutPasses(schedule, per);
  const vectors = schedule.n / 4;
  const chunk = Math.min(three ? 32 : 64, vectors);
  const { groups, linear } = groupPasses(passes, chunk);
  return {
    three,
    passes: Int32Array.from(
      passes.flatMap(({ kind, at, h, sumAt }) => [kind, 4 * at, h, 4 * sumAt]),
    ),
    groups: Int32Array.from(groups.flatMap(({ first, end, period }) => [first, end, period])),
    stages: Int32Array.from(table),
    chunk,
    // partners lie a whole number of chunks apart, or chunks must join
    pad: linear && groups.length > 1 ? PAD : 0,
    levels: Math.max(
      ...groups.map(({ first, end, period }) =>
        period === 0 ? (end - first + 2) * chunk : (end - first) * (vectors / period) * TILE,
      ),
    ),
    coefficients,
    sums,
  };
}

/** Cuts the passes after the first into groups that run piece by piece in the first-level cache. */
function groupPasses(
  passes: readonly ButterflyPass[],
  chunk: number,
): { groups: Group[]; linear: boolean } {
  // Two stages a pass: its vectors are all within 4h. The first pass has two or three, so distances
  // are h = 1, 4, 16, … or 2, 8, 32, …
  let last: Group = { first: 1, end: 1, period: 0 };
  const groups = [last];
  let linear = true;
  for (const [k, { h }] of passes.entries()) {
    if (k === 0) continue;
    const outer = 4 * h > chunk; // h is 0 for lanes
    if (outer) linear &&= h % chunk === 0;
    if (outer === last.period > 0) {
      last.end = k + 1;
      if (outer) last.period = Math.min(last.period, h);
    } else {
      last = { first: k, end: k + 1, period: outer ? h : 0 };
      groups.push(last);
    }
  }
  return { groups, linear };
}
