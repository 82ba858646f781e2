/**
 * @file A mixer with its numbers, W = D_out B_L ⋯ B₁ D_in: what the algebra, the presets and
 * `fromDense` hand around.
 */
import type { Shape, Tensor } from "@spm/core";
import { ShapeError, showShape } from "@spm/core/extend";
import { type BackwardMode, type Diagonals, generalMixer, type MixerKind } from "./mixer.ts";
import { inOrder, type Named, type Names } from "./parameterisation/define.ts";
import type { Schedule } from "./schedule.ts";

/** A mixer with its numbers; what stands around the stages is the identity where it is left out. */
export interface Factors<N extends Names = Names> extends Diagonals {
  readonly mixer: MixerKind<N>;
  readonly schedule: Schedule;
  /** By name: `{ angles }` of [P] radians, or `{ blocks, unpairedScales }` of [P, 4] and [R]. */
  readonly parameters: Named<N, Tensor>;
}

/** A mixer of free blocks. */
export type GeneralFactors = Factors<["blocks", "unpairedScales"]>;

/**
 * y = W x + bias. x [..., in] → [..., out]; 3nL FLOP a row.
 * @param backward - as for {@link Mixer}
 * @example apply(hadamard(64), x);
 */
export function apply(factors: Factors, x: Tensor, backward?: BackwardMode): Tensor {
  const { mixer, parameters } = factors;
  const operands = inOrder(mixer.parameterisation, parameters);
  return mixer.run(x, operands, { ...factors, ...(backward && { backward }) });
}

/** Width of the input. */
export const fanIn = ({ dIn, schedule }: Factors): number => dIn?.shape[0] ?? schedule.n;

/** Width of the output. */
export const fanOut = ({ dOut, bias, schedule }: Factors): number =>
  dOut?.shape[0] ?? bias?.shape[0] ?? schedule.n;

/**
 * How new tensors beside the factors are made.
 * @throws ShapeError for factors without parameters
 */
export function like({ mixer, parameters }: Factors): {
  dtype: "float32" | "float64";
  backend: Tensor["backend"];
} {
  const { name } = mixer.parameterisation;
  const [first] = inOrder(mixer.parameterisation, parameters);
  if (first === undefined) throw new ShapeError(name, "parameters", "none");
  return { dtype: first.dtype === "float64" ? "float64" : "float32", backend: first.backend };
}

/** The same matrix in free blocks. */
export function toGeneral({ mixer, parameters, ...rest }: Factors): GeneralFactors {
  const { unpaired } = rest.schedule;
  return {
    ...rest,
    mixer: generalMixer,
    parameters: mixer.parameterisation.compose(parameters, unpaired.length),
  };
}

/** @throws ShapeError unless W is n × n, without rows or columns cut off */
export function checkSquare(op: string, factors: Factors): void {
  const shape: Shape = [fanOut(factors), fanIn(factors)];
  const { n } = factors.schedule;
  if (shape[0] !== n || shape[1] !== n)
    throw new ShapeError(op, `a square W of the schedule's width, [${n}, ${n}]`, showShape(shape));
}
