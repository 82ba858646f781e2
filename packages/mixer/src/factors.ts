/**
 * @file A mixer with its numbers, W = D_out B_L ⋯ B₁ D_in: operand and result of the algebra, of
 * the presets and of `fromDense`.
 */
import type { Shape, Tensor } from "@spm/core";
import {
  checkOptions,
  checkTensors,
  kindOf,
  type OptionNames,
  ShapeError,
  showShape,
  ValueError,
} from "@spm/core/extend";
import type { BackwardMode } from "./forward-backward.ts";
import { type Diagonals, generalMixer, type MixerKind } from "./mixer.ts";
import { inOrder, type Named, type Names } from "./parameterisation/define.ts";
import type { Schedule } from "./schedule.ts";

/** A mixer with its numbers; a diagonal that is left out is the identity. */
export interface Factors<N extends Names = Names> extends Diagonals {
  readonly mixer: MixerKind<N>;
  readonly schedule: Schedule;
  /** By name: `{ angles }` of [P] radians, or `{ blocks, unpairedScales }` of [P, 4] and [R]. */
  readonly parameters: Named<N, Tensor>;
}

/** A mixer of free blocks. */
export type GeneralFactors = Factors<["blocks", "unpairedScales"]>;

/** The factors themselves. @throws ValueError for anything else */
export function checkFactors<N extends Names>(op: string, factors: Factors<N>): void {
  if (typeof factors === "object" && factors?.schedule && factors.mixer && factors.parameters)
    return;
  throw new ValueError(op, "factors", kindOf(factors), "{ mixer, schedule, parameters }");
}

/** Options of {@link apply}. */
export interface ApplyOptions {
  /**
   * The source of the stages' inputs in the backward pass.
   * @defaultValue "reverse" for an orthogonal kind, "recompute" for others
   */
  readonly backward?: BackwardMode;
}

const applyOptions: OptionNames<ApplyOptions> = { backward: true };

/**
 * y = W x + bias, the mixer as a linear map.
 * @param x - [..., in]
 * @returns [..., out]. Cost 3nL FLOP a row
 * @throws ShapeError, DTypeError where x does not fit the factors
 * @example apply(hadamard(64), ones([64], { dtype: "float64" })).shape; // [64]
 */
export function apply(factors: Factors, x: Tensor, options: ApplyOptions = {}): Tensor {
  checkFactors("apply", factors);
  checkTensors("apply", x);
  checkOptions("apply", options, applyOptions);
  const { mixer, parameters } = factors;
  const operands = inOrder(mixer.parameterisation, parameters);
  return mixer.run(x, operands, { ...factors, ...options });
}

/**
 * The width of the input, `in` of W [out, in].
 * @example inFeatures(hadamard(64)); // 64
 */
export const inFeatures = ({ dIn, schedule }: Factors): number => dIn?.shape[0] ?? schedule.n;

/**
 * The width of the output, `out` of W [out, in].
 * @example outFeatures(hadamard(64)); // 64
 */
export const outFeatures = ({ dOut, bias, schedule }: Factors): number =>
  dOut?.shape[0] ?? bias?.shape[0] ?? schedule.n;

/**
 * The dtype and the backend of the factors, for new tensors beside them.
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

/**
 * The same matrix as a mixer of free blocks. Cost O(nL).
 * @returns blocks [P, 4] and unpairedScales [R], the schedule and the diagonals as before
 * @example toGeneral(hadamard(8)).parameters.blocks.shape; // [12, 4]
 */
export function toGeneral(factors: Factors): GeneralFactors {
  checkFactors("toGeneral", factors);
  const { mixer, parameters, ...rest } = factors;
  const { unpaired } = rest.schedule;
  return {
    ...rest,
    mixer: generalMixer,
    parameters: mixer.parameterisation.compose(parameters, unpaired.length),
  };
}

/**
 * Refuses factors whose W is not square.
 * @throws ShapeError unless W is n × n, without rows or columns cut off
 */
export function checkSquare(op: string, factors: Factors): void {
  const shape: Shape = [outFeatures(factors), inFeatures(factors)];
  const { n } = factors.schedule;
  if (shape[0] !== n || shape[1] !== n)
    throw new ShapeError(op, `a square W of the schedule's width, [${n}, ${n}]`, showShape(shape));
}
