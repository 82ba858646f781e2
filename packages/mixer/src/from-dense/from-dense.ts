/**
 * @file A mixer for a given matrix: exact where it is in the family and the way to it is known,
 * otherwise the best that sweeps find.
 */
import {
  elements,
  noGrad,
  type Rng,
  rng,
  ShapeError,
  showShape,
  type Tensor,
  tensor,
  ValueError,
} from "@spm/core";
import type { Factors, FactorsOf } from "../factors.ts";
import { brick, butterfly, defaultSchedule, log2Stages, type Schedule } from "../schedule.ts";
import { givens } from "./givens.ts";
import { type Matrix, matrix, orthogonalityError, relativeError } from "./matrix.ts";
import { balanced, nearestOrthogonal } from "./orthogonal.ts";
import { peel } from "./peel.ts";
import { denseOf, type Numbers, sweep } from "./refine.ts";

/** How a matrix is factored. */
export interface FromDenseOptions<Kind extends Factors["kind"] = Factors["kind"]> {
  /** `general` unless said. */
  readonly kind?: Kind;
  /**
   * Unless given: for rotations `brick(n)`, for free blocks one butterfly over the next power of
   * two, n ≥ max(in, out).
   */
  readonly schedule?: Schedule;
  /** Most sweeps of refinement, each O(L n · in · out); 100 unless said, 0 for none. */
  readonly sweeps?: number;
  /** Where sweeps start when nothing is known of the matrix; rng(1) unless said. */
  readonly random?: Rng;
}

/**
 * The mixer nearest to W, as near as is found: ‖W′ − W‖ / ‖W‖ is returned beside it, and 0 but for
 * rounding where
 * - W is orthogonal, or D Q D′ with an orthogonal Q, on `brick(n)` in n stages or more: Givens
 *   elimination;
 * - W is one butterfly of the same kind, on `butterfly(n)`: rank-1 blocks, peeled off stage by
 *   stage.
 *
 * Everything else starts from there, or from random blocks on another schedule, and is refined by
 * alternating least squares, which may stop at a local minimum.
 * @param w - [out, in], in CPU memory, finite
 * @throws ShapeError unless it is a matrix that fits the schedule; ValueError for a number that is
 * not finite
 * @example const { factors, error } = fromDense(layer.toDense(), { schedule: butterfly(64) });
 */
export const fromDense = <Kind extends Factors["kind"] = "general">(
  w: Tensor,
  options: FromDenseOptions<Kind> = {},
): { factors: FactorsOf<Kind>; error: number } =>
  factored(w, options) as { factors: FactorsOf<Kind>; error: number };

function factored(
  w: Tensor,
  { kind = "general", schedule, sweeps = 100, random = rng(1) }: FromDenseOptions,
): { factors: Factors; error: number } {
  const target = checked(w);
  const n = Math.max(target.rows, target.columns);
  const over =
    schedule ??
    (kind === "rotation" ? brick(n) : defaultSchedule(n === 1 ? 1 : 2 ** log2Stages(n)));
  if (over.n < n) throw new ShapeError("fromDense", `a schedule of width n ≥ ${n}`, over.n);
  const numbers = start(kind, over, target, random);
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
  return { factors: asFactors(numbers, w.dtype === "float64" ? "float64" : "float32"), error };
}

function checked(w: Tensor): Matrix {
  const [rows, columns] = w.shape;
  if (w.shape.length !== 2 || rows! < 1 || columns! < 1)
    throw new ShapeError("fromDense", "a matrix [out, in]", showShape(w.shape));
  const data = Float64Array.from(elements(w.ndarray()));
  const bad = data.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0)
    throw new ValueError(
      "fromDense",
      "finite numbers",
      `${data[bad]} at (${Math.floor(bad / columns!)}, ${bad % columns!})`,
    );
  return { rows: rows!, columns: columns!, data };
}

/**
 * The exact way for this schedule and matrix if there is one, random orthogonal blocks otherwise.
 */
function start(kind: Factors["kind"], schedule: Schedule, target: Matrix, random: Rng): Numbers {
  const { n, stages } = schedule;
  const square = target.rows === n && target.columns === n;
  if (square && stages >= n && samePairs(schedule, brick(n, stages))) {
    const found = eliminated(kind, schedule, target);
    if (found !== null) return found;
  }
  if ((square || kind === "general") && n === 2 ** stages && samePairs(schedule, butterfly(n)))
    return peeled(kind, schedule, target);
  return fromAngles(
    kind,
    schedule,
    target,
    Float64Array.from(schedule.first, () => (2 * random.uniform() - 1) * Math.PI),
  );
}

const samePairs = (a: Schedule, b: Schedule): boolean =>
  a.stages === b.stages &&
  [a.first, a.second, a.starts].every((list, k) => equal(list, [b.first, b.second, b.starts][k]!));
const equal = (a: Int32Array, b: Int32Array): boolean =>
  a.length === b.length && a.every((v, i) => v === b[i]);

function eliminated(kind: Factors["kind"], schedule: Schedule, target: Matrix): Numbers | null {
  const { left, q, right } = split(target);
  const orthogonal = nearestOrthogonal(q);
  if (orthogonal === null) return null;
  const { angles, signs } = givens(orthogonal);
  const padded = new Float64Array(schedule.first.length);
  padded.set(angles); // stages beyond n stay at rest
  const numbers = fromAngles(kind, schedule, target, padded);
  numbers.dIn.set(right);
  numbers.dOut.set(left.map((v, i) => v * signs[i]!));
  return numbers;
}

/** D, Q, D′ with W = D Q D′: nothing but Q where W is orthogonal. */
function split(w: Matrix): { left: Float64Array; q: Matrix; right: Float64Array } {
  const ones = (count: number) => new Float64Array(count).fill(1);
  return orthogonalityError(w) < 1e-10
    ? { left: ones(w.rows), q: w, right: ones(w.columns) }
    : balanced(w);
}

function peeled(kind: Factors["kind"], schedule: Schedule, target: Matrix): Numbers {
  const { n } = schedule;
  const { left, q, right } =
    kind === "rotation" ? split(target) : { left: null, q: target, right: null };
  const padded = matrix(n, n, (i, j) =>
    i < q.rows && j < q.columns ? q.data[i * q.columns + j]! : 0,
  );
  const { blocks, dOut } = peel(padded, schedule);
  const numbers = fromAngles(kind, schedule, target, new Float64Array(schedule.first.length));
  if (kind === "general") numbers.blocks.set(blocks);
  else
    for (let k = 0; k < blocks.length; k += 4) {
      const [a, b, c, d] = blocks.subarray(k, k + 4) as unknown as [number, number, number, number];
      numbers.blocks.set(turn(Math.atan2(c - b, a + d)), k);
    }
  numbers.dOut.set(dOut.subarray(0, target.rows).map((v, i) => v * (left?.[i] ?? 1)));
  if (right !== null) numbers.dIn.set(right);
  return numbers;
}

const turn = (angle: number): number[] => [
  Math.cos(angle),
  -Math.sin(angle),
  Math.sin(angle),
  Math.cos(angle),
];

function fromAngles(
  kind: Factors["kind"],
  schedule: Schedule,
  { rows, columns }: Matrix,
  angles: Float64Array,
): Numbers {
  return {
    kind,
    schedule,
    blocks: Float64Array.from(Array.from(angles, turn).flat()),
    scales: new Float64Array(schedule.leftovers.length).fill(1),
    dIn: new Float64Array(columns).fill(1),
    dOut: new Float64Array(rows).fill(1),
  };
}

const arrays = ({ blocks, scales, dIn, dOut }: Numbers): Float64Array[] => [
  blocks,
  scales,
  dIn,
  dOut,
];
const copy = (numbers: Numbers): Float64Array[] => arrays(numbers).map((a) => a.slice());
const restore = (numbers: Numbers, from: readonly Float64Array[]): void =>
  arrays(numbers).forEach((a, k) => {
    a.set(from[k]!);
  });

function asFactors(
  { kind, schedule, blocks, scales, dIn, dOut }: Numbers,
  dtype: "float32" | "float64",
): Factors {
  return noGrad(() => {
    const ends = { schedule, dIn: tensor(dIn, { dtype }), dOut: tensor(dOut, { dtype }) };
    if (kind === "general")
      return {
        kind,
        ...ends,
        blocks: tensor(blocks, { shape: [schedule.first.length, 4], dtype }),
        scales: tensor(scales, { dtype }),
      };
    const angles = Float64Array.from(schedule.first, (_, p) =>
      Math.atan2(blocks[4 * p + 2]!, blocks[4 * p]!),
    );
    return { kind, ...ends, angles: tensor(angles, { dtype }) };
  });
}
