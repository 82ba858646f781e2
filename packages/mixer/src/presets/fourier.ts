/**
 * @file The discrete Fourier transform, cosine transform and circular convolution. A complex vector
 * of length N is 2N real coordinates: the real parts, then the imaginary ones. Turning (re, im) by
 * an angle multiplies by a complex number of modulus 1, so the whole of the fast transform (Cooley
 * and Tukey 1965) is rotations.
 */
import { tensor } from "@spm/core";
import { checkList, checkOptions, elements, type OptionNames, ValueError } from "@spm/core/extend";
import { transposed } from "../algebra.ts";
import { compose } from "../compose.ts";
import { apply, type Factors, type GeneralFactors } from "../factors.ts";
import { generalMixer } from "../mixer.ts";
import type { Names } from "../parameterisation/define.ts";
import { rotationMixer } from "../parameterisation/rotation.ts";
import { fromPairs, type Pair } from "../schedule.ts";
import { involutions, signsOf } from "./permutation.ts";
import {
  checkPowerOfTwo,
  type FreeNumbers,
  type PresetOptions,
  presetOptions,
  realise,
  reverseBits,
  rotationBlocks,
} from "./realise.ts";

/** Options of {@link circularConvolution}. */
export interface CircularConvolutionOptions {
  /** @defaultValue "float64" */
  readonly dtype?: "float32" | "float64";
}

const convolutionOptions: OptionNames<CircularConvolutionOptions> = { dtype: true };

/** Options of {@link dft}. */
export interface DftOptions<N extends Names = Names> extends PresetOptions<N> {
  /**
   * Whether the exponent is +2πi jk/N.
   * @defaultValue false
   */
  readonly inverse?: boolean;
}

const dftOptions: OptionNames<DftOptions> = { ...presetOptions, inverse: "boolean" };

/** The pairs of a stage, and the angle of each. */
interface Turns {
  readonly pairs: readonly Pair[];
  readonly angles: readonly number[];
}

/**
 * The unitary DFT of length N, X_k = N^(−1/2) Σ x_j exp(−2πi jk/N), on [re x, im x] of width 2N:
 * one stage of bit reversal, then log₂ N times a stage of twiddles and a stage of quarter turns.
 * Without diagonals.
 * @param length - N = 2^k
 * @throws ShapeError unless N is a power of two
 * @example
 * const signal = concat([ones([8]), zeros([8])]); // [re x, im x]
 * apply(dft(8, { dtype: "float32" }), signal).shape; // [16]
 */
export function dft(length: number, options?: Omit<DftOptions, "mixer">): Factors<["angles"]>;
export function dft<N extends Names>(length: number, options: DftOptions<N>): Factors<N>;
export function dft(length: number, options: DftOptions = {}): Factors {
  checkOptions("dft", options, dftOptions);
  checkPowerOfTwo("dft", length);
  const { mixer = rotationMixer, dtype = "float64", inverse = false } = options;
  const bits = Math.log2(length);
  const order = Array.from({ length }, (_, i) => reverseBits(i, bits));
  const [swap] = involutions(order).filter(({ pairs }) => pairs.length > 0);
  const reversal = swapBoth(length, swap === undefined ? [] : [swap.pairs]);
  const stages = [...reversal.stages, ...fourierStages(length, inverse ? 1 : -1, reversal.signs)];
  return realise(mixer, turns(length, stages), dtype);
}

/**
 * The orthonormal DCT-II of length N, X_k = c_k Σ x_j cos(π(2j + 1)k / 2N), c_0 = √(1/N), c_k =
 * √(2/N): a DFT of the reordered x, half a twiddle, the real parts (Makhoul 1980). Width 2N, of
 * which the N inputs and N outputs are the first: W [N, N]. `transposed(dct(N))` is its inverse.
 * @param length - N = 2^k
 * @throws ShapeError unless N is a power of two
 * @example apply(dct(8, { dtype: "float32" }), ones([8])).shape; // [8]
 */
export function dct(length: number, options?: Omit<PresetOptions, "mixer">): Factors<["angles"]>;
export function dct<N extends Names>(length: number, options: PresetOptions<N>): Factors<N>;
export function dct(length: number, options: PresetOptions = {}): Factors {
  checkOptions("dct", options, presetOptions);
  checkPowerOfTwo("dct", length);
  const { mixer = rotationMixer, dtype = "float64" } = options;
  const bits = Math.log2(length);
  const folded = (m: number) => (2 * m < length ? 2 * m : 2 * (length - m) - 1);
  const order = Array.from({ length }, (_, i) => folded(reverseBits(i, bits)));
  const swaps = swapBoth(
    length,
    involutions(order).map(({ pairs }) => pairs),
  );
  const last = complexTurns(length, (k) => (-Math.PI * k) / (2 * length));
  const stages = [...swaps.stages, ...fourierStages(length, -1, swaps.signs), last];
  const dIn = new Float64Array(length).fill(1);
  const dOut = dIn.map((_, k) => (k === 0 ? 1 : Math.SQRT2));
  return realise(mixer, { ...turns(length, stages), dIn, dOut }, dtype);
}

/**
 * Circular convolution, y_j = Σ_m kernel_m x_{j−m mod N}, as a general mixer: DFT, multiplication
 * by the kernel's spectrum, inverse DFT; 4 log₂ N + 1 stages of width 2N, of which the N inputs and
 * N outputs are the first: W [N, N]. The bit reversals of both transforms cancel.
 * @param kernel - N = 2^k numbers
 * @throws ShapeError unless N is a power of two; ValueError for a number that is not finite
 * @example
 * const delay = circularConvolution([0, 1, 0, 0]);
 * apply(delay, tensor(Float64Array.of(1, 2, 3, 4))); // [4, 1, 2, 3]
 */
export function circularConvolution(
  kernel: readonly number[],
  options: CircularConvolutionOptions = {},
): GeneralFactors {
  checkOptions("circularConvolution", options, convolutionOptions);
  const { dtype = "float64" } = options;
  const { length } = checkList("circularConvolution", kernel, "numbers");
  checkPowerOfTwo("circularConvolution", length);
  const bad = kernel.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0)
    throw new ValueError("circularConvolution", "finite numbers", `${kernel[bad]} at ${bad}`);
  const padded = tensor(Float64Array.from([...kernel, ...kernel.map(() => 0)]));
  const spectrum = elements(apply(dft(length), padded).ndarray()).map((v) => v * Math.sqrt(length));
  const bits = Math.log2(length);
  const blocks = Array.from({ length }, (_, i) => {
    const at = reverseBits(i, bits);
    const [re = 0, im = 0] = [spectrum[at], spectrum[at + length]];
    return [re, -im, im, re];
  });
  const { pairs } = complexTurns(length, () => 0);
  const schedule = fromPairs(2 * length, [pairs], { name: "spectrum" });
  const middle = realise(
    generalMixer,
    { schedule, blocks: Float64Array.from(blocks.flat()) },
    dtype,
  );
  const back = realise(generalMixer, turns(length, fourierStages(length, 1)), dtype);
  const corner = tensor(new Float64Array(length).fill(1), { dtype });
  const whole = compose(back, compose(middle, transposed(back)));
  return { ...whole, dIn: corner, dOut: corner };
}

/**
 * The stages of the transform after its bit reversal: for distance h = 1, 2, 4, …, multiply the
 * coordinates with bit h by −exp(sign · 2πi (j mod h)/2h), then turn (j, j + h) by a quarter:
 * (u, −v) ↦ (u + v, u − v)/√2.
 * @param signs - the sign with which each complex coordinate comes in, which the first stage undoes
 */
function fourierStages(
  length: number,
  sign: 1 | -1,
  signs: Float64Array = new Float64Array(length).fill(1),
): Turns[] {
  const stages: Turns[] = [];
  for (let h = 1; h < length; h *= 2) {
    stages.push(
      complexTurns(length, (j) => {
        const twiddle = j & h ? (sign * Math.PI * (j % h)) / h + Math.PI : 0;
        return h === 1 && signs[j] === -1 ? twiddle + Math.PI : twiddle;
      }),
    );
    const pairs: Pair[] = [];
    for (let j = 0; j < length; j++)
      if (!(j & h)) pairs.push([j, j + h], [j + length, j + h + length]);
    stages.push({ pairs, angles: pairs.map(() => Math.PI / 4) });
  }
  return stages.length > 0 ? stages : [complexTurns(length, () => 0)];
}

/** The stage that turns every (re_j, im_j) by an angle. */
const complexTurns = (length: number, angle: (j: number) => number): Turns => ({
  pairs: Array.from({ length }, (_, j): Pair => [j, j + length]),
  angles: Array.from({ length }, (_, j) => angle(j)),
});

/**
 * Stages that swap complex coordinates by turns of π/2, and the signs with which the coordinates
 * come out of them.
 */
function swapBoth(
  length: number,
  stages: readonly (readonly Pair[])[],
): { stages: Turns[]; signs: Float64Array } {
  const used = stages.filter((pairs) => pairs.length > 0);
  const one = fromPairs(length, used.length === 0 ? [[]] : used);
  const both = used.map((pairs): Turns => {
    const twice = pairs.flatMap(([i, j]): Pair[] => [
      [i, j],
      [i + length, j + length],
    ]);
    return { pairs: twice, angles: twice.map(() => Math.PI / 2) };
  });
  return {
    stages: both,
    signs: signsOf(
      one,
      Array.from(one.first, () => true),
    ),
  };
}

/** Stages of rotations as numbers. */
const turns = (length: number, stages: readonly Turns[]): FreeNumbers => ({
  schedule: fromPairs(
    2 * length,
    stages.map(({ pairs }) => pairs),
    { name: "fourier" },
  ),
  blocks: rotationBlocks(stages.flatMap(({ angles }) => angles)),
});
