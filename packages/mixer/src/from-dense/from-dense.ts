/**
 * @file The mixer nearest to a matrix: exact for matrices of two families, otherwise the best that
 * sweeps of least squares find.
 */
import { noGrad, type Rng, rng, type Tensor, tensor } from "@spm/core";
import {
  checkOptions,
  checkTensors,
  each,
  elements,
  type OptionNames,
  ShapeError,
  showShape,
  ValueError,
} from "@spm/core/extend";
import type { Factors } from "../factors.ts";
import { generalMixer, type MixerKind } from "../mixer.ts";
import type { Names, Parameterisation } from "../parameterisation/define.ts";
import { brick, defaultSchedule, log2Stages } from "../patterns.ts";
import { realise, rotationBlocks, withDeterminants } from "../presets/realise.ts";
import type { Schedule } from "../schedule.ts";
import { givens } from "./givens.ts";
import { type Matrix, matrix, orthogonalityError, relativeError } from "./matrix.ts";
import { type Balanced, balanced, nearestOrthogonal } from "./orthogonal.ts";
import { peel } from "./peel.ts";
import { denseOf, type PlainMixer, sweep } from "./refine.ts";

/** Options of {@link fromDense}. */
export interface FromDenseOptions<N extends Names = Names> {
  /**
   * The kind of mixer.
   * @defaultValue generalMixer
   */
  readonly mixer?: MixerKind<N>;
  /**
   * A schedule of width n ≥ max(in, out).
   * @defaultValue `brick(n)` for orthogonal kinds; for others one butterfly over the next power of
   * two
   */
  readonly schedule?: Schedule;
  /**
   * The largest number of sweeps of refinement, each O(L n · in · out); 0 for none. Only kinds with
   * `improve` are refined.
   * @defaultValue 100
   */
  readonly sweeps?: number;
  /**
   * Draws the blocks that sweeps start from on schedules without a direct method.
   * @defaultValue rng(1)
   */
  readonly random?: Rng;
}

const names: OptionNames<FromDenseOptions> = {
  mixer: true,
  schedule: true,
  sweeps: true,
  random: true,
};

/** The result of {@link fromDense}. */
export interface FromDense<N extends Names = Names> {
  readonly factors: Factors<N> & { readonly dIn: Tensor; readonly dOut: Tensor };
  /** ‖W′ − W‖ / ‖W‖ */
  readonly error: number;
}

/**
 * A mixer near to W, and its error ‖W′ − W‖ / ‖W‖, which is 0 but for rounding where
 * - W is orthogonal, or D Q D′ with an orthogonal Q, on `brick(n)` in n stages or more: Givens
 *   elimination;
 * - W is one butterfly of the same kind, on `butterfly(n)`: rank-1 blocks, peeled off stage by
 *   stage.
 *
 * Everything else starts from there, or from random blocks on another schedule, and is refined by
 * alternating least squares, which may stop at a local minimum.
 * @param w - [out, in], in CPU memory, finite
 * @returns factors of float64 or float32 as w, and the error
 * @throws ShapeError unless it is a matrix that fits the schedule; ValueError for a number that is
 * not finite
 * @example fromDense(toDense(hadamard(8)), { mixer: rotationMixer }).error < 1e-12; // true
 */
export function fromDense(
  w: Tensor,
  options?: Omit<FromDenseOptions, "mixer">,
): FromDense<["blocks", "unpairedScales"]>;
export function fromDense<N extends Names>(w: Tensor, options: FromDenseOptions<N>): FromDense<N>;
export function fromDense(w: Tensor, options: FromDenseOptions = {}): FromDense {
  checkTensors("fromDense", w);
  checkOptions("fromDense", options, names);
  const { mixer = generalMixer, schedule, sweeps = 100, random = rng(1) } = options;
  const kind = mixer.parameterisation;
  const target = checked(w);
  const n = Math.max(target.rows, target.columns);
  const over =
    schedule ?? (kind.orthogonal ? brick(n) : defaultSchedule(n === 1 ? 1 : 2 ** log2Stages(n)));
  if (over.n < n) throw new ShapeError("fromDense", `a schedule of width n ≥ ${n}`, over.n);
  const numbers = firstNumbers(kind, over, target, random);
  let error = relativeError(denseOf(numbers), target);
  for (let k = 0; k < sweeps && error > 1e-14; k++) {
    const before = copy(numbers);
    sweep(numbers, target);
    const next = relativeError(denseOf(numbers), target);
    if (next > error) restore(numbers, before); // rounding: as near as it gets
    if (next > error * (1 - 1e-5)) break;
    error = next;
  }
  error = relativeError(denseOf(numbers), target);
  const dtype = w.dtype === "float64" ? "float64" : "float32";
  const { dIn, dOut, ...stages } = numbers;
  const diagonals = { dIn: tensor(dIn, { dtype }), dOut: tensor(dOut, { dtype }) };
  return { factors: { ...noGrad(() => realise(mixer, stages, dtype)), ...diagonals }, error };
}

function checked(w: Tensor): Matrix {
  const [rows = 0, columns = 0] = w.shape;
  if (w.shape.length !== 2 || rows < 1 || columns < 1)
    throw new ShapeError("fromDense", "a matrix [out, in]", showShape(w.shape));
  const data = Float64Array.from(elements(w.ndarray()));
  const bad = data.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0)
    throw new ValueError(
      "fromDense",
      "finite numbers",
      `${data[bad]} at (${Math.floor(bad / columns)}, ${bad % columns})`,
    );
  return { rows, columns, data };
}

/**
 * The exact numbers where this schedule has a direct method for the matrix, random orthogonal
 * blocks otherwise.
 */
function firstNumbers(
  kind: Parameterisation,
  schedule: Schedule,
  target: Matrix,
  random: Rng,
): PlainMixer {
  const { n, stages, strides, first } = schedule;
  const square = target.rows === n && target.columns === n;
  if (square && stages >= n && samePairs(schedule, brick(n, stages))) {
    const found = eliminated(kind, schedule, target);
    if (found !== null) return found;
  }
  const onePass = n === 2 ** stages && strides?.every((stride, l) => stride === 2 ** l);
  if ((square || !kind.orthogonal) && onePass) return peeled(kind, schedule, target);
  const angles = Float64Array.from(first, () => (2 * random.uniform() - 1) * Math.PI);
  return within(kind, schedule, rotationBlocks(angles), ones(target.columns), ones(target.rows));
}

const samePairs = (a: Schedule, b: Schedule): boolean =>
  a.stages === b.stages &&
  equal(a.first, b.first) &&
  equal(a.second, b.second) &&
  equal(a.starts, b.starts);
const equal = (a: Int32Array, b: Int32Array): boolean =>
  a.length === b.length && a.every((v, i) => v === b[i]);

const ones = (count: number): Float64Array => new Float64Array(count).fill(1);
const scaled = (a: Float64Array, b: ArrayLike<number>): Float64Array =>
  a.map((v, i) => v * (b[i] ?? 1));

function eliminated(kind: Parameterisation, schedule: Schedule, target: Matrix): PlainMixer | null {
  const { left, q, right } = split(target);
  const orthogonal = nearestOrthogonal(q);
  if (orthogonal === null) return null;
  const { angles, signs } = givens(orthogonal);
  const padded = new Float64Array(schedule.first.length);
  padded.set(angles); // stages beyond n stay at rest
  return within(kind, schedule, rotationBlocks(padded), right, scaled(left, signs));
}

/** D, Q, D′ with W = D Q D′; D and D′ are ones where W is orthogonal. */
const split = (w: Matrix): Balanced =>
  orthogonalityError(w) < 1e-10
    ? { left: ones(w.rows), q: w, right: ones(w.columns) }
    : balanced(w);

function peeled(kind: Parameterisation, schedule: Schedule, target: Matrix): PlainMixer {
  const { n } = schedule;
  const whole = { left: ones(target.rows), q: target, right: ones(target.columns) };
  const { left, q, right } = kind.orthogonal ? split(target) : whole;
  const padded = matrix(n, n, (i, j) =>
    i < q.rows && j < q.columns ? q.data[i * q.columns + j]! : 0,
  );
  const { blocks, dOut } = peel(padded, schedule);
  return within(kind, schedule, blocks, right, scaled(left, dOut));
}

/** The nearest numbers of the kind: its nearest blocks, with the signs that they lack in d_out. */
function within(
  kind: Parameterisation,
  schedule: Schedule,
  free: Float64Array,
  dIn: Float64Array,
  dOut: Float64Array,
): PlainMixer {
  const { blocks, signs } = withDeterminants({ schedule, blocks: free }, kind.determinant);
  const unpairedScales = ones(schedule.unpaired.length);
  const nearest = kind.nearest(blocks, unpairedScales);
  return {
    kind,
    schedule,
    ...kind.blocks(nearest, unpairedScales.length),
    dIn: dIn.slice(),
    dOut: scaled(dOut, signs),
  };
}

const arrays = ({ blocks, unpairedScales, dIn, dOut }: PlainMixer) =>
  [blocks, unpairedScales, dIn, dOut] as const;
const copy = (numbers: PlainMixer) => each(arrays(numbers), (a) => a.slice());
const restore = (numbers: PlainMixer, from: ReturnType<typeof copy>): void => {
  for (const [k, a] of arrays(numbers).entries()) a.set(from[k] ?? a);
};
