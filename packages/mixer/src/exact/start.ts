/** @file How an exact setting is made: its kind, its dtype, its power-of-two width. */
import { ShapeError, type Tensor, tensor } from "@spm/core";
import type { Factors, GeneralFactors, RotationFactors } from "../factors.ts";
import type { Schedule } from "../schedule.ts";

/** Options of the exact settings. */
export interface ExactOptions<Kind extends Factors["kind"] = Factors["kind"]> {
  /** `rotation` unless said: angles where a general mixer has blocks. */
  readonly kind?: Kind;
  /** float64 unless said. */
  readonly dtype?: "float32" | "float64";
}

/** A rotation mixer from numbers; the diagonals that are all ones are left out. */
export function rotationFrom(
  schedule: Schedule,
  angles: ArrayLike<number>,
  dtype: "float32" | "float64",
  diagonals: { dIn?: ArrayLike<number>; dOut?: ArrayLike<number> } = {},
): RotationFactors {
  const { dIn, dOut } = diagonals;
  return {
    kind: "rotation",
    schedule,
    angles: vector(angles, dtype),
    ...(dIn && { dIn: vector(dIn, dtype) }),
    ...(dOut && { dOut: vector(dOut, dtype) }),
  };
}

/** A general mixer from numbers, its leftovers passing unchanged. */
export function generalFrom(
  schedule: Schedule,
  blocks: Float64Array,
  dtype: "float32" | "float64",
): GeneralFactors {
  return {
    kind: "general",
    schedule,
    blocks: tensor(blocks, { shape: [schedule.first.length, 4], dtype }),
    scales: vector(new Float64Array(schedule.leftovers.length).fill(1), dtype),
  };
}

const vector = (values: ArrayLike<number>, dtype: "float32" | "float64"): Tensor =>
  tensor(Float64Array.from(values), { dtype });

/** @throws ShapeError unless n = 2^k, k ≥ 0 */
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
