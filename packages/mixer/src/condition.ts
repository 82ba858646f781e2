/** @file The condition number of a mixer: bounded by its blocks, and measured. */

import { noGrad, rng, type Tensor, type TypedArray, tensor } from "@spm/core";
import { checkOptions, elements, type OptionNames } from "@spm/core/extend";
import { inverseMixer, transposed } from "./algebra.ts";
import { apply, checkFactors, checkSquare, type Factors, like, toGeneral } from "./factors.ts";
import { eachPair, eachUnpaired, type Pair } from "./schedule.ts";
import { checkRegular } from "./singular.ts";

/** Condition numbers, largest over smallest singular value: 1 for an orthogonal matrix. */
export interface Condition {
  /** An upper bound: the diagonals' condition times that of every stage. */
  readonly bound: number;
  /** A lower bound, by power iteration on WᵀW and its inverse. */
  readonly estimate: number;
  /** The block that contributes most; null without blocks. */
  readonly worst: {
    readonly stage: number;
    readonly pair: Pair;
    readonly condition: number;
    readonly determinant: number;
  } | null;
}

/** Options of {@link condition}. */
export interface ConditionOptions {
  /**
   * Steps of the power iteration, each O(nL).
   * @defaultValue 50
   */
  readonly steps?: number;
}

const names: OptionNames<ConditionOptions> = { steps: true };

/**
 * The condition number of W [n, n], σ_max / σ_min, from above and from below. The bound of an
 * orthogonal kind is that of the diagonals alone.
 * @throws ShapeError unless W is square; ValueError for a singular mixer
 * @example condition(hadamard(8)).bound.toFixed(6); // "1.000000"
 */
export function condition(factors: Factors, options: ConditionOptions = {}): Condition {
  checkFactors("condition", factors);
  checkOptions("condition", options, names);
  const { steps = 50 } = options;
  checkSquare("condition", factors);
  checkRegular("condition", factors);
  return noGrad(() => {
    const { schedule, parameters, dIn, dOut } = toGeneral(factors);
    const blocks = elements(parameters.blocks.ndarray());
    const unpairedScales = elements(parameters.unpairedScales.ndarray());
    const range: Range[] = [];
    let worst: Condition["worst"] = null;
    for (let stage = 0; stage < schedule.stages; stage++) {
      let seen = none;
      eachPair(schedule, stage, (i, j, p) => {
        const [a = 0, b = 0, c = 0, d = 0] = blocks.subarray(4 * p, 4 * p + 4);
        const [high, low] = singularValues(a, b, c, d);
        seen = widened(seen, low, high);
        if (high / low > (worst?.condition ?? 0))
          worst = { stage, pair: [i, j], condition: high / low, determinant: a * d - b * c };
      });
      eachUnpaired(schedule, stage, (_, r) => {
        seen = spanned(seen, unpairedScales[r] ?? 1);
      });
      range.push(seen);
    }
    for (const diagonal of [dIn, dOut])
      if (diagonal !== undefined)
        range.push(Array.from(elements(diagonal.ndarray())).reduce(spanned, none));
    const bound = range.reduce((product, [high, low]) => product * (high / low), 1);
    return { bound, estimate: norm(factors, steps) * norm(inverseMixer(factors), steps), worst };
  });
}

/** The largest and the smallest value so far. */
type Range = readonly [high: number, low: number];
const none: Range = [0, Number.POSITIVE_INFINITY];
const widened = ([high, low]: Range, least: number, most: number): Range => [
  Math.max(high, most),
  Math.min(low, least),
];
const spanned = (range: Range, value: number): Range =>
  widened(range, Math.abs(value), Math.abs(value));

/**
 * The singular values of [a b; c d], the larger one first: sum and difference of the sizes of its
 * part that is a scaled rotation and its part that is a scaled reflection.
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
    const y: Tensor = apply(factors, unit);
    size = length2(elements(y.ndarray()));
    x = Float64Array.from(elements(apply(back, y).ndarray()));
  }
  return size;
}

const length2 = (x: TypedArray): number =>
  Math.sqrt(Array.from(x).reduce((total, v) => total + v * v, 0));
