/** @file The hidden operators of the experiment. */
import { cast, matmul, mul, normal, type Rng, type Tensor } from "@spm/core";
import { ValueError } from "@spm/core/extend";
import {
  butterfly,
  dft,
  hadamard,
  initialParameters,
  rotationMixer,
  type Schedule,
  shuffle,
  toDense,
} from "@spm/mixer";

/** W [n, n] with ‖W‖² = n, at least in expectation. */
export type Teacher = (n: number, random: Rng) => Tensor;

/** Haar angles on a schedule. */
const rotations =
  (schedule: (n: number) => Schedule): Teacher =>
  (n, random) => {
    const over = schedule(n);
    const parameters = initialParameters(rotationMixer, over, random);
    return toDense({ mixer: rotationMixer, schedule: over, parameters });
  };

/** The rank of the low-rank teacher: that of a low-rank student. */
const rank = (n: number): number => Math.log2(n);

/** In the order of the report. The first is in the rotation student's own class. */
export const teacherNames = [
  "same schedule",
  "other schedule",
  "dense",
  "low rank",
  "DFT",
  "Hadamard",
] as const;

/** One of {@link teacherNames}. */
export type TeacherName = (typeof teacherNames)[number];

/** By name. */
export const teachers: Readonly<Record<TeacherName, Teacher>> = {
  "same schedule": rotations(butterfly),
  "other schedule": rotations(shuffle),
  dense: (n, random) => normal(random, [n, n], 0, 1 / Math.sqrt(n)),
  "low rank": (n, random) =>
    mul(
      matmul(normal(random, [n, rank(n)]), normal(random, [rank(n), n])),
      1 / Math.sqrt(rank(n) * n),
    ),
  DFT: (n) => cast(toDense(dft(n / 2)), "float32"),
  Hadamard: (n) => cast(toDense(hadamard(n)), "float32"),
};

/** @throws ValueError unless every teacher exists at this width: a power of two, at least 4 */
export function checkWidth(n: number): void {
  if (!Number.isInteger(Math.log2(n)) || n < 4) throw new ValueError("samples", "n = 2^k ≥ 4", n);
}
