/**
 * @file The adaptive mixer on the reference backend: forward and closed-form backward, row group by
 * row group. A rotation of its own for each pair *and row*, otherwise forward-backward.ts.
 */
import type { NdArray } from "@spm/core";
import { allocate, dtypeOf, each, elements, wrap } from "@spm/core/extend";
import { type Arrays, rounded, rowsOf } from "../forward-backward.ts";
import { addProducts, addRows, load, ROWS_PER_GROUP, store } from "../lanes.ts";
import type { Schedule } from "../schedule.ts";
import { type AngleSource, type Angles, angleSources } from "./angle-sources.ts";

/** Options of the fused primitive. */
export interface AdaptiveOptions {
  readonly schedule: Schedule;
  readonly source: AngleSource;
}

/** Angles of all pairs of a row group, and their cosines and sines: [4p + r]. */
interface RowTurns {
  readonly theta: Float64Array;
  readonly cosines: Float64Array;
  readonly sines: Float64Array;
}

function rowTurns({ first }: Schedule): RowTurns {
  const made = () => new Float64Array(ROWS_PER_GROUP * first.length);
  return { theta: made(), cosines: made(), sines: made() };
}

/** y = d_out ⊙ (B_L(θ) ⋯ B₁(θ) (d_in ⊙ x)) + bias, each row with its own angles. */
export function turnForward(
  inputs: Arrays,
  { schedule, source }: AdaptiveOptions,
): readonly [y: NdArray] {
  const [x, dIn, dOut, bias, angles = x, weights = angles] = each(inputs, elements);
  const rows = rowsOf(inputs[0]);
  const y = allocate(dtypeOf(inputs[0]), rows * dOut.length);
  const own = angleSources[source]({ schedule, angles, weights, rows });
  const turns = rowTurns(schedule);
  const z = new Float64Array(schedule.n * ROWS_PER_GROUP);
  const from = { data: x, rows, width: dIn.length };
  const to = { data: y, rows, width: dOut.length };
  for (let row = 0; row < rows; row += ROWS_PER_GROUP) {
    load(z, from, row, dIn);
    for (let l = 0; l < schedule.stages; l++) turnStage(z, schedule, l, own, row, turns);
    store(to, row, z, dOut, bias);
  }
  return [wrap(y, [...inputs[0].shape.slice(0, -1), dOut.length])];
}

/** The closed-form backward: each row group runs forward again, and keeps the stages' inputs. */
export function turnBackward(
  outputCotangent: NdArray,
  inputs: Arrays,
  { schedule, source }: AdaptiveOptions,
): Arrays {
  const ct = elements(outputCotangent);
  const [x, dIn, dOut, , angles = x, weights = angles] = each(inputs, elements);
  const rows = rowsOf(inputs[0]);
  const { n, stages } = schedule;
  const own = angleSources[source]({ schedule, angles, weights, rows });
  const xBar = allocate(dtypeOf(outputCotangent), x.length);
  const sums = each([dIn, dOut, dOut], ({ length }) => new Float64Array(length));
  const [dInBar, dOutBar, biasBar] = sums;
  const turns = rowTurns(schedule);
  const size = n * ROWS_PER_GROUP;
  const history = new Float64Array((stages + 1) * size);
  const z = (l: number) => history.subarray(l * size, (l + 1) * size);
  const g = new Float64Array(size);
  const primal = { data: x, rows, width: dIn.length };
  const cotangent = { data: ct, rows, width: dOut.length };
  const result = { data: xBar, rows, width: dIn.length };
  for (let row = 0; row < rows; row += ROWS_PER_GROUP) {
    load(z(0), primal, row, dIn);
    for (let l = 0; l < stages; l++) {
      z(l + 1).set(z(l));
      turnStage(z(l + 1), schedule, l, own, row, turns);
    }
    addRows(biasBar, cotangent, row); // bias: Σ ȳ
    addProducts(dOutBar, z(stages), cotangent, row); // d̄_out = Σ z_L ⊙ ȳ
    load(g, cotangent, row, dOut); // g = d_out ⊙ ȳ
    for (let l = stages - 1; l >= 0; l--) {
      turnStageBack(z(l + 1), g, schedule, l, turns); // θ becomes δ
      own.pullBack(turns.theta, z(l), g, row, l);
    }
    addProducts(dInBar, g, primal, row); // d̄_in = Σ g ⊙ x
    store(result, row, g, dIn, null); // x̄ = d_in ⊙ g
  }
  const [, , , , ...shapes] = inputs;
  return [
    wrap(xBar, inputs[0].shape),
    ...each([dInBar, dOutBar, biasBar], (sum) => rounded(sum, ct, [sum.length])),
    ...shapes.map(({ shape }, k) => rounded(own.gradients[k === 0 ? 0 : 1], ct, shape)),
  ];
}

/** One stage forward, in place: (z_i, z_j) ← (cos θ z_i − sin θ z_j, sin θ z_i + cos θ z_j). */
function turnStage(
  z: Float64Array,
  schedule: Schedule,
  l: number,
  own: Angles,
  row: number,
  { theta, cosines, sines }: RowTurns,
): void {
  const { first, second, starts } = schedule;
  own.read(theta, z, row, l);
  for (let p = starts[l]!; p < starts[l + 1]!; p++) {
    const [i, j, k] = [first[p]! << 2, second[p]! << 2, p << 2];
    for (let r = 0; r < ROWS_PER_GROUP; r++) {
      const [cos, sin] = [Math.cos(theta[k + r]!), Math.sin(theta[k + r]!)];
      const [zi, zj] = [z[i + r]!, z[j + r]!];
      z[i + r] = cos * zi - sin * zj;
      z[j + r] = sin * zi + cos * zj;
      cosines[k + r] = cos;
      sines[k + r] = sin;
    }
  }
}

/**
 * One stage backward: δ = z_i g_j − z_j g_i of each row, with z and g behind the stage, takes the
 * place of θ, and g goes back by the transpose.
 */
function turnStageBack(
  z: Float64Array,
  g: Float64Array,
  { first, second, starts }: Schedule,
  l: number,
  { theta, cosines, sines }: RowTurns,
): void {
  for (let p = starts[l]!; p < starts[l + 1]!; p++) {
    const [i, j, k] = [first[p]! << 2, second[p]! << 2, p << 2];
    for (let r = 0; r < ROWS_PER_GROUP; r++) {
      const [cos, sin] = [cosines[k + r]!, sines[k + r]!];
      const [gi, gj] = [g[i + r]!, g[j + r]!];
      theta[k + r] = z[i + r]! * gj - z[j + r]! * gi;
      g[i + r] = cos * gi + sin * gj;
      g[j + r] = cos * gj - sin * gi;
    }
  }
}
