/** @file The patterns of pairs: butterfly, shuffle, brick, random matching. */

import type { Rng } from "@spm/core";
import { checkRandom } from "@spm/core/extend";
import { type AddPair, buildSchedule, checkCounts, LARGEST, type Schedule } from "./schedule.ts";

/**
 * ⌈log₂ n⌉, at least 1: the fewest stages after which every output can see every input.
 * @example log2Stages(12); // 4
 */
export const log2Stages = (n: number): number => Math.max(1, Math.ceil(Math.log2(n)));

/**
 * The butterfly, distances 1, 2, 4, … cyclically: stage l pairs i with i XOR 2^(l mod ⌈log₂ n⌉)
 * where that is below n. Fully mixing in log₂ n stages for n = 2^k; at other widths some
 * coordinates have no partner (see {@link shuffle}).
 * @param n - number of coordinates, ≥ 1
 * @param stages - L (default ⌈log₂ n⌉)
 * @throws ShapeError for n < 1, no stages or nL > 2²⁸
 * @example butterfly(8).strides; // [1, 2, 4]
 */
export function butterfly(n: number, stages: number = log2Stages(n)): Schedule {
  const period = log2Stages(n);
  const strideOf = (l: number) => 2 ** (l % period);
  const build = (l: number, addPair: AddPair): void => {
    const stride = strideOf(l);
    for (let i = 0; i < n - stride; i++) if ((i & stride) === 0) addPair(i, i + stride);
  };
  const length = n * stages <= LARGEST ? stages : 0; // others are refused by buildSchedule
  const strides = Array.from({ length }, (_, l) => strideOf(l));
  return buildSchedule("butterfly", n, stages, build, { strides });
}

/**
 * The perfect shuffle, of constant geometry (Pease 1968): each stage pairs slot q with slot
 * q + ⌊n/2⌋, then shuffles the slots perfectly; an odd slot moves to the front.
 * @param n - number of coordinates, ≥ 1
 * @param stages - L (default as many as mix fully: ⌈log₂ n⌉ for even n, one or two more for odd n)
 * @throws ShapeError for n < 1, no stages or nL > 2²⁸
 * @example shuffle(100).stages; // 7
 */
export function shuffle(n: number, stages: number = shuffleStages(n)): Schedule {
  checkCounts("shuffle", n, stages);
  const half = Math.floor(n / 2);
  let slots = new Int32Array(n).map((_, i) => i);
  let next = new Int32Array(n);
  return buildSchedule("shuffle", n, stages, (_, addPair) => {
    let to = 0;
    if (n % 2 === 1) next[to++] = slots[n - 1]!;
    for (let q = 0; q < half; q++) {
      const [i, j] = [slots[q]!, slots[q + half]!];
      addPair(i, j);
      next[to++] = i;
      next[to++] = j;
    }
    [slots, next] = [next, slots];
  });
}

/**
 * The fewest stages after which a shuffle mixes fully: k = ⌈log₂ n⌉ for even n; for odd n the slot
 * without a partner costs one more, or two where 2/3 · 2^k < n < 2^k − 1 (counted for n ≤ 300).
 */
function shuffleStages(n: number): number {
  const k = log2Stages(n);
  if (n % 2 === 0 || n === 1) return k;
  return 3 * n > 2 ** (k + 1) && n !== 2 ** k - 1 ? k + 2 : k + 1;
}

/**
 * The brick pattern: neighbours (0,1)(2,3)… and (1,2)(3,4)… in turn. Fully mixing after n − 1 or n
 * stages; rotations on n stages range over all of SO(n).
 * @param n - number of coordinates, ≥ 1
 * @param stages - L (default n)
 * @throws ShapeError for n < 1, no stages or nL > 2²⁸
 * @example pairsOf(brick(4, 2)); // [[[0, 1], [2, 3]], [[1, 2]]]
 */
export function brick(n: number, stages: number = n): Schedule {
  return buildSchedule("brick", n, stages, (l, addPair) => {
    for (let i = l % 2; i + 1 < n; i += 2) addPair(i, i + 1);
  });
}

/**
 * An independent, uniformly random matching for each stage. Fully mixing after about 1.6 log₂ n
 * stages.
 * @throws ShapeError for n < 1, no stages or nL > 2²⁸
 * @example randomMatching(8, 5, rng(1)).first.length; // 20
 */
export function randomMatching(n: number, stages: number, random: Rng): Schedule {
  checkRandom("randomMatching", random);
  return buildSchedule("random", n, stages, (_, addPair) => {
    const order = random.permutation(n);
    for (let q = 1; q < n; q += 2) addPair(order[q - 1]!, order[q]!);
  });
}

/**
 * The default schedule: a butterfly for n = 2^k, a shuffle otherwise.
 * @param stages - L (default as many as mix fully)
 * @throws ShapeError for n < 1, no stages or nL > 2²⁸
 * @example defaultSchedule(100).name; // "shuffle"
 */
export const defaultSchedule = (n: number, stages?: number): Schedule =>
  Number.isInteger(Math.log2(n)) ? butterfly(n, stages) : shuffle(n, stages);
