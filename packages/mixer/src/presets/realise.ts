/**
 * @file A mixer of any kind from the numbers of free blocks: the nearest blocks of the kind, and in
 * d_out the signs that they can't have.
 */
import { type Tensor, tensor } from "@spm/core";
import { type OptionNames, ShapeError } from "@spm/core/extend";
import type { Factors } from "../factors.ts";
import type { MixerKind } from "../mixer.ts";
import { byName, inOrder, type Names } from "../parameterisation/define.ts";
import { eachPair, type Schedule } from "../schedule.ts";

/** A mixer of free blocks as plain numbers; scales or a diagonal left out are ones. */
export interface FreeNumbers {
  readonly schedule: Schedule;
  /** Rows [a, b, c, d], [P, 4] */
  readonly blocks: Float64Array;
  readonly unpairedScales?: Float64Array;
  readonly dIn?: Float64Array;
  readonly dOut?: Float64Array;
}

/**
 * A mixer of a kind from free blocks, exact where each block is one of the kind but for the sign of
 * its determinant: S_l B S_{l−1} with diagonals of signs, chosen so that each determinant has the
 * kind's sign; the last S_L is a factor of d_out. Diagonals of ones are left out.
 */
export function realise<N extends Names>(
  mixer: MixerKind<N>,
  numbers: FreeNumbers,
  dtype: "float32" | "float64",
): Factors<N> {
  const { parameterisation } = mixer;
  const { schedule, dIn } = numbers;
  const { blocks, signs } = withDeterminants(numbers, parameterisation.determinant);
  const unpairedScales =
    numbers.unpairedScales ?? new Float64Array(schedule.unpaired.length).fill(1);
  const nearest = inOrder(parameterisation, parameterisation.nearest(blocks, unpairedScales));
  const shapes = parameterisation.shapes(schedule);
  const dOut = (numbers.dOut ?? new Float64Array(schedule.n).fill(1)).map(
    (d, i) => d * (signs[i] ?? 1),
  );
  return {
    mixer,
    schedule,
    parameters: byName(
      parameterisation,
      nearest.map((data, k) => tensor(data, { shape: shapes[k] ?? [], dtype })),
    ),
    ...(dIn && { dIn: vector(dIn, dtype) }),
    ...((numbers.dOut || dOut.some((d) => d !== 1)) && { dOut: vector(dOut, dtype) }),
  };
}

const vector = (values: Float64Array, dtype: "float32" | "float64"): Tensor =>
  tensor(values, { dtype });

/** Blocks whose determinants have one sign, and the signs S_L of the coordinates after them. */
export function withDeterminants(
  { schedule, blocks }: FreeNumbers,
  sign: 1 | -1 | "any",
): { blocks: Float64Array; signs: Float64Array } {
  const signs = new Float64Array(schedule.n).fill(1);
  if (sign === "any") return { blocks, signs };
  const out = blocks.slice();
  for (let l = 0; l < schedule.stages; l++)
    eachPair(schedule, l, (i, j, p) => {
      const [before, after] = [signs[i] ?? 1, signs[j] ?? 1];
      const [a = 0, b = 0, c = 0, d = 0] = blocks.subarray(4 * p, 4 * p + 4);
      const flip = (a * d - b * c) * before * after * sign < 0 ? -1 : 1;
      out.set([a * before, b * after, flip * c * before, flip * d * after], 4 * p);
      signs[i] = 1;
      signs[j] = flip;
    });
  return { blocks: out, signs };
}

/** The blocks of rotations, [cos θ, −sin θ, sin θ, cos θ] each. */
export const rotationBlocks = (angles: Iterable<number>): Float64Array =>
  Float64Array.from(
    Array.from(angles, (t) => [Math.cos(t), -Math.sin(t), Math.sin(t), Math.cos(t)]).flat(),
  );

/** Options of the presets. */
export interface PresetOptions<N extends Names = Names> {
  /**
   * The kind of mixer.
   * @defaultValue rotationMixer
   */
  readonly mixer?: MixerKind<N>;
  /** @defaultValue "float64" */
  readonly dtype?: "float32" | "float64";
}

/** The options that all presets have. */
export const presetOptions: OptionNames<PresetOptions> = { mixer: true, dtype: true };

/**
 * Refuses lengths that are no powers of two.
 * @throws ShapeError unless n = 2^k, k ≥ 0
 */
export function checkPowerOfTwo(op: string, n: number): void {
  if (!Number.isSafeInteger(n) || n < 1 || !Number.isInteger(Math.log2(n)))
    throw new ShapeError(op, "a power of two", n);
}

/** i with its lowest `bits` bits in reverse order. */
export function reverseBits(i: number, bits: number): number {
  let reversed = 0;
  for (let b = 0; b < bits; b++) reversed |= ((i >> b) & 1) << (bits - 1 - b);
  return reversed;
}
