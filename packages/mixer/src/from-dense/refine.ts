/**
 * @file The nearest mixer to a matrix, a block at a time: with everything else held, the residual
 * is linear in one block, so that each takes its least-squares value in turn, then the diagonals
 * take theirs. The error never grows.
 */
import { quadAt } from "../parameterisation/angles.ts";
import type { Parameterisation, Quad } from "../parameterisation/define.ts";
import { eachPair, eachUnpaired, type Schedule } from "../schedule.ts";
import { dot, type Matrix, matrix, row } from "./matrix.ts";

/** A mixer as plain numbers: blocks that the kind has, scales and diagonals. */
export interface PlainMixer {
  readonly kind: Parameterisation;
  readonly schedule: Schedule;
  readonly blocks: Float64Array;
  readonly unpairedScales: Float64Array;
  readonly dIn: Float64Array;
  readonly dOut: Float64Array;
}

/** The matrix of a mixer, [out, in]. */
export function denseOf(numbers: PlainMixer): Matrix {
  const { schedule, dIn, dOut } = numbers;
  const z = matrix(schedule.n, dIn.length, (i, j) => (i === j ? dIn[j]! : 0));
  for (let l = 0; l < schedule.stages; l++) mixRows(z, numbers, l, false);
  return matrix(dOut.length, dIn.length, (i, j) => dOut[i]! * z.data[i * dIn.length + j]!);
}

/** One sweep over all blocks, unpairedScales and diagonals, in place. Cost O(L n · in · out). */
export function sweep(numbers: PlainMixer, target: Matrix): void {
  const { kind, schedule, dIn, blocks, unpairedScales } = numbers;
  const after = columnsAfter(numbers);
  const c = matrix(schedule.n, dIn.length, (i, j) => (i === j ? dIn[j]! : 0));
  const model = denseOf(numbers);
  const residual: Matrix = { ...target, data: target.data.map((v, k) => v - model.data[k]!) };
  for (const [l, a] of after.entries()) {
    eachPair(schedule, l, (i, j, p) => {
      const [ai, aj, ci, cj] = [row(a, i), row(a, j), row(c, i), row(c, j)];
      const block = quadAt(blocks, p);
      const change = kind.improve?.(
        block,
        correlations(residual, ai, aj, ci, cj),
        gram(ai, aj),
        gram(ci, cj),
      );
      if (change === undefined) return;
      const [m0, m1, m2, m3] = block;
      const [d0, d1, d2, d3] = change;
      blocks.set([m0 + d0, m1 + d1, m2 + d2, m3 + d3], 4 * p);
      subtract(residual, ai, combined(d0, d1, ci, cj));
      subtract(residual, aj, combined(d2, d3, ci, cj));
    });
    if (kind.parameters.some(({ per }) => per === "unpaired"))
      eachUnpaired(schedule, l, (i, r) => {
        const [ar, cr] = [row(a, i), row(c, i)];
        const size = dot(ar, ar) * dot(cr, cr);
        if (size === 0) return;
        const change = dot(ar, image(residual, cr)) / size;
        unpairedScales[r]! += change;
        subtract(
          residual,
          ar,
          cr.map((v) => change * v),
        );
      });
    mixRows(c, numbers, l, false);
  }
  fitDiagonals(numbers, target, c);
}

/**
 * For each stage l, the transpose of diag(dOut) B_L ⋯ B_{l+1}: row i is the effect on the outputs
 * of coordinate i after the stage.
 */
function columnsAfter(numbers: PlainMixer): Matrix[] {
  const { n, stages } = numbers.schedule;
  const { dOut } = numbers;
  const after: Matrix[] = [];
  const a = matrix(n, dOut.length, (i, j) => (i === j ? dOut[j]! : 0));
  for (let l = stages - 1; l >= 0; l--) {
    after.unshift({ ...a, data: a.data.slice() });
    mixRows(a, numbers, l, true);
  }
  return after;
}

/** Z ← B_l Z, or B_lᵀ Z. */
function mixRows(
  z: Matrix,
  { schedule, blocks, unpairedScales }: PlainMixer,
  l: number,
  transposed: boolean,
): void {
  eachPair(schedule, l, (i, j, p) => {
    const [u, v] = [row(z, i), row(z, j)];
    const [a, upper, lower, d] = quadAt(blocks, p);
    const [b, c] = transposed ? [lower, upper] : [upper, lower];
    for (let k = 0; k < z.columns; k++) {
      const [x, y] = [u[k]!, v[k]!];
      u[k] = a * x + b * y;
      v[k] = c * x + d * y;
    }
  });
  eachUnpaired(schedule, l, (i, r) => {
    const u = row(z, i);
    for (let k = 0; k < z.columns; k++) u[k]! *= unpairedScales[r]!;
  });
}

/** Sets each diagonal entry to its least-squares value: first rows, then columns. */
function fitDiagonals({ dIn, dOut }: PlainMixer, target: Matrix, z: Matrix): void {
  for (let i = 0; i < dOut.length; i++) {
    const size = dot(row(z, i), row(z, i));
    if (size > 0) dOut[i] = dot(row(target, i), row(z, i)) / size;
  }
  for (let j = 0; j < dIn.length; j++) {
    let [along, size] = [0, 0];
    for (let i = 0; i < dOut.length; i++) {
      const v = dOut[i]! * z.data[i * z.columns + j]!;
      along += v * target.data[i * target.columns + j]!;
      size += v * v;
    }
    if (size > 0) dIn[j]! *= along / size;
  }
}

/** R c */
const image = (r: Matrix, c: Float64Array): Float64Array =>
  Float64Array.from({ length: r.rows }, (_, o) => dot(row(r, o), c));

/** ⟨a_p, R c_q⟩ for both p and q, row-major. */
function correlations(
  r: Matrix,
  ai: Float64Array,
  aj: Float64Array,
  ci: Float64Array,
  cj: Float64Array,
): Quad {
  const [first, second] = [image(r, ci), image(r, cj)];
  return [dot(ai, first), dot(ai, second), dot(aj, first), dot(aj, second)];
}

/** R ← R − a vᵀ */
function subtract(r: Matrix, a: Float64Array, v: Float64Array): void {
  for (const [o, factor] of a.entries()) {
    if (factor === 0) continue;
    const line = row(r, o);
    for (let k = 0; k < line.length; k++) line[k]! -= factor * v[k]!;
  }
}

const combined = (a: number, b: number, u: Float64Array, v: Float64Array): Float64Array =>
  u.map((x, k) => a * x + b * v[k]!);

const gram = (u: Float64Array, v: Float64Array): Quad => [
  dot(u, u),
  dot(u, v),
  dot(u, v),
  dot(v, v),
];
