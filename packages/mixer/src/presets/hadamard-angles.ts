/** @file The Hadamard matrix as a butterfly of quarter turns. */
import { ValueError } from "@spm/core/extend";
import { eachPair, type Schedule } from "../schedule.ts";

/**
 * Refuses other schedules than one pass of a butterfly.
 * @throws ValueError unless it is one pass over n = 2^k, or several side by side
 */
export function checkOnePass({ n, strides, name }: Schedule): void {
  const onePass = strides?.every((stride, l) => stride === 2 ** l) ?? n === 1;
  if (!onePass) throw new ValueError("hadamard", "one pass of a butterfly over n = 2^k", name);
}

/**
 * Angles in {±π/4, ±3π/4} whose butterfly is the Hadamard matrix, without any diagonal for n ≥ 4: a
 * quarter turn is [1, 1; 1, −1]/√2 with a column's sign changed, and the signs S_l between the
 * stages are chosen so that each block contains its own: θ = atan2(S_l(j) S_{l−1}(i), S_l(i)
 * S_{l−1}(i)). (n = 2: π/4, which is the Hadamard matrix with its second column negated.)
 * @param schedule - one pass of a butterfly, or of several side by side
 * @throws ValueError for another schedule
 * @example hadamardAngles(butterfly(64)).length; // 192
 */
export function hadamardAngles(schedule: Schedule): Float64Array {
  checkOnePass(schedule);
  const width = 2 ** schedule.stages;
  const angles = new Float64Array(schedule.first.length);
  for (let l = 1; l <= schedule.stages; l++)
    eachPair(schedule, l - 1, (first, second, p) => {
      const [i, j] = [first % width, second % width];
      const sign = (stage: number, at: number) => (width === 2 ? 1 : signBefore(stage, at));
      angles[p] = Math.atan2(sign(l, j) * sign(l - 1, i), sign(l, i) * sign(l - 1, i));
    });
  return angles;
}

/** S_l(i) = (−1)^Σ: the bits of i above the l-th, all of them for l = 1, none for l = 0. */
function signBefore(l: number, i: number): 1 | -1 {
  let sign: 1 | -1 = 1;
  for (let bits = l === 0 ? 0 : l === 1 ? i : i >> l; bits > 0; bits >>= 1)
    if (bits & 1) sign = sign === 1 ? -1 : 1;
  return sign;
}
