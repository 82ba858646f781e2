/** @file How a butterfly schedule is cut into fused passes, and where each coefficient and each sum lies. */
import type { Schedule } from "@spm/mixer";

/** The kinds of a pass after the first, as the kernels know them. */
const RADIX4 = 1;
const LANES = 2;
const TILE = 4; // vectors that an outer group takes at a time
const PAD = 512; // bytes: the pieces of a tile then lie in different cache sets
const WORDS = 4; // of a pass in the table: kind, coefficient offset, distance in vectors, sum offset

/** The passes of a schedule, and tables of byte offsets for coefficients and sums. */
export interface ButterflyPlan {
  /** Whether the first pass does three stages instead of two. */
  readonly three: boolean;
  /** Four words for each pass. */
  readonly passes: Int32Array;
  /** Three words for each group of passes: first and end pass, and the period of an outer group, 0 for an inner one. */
  readonly groups: Int32Array;
  /** Vectors of a chunk. */
  readonly chunk: number;
  /** Bytes between chunks in scratch, on top of their size. */
  readonly pad: number;
  /** Most vectors that the levels of a group take, for the kernels that keep what each pass saw. */
  readonly levels: number;
  /** Floats of a set of coefficients, stages that only pad a pass included. */
  readonly coefficients: number;
  /** Floats of the raw sums of a backward pass. */
  readonly sums: number;
  /** Whether every pair (i, j) has i < j, and those of a stage come by ascending i. */
  readonly ascending: boolean;
  /** For each pair i, j and the offsets of their coefficients. */
  readonly ops: Int32Array;
  /** For each pair the offsets of its sums: plus, minus (rotation) or D_i, O_i, O_j, D_j (general). */
  readonly places: Int32Array;
}

/** Whether a schedule is the cyclic butterfly over n = 2^k ≥ 8 coordinates, which the fused kernels compute. */
export function isFusedButterfly({ n, stages, first, second, starts }: Schedule): boolean {
  const period = Math.log2(n);
  if (n < 8 || !Number.isInteger(period) || (period < 4 && stages > period)) return false;
  for (let l = 0, p = 0; l < stages; l++) {
    if (starts[l + 1]! - starts[l]! !== n / 2) return false;
    const distance = 2 ** (l % period);
    for (; p < starts[l + 1]!; p++) if ((first[p]! ^ second[p]!) !== distance) return false;
  }
  return true;
}

/** Where one stage's coefficients and sums lie, by coordinate and in floats. */
interface StagePlace {
  coefficient(i: number): number;
  /** Rotation: [plus, minus] of the pair (low, high); general: D of i. */
  sum(i: number): number;
  /** General: from D to O of one coordinate. */
  readonly toOff: number;
}

/** Cuts a schedule into passes: two or three stages inside of the first eight columns, then two at a time. */
export function planButterfly(schedule: Schedule, general: boolean): ButterflyPlan {
  const { n, stages } = schedule;
  const period = Math.log2(n);
  const places: StagePlace[] = [];
  const words: number[] = [];
  const three = period % 2 === 1 && stages >= 3;
  let coefficients = 0;
  let sums = 0;

  const natural = (coefficientBase: number, sumBase: number, toOff: number): StagePlace => ({
    coefficient: (i) => coefficientBase + i,
    sum: (i) => sumBase + i,
    toOff,
  });
  const lanePass = (): void => {
    const each = general ? 2 * n : n; // sums of a stage: D and O, or one product of z and swapped g
    for (const k of [0, 1]) places.push(natural(coefficients + k * n, sums + k * each, n));
    coefficients += 2 * n;
    sums += 2 * each;
  };
  /** Stages at distances h and 2h in vectors: eight coefficient vectors for every four vector columns a, b, c, d. */
  const radix4 = (h: number): StagePlace[] => {
    const [base, sumBase] = [coefficients, sums];
    coefficients += 2 * n;
    sums += general ? 4 * n : n;
    return [0, 1].map((k) => {
      const group = (i: number): number => {
        const vector = i >> 2;
        return Math.floor(vector / (4 * h)) * h + (vector % h);
      };
      const member = (i: number): number => Math.floor((i >> 2) / h) % 4;
      const lane = (i: number): number => i % 4;
      return {
        coefficient: (i) => base + group(i) * 32 + k * 16 + member(i) * 4 + lane(i),
        sum: general
          ? (i) => sumBase + group(i) * 64 + k * 32 + member(i) * 4 + lane(i)
          : // (a,b) (c,d) at distance h, then (a,c) (b,d) at 2h: one sum a pair
            (i) => sumBase + group(i) * 16 + k * 8 + (k === 0 ? member(i) >> 1 : member(i) & 1) * 4 + lane(i),
        toOff: 16,
      };
    });
  };
  const pass = (kind: number, at: number, distance: number, sumAt: number): void => {
    words.push(kind, at * 4, distance, sumAt * 4);
  };

  pass(0, 0, 0, 0);
  lanePass();
  if (three) {
    // General: natural order, as the first two; rotation: one sum vector for each group of eight columns.
    places.push(
      general
        ? natural(coefficients, sums, n)
        : {
            coefficient: (i) => 2 * n + i,
            sum: (i) => 2 * n + (i >> 3) * 4 + (i % 4),
            toOff: 0,
          },
    );
    coefficients += n;
    sums += general ? 2 * n : n / 2;
  }
  let l = Math.min(stages, three ? 3 : 2);
  while (l < stages) {
    const exponent = l % period;
    const [at, sumAt] = [coefficients, sums];
    if (exponent === 0) {
      lanePass();
      pass(LANES, at, 0, sumAt);
      l += 2;
      continue;
    }
    const lone = exponent === period - 1; // the widest distance alone: the lower half of its pass stays the identity
    const h = 2 ** (exponent - (lone ? 3 : 2));
    const [low, high] = radix4(h);
    pass(RADIX4, at, h, sumAt);
    if (lone) places.push(high!);
    else places.push(low!, high!);
    l += lone ? 1 : 2;
  }

  return {
    three,
    ...groupPasses(words, n / 4, three),
    passes: Int32Array.from(words),
    coefficients,
    sums: sums + 4, // a zero behind them, for pairs that need one sum only
    ascending: isAscending(schedule),
    ops: offsetsOfPairs(schedule, places),
    places: general ? generalPlaces(schedule, places) : rotationPlaces(schedule, places, sums),
  };
}

function isAscending({ first, second, starts }: Schedule): boolean {
  const begins = new Set(starts);
  return first.every((i, p) => i < second[p]! && (begins.has(p) || i > first[p - 1]!));
}

/** Cuts the passes after the first into groups that run piece by piece in the first-level cache. */
function groupPasses(
  words: readonly number[],
  vectors: number,
  three: boolean,
): Pick<ButterflyPlan, "groups" | "chunk" | "pad" | "levels"> {
  // Two stages a pass: its vectors are all within 4h. The first pass has two or three, so distances are h = 1, 4, 16, … or 2, 8, 32, …
  const chunk = Math.min(three ? 32 : 64, vectors);
  const groups: { first: number; end: number; period: number }[] = [{ first: 1, end: 1, period: 0 }];
  let linear = true;
  for (let k = 1; k < words.length / WORDS; k++) {
    const h = words[WORDS * k + 2]!; // 0 for lanes
    const outer = 4 * h > chunk;
    const last = groups.at(-1)!;
    if (outer) linear &&= h % chunk === 0;
    if (outer === last.period > 0) {
      last.end = k + 1;
      if (outer) last.period = Math.min(last.period, h);
    } else groups.push({ first: k, end: k + 1, period: outer ? h : 0 });
  }
  const levels = groups.map(({ first, end, period }) =>
    period === 0 ? (end - first + 3) * chunk : (end - first) * (vectors / period) * TILE,
  );
  return {
    groups: Int32Array.from(groups.flatMap(({ first, end, period }) => [first, end, period])),
    chunk,
    pad: linear && groups.length > 1 ? PAD : 0, // partners lie a whole number of chunks apart, or chunks must join
    levels: Math.max(...levels),
  };
}

const inBytes = (words: readonly number[]): Int32Array => Int32Array.from(words, (w) => w * 4);

function eachPair({ stages, starts, first, second }: Schedule, visit: (l: number, i: number, j: number) => number[]) {
  const words: number[] = [];
  for (let l = 0; l < stages; l++)
    for (let p = starts[l]!; p < starts[l + 1]!; p++) words.push(...visit(l, first[p]!, second[p]!));
  return inBytes(words);
}

const offsetsOfPairs = (schedule: Schedule, places: readonly StagePlace[]): Int32Array =>
  eachPair(schedule, (l, i, j) => [i, j, places[l]!.coefficient(i), places[l]!.coefficient(j)]);

const generalPlaces = (schedule: Schedule, places: readonly StagePlace[]): Int32Array =>
  eachPair(schedule, (l, i, j) => {
    const { sum, toOff } = places[l]!;
    return [sum(i), sum(i) + toOff, sum(j) + toOff, sum(j)];
  });

const rotationPlaces = (schedule: Schedule, places: readonly StagePlace[], zero: number): Int32Array =>
  eachPair(schedule, (l, i, j) => {
    const { sum } = places[l]!;
    if (sum(i) !== sum(j)) return [sum(i), sum(j)]; // inside of a vector: each lane has its own product
    return i < j ? [sum(i), zero] : [zero, sum(i)];
  });
