/**
 * @file How much a mixer can stretch one direction against another, from its blocks and by
 * measurement.
 */
import { elements, noGrad, rng, type Tensor, type TypedArray, tensor } from "@spm/core";
import { inverse, transposed } from "./algebra.ts";
import { checkSquare, type Factors, like, mix, toGeneral } from "./factors.ts";
import type { Pair } from "./schedule.ts";
import { checkRegular, stageOf } from "./singular.ts";

/** Condition numbers, largest over smallest singular value: 1 for an orthogonal matrix. */
export interface Condition {
  /** No larger than this: the diagonals' condition times that of every stage. */
  readonly bound: number;
  /** No smaller than this, by power iteration on WᵀW and its inverse. */
  readonly estimate: number;
  /** The block that contributes most; null without blocks. */
  readonly worst: {
    readonly stage: number;
    readonly pair: Pair;
    readonly condition: number;
    readonly determinant: number;
  } | null;
}

/**
 * The condition of W. For a rotation the bound is that of the diagonals alone.
 * @param steps - of the power iteration, each O(nL)
 * @throws ShapeError unless W is square; ValueError for a singular mixer
 */
export function condition(factors: Factors, steps = 50): Condition {
  checkSquare("condition", factors);
  checkRegular("condition", factors);
  return noGrad(() => {
    const { schedule, blocks, scales, dIn, dOut } = toGeneral(factors);
    const m = elements(blocks.ndarray());
    const range = new Array<Range>(schedule.stages).fill(none);
    let worst: Condition["worst"] = null;
    for (let p = 0; p < schedule.first.length; p++) {
      const [a, b, c, d] = [m[4 * p]!, m[4 * p + 1]!, m[4 * p + 2]!, m[4 * p + 3]!];
      const [high, low] = singularValues(a, b, c, d);
      const stage = stageOf(schedule.starts, p);
      range[stage] = widened(range[stage]!, low, high);
      if (high / low > (worst?.condition ?? 0)) {
        const pair: Pair = [schedule.first[p]!, schedule.second[p]!];
        worst = { stage, pair, condition: high / low, determinant: a * d - b * c };
      }
    }
    elements(scales.ndarray()).forEach((s, r) => {
      const stage = stageOf(schedule.leftoverStarts, r);
      range[stage] = spanned(range[stage]!, s);
    });
    for (const diagonal of [dIn, dOut])
      if (diagonal !== undefined)
        range.push(Array.from(elements(diagonal.ndarray())).reduce(spanned, none));
    const bound = range.reduce((product, [high, low]) => product * (high / low), 1);
    return { bound, estimate: norm(factors, steps) * norm(inverse(factors), steps), worst };
  });
}

/** Largest and smallest value seen. */
type Range = readonly [high: number, low: number];
const none: Range = [0, Number.POSITIVE_INFINITY];
const widened = ([high, low]: Range, least: number, most: number): Range => [
  Math.max(high, most),
  Math.min(low, least),
];
const spanned = (range: Range, value: number): Range =>
  widened(range, Math.abs(value), Math.abs(value));

/**
 * The singular values of [a b; c d], the larger one first: of its part that turns and its part that
 * reflects.
 */
export function singularValues(
  a: number,
  b: number,
  c: number,
  d: number,
): [high: number, low: number] {
  const turns = Math.hypot(a + d, c - b) / 2;
  const reflects = Math.hypot(a - d, b + c) / 2;
  return [turns + reflects, Math.abs(turns - reflects)];
}

/** ‖W‖₂ from below, by power iteration on WᵀW. */
function norm({ bias: _, ...factors }: Factors, steps: number): number {
  const back = transposed(factors);
  const random = rng(1);
  let x = Float64Array.from({ length: factors.schedule.n }, () => random.normal());
  let size = 0;
  for (let k = 0; k < steps; k++) {
    const length = length2(x);
    const unit = tensor(
      x.map((v) => v / length),
      like(factors),
    );
    const y: Tensor = mix(factors, unit);
    size = length2(elements(y.ndarray()));
    x = Float64Array.from(elements(mix(back, y).ndarray()));
  }
  return size;
}

const length2 = (x: TypedArray): number =>
  Math.sqrt(Array.from(x).reduce((total, v) => total + v * v, 0));
