/**
 * @file The Hadamard matrix as a butterfly of quarter turns, in Sylvester's order and in Walsh's.
 */
import { ValueError } from "@spm/core";
import { compose } from "../compose.ts";
import type { Factors, FactorsOf } from "../factors.ts";
import { butterfly, log2Stages, type Schedule } from "../schedule.ts";
import { permutation } from "./permutation.ts";
import {
  checkPowerOfTwo,
  type ExactOptions,
  generalFrom,
  reverseBits,
  rotationFrom,
} from "./start.ts";

/**
 * H/√n, H the n × n Hadamard matrix: (−1)^popcount(i & j) in Sylvester's order; in Walsh's, row i
 * changes its sign i times. A butterfly of log₂ n stages; Walsh's order adds a Beneš network.
 * General blocks are [1, 1; 1, −1]/√2.
 * @param n - 2^k
 * @throws ShapeError unless n is a power of two
 * @example new RotationMixer(64, 64, { random, start: hadamard(64) });
 */
export const hadamard = <Kind extends Factors["kind"] = "rotation">(
  n: number,
  options: ExactOptions<Kind> & { order?: "sylvester" | "walsh" } = {},
): FactorsOf<Kind> => ordered(n, options) as FactorsOf<Kind>;

function ordered(
  n: number,
  {
    kind = "rotation",
    dtype = "float64",
    order = "sylvester",
  }: ExactOptions & { order?: "sylvester" | "walsh" },
): Factors {
  checkPowerOfTwo("hadamard", n);
  const schedule = butterfly(n);
  const sylvester =
    kind === "general"
      ? generalFrom(schedule, h2(schedule.first.length), dtype)
      : rotationFrom(
          schedule,
          n === 1 ? [] : hadamardAngles(schedule),
          dtype,
          n === 2 ? { dIn: [1, -1] } : {},
        );
  if (order === "sylvester" || n < 4) return sylvester;
  const bits = log2Stages(n);
  const rows = Array.from({ length: n }, (_, i) => reverseBits(i ^ (i >> 1), bits));
  return compose(permutation(rows, { kind, dtype }), sylvester);
}

/** [1, 1; 1, −1]/√2, `count` times. */
function h2(count: number): Float64Array {
  return Float64Array.from({ length: 4 * count }, (_, k) =>
    k % 4 === 3 ? -Math.SQRT1_2 : Math.SQRT1_2,
  );
}

/**
 * Angles in {±π/4, ±3π/4} whose butterfly is the Hadamard matrix, with no diagonals at all for n ≥
 * 4: a quarter turn is [1, 1; 1, −1]/√2 with a column's sign changed, and the signs S_l between the
 * stages are chosen so that each block takes up its own: θ = atan2(S_l(j) S_{l−1}(i), S_l(i)
 * S_{l−1}(i)). (n = 2: π/4, and the second input wants its sign changed.)
 * @param schedule - one pass of a butterfly, or of several side by side
 * @throws ValueError for another schedule
 */
export function hadamardAngles(schedule: Schedule): Float64Array {
  const { n, first, second, starts, stages, leftovers } = schedule;
  const width = 2 ** stages;
  const angles = new Float64Array(first.length);
  for (let l = 1; l <= stages; l++)
    for (let p = starts[l - 1]!; p < starts[l]!; p++) {
      const [i, j] = [first[p]! % width, second[p]! % width];
      if (
        second[p]! - first[p]! !== 2 ** (l - 1) ||
        (i ^ j) !== 2 ** (l - 1) ||
        n % width !== 0 ||
        leftovers.length > 0
      )
        throw new ValueError("hadamard", "one pass of a butterfly over n = 2^k", schedule.name);
      const sign = (stage: number, at: number) => (width === 2 ? 1 : signBefore(stage, at));
      angles[p] = Math.atan2(sign(l, j) * sign(l - 1, i), sign(l, i) * sign(l - 1, i));
    }
  return angles;
}

/** S_l(i) = (−1)^Σ: the bits of i above the l-th, all of them for l = 1, none for l = 0. */
function signBefore(l: number, i: number): 1 | -1 {
  let sign: 1 | -1 = 1;
  for (let bits = l === 0 ? 0 : l === 1 ? i : i >> l; bits > 0; bits >>= 1)
    if (bits & 1) sign = sign === 1 ? -1 : 1;
  return sign;
}
