/** @file Permutations as mixers: a Beneš network for n = 2^k, two stages of swaps for every n. */
import {
  checkList,
  checkOptions,
  type OptionNames,
  ShapeError,
  ValueError,
} from "@spm/core/extend";
import type { Factors } from "../factors.ts";
import type { Names } from "../parameterisation/define.ts";
import { rotationMixer } from "../parameterisation/rotation.ts";
import { log2Stages } from "../patterns.ts";
import { fromPairs, type Pair, type Schedule } from "../schedule.ts";
import { type PresetOptions, presetOptions, realise } from "./realise.ts";

/**
 * The stages of a permutation. `benes`: distances 1, 2, …, n/2, …, 2, 1, so 2 log₂ n − 1 of them,
 * n = 2^k (Beneš 1964). `involutions`: two stages, whose pairs depend on the permutation.
 */
export type PermutationNetwork = "benes" | "involutions";

/** Options of {@link fromPermutation}. */
export interface PermutationOptions<N extends Names = Names> extends PresetOptions<N> {
  /** @defaultValue "benes" for n = 2^k, "involutions" for others */
  readonly network?: PermutationNetwork;
}

const names: OptionNames<PermutationOptions> = { ...presetOptions, network: true };

/** A stage of swaps: its pairs, and which of them change places. */
interface SwapStage {
  readonly pairs: readonly Pair[];
  readonly swapped: readonly boolean[];
}

/**
 * A permutation, y[i] = x[order[i]], W [n, n]. Free blocks swap exactly; rotations swap by turns of
 * π/2, whose signs d_out undoes.
 * @param order - the numbers 0 … n−1, each once
 * @throws ShapeError for an empty order; ValueError unless it is a permutation, or for a Beneš
 * network of another width than 2^k
 * @example apply(fromPermutation([2, 0, 1]), tensor(Float64Array.of(5, 6, 7))); // [7, 5, 6]
 */
export function fromPermutation(
  order: readonly number[],
  options?: Omit<PermutationOptions, "mixer">,
): Factors<["angles"]>;
export function fromPermutation<N extends Names>(
  order: readonly number[],
  options: PermutationOptions<N>,
): Factors<N>;
export function fromPermutation(
  order: readonly number[],
  options: PermutationOptions = {},
): Factors {
  checkOptions("fromPermutation", options, names);
  const n = checkList("fromPermutation", order, "positions").length;
  if (n === 0) throw new ShapeError("fromPermutation", "a width n ≥ 1", n);
  if (new Set(order).size !== n || order.some((i) => !Number.isInteger(i) || i < 0 || i >= n))
    throw new ValueError(
      "fromPermutation",
      `each of 0 … ${n - 1} once`,
      `[${order.slice(0, 8).join(", ")}]`,
    );
  const powerOfTwo = Number.isInteger(Math.log2(n));
  const {
    mixer = rotationMixer,
    dtype = "float64",
    network = powerOfTwo ? "benes" : "involutions",
  } = options;
  if (network === "benes" && !powerOfTwo)
    throw new ValueError(
      "fromPermutation",
      "a power of two for a Beneš network",
      n,
      'network: "involutions" takes any n',
    );
  const stages = network === "benes" ? benes(order) : involutions(order);
  const schedule = fromPairs(
    n,
    stages.map(({ pairs }) => pairs),
    { name: network },
  );
  const swapped = stages.flatMap((stage) => stage.swapped);
  const blocks = Float64Array.from(swapped.flatMap((s) => (s ? [0, 1, 1, 0] : [1, 0, 0, 1])));
  return realise(mixer, { schedule, blocks }, dtype);
}

/**
 * The signs with which the inputs come out of swaps by π/2, (u, v) ↦ (−v, u), in the order of the
 * outputs.
 */
export function signsOf({ n, first, second }: Schedule, swapped: readonly boolean[]): Float64Array {
  const signs = new Float64Array(n).fill(1);
  swapped.forEach((s, p) => {
    if (!s) return;
    const [i, j] = [first[p]!, second[p]!];
    [signs[i], signs[j]] = [-signs[j]!, signs[i]!];
  });
  return signs;
}

/**
 * A permutation as two stages of swaps: every cycle c₀ → c₁ → … is the reflection k ↦ −k of its
 * positions after the reflection k ↦ 1 − k. A fixed point of a reflection has no partner.
 */
export function involutions(order: readonly number[]): SwapStage[] {
  const stages: Pair[][] = [[], []];
  const seen = new Set<number>();
  for (let start = 0; start < order.length; start++) {
    const cycle: number[] = [];
    for (let i = start; !seen.has(i); i = order[i]!) {
      seen.add(i);
      cycle.push(i);
    }
    const length = cycle.length;
    for (const [stage, sum] of [1, 0].entries())
      for (let k = 0; k < length; k++) {
        const partner = (sum - k + length) % length;
        if (k < partner) stages[stage]!.push([cycle[k]!, cycle[partner]!]);
      }
  }
  return stages.map((pairs) => ({ pairs, swapped: pairs.map(() => true) }));
}

/**
 * A permutation as a Beneš network, by the looping algorithm (Opferman and Tsao-Wu 1971): outer
 * switches first, then the two halves, which are networks of the same kind.
 */
function benes(order: readonly number[]): SwapStage[] {
  const k = log2Stages(order.length);
  if (order.length === 1) return [{ pairs: [], swapped: [] }];
  const stages: { pairs: Pair[]; swapped: boolean[] }[] = Array.from({ length: 2 * k - 1 }, () => ({
    pairs: [],
    swapped: [],
  }));
  const put = (stage: number, i: number, distance: number, swap: boolean): void => {
    stages[stage]!.pairs.push([i, i + distance]);
    stages[stage]!.swapped.push(swap);
  };
  /** Position q of this half is coordinate `offset + distance · q`. */
  const route = (half: readonly number[], depth: number, offset: number): void => {
    const distance = 2 ** depth;
    if (half.length === 2) {
      put(k - 1, offset, distance, half[0] === 1);
      return;
    }
    const side = sidesOf(half);
    const source: number[] = [];
    half.forEach((from, to) => {
      source[from] = to;
    });
    const inner: [number[], number[]] = [[], []];
    for (let q = 0; q < half.length; q += 2) {
      const at = offset + distance * q;
      put(depth, at, distance, side[source[q]!] === 1);
      put(2 * k - 2 - depth, at, distance, side[q] === 1);
      for (const to of [q, q + 1]) inner[side[to]!]![q / 2] = half[to]! >> 1;
    }
    route(inner[0], depth + 1, offset);
    route(inner[1], depth + 1, offset + distance);
  };
  route(order, 0, 0);
  return stages;
}

/**
 * The half through which each output is reached: the two outputs of a switch through different
 * ones, and likewise the two inputs of a switch.
 */
function sidesOf(order: readonly number[]): (0 | 1)[] {
  const target: number[] = [];
  order.forEach((from, to) => {
    target[from] = to;
  });
  const side: (0 | 1)[] = [];
  for (let start = 0; start < order.length; start++) {
    for (let to = start; side[to] === undefined; to = target[order[to ^ 1]! ^ 1]!) {
      side[to] = 0;
      side[to ^ 1] = 1;
    }
  }
  return side;
}
