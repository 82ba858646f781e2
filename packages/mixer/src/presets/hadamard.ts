/** @file The Hadamard matrix as a mixer, in Sylvester's order and in Walsh's. */
import { checkOptions, type OptionNames } from "@spm/core/extend";
import { compose } from "../compose.ts";
import type { Factors } from "../factors.ts";
import type { Names } from "../parameterisation/define.ts";
import { rotationMixer } from "../parameterisation/rotation.ts";
import { butterfly, log2Stages } from "../patterns.ts";
import { hadamardAngles } from "./hadamard-angles.ts";
import { fromPermutation } from "./permutation.ts";
import {
  checkPowerOfTwo,
  type PresetOptions,
  presetOptions,
  realise,
  reverseBits,
  rotationBlocks,
} from "./realise.ts";

/** Options of {@link hadamard}. */
export interface HadamardOptions<N extends Names = Names> extends PresetOptions<N> {
  /**
   * The order of the rows.
   * @defaultValue "sylvester"
   */
  readonly order?: "sylvester" | "walsh";
}

const names: OptionNames<HadamardOptions> = { ...presetOptions, order: true };

/**
 * H/√n with the Hadamard matrix H [n, n]: H_ij = (−1)^popcount(i & j) in Sylvester's order; in
 * Walsh's, row i changes its sign i times. A butterfly of log₂ n stages; Walsh's order adds a Beneš
 * network. Blocks are [1, 1; 1, −1]/√2, or rotations without any diagonal.
 * @param n - 2^k
 * @throws ShapeError unless n is a power of two
 * @example hadamard(64).parameters.angles.shape; // [192]
 */
export function hadamard(n: number, options?: Omit<HadamardOptions, "mixer">): Factors<["angles"]>;
export function hadamard<N extends Names>(n: number, options: HadamardOptions<N>): Factors<N>;
export function hadamard(n: number, options: HadamardOptions = {}): Factors {
  checkOptions("hadamard", options, names);
  checkPowerOfTwo("hadamard", n);
  const { mixer = rotationMixer, dtype = "float64", order = "sylvester" } = options;
  const schedule = butterfly(n);
  const plain = realise(mixer, { schedule, blocks: h2(schedule.first.length) }, dtype);
  const turned = () =>
    realise(mixer, { schedule, blocks: rotationBlocks(hadamardAngles(schedule)) }, dtype);
  // signs between the stages instead of a diagonal after them
  const sylvester = plain.dOut === undefined || n < 4 ? plain : turned();
  if (order === "sylvester" || n < 4) return sylvester;
  const bits = log2Stages(n);
  const rows = Array.from({ length: n }, (_, i) => reverseBits(i ^ (i >> 1), bits));
  return compose<Names>(fromPermutation(rows, { mixer, dtype }), sylvester);
}

/** [1, 1; 1, −1]/√2, `count` times. */
function h2(count: number): Float64Array {
  return Float64Array.from({ length: 4 * count }, (_, k) =>
    k % 4 === 3 ? -Math.SQRT1_2 : Math.SQRT1_2,
  );
}
