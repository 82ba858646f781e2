/**
 * @file A mixer with its numbers, W = D_out B_L ⋯ B₁ D_in: what the algebra, the exact settings and
 * `fromDense` hand around.
 */
import { type Shape, ShapeError, showShape, type Tensor } from "@spm/core";
import { type BackwardMode, generalMixer, rotationMixer, type Surroundings } from "./mixer.ts";
import { rotation } from "./parameterisation.ts";
import type { Schedule } from "./schedule.ts";

/** A mixer of rotations. */
export interface RotationFactors extends Surroundings {
  readonly kind: "rotation";
  readonly schedule: Schedule;
  /** θ in radians, [P] */
  readonly angles: Tensor;
}

/** A mixer of free blocks. */
export interface GeneralFactors extends Surroundings {
  readonly kind: "general";
  readonly schedule: Schedule;
  /** Rows [a, b, c, d], [P, 4] */
  readonly blocks: Tensor;
  /** One for each leftover, [R] */
  readonly scales: Tensor;
}

/** A mixer of either kind; what stands around the stages is the identity where it is left out. */
export type Factors = RotationFactors | GeneralFactors;

/** The factors of a kind. */
export type FactorsOf<Kind extends Factors["kind"]> = Extract<Factors, { readonly kind: Kind }>;

/**
 * y = W x + bias. x [..., in] → [..., out]; 3nL FLOP a row.
 * @param backward - as for `rotationMixer` and `generalMixer`
 * @example mix(hadamard(64), x);
 */
export function mix(factors: Factors, x: Tensor, backward?: BackwardMode): Tensor {
  const options = { ...factors, ...(backward && { backward }) };
  return factors.kind === "rotation"
    ? rotationMixer(x, factors.angles, options)
    : generalMixer(x, factors.blocks, factors.scales, options);
}

/** Width of the input. */
export const fanIn = ({ dIn, schedule }: Factors): number => dIn?.shape[0] ?? schedule.n;

/** Width of the output. */
export const fanOut = ({ dOut, bias, schedule }: Factors): number =>
  dOut?.shape[0] ?? bias?.shape[0] ?? schedule.n;

/** One of the parameters, for its dtype and backend. */
const stagesOf = (factors: Factors): Tensor =>
  factors.kind === "rotation" ? factors.angles : factors.blocks;

/** How new tensors beside the factors are made. */
export function like(factors: Factors): {
  dtype: "float32" | "float64";
  backend: Tensor["backend"];
} {
  const { dtype, backend } = stagesOf(factors);
  return { dtype: dtype === "float64" ? dtype : "float32", backend };
}

/**
 * The same matrix in free blocks: [cos θ, −sin θ, sin θ, cos θ], and leftovers that pass unchanged.
 */
export function toGeneral(factors: Factors): GeneralFactors {
  if (factors.kind === "general") return factors;
  const { angles, ...rest } = factors;
  return {
    ...rest,
    kind: "general",
    ...rotation.compose([angles], factors.schedule.leftovers.length),
  };
}

/** @throws ShapeError unless W is n × n, without rows or columns cut off */
export function checkSquare(op: string, factors: Factors): void {
  const shape: Shape = [fanOut(factors), fanIn(factors)];
  const { n } = factors.schedule;
  if (shape[0] !== n || shape[1] !== n)
    throw new ShapeError(op, `a square W of the schedule's width, [${n}, ${n}]`, showShape(shape));
}
